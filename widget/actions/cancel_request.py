"""Somebody thinks better of it: no mail, or no further one, is sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import CannotCancel
from widget.domain.requests import Decision
from widget.storage.engine import writing
from widget.storage.request_rows import (
    append_request_event,
    is_being_sent,
    locked_request,
    put_decision,
    withdraw_deliveries,
)


def cancel_request(session: Session, workspace_id: int, id: UUID, *, at: datetime) -> None:
    """Cancel a request that was not sent yet. Raises UnknownRequest and CannotCancel."""
    with writing(session):
        request = locked_request(session, workspace_id, id)
        if request.status != "scheduled":
            raise CannotCancel("This request is not waiting to be sent any more.")
        withdraw_deliveries(session.connection(), workspace_id, id, "The request was cancelled.")
        if is_being_sent(session, workspace_id, id):
            raise CannotCancel("The mail is being sent at this moment.")
        put_decision(request, Decision("not_sent", "cancelled"))
        append_request_event(session, "request.cancelled", request, at)
