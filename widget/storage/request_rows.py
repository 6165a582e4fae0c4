"""Making requests and changing what became of them; called inside an action's transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import Session

from widget.domain.asks import Ask
from widget.domain.errors import UnknownRequest
from widget.domain.events import EventName
from widget.domain.requests import Decision
from widget.storage.asking import Asking
from widget.storage.events import append_event
from widget.storage.ids import new_id
from widget.storage.models import Customer, Delivery, Event, Request, Response

_DETAIL = 500


@dataclass(frozen=True)
class MadeRequest:
    """All that is stored of a new request."""

    id: UUID
    customer_id: UUID
    ask: Ask
    decision: Decision
    member_id: int | None
    is_test: bool
    made_by: str
    import_id: UUID | None
    recovers: UUID | None
    key: str | None
    body_sha256: str
    interaction_at: datetime
    due_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True)
class RequestWithKey:
    id: UUID
    body_sha256: str


def requests_with_keys(
    session: Session, workspace_id: int, keys: Collection[str]
) -> dict[str, RequestWithKey]:
    """The requests that idempotency keys made, by key."""
    rows = session.execute(
        select(Request.idempotency_key, Request.id, Request.body_sha256).where(
            Request.workspace_id == workspace_id, Request.idempotency_key.in_(keys)
        )
    )
    return {key: RequestWithKey(id, digest) for key, id, digest in rows if key is not None}


def add_requests(
    session: Session, asking: Asking, made: Sequence[MadeRequest], at: datetime
) -> None:
    """Store new requests of one survey, each with its event."""
    if not made:
        return
    session.execute(insert(Request), [_row(asking, one, at) for one in made])
    session.execute(
        insert(Event),
        [
            {
                "workspace_id": asking.workspace_id,
                "id": new_id(),
                "name": "request.created",
                "survey_id": asking.survey_id,
                # A request's response has its id.
                "response_id": one.id,
                "data": {"status": one.decision.status, "why": one.decision.why or ""},
                "at": at,
            }
            for one in made
        ],
    )


def _row(asking: Asking, made: MadeRequest, at: datetime) -> dict[str, object]:
    ask, decision = made.ask, made.decision
    return {
        "workspace_id": asking.workspace_id,
        "id": made.id,
        "survey_id": asking.survey_id,
        "customer_id": made.customer_id,
        "member_id": made.member_id,
        "member_given": ask.member_given,
        "channel": ask.channel,
        "ref": ask.ref,
        "external_url": ask.external_url,
        "tags": list(ask.tags),
        "brand": ask.brand,
        "language": ask.language,
        "country": ask.country,
        "properties": dict(ask.properties) or None,
        "do_not_send": ask.do_not_send,
        "is_test": made.is_test,
        "made_by": made.made_by,
        "import_id": made.import_id,
        "recovers_response_id": made.recovers,
        "idempotency_key": made.key,
        "body_sha256": made.body_sha256,
        "status": decision.status,
        "why": decision.why or "",
        "why_until": decision.until,
        "why_request_id": decision.by,
        "why_text": decision.detail[:_DETAIL],
        "interaction_at": made.interaction_at,
        "due_at": made.due_at,
        "asked_at": made.due_at,
        "reminders_sent": 0,
        "expires_at": made.expires_at,
        "created_at": at,
    }


def locked_request(session: Session, workspace_id: int, id: UUID) -> Request:
    """A request, to be changed. Raises UnknownRequest."""
    row = session.scalar(
        select(Request)
        .where(Request.workspace_id == workspace_id, Request.id == id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise UnknownRequest("There is no such request in this workspace.")
    return row


def locked_delivery(session: Session, workspace_id: int, id: UUID) -> tuple[Delivery, Request]:
    """A delivery and its request, to be changed; the request is locked first, as everywhere.

    Raises UnknownRequest.
    """
    found = session.execute(
        select(Request, Delivery)
        .join(
            Delivery,
            (Delivery.workspace_id == Request.workspace_id) & (Delivery.request_id == Request.id),
        )
        .where(Delivery.workspace_id == workspace_id, Delivery.id == id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise UnknownRequest("There is no such delivery in this workspace.")
    request, delivery = found
    return delivery, request


@dataclass(frozen=True)
class DueRequest:
    """A request for which something is to be done, with what is known of its customer."""

    request: Request
    email: str
    time_zone: str
    is_answered: bool


_OPEN = Request.status.in_(("scheduled", "sent", "delivered"))


def is_any_due(session: Session, now: datetime) -> bool:
    """Whether something is due at all: asked often, and without holding up who writes."""
    row = select(Request.id).where(_OPEN, Request.due_at <= now).limit(1)
    return session.scalar(row) is not None


def claim_due(session: Session, now: datetime, limit: int) -> list[DueRequest]:
    """Requests for which something is due, the oldest first, that no other worker has claimed."""
    rows = session.scalars(
        select(Request)
        .where(_OPEN, Request.due_at <= now)
        .order_by(Request.due_at, Request.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
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
    answered = set(
        session.scalars(
            select(Response.id).where(
                Response.workspace_id.in_(workspaces), Response.id.in_({row.id for row in rows})
            )
        )
    )
    return [
        DueRequest(row, person.email or "", person.time_zone, row.id in answered)
        for row in rows
        for person in (people[row.workspace_id, row.customer_id],)
    ]


def add_delivery(session: Session, due: DueRequest, purpose: str, at: datetime) -> None:
    """A mail for the mail side to send; until it says what became of it nothing else is due."""
    due.request.due_at = None
    session.add(
        Delivery(
            workspace_id=due.request.workspace_id,
            id=new_id(),
            request_id=due.request.id,
            purpose=purpose,
            recipient=due.email,
            status="due",
            due_at=at,
            created_at=at,
        )
    )


def put_decision(request: Request, decision: Decision) -> None:
    """Say what became of a request; nothing more will be sent."""
    request.status = decision.status
    request.why = decision.why or ""
    request.why_until, request.why_request_id = decision.until, decision.by
    request.why_text = decision.detail[:_DETAIL]
    request.due_at = None
    if decision.status == "not_sent":
        request.asked_at = None


def append_request_event(session: Session, name: EventName, request: Request, at: datetime) -> None:
    append_event(
        session,
        name,
        workspace_id=request.workspace_id,
        survey_id=request.survey_id,
        response_id=request.id,
        at=at,
        data={"status": request.status, "why": request.why},
    )


def withdraw_deliveries(
    connection: Connection, workspace_id: int, request_id: UUID, why: str
) -> None:
    """Keep the mails of a request that nobody is sending yet from leaving."""
    connection.execute(
        update(Delivery)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.request_id == request_id,
            Delivery.status == "due",
        )
        .values(status="not_sent", last_error=why)
    )


def mark_answered(connection: Connection, workspace_id: int, id: UUID, at: datetime) -> bool:
    """The customer of a request has answered; False, and no more, when `id` is no request's."""
    done = connection.execute(
        update(Request)
        .where(Request.workspace_id == workspace_id, Request.id == id, Request.status != "answered")
        .values(
            status="answered",
            answered_at=at,
            due_at=None,
            why="",
            why_until=None,
            why_request_id=None,
            why_text="",
        )
    )
    if done.rowcount:
        withdraw_deliveries(connection, workspace_id, id, "The customer had answered.")
        return True
    known = select(Request.id).where(Request.workspace_id == workspace_id, Request.id == id)
    return connection.scalar(known) is not None


def recovers(connection: Connection, workspace_id: int, id: UUID) -> bool:
    """Whether a request asks its customer again after a follow-up; False when `id` is none's."""
    found = select(Request.recovers_response_id).where(
        Request.workspace_id == workspace_id, Request.id == id
    )
    return connection.scalar(found) is not None


def is_being_sent(session: Session, workspace_id: int, request_id: UUID) -> bool:
    """Whether the mail side has taken up a mail of a request and not yet said what became of it."""
    found = session.scalar(
        select(Delivery.id)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.request_id == request_id,
            # `accepted`: by a mail server, which the request has yet to be told.
            Delivery.status.in_(("sending", "accepted")),
        )
        .limit(1)
    )
    return found is not None


def customer_time_zone(session: Session, workspace_id: int, customer_id: UUID) -> str:
    """A customer's own time zone; "" when it is not known."""
    found = session.scalar(
        select(Customer.time_zone).where(
            Customer.workspace_id == workspace_id, Customer.id == customer_id
        )
    )
    return found or ""


def statuses_of(session: Session, workspace_id: int, ids: Sequence[UUID]) -> list[tuple[str, str]]:
    """Status and reason of each of some requests, in any order."""
    rows = session.execute(
        select(Request.status, Request.why).where(
            Request.workspace_id == workspace_id, Request.id.in_(ids)
        )
    )
    return [(status, why) for status, why in rows]
