"""The directory: which customers there are, a page at a time, and when each was last asked."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session, aliased

from widget.domain.addresses import customer_email, spellings
from widget.domain.audiences import Trait, attribute_key
from widget.domain.requests import Why
from widget.domain.roles import EVERYTHING, Scope
from widget.storage.audience_conditions import of_text, trait_column
from widget.storage.chunks import chunks
from widget.storage.customer_search import customers_found, search_order, search_place
from widget.storage.indexed import texts
from widget.storage.models import Customer, Request, Response
from widget.storage.scopes import within
from widget.storage.suppressed import refusals

# Of whom only digests tell whether they have unsubscribed, so many are looked at for one page.
MOST_LOOKED_AT = 10_000
_LOOKED_AT_ONCE = 1_000
# No more than so many are counted.
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class CustomerFilter:
    """Which customers to list. None means any; `search` finds words. `attribute` is the name of one
    and its value, whatever its capitals; "" for any value."""

    scope: Scope = EVERYTHING
    search: str = ""
    email: str | None = None
    external_id: str | None = None
    client: str | None = None
    segment: str | None = None
    language: str | None = None
    attribute: tuple[str, str] | None = None
    asked: bool | None = None
    answered: bool | None = None
    unsubscribed: bool | None = None


@dataclass(frozen=True)
class ListedCustomer:
    """A customer with what a list shows of them. `refusal`: why they get no mail, if so."""

    row: Customer
    refusal: Why | None
    asked_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True)
class CustomerPage:
    """Some customers, the newest first. `older` and `newer` are where other pages begin, if any.

    `is_unfinished`: only `MOST_LOOKED_AT` customers were looked at, and `older` is where to go on.
    """

    items: list[ListedCustomer]
    older: UUID | None
    newer: UUID | None
    is_unfinished: bool = False


def customers_page(
    session: Session,
    workspace_id: int,
    wanted: CustomerFilter,
    *,
    limit: int,
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
) -> CustomerPage:
    """Up to `limit` customers, newest first, next to a customer's place in the list."""
    is_upwards = newer_than is not None
    found, looked_at = _found(
        session, workspace_id, wanted, limit + 1, newer_than or older_than, is_upwards=is_upwards
    )
    has_more = len(found) > limit
    rows = found[:limit]
    is_unfinished = not has_more and looked_at is not None
    # The last one looked at stands for the end of the page.
    end = rows[-1].id if has_more else looked_at
    if is_upwards:
        rows = rows[::-1]
        return CustomerPage(
            _listed(session, workspace_id, wanted.scope, rows),
            older=rows[-1].id if rows else newer_than,
            newer=end,
        )
    return CustomerPage(
        _listed(session, workspace_id, wanted.scope, rows),
        older=end,
        newer=(rows[0].id if rows else None) if older_than else None,
        is_unfinished=is_unfinished,
    )


def customer_count(session: Session, workspace_id: int, wanted: CustomerFilter) -> int | None:
    """How many customers a filter finds, at most `MOST_COUNTED` and one more; None where each would
    have to be looked at."""
    if wanted.unsubscribed is not None:
        return None
    dialect = session.get_bind().dialect.name
    query = _query(workspace_id, wanted, dialect, None, is_upwards=False)
    # In the list's order, or SQLite would search the words of each customer one by one.
    some = query.with_only_columns(Customer.id).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some))


def listed_customer(
    session: Session, workspace_id: int, id: UUID, scope: Scope
) -> ListedCustomer | None:
    """One customer; None when there is none with this id in the scope."""
    query = select(Customer).where(
        Customer.workspace_id == workspace_id, Customer.id == id, is_somebody()
    )
    if not scope.everything:
        query = query.where(Customer.id.in_(customers_within(workspace_id, scope)))
    row = session.scalar(query)
    return _listed(session, workspace_id, scope, [row])[0] if row else None


def is_any_customer(session: Session, workspace_id: int) -> bool:
    """Whether a workspace has any customer."""
    query = select(Customer.id).where(Customer.workspace_id == workspace_id, is_somebody()).limit(1)
    return session.scalar(query) is not None


def _found(
    session: Session,
    workspace_id: int,
    wanted: CustomerFilter,
    limit: int,
    place: UUID | None,
    *,
    is_upwards: bool,
) -> tuple[list[Customer], UUID | None]:
    """Customers next to a place, and the last one looked at when there may be more behind it."""
    dialect = session.get_bind().dialect.name
    if wanted.unsubscribed is None:
        query = _query(workspace_id, wanted, dialect, place, is_upwards=is_upwards)
        return list(session.scalars(query.limit(limit))), None
    found: list[Customer] = []
    for _look in range(MOST_LOOKED_AT // _LOOKED_AT_ONCE):
        query = _query(workspace_id, wanted, dialect, place, is_upwards=is_upwards)
        rows = list(session.scalars(query.limit(_LOOKED_AT_ONCE)))
        refused = refusals(session, workspace_id, {row.email for row in rows if row.email})
        found += [
            row
            for row in rows
            if (refused.get(row.email or "") == "unsubscribed") is wanted.unsubscribed
        ]
        if len(found) >= limit or len(rows) < _LOOKED_AT_ONCE:
            return found[:limit], None
        place = rows[-1].id
    return found, place


def _query(
    workspace_id: int,
    wanted: CustomerFilter,
    dialect: str,
    place: UUID | None,
    *,
    is_upwards: bool,
) -> Select[Customer]:
    query = select(Customer).where(
        Customer.workspace_id == workspace_id, is_somebody(), *_conditions(workspace_id, wanted)
    )
    query = customers_found(query, wanted.search, dialect)
    by_index = search_order(wanted.search, dialect)
    order: Any = Customer.id if by_index is None else by_index
    if place is not None:
        there = place if by_index is None else search_place(workspace_id, place)
        query = query.where(order > there if is_upwards else order < there)
    return query.order_by(order if is_upwards else order.desc())


def is_somebody() -> ColumnElement[bool]:
    """The condition that something is known of a customer in earnest. Of others there are only
    requests: they were asked without a name, have been erased, or are of tests."""
    is_known = or_(Customer.email.is_not(None), Customer.external_id != "", Customer.name != "")
    return and_(Customer.is_of_tests.is_(False), is_known)


def _conditions(workspace_id: int, wanted: CustomerFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.email is not None:
        yield Customer.id.in_(_of_address(workspace_id, wanted.email))
    if wanted.external_id is not None:
        yield and_(Customer.external_id == wanted.external_id, Customer.external_id != "")
    if wanted.client is not None:
        yield Customer.id.in_(_of_client(workspace_id, wanted.client))
    # Of these there are few, so that a page is full before many customers have been looked at.
    for column, value in ((Customer.segment, wanted.segment), (Customer.language, wanted.language)):
        if value is not None:
            yield and_(column == value, column != "")
    if wanted.attribute is not None:
        name, value = wanted.attribute
        held = trait_column(Trait("attribute", attribute_key(name)))
        yield of_text(held, "is" if value else "is_known", value)
    for moment, is_wanted in (
        (Request.sent_at, wanted.asked),
        (Request.answered_at, wanted.answered),
    ):
        if is_wanted is not None:
            # Nothing but what the indexes hold, and word for word as they have it.
            was = (
                select(literal_column("1"))
                .where(
                    Request.workspace_id == workspace_id,
                    Request.customer_id == Customer.id,
                    moment.is_not(None),
                    text("NOT requests.is_test"),
                )
                .exists()
            )
            yield was if is_wanted else ~was
    if not wanted.scope.everything:
        yield Customer.id.in_(customers_within(workspace_id, wanted.scope))


def _of_client(workspace_id: int, client: str) -> Select[UUID]:
    """The ids of a client's customers, out of the index alone: without statistics SQLite would
    rather look at everybody."""
    found = aliased(Customer)
    return select(found.id).where(
        found.workspace_id == workspace_id,
        found.client == client,
        # Word for word as the index has it.
        found.client != literal_column("''"),
    )


def _of_address(workspace_id: int, email: str) -> Select[UUID]:
    """The ids of whoever has an address, in either form of its domain."""
    found, wanted = aliased(Customer), texts(spellings(customer_email(email)))
    return (
        select(found.id)
        .select_from(wanted)
        .join(found, (found.workspace_id == workspace_id) & (found.email == wanted.c.text))
    )


def customers_within(workspace_id: int, scope: Scope) -> Select[UUID]:
    """The ids of customers of a scope: who was asked about its members, or answered about them."""
    return (
        select(Request.customer_id)
        .outerjoin(
            Response,
            and_(Response.workspace_id == Request.workspace_id, Response.id == Request.id),
        )
        .where(
            Request.workspace_id == workspace_id,
            or_(
                within(scope, workspace_id, Request.member_id),
                within(scope, workspace_id, Response.member_id),
            ),
        )
    )


def _listed(
    session: Session, workspace_id: int, scope: Scope, rows: Sequence[Customer]
) -> list[ListedCustomer]:
    refused = refusals(session, workspace_id, {row.email for row in rows if row.email})
    moments = _last_moments(session, workspace_id, scope, [row.id for row in rows])
    return [
        ListedCustomer(row, refused.get(row.email or ""), *moments.get(row.id, (None, None)))
        for row in rows
    ]


def _last_moments(
    session: Session, workspace_id: int, scope: Scope, ids: Collection[UUID]
) -> dict[UUID, tuple[datetime | None, datetime | None]]:
    """When customers were last asked and last answered, as far as a scope knows."""
    found: dict[UUID, tuple[datetime | None, datetime | None]] = {}
    for part in chunks(ids):
        rows = session.execute(
            select(Request.customer_id, func.max(Request.sent_at), func.max(Request.answered_at))
            .where(
                Request.workspace_id == workspace_id,
                Request.customer_id.in_(part),
                Request.is_test.is_(False),
                within(scope, workspace_id, Request.member_id),
            )
            .group_by(Request.customer_id)
        )
        found |= {id: (asked_at, answered_at) for id, asked_at, answered_at in rows}
    return found
