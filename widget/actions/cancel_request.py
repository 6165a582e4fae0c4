"""Somebody thinks better of it: no mail, or no further one, is sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import CannotCancel
from widget.domain.requests import Decision, may_be_cancelled
from widget.storage.engine import writing
from widget.storage.models import Request
from widget.storage.request_rows import (
    append_request_event,
    is_being_sent,
    locked_request,
    put_decision,
    stop_reminders,
    withdraw_deliveries,
)


def cancel_request(session: Session, workspace_id: int, id: UUID, *, at: datetime) -> None:
    """Cancel a request that was not sent yet, or the reminders of one that was.

    Whoever has the link can answer all the same. Raises UnknownRequest, and CannotCancel when no
    mail waits, or one is in a mail server's hands at this moment.
    """
    with writing(session):
        request = locked_request(session, workspace_id, id)
        if not may_be_cancelled(request.status):
            raise CannotCancel("This request is not waiting to be sent any more.")
        withdrawn = withdraw_deliveries(
            session.connection(), workspace_id, id, "The request was cancelled."
        )
        if is_being_sent(session, workspace_id, id):
            raise CannotCancel("The mail is being sent at this moment.")
        if request.status == "scheduled":
            put_decision(request, Decision("not_sent", "cancelled"))
        else:
            _cancel_reminders(session, request, withdrawn, at)
        append_request_event(session, "request.cancelled", request, at)


def _cancel_reminders(session: Session, request: Request, withdrawn: int, at: datetime) -> None:
    is_planned = request.due_at is not None and request.due_at < request.expires_at
    if not withdrawn and not is_planned:
        raise CannotCancel("This request was sent, and no further mail waits.")
    stop_reminders(session, request, is_withdrawn=withdrawn > 0, at=at)
