"""Which addresses are not to be written to."""

from collections.abc import Collection, Mapping
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.requests import Why
from widget.storage.addresses import address_digests
from widget.storage.chunks import chunks
from widget.storage.models import SuppressedAddress
from widget.storage.suppressions import EVERYWHERE, weight


def refusals(session: Session, workspace_id: int, emails: Collection[str]) -> Mapping[str, Why]:
    """Why some of these lower-case addresses are not to be written to, by address."""
    found: dict[str, Why] = {}
    digests_of = address_digests(session)
    for part in chunks(emails):
        by_digest = {digest: email for email in part for digest in digests_of(email)}
        if not by_digest:
            continue
        rows = session.execute(
            select(SuppressedAddress.address_digest, SuppressedAddress.why)
            .where(
                SuppressedAddress.workspace_id.in_((workspace_id, EVERYWHERE)),
                SuppressedAddress.address_digest.in_(by_digest),
            )
            # The last one stays: the heaviest of the workspace's own reasons, which its people can
            # do something about.
            .order_by(SuppressedAddress.workspace_id, weight(SuppressedAddress.why).desc())
        )
        found |= {by_digest[digest]: cast(Why, why) for digest, why in rows}
    return found
