"""What the console and the API ask about requests. Every query stays in one workspace."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from widget.domain.addresses import customer_email, spellings
from widget.domain.requests import Status, Why
from widget.domain.roles import EVERYTHING, Scope
from widget.storage.indexed import by_index
from widget.storage.models import Customer, Delivery, Member, Request, Response, Survey, Wave
from widget.storage.responses import Place
from widget.storage.scopes import within


@dataclass(frozen=True)
class RequestFilter:
    """Which requests to list. None means any. `since` is inclusive, `until` exclusive.

    `only_unsubscribed`: those whose mail its customer used to unsubscribe.
    """

    scope: Scope = EVERYTHING
    survey: str | None = None
    status: Status | None = None
    why: Why | None = None
    email: str | None = None
    ref: str | None = None
    import_id: UUID | None = None
    campaign_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    only_tests: bool = False
    only_unsubscribed: bool = False


@dataclass(frozen=True)
class ListedRequest:
    """A request with what a list shows of its surroundings."""

    request: Request
    customer: Customer
    survey_public_id: str
    survey_name: str
    member_public_id: str | None
    member_name: str | None
    member_email: str | None

    @property
    def place(self) -> Place:
        return Place(self.request.created_at, self.request.id)

    @property
    def next_mail_at(self) -> datetime | None:
        """When the next mail is to leave; None when none is, or while one is on its way."""
        row = self.request
        is_mail = row.due_at is not None and row.due_at < row.expires_at
        return row.due_at if is_mail else None


@dataclass(frozen=True)
class RequestPage:
    """Some requests, newest first, and whether there are older and newer ones."""

    items: list[ListedRequest]
    has_older: bool
    has_newer: bool


@dataclass(frozen=True)
class DeliveryRow:
    """One mail of a request, as its page shows it."""

    purpose: str
    recipient: str
    status: str
    attempts: int
    last_error: str
    created_at: datetime
    sent_at: datetime | None


def _all(workspace_id: int) -> Select[Request, Customer, Survey, Member]:
    return (
        select(Request, Customer, Survey, Member)
        .join(
            Customer,
            (Customer.workspace_id == Request.workspace_id) & (Customer.id == Request.customer_id),
        )
        .join(Survey, Survey.id == Request.survey_id)
        .outerjoin(Member, Member.id == Request.member_id)
        .where(Request.workspace_id == workspace_id)
    )


def _filtered(
    workspace_id: int, wanted: RequestFilter
) -> Select[Request, Customer, Survey, Member]:
    query = _all(workspace_id)
    if not wanted.scope.everything:
        query = query.where(within(wanted.scope, workspace_id, Request.member_id))
    if wanted.survey is not None:
        query = query.where(Survey.public_id == wanted.survey)
    if wanted.status is not None:
        query = query.where(Request.status == wanted.status)
    if wanted.why is not None:
        query = query.where(Request.why == wanted.why)
    if wanted.email is not None:
        query = query.where(Customer.email.in_(spellings(customer_email(wanted.email))))
    if wanted.ref is not None:
        query = query.where(Request.ref == wanted.ref)
    if wanted.import_id is not None:
        query = query.where(Request.import_id == wanted.import_id)
    if wanted.campaign_id is not None:
        # By its waves, which there is an index of.
        waves = select(Wave.id).where(
            Wave.workspace_id == workspace_id, Wave.campaign_id == wanted.campaign_id
        )
        query = query.where(Request.wave_id.in_(waves))
    if wanted.since is not None:
        query = query.where(Request.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Request.created_at < wanted.until)
    if wanted.only_tests:
        query = query.where(Request.is_test)
    if wanted.only_unsubscribed:
        query = query.where(Request.unsubscribed_at.is_not(None))
    return query


def requests_page(
    session: Session,
    workspace_id: int,
    wanted: RequestFilter,
    *,
    limit: int,
    older_than: Place | None = None,
    newer_than: Place | None = None,
) -> RequestPage:
    """Up to `limit` requests, newest first, next to a place in the list."""
    order = tuple_(Request.created_at, Request.id)
    query = _filtered(workspace_id, wanted)
    if newer_than is not None:
        query = query.where(order > (newer_than.answered_at, newer_than.id))
        query = query.order_by(Request.created_at, Request.id)
    else:
        if older_than is not None:
            query = query.where(order < (older_than.answered_at, older_than.id))
        query = query.order_by(Request.created_at.desc(), Request.id.desc())
    rows = session.execute(query.limit(limit + 1)).all()
    more = len(rows) > limit
    items = [_listed(*row) for row in rows[:limit]]
    if newer_than is not None:
        return RequestPage(items[::-1], has_older=True, has_newer=more)
    return RequestPage(items, has_older=more, has_newer=older_than is not None)


def find_request(
    session: Session, workspace_id: int, id: UUID, scope: Scope = EVERYTHING
) -> ListedRequest | None:
    """One request; None when there is none with this id in the scope."""
    query = _all(workspace_id).where(
        Request.id == id, within(scope, workspace_id, Request.member_id)
    )
    row = session.execute(query).one_or_none()
    return _listed(*row) if row else None


def requests_by_id(
    session: Session, workspace_id: int, ids: Collection[UUID]
) -> dict[UUID, ListedRequest]:
    """Some requests by their ids."""
    rows = session.execute(_all(workspace_id).where(Request.id.in_(ids))).all() if ids else []
    return {row[0].id: _listed(*row) for row in rows}


def deliveries_of(session: Session, workspace_id: int, request_id: UUID) -> list[DeliveryRow]:
    """The mails of a request, oldest first."""
    rows = session.scalars(
        select(Delivery)
        .where(by_index(workspace_id, Delivery.request_id, [request_id]))
        .order_by(Delivery.created_at, Delivery.id)
    )
    return [
        DeliveryRow(
            row.purpose,
            row.recipient,
            row.status,
            row.attempts,
            row.last_error,
            row.created_at,
            row.sent_at,
        )
        for row in rows
    ]


def is_answered(session: Session, workspace_id: int, request_id: UUID) -> bool:
    """Whether a request's response is stored."""
    found = session.scalar(
        select(Response.id).where(Response.workspace_id == workspace_id, Response.id == request_id)
    )
    return found is not None


def _listed(
    request: Request, customer: Customer, survey: Survey, member: Member | None
) -> ListedRequest:
    return ListedRequest(
        request=request,
        customer=customer,
        survey_public_id=survey.public_id,
        survey_name=survey.name,
        member_public_id=member.public_id if member else None,
        member_name=member.name if member else None,
        member_email=member.email if member else None,
    )
