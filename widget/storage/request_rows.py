"""Making requests and changing what became of them; called inside an action's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, case, insert, literal, select, update
from sqlalchemy.orm import Session

from widget.domain.asks import Ask
from widget.domain.errors import UnknownRequest
from widget.domain.events import EventName
from widget.domain.requests import Decision
from widget.storage.asking import Asking
from widget.storage.events import append_event
from widget.storage.ids import new_id
from widget.storage.models import Customer, Delivery, Event, Request

_DETAIL = 500
# Of the names of clients and segments, as customers have them.
_CLIENT_LIMIT = 200


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


def told_of_client(properties: Mapping[str, str]) -> dict[str, str]:
    """The columns that say of which client and segment a request's customer is, "" for none."""
    return {name: properties.get(name, "")[:_CLIENT_LIMIT] for name in ("client", "segment")}


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
        **told_of_client(ask.properties),
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
    return locked_deliveries(session, workspace_id, [id])[0]


def locked_deliveries(
    session: Session, workspace_id: int, ids: Collection[UUID]
) -> list[tuple[Delivery, Request]]:
    """The same of many, by their requests' ids: whoever locks several does it in one order.

    Raises UnknownRequest when one of them does not exist.
    """
    found = session.execute(
        select(Request, Delivery)
        .join(
            Delivery,
            (Delivery.workspace_id == Request.workspace_id) & (Delivery.request_id == Request.id),
        )
        .where(Delivery.workspace_id == workspace_id, Delivery.id.in_(ids))
        .order_by(Request.id, Delivery.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(found) < len(ids):
        raise UnknownRequest("There is no such delivery in this workspace.")
    return [(delivery, request) for request, delivery in found]


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
) -> int:
    """Keep the mails of a request that nobody is sending yet from leaving; returns how many."""
    done = connection.execute(
        update(Delivery)
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.request_id == request_id,
            Delivery.status == "due",
        )
        .values(status="not_sent", last_error=why)
    )
    return done.rowcount


def stop_reminders(session: Session, request: Request, *, is_withdrawn: bool, at: datetime) -> None:
    """Only the end of a sent request is still due. A reminder that was merely planned, and not yet
    withdrawn as a mail, is kept among the mails as one that was not sent."""
    if not is_withdrawn:
        customer = session.get_one(Customer, (request.workspace_id, request.customer_id))
        session.add(
            Delivery(
                workspace_id=request.workspace_id,
                id=new_id(),
                request_id=request.id,
                purpose="reminder",
                recipient=customer.email or "",
                status="not_sent",
                last_error="The request was cancelled.",
                due_at=request.due_at,
                created_at=at,
            )
        )
    request.why, request.due_at = "reminders_cancelled", request.expires_at


def mark_answered(connection: Connection, workspace_id: int, id: UUID, at: datetime) -> bool:
    """The customer of a request has answered; False, and no more, when `id` is no request's."""
    done = connection.execute(
        update(Request)
        .where(Request.workspace_id == workspace_id, Request.id == id, Request.status != "answered")
        .values(
            status="answered",
            answered_at=at,
            due_at=None,
            # A mail that was still to leave never will: the window counts from the answer then.
            asked_at=case(
                (
                    Request.asked_at.is_not(None) & Request.sent_at.is_(None),
                    literal(at, Request.asked_at.type),
                ),
                else_=Request.asked_at,
            ),
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


def note_unsubscribed(session: Session, workspace_id: int, id: UUID, at: datetime | None) -> None:
    """The customer of a request used its link to unsubscribe; with None they undid that."""
    session.execute(
        update(Request)
        .where(Request.workspace_id == workspace_id, Request.id == id)
        .values(unsubscribed_at=at)
    )


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


def customer_time_zones(
    session: Session, workspace_id: int, customer_ids: Collection[UUID]
) -> dict[UUID, str]:
    """Customers' own time zones; "" where one is not known."""
    found = session.execute(
        select(Customer.id, Customer.time_zone).where(
            Customer.workspace_id == workspace_id, Customer.id.in_(customer_ids)
        )
    )
    return {id: time_zone or "" for id, time_zone in found}


def statuses_of(session: Session, workspace_id: int, ids: Sequence[UUID]) -> list[tuple[str, str]]:
    """Status and reason of each of some requests, in any order."""
    rows = session.execute(
        select(Request.status, Request.why).where(
            Request.workspace_id == workspace_id, Request.id.in_(ids)
        )
    )
    return [(status, why) for status, why in rows]
