"""A customer gets another address, or another id of the team's own.

Whoever changes either, from a form, a file, the API, a request or by merging two entries, calls
`rekey` within the same transaction: what is found by an address, and what was said by it, goes
over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.addresses import customer_email
from widget.storage.addresses import address_digests
from widget.storage.chunks import chunks
from widget.storage.customer_aliases import Keys, remember
from widget.storage.customer_traces import responses_named
from widget.storage.models import Customer, Response, SuppressedAddress
from widget.storage.suppressions import EVERYWHERE, Why, suppress

# What somebody said themselves holds whichever address they are known by; that an address fails
# says nothing about the other one.
_THEIR_WISHES = ("unsubscribed", "complaint")


@dataclass(frozen=True)
class Rekeyed:
    """A customer who is known by something else from now on. `is_merged`: what they were known by
    is still theirs."""

    customer_id: UUID
    was: Keys
    now: Keys
    is_merged: bool = False


def rekey(session: Session, workspace_id: int, changed: Sequence[Rekeyed], at: datetime) -> None:
    """Remember what customers were known by, let their responses name them as they are known now,
    and let their wishes for no mail hold at the new address as at the old one."""
    # All are looked up before any is named: one may have the address now that another had.
    found = [(one, _responses(session, workspace_id, one)) for one in changed]
    for one, responses in found:
        _name_responses(session, workspace_id, one, responses)
        gone = [(kind, key) for kind, key in one.was.items() if key not in (_now(one, kind), "")]
        remember(session, workspace_id, one.customer_id, gone, at, is_merged=one.is_merged)
        _share_wishes(session, workspace_id, one, at)


def _now(one: Rekeyed, kind: str) -> str:
    return one.now.email if kind == "email" else one.now.external_id


def _responses(session: Session, workspace_id: int, one: Rekeyed) -> set[UUID]:
    """The responses that name a customer by what they are not known by any more."""
    email = one.was.email if one.was.email != one.now.email and one.now.email else ""
    id = one.was.external_id if one.was.external_id != one.now.external_id else ""
    if id and (not one.now.external_id or _is_anothers(session, workspace_id, one, id)):
        id = ""
    return responses_named(session, workspace_id, email=email, external_id=id)


def _is_anothers(session: Session, workspace_id: int, one: Rekeyed, external_id: str) -> bool:
    query = select(Customer.id).where(
        Customer.workspace_id == workspace_id,
        Customer.external_id == external_id,
        Customer.id != one.customer_id,
    )
    return session.scalar(query.limit(1)) is not None


def _name_responses(
    session: Session, workspace_id: int, one: Rekeyed, responses: set[UUID]
) -> None:
    """Write into responses how their customer is known now, where they said how they were: by that
    they are found."""
    for part in chunks(responses):
        for row in session.scalars(
            select(Response).where(Response.workspace_id == workspace_id, Response.id.in_(part))
        ):
            if one.now.email and customer_email(row.customer_email) == one.was.email != "":
                row.customer_email = one.now.email
            if one.now.external_id and row.customer_id == one.was.external_id != "":
                row.customer_id = one.now.external_id
    session.flush()


def _share_wishes(session: Session, workspace_id: int, one: Rekeyed, at: datetime) -> None:
    """Whoever wanted no mail at the old address wants none at the new one; of merged entries either
    address is both. An address that was changed may have been another's, who said nothing."""
    was, now = one.was.email, one.now.email
    if not was or not now or was == now:
        return
    said_at, holds_at = ((was, now), (was, now)) if one.is_merged else ((was,), (now,))
    digests_of = address_digests(session)
    said = session.execute(
        select(SuppressedAddress.why, SuppressedAddress.at).where(
            SuppressedAddress.workspace_id.in_((workspace_id, EVERYWHERE)),
            SuppressedAddress.address_digest.in_(
                [digest for email in said_at for digest in digests_of(email)]
            ),
            SuppressedAddress.why.in_(_THEIR_WISHES),
        )
    ).all()
    for why, since in said:
        for email in holds_at:
            for digest in digests_of(email)[:1]:
                suppress(session, workspace_id, digest, cast(Why, why), min(since, at))
