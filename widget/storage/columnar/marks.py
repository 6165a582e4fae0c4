"""Which days have changed since they were copied, and the row that says what the copy is."""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, Table, delete, insert, select, update

from widget.storage.chunks import chunks
from widget.storage.engine import write_connection
from widget.storage.models import ChangedDay, ColumnarCopy

_days: Table = ChangedDay.__table__  # type: ignore[assignment]
_copies: Table = ColumnarCopy.__table__  # type: ignore[assignment]
_LOOK_EVERY_S = 0.05
# Triggers that every database of ours has: they note the days.
TRIGGERS = ("changed_days_inserted", "changed_days_updated", "changed_days_deleted")


@dataclass(frozen=True)
class Copied:
    """A copy as its row says it."""

    publication: UUID
    written_by: str
    parts: dict[str, str]
    written_at: datetime


@dataclass(frozen=True)
class Claimed:
    """Changed days that are to be copied, and the marks that say so."""

    days: frozenset[date]
    marks: tuple[int, ...]


def copied(engine: Engine, workspace_id: int) -> Copied | None:
    """A workspace's copy; None when there is none."""
    query = select(
        _copies.c.publication, _copies.c.written_by, _copies.c.parts, _copies.c.written_at
    ).where(_copies.c.workspace_id == workspace_id)
    with engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    return Copied(*row) if row else None


def claim(engine: Engine, workspace_id: int) -> Claimed:
    """The changed days of a workspace. Whatever changes from now on is marked anew; whatever
    changed before can be read when this returns."""
    of_workspace = _days.c.workspace_id == workspace_id
    with write_connection(engine) as connection:
        connection.execute(update(_days).where(of_workspace).values(is_claimed=True))
        rows = connection.execute(select(_days.c.day, _days.c.mark).where(of_workspace)).all()
    if engine.dialect.name == "postgresql" and rows:
        _await_older_transactions(engine)
    return Claimed(frozenset(row.day for row in rows), tuple(row.mark for row in rows))


def _await_older_transactions(engine: Engine) -> None:
    """Wait for all transactions that began before: one of them may have found a day marked, and so
    not marked it, and its rows are not to be seen until it commits."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        next_one = connection.exec_driver_sql(
            "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        ).scalar_one()
        oldest = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        while connection.exec_driver_sql(oldest).scalar_one() < next_one:
            time.sleep(_LOOK_EVERY_S)


def publish(
    engine: Engine,
    workspace_id: int,
    new: Copied,
    *,
    instead_of: UUID | None,
    settled: Claimed,
) -> bool:
    """Let a copy take the place of the one it was made from, and settle the days that are in it.

    Returns False, having done nothing, when another copy has taken that place already.
    """
    values = {
        "publication": new.publication,
        "written_by": new.written_by,
        "parts": new.parts,
        "written_at": new.written_at,
    }
    there = _copies.c.workspace_id == workspace_id
    with write_connection(engine) as connection:
        if instead_of is None:
            if connection.scalar(select(_copies.c.publication).where(there)) is not None:
                return False
            connection.execute(insert(_copies).values(workspace_id=workspace_id, **values))
        else:
            statement = update(_copies).where(there, _copies.c.publication == instead_of)
            if not connection.execute(statement.values(**values)).rowcount:
                return False
        for marks in chunks(settled.marks):
            connection.execute(
                delete(_days).where(_days.c.workspace_id == workspace_id, _days.c.mark.in_(marks))
            )
    return True


def forget(engine: Engine, workspace_id: int) -> None:
    """Have a workspace's copy no more."""
    with write_connection(engine) as connection:
        connection.execute(delete(_copies).where(_copies.c.workspace_id == workspace_id))


def runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days as spans of days that follow one another, first to last."""
    found: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def by_month(days: Collection[date]) -> dict[str, list[date]]:
    """Days by month, in the words of `ColumnarCopy.parts`."""
    found: dict[str, list[date]] = {}
    for day in sorted(days):
        found.setdefault(f"{day:%Y-%m}", []).append(day)
    return found
