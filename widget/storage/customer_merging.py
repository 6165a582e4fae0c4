"""Moving what is one customer's to another; called inside an action's transaction."""

from collections.abc import Collection
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from widget.domain.addresses import customer_email
from widget.domain.customers import FIELDS
from widget.domain.merging import Known
from widget.storage.addresses import address_digests
from widget.storage.chunks import chunks
from widget.storage.customer_traces import Traces
from widget.storage.models import (
    Customer,
    MergedCustomer,
    Request,
    Response,
    SuppressedAddress,
)
from widget.storage.suppressions import Why, suppress

# What somebody said themselves holds whichever address they are known by; that an address fails
# says nothing about the other one.
_THEIR_WISHES = ("unsubscribed", "complaint")


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


def name_responses(
    session: Session, workspace_id: int, traces: Traces, was: Collection[Known], now: Known
) -> None:
    """Write into responses how their customer is known now, where they said how they were: by that
    they are found."""
    emails = {customer_email(one.fields["email"]) for one in was if one.fields["email"]}
    ids = {one.fields["external_id"] for one in was if one.fields["external_id"]}
    for part in chunks(traces.responses):
        for row in session.scalars(
            select(Response).where(Response.workspace_id == workspace_id, Response.id.in_(part))
        ):
            if row.customer_email and customer_email(row.customer_email) in emails:
                row.customer_email = now.fields["email"]
            if row.customer_id in ids:
                row.customer_id = now.fields["external_id"]
    session.flush()


def move_wishes(
    session: Session, workspace_id: int, emails: Collection[str], email: str, at: datetime
) -> None:
    """Whoever wanted no mail at one of some addresses wants none at the one that they have now."""
    if not email:
        return
    digests_of = address_digests(session)
    said = session.execute(
        select(SuppressedAddress.why, SuppressedAddress.at).where(
            SuppressedAddress.workspace_id == workspace_id,
            SuppressedAddress.address_digest.in_(
                [digest for old in emails if old for digest in digests_of(old)]
            ),
            SuppressedAddress.why.in_(_THEIR_WISHES),
        )
    ).all()
    for why, since in said:
        for digest in digests_of(email)[:1]:
            suppress(session, workspace_id, digest, cast(Why, why), min(since, at))


def replace_by(session: Session, kept: Customer, other: Customer, now: Known, at: datetime) -> None:
    """Remove the other, of whom an address leads to the kept one, who becomes what both are."""
    workspace_id, gone = kept.workspace_id, other.id
    session.execute(
        update(MergedCustomer)
        .where(MergedCustomer.workspace_id == workspace_id, MergedCustomer.customer_id == gone)
        .values(customer_id=kept.id)
    )
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
