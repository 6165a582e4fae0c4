"""Moving what is one customer's to another; called inside an action's transaction."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from widget.domain.customers import FIELDS
from widget.domain.merging import Known
from widget.domain.requests import Decision
from widget.storage.customer_aliases import keys_of, move_aliases
from widget.storage.customer_keys import Rekeyed, rekey
from widget.storage.models import Customer, MergedCustomer, Request
from widget.storage.request_rows import (
    append_request_event,
    is_being_sent,
    put_decision,
    stop_reminders,
    withdraw_deliveries,
)


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


def ask_once(session: Session, kept: Customer, other: Customer, at: datetime) -> None:
    """Of two requests of one wave, to either entry, call off the one that waits; of two that were
    sent, the reminders of the other's."""
    for pair in _of_same_waves(session, kept, other):
        # Whoever answered, or has the mail, has been asked.
        first, second = sorted(pair, key=lambda one: (one.status == "scheduled", one is pair[1]))
        if second.status not in ("scheduled", "sent", "delivered"):
            continue
        withdrawn = withdraw_deliveries(
            session.connection(), kept.workspace_id, second.id, "Asked by another address already."
        )
        if second.status == "scheduled":
            if is_being_sent(session, kept.workspace_id, second.id):
                continue
            put_decision(second, Decision("not_sent", "asked_recently", by=first.id))
            append_request_event(session, "request.cancelled", second, at)
        elif withdrawn or (second.due_at is not None and second.due_at < second.expires_at):
            stop_reminders(session, second, is_withdrawn=withdrawn > 0, at=at)
            append_request_event(session, "request.cancelled", second, at)
    session.flush()


def _of_same_waves(
    session: Session, kept: Customer, other: Customer
) -> list[tuple[Request, Request]]:
    """The requests of the kept one and of the other, by waves that asked both; locked."""
    by_wave: dict[int, dict[UUID, Request]] = {}
    for row in session.scalars(
        select(Request)
        .where(
            Request.workspace_id == kept.workspace_id,
            Request.customer_id.in_((kept.id, other.id)),
            Request.wave_id.is_not(None),
        )
        .order_by(Request.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ):
        if row.wave_id is not None:
            by_wave.setdefault(row.wave_id, {})[row.customer_id] = row
    return [(found[kept.id], found[other.id]) for found in by_wave.values() if len(found) == 2]


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
