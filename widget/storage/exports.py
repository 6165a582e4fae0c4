"""Files of responses that somebody asked for: what is known of each, and who makes it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownExport
from widget.domain.export_jobs import (
    LISTED,
    MOST_ATTEMPTS,
    ExportFailure,
    ExportStatus,
)
from widget.domain.exports.formats import ExportFormat
from widget.storage.ids import new_id
from widget.storage.models import Export, Member, Membership
from widget.storage.scopes import members_within
from widget.storage.seats import Seat

CLAIMED_FOR = timedelta(seconds=30)
_EVERYTHING = "everything"


@dataclass(frozen=True)
class ListedExport:
    """A file as its owner sees it. `bytes` is its size when it is done."""

    id: UUID
    format: ExportFormat
    asked: dict[str, Any]
    status: ExportStatus
    why: ExportFailure | None
    total: int | None
    done: int
    bytes: int
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.status in ("waiting", "making")

    @property
    def percent(self) -> int:
        """How much is done. Never 100 before the file is there."""
        return min(99, 100 * self.done // self.total) if self.total else 0


@dataclass(frozen=True)
class ClaimedExport:
    """A file that is somebody's to make. `attempt` tells them from who has it later."""

    workspace_id: int
    id: UUID
    user_id: int
    format: ExportFormat
    wanted: dict[str, Any]
    attempt: int


def sight_of(session: Session, seat: Seat) -> str:
    """What somebody can read, as a text to compare: whose responses, and whether hidden comments
    too. It changes with their role, their teams, and the members of those."""
    whose = _EVERYTHING
    if not seat.scope.everything:
        ids = session.scalars(
            select(Member.id)
            .where(Member.workspace_id == seat.workspace_id, members_within(seat.scope))
            .order_by(Member.id)
        )
        whose = ",".join(map(str, ids))
    return _sight(whose, seat.may("lead"))


def _sight(whose: str, leads: bool) -> str:
    return hashlib.sha256(f"{whose};{leads}".encode()).hexdigest()


# The sights of those who see all responses, whoever they are about.
WIDE_SIGHTS = (_sight(_EVERYTHING, True), _sight(_EVERYTHING, False))


def add_export(
    session: Session,
    seat: Seat,
    form: ExportFormat,
    wanted: dict[str, Any],
    asked: dict[str, Any],
    at: datetime,
) -> UUID:
    """Leave a file to the worker; returns its id."""
    id = new_id()
    session.add(
        Export(
            workspace_id=seat.workspace_id,
            id=id,
            user_id=seat.user_id,
            format=form,
            wanted=wanted,
            asked=asked,
            status="waiting",
            created_at=at,
        )
    )
    return id


def count_asked(session: Session, seat: Seat, since: datetime) -> tuple[int, int]:
    """How many of somebody's files are waiting or under way, and how many they asked for after a
    moment. Nobody else counts theirs until the transaction ends."""
    session.execute(
        select(Membership.user_id)
        .where(Membership.workspace_id == seat.workspace_id, Membership.user_id == seat.user_id)
        .with_for_update()
    )
    is_open, is_late = Export.finished_at.is_(None), Export.created_at > since
    found = select(func.count().filter(is_open), func.count().filter(is_late)).where(
        *_of_seat(seat), or_(is_open, is_late)
    )
    opened, late = session.execute(found).one()
    return opened, late


@dataclass(frozen=True)
class ExportsPage:
    """Some of somebody's files, the newest first; `older` is the last of them where there are
    older ones."""

    exports: Sequence[ListedExport]
    older: UUID | None


def exports_of(
    session: Session, seat: Seat, older_than: UUID | None = None, limit: int = LISTED
) -> ExportsPage:
    """Up to `limit` of somebody's own files: the newest, or those before the file `older_than`,
    which need not be there any more."""
    query = select(Export).where(*_of_seat(seat))
    if older_than is not None:
        # They begin with the moment when they were asked for.
        query = query.where(Export.id < older_than)
    rows = session.scalars(query.order_by(Export.id.desc()).limit(limit + 1)).all()
    older = rows[limit - 1].id if len(rows) > limit else None
    return ExportsPage([_listed(row) for row in rows[:limit]], older)


def export_of(session: Session, seat: Seat, id: UUID) -> ListedExport:
    """One of somebody's own files. Raises UnknownExport."""
    return _listed(export_row(session, seat, id))


def export_row(session: Session, seat: Seat, id: UUID) -> Export:
    """The row of one of somebody's own files, to be read. Raises UnknownExport."""
    return _own_row(session, select(Export).where(*_of_seat(seat), Export.id == id))


def locked_export(session: Session, seat: Seat, id: UUID) -> Export:
    """The row of one of somebody's own files, locked, for who changes it. Raises UnknownExport."""
    mine = select(Export).where(*_of_seat(seat), Export.id == id)
    return _own_row(session, mine.with_for_update())


def is_any_to_make(session: Session, now: datetime) -> bool:
    """Whether a file waits to be made: asked without holding up who writes."""
    return session.scalar(select(Export.id).where(*_claimable(now)).limit(1)) is not None


def claim_export(session: Session, now: datetime, *, after: int = 0) -> ClaimedExport | None:
    """Take a file that waits, or whose maker has died; None without one. It is the oldest of the
    workspace whose turn it is: of the next one after the workspace `after`.

    One that was begun as often as it may be, and killed its maker each time, has failed.
    """
    while row := _next_to_make(session, now, after):
        if row.attempts < MOST_ATTEMPTS:
            return _claimed(row, now)
        row.status, row.why, row.finished_at = "failed", "error", now
        session.flush()
    return None


def _next_to_make(session: Session, now: datetime, after: int) -> Export | None:
    return session.scalar(
        select(Export)
        .where(*_claimable(now))
        # Those after `after` first: false comes before true.
        .order_by(Export.workspace_id <= after, Export.workspace_id, Export.created_at, Export.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _claimed(row: Export, now: datetime) -> ClaimedExport:
    row.status, row.claimed_until = "making", now + CLAIMED_FOR
    row.attempts, row.done, row.total = row.attempts + 1, 0, None
    return ClaimedExport(
        row.workspace_id,
        row.id,
        row.user_id,
        cast(ExportFormat, row.format),
        row.wanted,
        row.attempts,
    )


def held(session: Session, claimed: ClaimedExport) -> Export | None:
    """The row of a file, locked, for who makes it; None when it is theirs no more: it was
    cancelled, or somebody else makes it."""
    row = session.scalar(
        select(Export)
        .where(Export.workspace_id == claimed.workspace_id, Export.id == claimed.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.status != "making" or row.attempts != claimed.attempt:
        return None
    return row


def note_progress(
    session: Session, claimed: ClaimedExport, done: int, total: int | None, now: datetime
) -> bool:
    """Say how far a file is, and that somebody is at it; False when it is theirs no more."""
    row = held(session, claimed)
    if row is None:
        return False
    row.done, row.total, row.claimed_until = done, total, now + CLAIMED_FOR
    return True


def _claimable(now: datetime) -> Sequence[Any]:
    return (
        Export.finished_at.is_(None),
        or_(Export.claimed_until.is_(None), Export.claimed_until <= now),
    )


def _own_row(session: Session, wanted: Select[Export]) -> Export:
    row = session.scalar(wanted)
    if row is None:
        raise UnknownExport("There is no such file, or it is not yours.")
    return row


def _of_seat(seat: Seat) -> Sequence[Any]:
    return (Export.workspace_id == seat.workspace_id, Export.user_id == seat.user_id)


def _listed(row: Export) -> ListedExport:
    return ListedExport(
        id=row.id,
        format=cast(ExportFormat, row.format),
        asked=row.asked,
        status=cast(ExportStatus, row.status),
        why=cast(ExportFailure, row.why) if row.why else None,
        total=row.total,
        done=row.done,
        bytes=row.bytes,
        created_at=row.created_at,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
    )
