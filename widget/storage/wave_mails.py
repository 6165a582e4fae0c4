"""The mails of campaigns that wait to be sent: taken back, or kept from leaving."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy.orm import Session

from widget.storage.chunks import chunks
from widget.storage.held_campaigns import is_held_by_nobody
from widget.storage.models import Delivery, Request


def _of_workspace(workspace_id: int) -> ColumnElement[bool]:
    # `x + 0`: SQLite would read all mails a workspace ever had, rather than the few of a status.
    return Delivery.workspace_id + 0 == workspace_id


def take_back_untried(
    session: Session, delivery: Delivery, request: Request, until: datetime
) -> None:
    """Remove a mail that no server has seen; its request is due again at `until`."""
    session.delete(delivery)
    request.due_at = until
    if request.status == "scheduled":
        request.asked_at = until


def take_back_waiting(session: Session, workspace_id: int, campaign_id: int, at: datetime) -> int:
    """The same of all of a campaign's that nobody is sending, and nobody has tried to."""
    rows = session.execute(
        # The requests are locked as well, and before anything is written to either.
        select(Delivery.id, Request.id)
        .join(
            Request,
            (Request.workspace_id == Delivery.workspace_id) & (Request.id == Delivery.request_id),
        )
        .where(
            Delivery.status == "due",
            _of_workspace(workspace_id),
            Delivery.campaign_id == campaign_id,
            Delivery.attempts == 0,
        )
        .with_for_update(skip_locked=True)
    ).all()
    for part in chunks([mail for mail, _request in rows]):
        session.connection().execute(
            delete(Delivery).where(Delivery.workspace_id == workspace_id, Delivery.id.in_(part))
        )
    for part in chunks([request for _mail, request in rows]):
        session.connection().execute(
            update(Request)
            .where(Request.workspace_id == workspace_id, Request.id.in_(part))
            .values(
                due_at=at,
                asked_at=case((Request.status == "scheduled", at), else_=Request.asked_at),
            )
        )
    return len(rows)


def withdraw_waiting(
    session: Session, workspace_id: int, campaign_id: int, now: datetime
) -> Sequence[UUID]:
    """Keep a stopped campaign's mails that nobody is sending from leaving, those of workers that
    are gone as well; returns their requests."""
    rows = session.execute(
        select(Delivery.id, Delivery.request_id)
        .where(
            is_held_by_nobody(now),
            _of_workspace(workspace_id),
            Delivery.campaign_id == campaign_id,
        )
        .with_for_update(skip_locked=True)
    ).all()
    for part in chunks([id for id, _request_id in rows]):
        session.connection().execute(
            update(Delivery)
            .where(Delivery.workspace_id == workspace_id, Delivery.id.in_(part))
            .values(status="not_sent", claimed_until=None, last_error="The campaign was stopped.")
        )
    return [request_id for _id, request_id in rows]
