"""Customers who become one while a wave is made: each is asked once, by whichever entry."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.audiences import Trait
from widget.storage.audiences import Frame
from widget.storage.chunks import chunks
from widget.storage.models import MergedCustomer, Request
from widget.storage.wave_draws import DrawnCustomer, drawn_of
from widget.storage.waves import StoredWave

# Who merges notes when they began to: a wave may have begun before they were done.
_MERGING = timedelta(minutes=5)


def asked_as_others(session: Session, wave: StoredWave, ids: Collection[UUID]) -> set[UUID]:
    """Which of these customers a wave has asked by an entry that is a part of them now.

    The key of a request does not tell, as it has the entry that there was.
    """
    if not ids:
        return set()
    # All between the first and the last of them: two values, where there may be a thousand.
    merged = session.scalars(
        select(MergedCustomer.customer_id).where(
            MergedCustomer.workspace_id == wave.workspace_id,
            MergedCustomer.customer_id.between(min(ids), max(ids)),
        )
    )
    found: set[UUID] = set()
    for part in chunks(set(ids) & set(merged)):
        found |= _asked(session, wave, part)
    return found


def drawn_by_merging(
    session: Session, frame: Frame, traits: Sequence[Trait], wave: StoredWave
) -> list[DrawnCustomer]:
    """Customers whom a wave that has come to its end has passed over, and is to ask for an entry
    that became a part of them after it had begun: they may be asked, and either entry was drawn.

    At most a thousand, in order of ids; when these have requests there may be more.
    """
    entries: dict[UUID, list[UUID]] = {}
    for id, kept in session.execute(
        select(MergedCustomer.id, MergedCustomer.customer_id).where(
            MergedCustomer.workspace_id == wave.workspace_id,
            MergedCustomer.at >= wave.began_at - _MERGING,
        )
    ):
        entries.setdefault(kept, []).append(id)
    for part in chunks(entries):
        asked = _asked(session, wave, part)
        left = {id: entries[id] for id in part if id not in asked}
        if found := drawn_of(session, frame, traits, wave, left):
            return found
    return []


def _asked(session: Session, wave: StoredWave, ids: Collection[UUID]) -> set[UUID]:
    """Which of at most a thousand customers have a request of a wave."""
    if not ids:
        return set()
    return set(
        session.scalars(
            select(Request.customer_id).where(
                Request.workspace_id == wave.workspace_id,
                Request.customer_id.in_(ids),
                Request.wave_id == wave.id,
            )
        )
    )
