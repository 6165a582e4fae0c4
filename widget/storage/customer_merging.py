"""Moving what is one customer's to another; called inside an action's transaction."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from widget.domain.customers import FIELDS
from widget.domain.merging import Known
from widget.storage.customer_aliases import keys_of, move_aliases
from widget.storage.customer_keys import Rekeyed, rekey
from widget.storage.models import Customer, MergedCustomer, Request


def known_of(row: Customer) -> Known:
    """What is known of a customer."""
    return Known({name: getattr(row, name) or "" for name in FIELDS}, dict(row.attributes or {}))


def both_locked(session: Session, workspace_id: int, ids: Collection[UUID]) -> dict[UUID, Customer]:
    """Some customers, to be changed; whoever locks several does it in one order."""
    rows = session.scalars(
        select(Customer)
        .where(Customer.workspace_id == workspace_id, Customer.id.in_(ids))
        .order_by(Customer.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def move_requests(session: Session, kept: Customer, other: Customer) -> None:
    """Requests of the other are the kept one's from now on; so are their responses."""
    session.execute(
        update(Request)
        .where(Request.workspace_id == kept.workspace_id, Request.customer_id == other.id)
        .values(customer_id=kept.id)
    )


def replace_by(session: Session, kept: Customer, other: Customer, now: Known, at: datetime) -> None:
    """Remove the other, of whom an address leads to the kept one, who becomes what both are and is
    known by what either was known by."""
    workspace_id, gone = kept.workspace_id, other.id
    were = keys_of(kept), keys_of(other)
    session.execute(
        update(MergedCustomer)
        .where(MergedCustomer.workspace_id == workspace_id, MergedCustomer.customer_id == gone)
        .values(customer_id=kept.id)
    )
    move_aliases(session, workspace_id, gone, kept.id)
    session.expunge(other)
    # Before the kept one may have its address.
    session.execute(
        delete(Customer).where(Customer.workspace_id == workspace_id, Customer.id == gone)
    )
    session.add(MergedCustomer(workspace_id=workspace_id, id=gone, customer_id=kept.id, at=at))
    for name, value in now.fields.items():
        setattr(kept, name, value)
    kept.email = now.fields["email"] or None
    kept.attributes = dict(now.attributes) or None
    kept.created_at = min(kept.created_at, other.created_at)
    kept.updated_at = at
    session.flush()
    now_known = keys_of(kept)
    rekey(
        session,
        workspace_id,
        [Rekeyed(kept.id, was, now_known, is_merged=True) for was in were],
        at,
    )
