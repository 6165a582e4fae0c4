"""What customers were known by before: addresses that were changed, and those of merged entries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from widget.domain.addresses import customer_email
from widget.storage.chunks import chunks
from widget.storage.indexed import by_index
from widget.storage.models import Customer, CustomerAlias, Delivery, Request

Kind = Literal["email", "external_id"]
_COLUMNS: dict[Kind, InstrumentedAttribute[str] | InstrumentedAttribute[str | None]] = {
    "email": Customer.email,
    "external_id": Customer.external_id,
}


@dataclass(frozen=True)
class Keys:
    """By what a customer is known: the address, as `customer_email` gives it, and the team's own
    id; "" for none."""

    email: str = ""
    external_id: str = ""

    def items(self) -> Iterable[tuple[Kind, str]]:
        """Those that there are."""
        if self.email:
            yield "email", self.email
        if self.external_id:
            yield "external_id", self.external_id


@dataclass(frozen=True)
class AllKeys:
    """By what a customer is known, and was before."""

    emails: frozenset[str]
    external_ids: frozenset[str]


def keys_of(customer: Customer) -> Keys:
    """By what a customer is known now."""
    return Keys(customer_email(customer.email or ""), customer.external_id)


def all_keys_of(session: Session, customer: Customer) -> AllKeys:
    """By what a customer is known, and was before; without what is another's by now. To which
    address a mail of theirs went counts as well: that may be older than what is remembered."""
    workspace_id, now = customer.workspace_id, keys_of(customer)
    before: dict[Kind, set[str]] = {"email": set(), "external_id": set()}
    for kind, value in session.execute(
        select(CustomerAlias.kind, CustomerAlias.value).where(
            CustomerAlias.workspace_id == workspace_id, CustomerAlias.customer_id == customer.id
        )
    ):
        before["email" if kind == "email" else "external_id"].add(value)
    asked = session.scalars(
        select(Request.id).where(
            Request.workspace_id == workspace_id, Request.customer_id == customer.id
        )
    ).all()
    for part in chunks(asked):
        mails = select(Delivery.recipient).where(
            by_index(workspace_id, Delivery.request_id, part),
            # A test's mail went to somebody else.
            Delivery.is_test.is_(False),
        )
        before["email"] |= {customer_email(address) for address in session.scalars(mails)}
    for kind, value in now.items():
        before[kind].discard(value)
    left = {
        kind: values - _others(session, customer, kind, values) for kind, values in before.items()
    }
    return AllKeys(
        frozenset(filter(None, left["email"] | {now.email})),
        frozenset(filter(None, left["external_id"] | {now.external_id})),
    )


def meant_by(
    session: Session, workspace_id: int, kind: Kind, values: Collection[str]
) -> dict[str, UUID]:
    """Whom addresses or ids of entries mean that were merged into others. Whoever has one of them
    now is meant before those."""
    found: dict[str, UUID] = {}
    for part in chunks(values):
        rows = session.execute(
            select(CustomerAlias.value, CustomerAlias.customer_id)
            .where(
                CustomerAlias.workspace_id == workspace_id,
                CustomerAlias.value.in_(part),
                CustomerAlias.kind == kind,
                CustomerAlias.is_merged,
            )
            .order_by(CustomerAlias.at)
        )
        found |= {row.value: row.customer_id for row in rows}
    return found


def remember(
    session: Session,
    workspace_id: int,
    customer_id: UUID,
    keys: Iterable[tuple[Kind, str]],
    at: datetime,
    *,
    is_merged: bool,
) -> None:
    """Note what a customer was known by."""
    rows = [
        {
            "workspace_id": workspace_id,
            "customer_id": customer_id,
            "kind": kind,
            "value": value,
            "is_merged": is_merged,
            "at": at,
        }
        for kind, value in keys
    ]
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(CustomerAlias)
    key = ["workspace_id", "customer_id", "kind", "value"]
    statement = (
        insert.on_conflict_do_update(index_elements=key, set_={"is_merged": True})
        if is_merged
        else insert.on_conflict_do_nothing(index_elements=key)
    )
    session.execute(statement, rows)


def move_aliases(session: Session, workspace_id: int, other: UUID, kept: UUID) -> None:
    """What one customer was known by, another was known by from now on."""
    rows = session.scalars(
        select(CustomerAlias).where(
            CustomerAlias.workspace_id == workspace_id, CustomerAlias.customer_id == other
        )
    ).all()
    for row in rows:
        key: Kind = "email" if row.kind == "email" else "external_id"
        remember(session, workspace_id, kept, [(key, row.value)], row.at, is_merged=row.is_merged)
    forget_aliases(session, workspace_id, other)


def forget_aliases(session: Session, workspace_id: int, customer_id: UUID) -> None:
    """Forget what a customer was known by."""
    session.execute(
        delete(CustomerAlias).where(
            CustomerAlias.workspace_id == workspace_id, CustomerAlias.customer_id == customer_id
        )
    )


def _others(session: Session, customer: Customer, kind: Kind, values: Collection[str]) -> set[str]:
    """Those of some addresses or ids that another customer has now."""
    column = _COLUMNS[kind]
    return {
        customer_email(value or "") if kind == "email" else value or ""
        for part in chunks(values)
        for value in session.scalars(
            select(column).where(
                Customer.workspace_id == customer.workspace_id,
                column.in_(part),
                Customer.id != customer.id,
            )
        )
    }
