"""Requests for which something is due; called inside an action's transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, true, update
from sqlalchemy.orm import Session

from widget.domain.retries import wait_by_age
from widget.storage.held_campaigns import held_back, not_of
from widget.storage.ids import new_id
from widget.storage.models import Customer, Delivery, HeldAnswer, Request, Response

# Workspace and id.
RequestName = tuple[int, UUID]


@dataclass(frozen=True)
class DueRequest:
    """A request for which something is to be done, with what is known of its customer.

    `answered_at` is that of its response, None without one; `settled_at` is when an answer that
    counts only provisionally will be settled.
    """

    request: Request
    email: str
    time_zone: str
    answered_at: datetime | None
    settled_at: datetime | None


_OPEN = ("scheduled", "sent", "delivered")


def _is_free(session: Session) -> ColumnElement[bool]:
    """The condition that a request is not held back with its campaign."""
    held = held_back(session)
    return not_of(Request.campaign_id.expression, held) if held else true()


def _is_due(session: Session, now: datetime) -> ColumnElement[bool]:
    """The condition that something is due, and not held back."""
    return and_(Request.status.in_(_OPEN), Request.due_at <= now, _is_free(session))


def is_any_due(session: Session, now: datetime) -> bool:
    """Whether something is due at all: asked often, and without holding up who writes."""
    row = select(Request.id).where(_is_due(session, now)).limit(1)
    return session.scalar(row) is not None


def due_names(session: Session, now: datetime, limit: int) -> list[RequestName]:
    """The requests for which something is due, the oldest first: workspace and id."""
    rows = session.execute(
        select(Request.workspace_id, Request.id)
        .where(_is_due(session, now))
        .order_by(Request.due_at, Request.id)
        .limit(limit)
    )
    return [(workspace_id, id) for workspace_id, id in rows]


def claim_due(
    session: Session, now: datetime, limit: int, only: RequestName | None = None
) -> list[DueRequest]:
    """Requests for which something is due, the oldest first, that no other worker has claimed."""
    chosen = select(Request).where(_is_free(session), Request.due_at <= now)
    if only is not None:
        chosen = chosen.where(Request.workspace_id == only[0], Request.id == only[1])
    chosen = chosen.order_by(Request.due_at).limit(limit).with_for_update(skip_locked=True)
    # One status after the other, each in the order of its index: a campaign may have a hundred
    # thousand requests that are due at one moment, and all would be read to sort them.
    found = [
        row for status in _OPEN for row in session.scalars(chosen.where(Request.status == status))
    ]
    rows = sorted(found, key=lambda row: (row.due_at, row.id))[:limit]
    workspaces = {row.workspace_id for row in rows}
    people = {
        (found.workspace_id, found.id): found
        for found in session.execute(
            select(Customer.workspace_id, Customer.id, Customer.email, Customer.time_zone).where(
                Customer.workspace_id.in_(workspaces),
                Customer.id.in_({row.customer_id for row in rows}),
            )
        )
    }
    answered = {
        (found.workspace_id, found.id): found.answered_at
        for found in session.execute(
            select(Response.workspace_id, Response.id, Response.answered_at).where(
                Response.workspace_id.in_(workspaces), Response.id.in_({row.id for row in rows})
            )
        )
    }
    settled = {
        (found.workspace_id, found.response_id): found.due_at
        for found in session.execute(
            select(HeldAnswer.workspace_id, HeldAnswer.response_id, HeldAnswer.due_at)
            .where(
                HeldAnswer.workspace_id.in_(workspaces),
                HeldAnswer.response_id.in_({row.id for row in rows}),
                HeldAnswer.standing == "provisional",
            )
            .order_by(HeldAnswer.due_at)
        )
    }
    return [
        DueRequest(
            row,
            person.email or "",
            person.time_zone,
            answered.get((row.workspace_id, row.id)),
            settled.get((row.workspace_id, row.id)),
        )
        for row in rows
        for person in (people[row.workspace_id, row.customer_id],)
    ]


def put_off(session: Session, name: RequestName, now: datetime) -> datetime | None:
    """Look at a due request later, the later the older it is; returns when.

    None, and nothing changes, when it is not due any more.
    """
    of_it = (Request.workspace_id == name[0], Request.id == name[1])
    is_open = Request.status.in_(_OPEN)
    made_at = session.scalar(
        select(Request.created_at).where(*of_it, is_open, Request.due_at <= now)
    )
    if made_at is None:
        return None
    until = now + wait_by_age(now - made_at)
    session.execute(
        update(Request).where(*of_it, is_open, Request.due_at <= now).values(due_at=until)
    )
    return until


def add_delivery(session: Session, due: DueRequest, purpose: str, at: datetime) -> None:
    """A mail for the mail side to send; until it says what became of it nothing else is due."""
    due.request.due_at = None
    session.add(
        Delivery(
            workspace_id=due.request.workspace_id,
            id=new_id(),
            request_id=due.request.id,
            campaign_id=due.request.campaign_id,
            purpose=purpose,
            recipient=due.email,
            is_test=due.request.is_test,
            status="due",
            due_at=at,
            created_at=at,
        )
    )


def note_unmade_reminder(session: Session, due: DueRequest, why: str, at: datetime) -> None:
    """Keep, among the mails of a request, that a reminder was due and why there was none."""
    session.add(
        Delivery(
            workspace_id=due.request.workspace_id,
            id=new_id(),
            request_id=due.request.id,
            purpose="reminder",
            recipient=due.email,
            status="not_sent",
            last_error=why,
            due_at=at,
            created_at=at,
        )
    )
