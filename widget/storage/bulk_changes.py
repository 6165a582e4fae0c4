"""Changes of many responses that the worker makes: what is to be done, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from widget.domain import bulk_changes as domain
from widget.storage.ids import new_id
from widget.storage.models import BulkChange

# Whoever has claimed one and does not come back has died.
_CLAIMED_FOR = timedelta(minutes=2)


@dataclass(frozen=True)
class Piece:
    """The part of a change that is next: the responses from `done` on."""

    workspace_id: int
    id: UUID
    user_id: int
    change: domain.BulkChange
    done: int
    response_ids: Sequence[UUID]


@dataclass(frozen=True)
class ChangeUnderWay:
    """How far a change is."""

    change: domain.BulkChange
    total: int
    done: int


def add_change(
    session: Session,
    workspace_id: int,
    user_id: int,
    change: domain.BulkChange,
    response_ids: Sequence[UUID],
    at: datetime,
) -> None:
    """Leave a change to the worker."""
    session.add(
        BulkChange(
            workspace_id=workspace_id,
            id=new_id(),
            user_id=user_id,
            change=change.to_json(),
            response_ids=[id.hex for id in response_ids],
            total=len(response_ids),
            created_at=at,
        )
    )


def changes_under_way(session: Session, workspace_id: int) -> list[ChangeUnderWay]:
    """The changes of a workspace that are not over, the oldest first."""
    rows = session.execute(
        select(BulkChange.change, BulkChange.total, BulkChange.done)
        .where(BulkChange.workspace_id == workspace_id, BulkChange.finished_at.is_(None))
        .order_by(BulkChange.created_at, BulkChange.id)
    )
    return [
        ChangeUnderWay(domain.BulkChange.from_json(change), total, done)
        for change, total, done in rows
    ]


def claim_piece(session: Session, now: datetime, size: int) -> Piece | None:
    """Take the next part of the change that was worked on longest ago; None when there is none."""
    row = session.scalar(
        select(BulkChange)
        .where(
            BulkChange.finished_at.is_(None),
            or_(BulkChange.claimed_until.is_(None), BulkChange.claimed_until <= now),
        )
        .order_by(func.coalesce(BulkChange.claimed_until, BulkChange.created_at), BulkChange.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.claimed_until = now + _CLAIMED_FOR
    ids = [UUID(hex=text) for text in row.response_ids[row.done : row.done + size]]
    return Piece(
        row.workspace_id,
        row.id,
        row.user_id,
        domain.BulkChange.from_json(row.change),
        row.done,
        ids,
    )


def piece_is_done(session: Session, piece: Piece, changed: int, now: datetime) -> None:
    """Note what came of a part, and let go of its change."""
    row = session.get_one(BulkChange, (piece.workspace_id, piece.id))
    # Somebody else has done the part as well who was thought dead, and it changed nothing twice.
    if row.done == piece.done:
        row.done += len(piece.response_ids)
    row.changed += changed
    row.claimed_until = now
    if row.done >= row.total:
        row.finished_at, row.response_ids = now, []
