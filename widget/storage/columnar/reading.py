"""Answering questions from a columnar copy."""

# ruff: noqa: S608 - every part of these statements is ours; what is asked for are parameters

import logging
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Engine, and_, select
from sqlalchemy.orm import Session

from widget.domain.clock_changes import clock_changes
from widget.domain.roles import Scope
from widget.domain.score_filters import Group, ScoreFilter
from widget.storage.columnar import files
from widget.storage.columnar.marks import runs
from widget.storage.columnar.packing import survey_of, unpacked
from widget.storage.counted_responses import QUARTER_S, Facts
from widget.storage.models import ChangedDay, ColumnarCopy, Member
from widget.storage.scopes import members_within

_log = logging.getLogger(__name__)
# For each process that serves; what does not fit goes through files.
_MEMORY, _THREADS = "512MB", 2
_FEW_MONTHS = 3
# In quarters of an hour.
_WEEK = 7 * 24 * 4
# Tags are not in it.
_COLUMNS: dict[Group, str] = {
    "day": "day",
    "survey": "survey_id",
    "member": "member_id",
    "team": "team_id",
    "channel": "channel",
    "version": "version_id",
    "language": "language",
    "source": "source",
    "client": "client",
    "segment": "segment",
    "hour": "quarter",
}


@dataclass(frozen=True)
class Copy:
    """A workspace's copy for some days: the files that hold them, and those of the days, first to
    last of each run, that the files do not know as they are now."""

    workspace_id: int
    parts: tuple[Path, ...]
    changed_runs: tuple[tuple[date, date], ...]


def copy_for(session: Session, workspace_id: int, first: date, last: date) -> Copy | None:
    """The copy that knows these days, both included; None where everything is in the database."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    folder = files.folder_of(engine, workspace_id)
    if folder is None:
        return None
    # One statement, so that no day is settled between its two halves.
    rows = session.execute(
        select(ColumnarCopy.parts, ChangedDay.day)
        .outerjoin(
            ChangedDay,
            and_(
                ChangedDay.workspace_id == ColumnarCopy.workspace_id,
                ChangedDay.day >= first,
                ChangedDay.day <= last,
            ),
        )
        .where(ColumnarCopy.workspace_id == workspace_id)
    ).all()
    if not rows:
        return None
    months = f"{first:%Y-%m}", f"{last:%Y-%m}"
    parts: dict[str, str] = rows[0].parts
    wanted = [name for month, name in sorted(parts.items()) if months[0] <= month <= months[1]]
    changed = runs(row.day for row in rows if row.day is not None)
    return Copy(workspace_id, tuple(folder / name for name in wanted), tuple(changed))


def facts_from_copy(
    session: Session,
    copy: Copy,
    scope: Scope,
    wanted: ScoreFilter,
    group: Group | None,
    time_zone: str | None = None,
    *,
    only: Collection[str] | None = None,
    is_recovery: bool = False,
) -> dict[Any, Facts] | None:
    """What `score_counts.facts_by` says, of days that have not changed; None where the files
    cannot be read. `is_recovery`: of those answers that it leaves out, given after a follow-up."""
    found: dict[Any, Facts] = {}
    if not copy.parts:
        return found
    given: dict[str, Any] = {"parts": [str(part) for part in copy.parts]}
    conditions = _conditions(session, copy, scope, wanted, given)
    conditions.append("is_recovery" if is_recovery else "NOT is_recovery")
    source = "read_parquet($parts)"
    if group == "team":
        source += (
            " LEFT JOIN (SELECT unnest($ids) AS id, unnest($teams) AS team_id) ON id = member_id"
        )
        given |= _teams(session, copy.workspace_id)
    key = _COLUMNS[group] if group else "0"
    if group == "hour" and time_zone:
        key = _quarter_of_week(wanted, time_zone, given)
    rows = _ask(_statement(source, key, conditions, only), given)
    if rows is None:
        return None
    for value_key, survey_id, fact, value, number in rows:
        # Each comes once. There are tens of thousands, so there is no call for each.
        facts = found.setdefault(value_key if group else None, {}).setdefault(survey_id, {})
        facts.setdefault(fact, {})[value] = number
    return found


def last_days_from_copy(
    session: Session, copy: Copy, scope: Scope, wanted: ScoreFilter, group: Group
) -> dict[Any, date] | None:
    """What `last_answers.last_days_by` says, of days that have not changed; None where the files
    cannot be read."""
    if not copy.parts:
        return {}
    given: dict[str, Any] = {"parts": [str(part) for part in copy.parts]}
    conditions = ["NOT is_recovery", *_conditions(session, copy, scope, wanted, given)]
    statement = (
        f"SELECT {_COLUMNS[group]} AS key, max(day) FROM read_parquet($parts)"
        f" WHERE {' AND '.join(conditions)} GROUP BY key"
    )
    rows = _ask(statement, given)
    return None if rows is None else dict(rows)


def next_quarters(
    session: Session,
    copy: Copy,
    scope: Scope,
    wanted: ScoreFilter,
    *,
    than: int,
    is_newer: bool,
    is_recovery: bool | None,
    limit: int,
) -> list[tuple[int, int | None]] | None:
    """In which quarters of an hour since 1970 the `limit` responses of a filter are that come next
    in a list, and of which member each is: the newest first that are older than the quarter `than`,
    or the oldest first that are newer. None where the files cannot be read."""
    given: dict[str, Any] = {"limit": limit, "than": than}
    conditions = _conditions(session, copy, scope, wanted, given)
    conditions.append("quarter > $than" if is_newer else "quarter < $than")
    if is_recovery is not None:
        conditions.append("is_recovery" if is_recovery else "NOT is_recovery")
    parts = copy.parts if is_newer else copy.parts[::-1]
    found: list[tuple[int, int | None]] = []
    # What is not that rare is in the next few months; all of them are as soon read together.
    for some in (parts[:_FEW_MONTHS], parts[_FEW_MONTHS:]):
        if not some or len(found) >= limit:
            continue
        statement = (
            f"SELECT quarter, member_id FROM read_parquet($parts) WHERE {' AND '.join(conditions)}"
            f" ORDER BY quarter {'ASC' if is_newer else 'DESC'} LIMIT $limit"
        )
        rows = _ask(statement, {**given, "parts": [str(part) for part in some]})
        if rows is None:
            return None
        found += [(quarter, member) for quarter, member in rows]
    return found[:limit]


def _quarter_of_week(wanted: ScoreFilter, time_zone: str, given: dict[str, Any]) -> str:
    """A quarter that has the weekday and the time of day of the answer's: the one as far into the
    first week since the clocks were changed last. There are far fewer of them."""
    changes = clock_changes(wanted.first, wanted.last, time_zone)
    starts = [0, *(int(moment.timestamp()) // QUARTER_S for moment in changes)]
    given |= {f"start{number}": start for number, start in enumerate(starts)}
    # The newest first, as the first that fits is taken.
    each = " ".join(
        f"WHEN quarter >= $start{number} THEN $start{number} + (quarter - $start{number}) % {_WEEK}"
        for number in reversed(range(len(starts)))
    )
    return f"CASE {each} END"


def _statement(
    source: str, key: str, conditions: Sequence[str], only: Collection[str] | None
) -> str:
    """Counts by key, survey, fact and value. Every part of it is ours; values are parameters."""
    each = " UNION ALL ".join(
        f"SELECT key, {survey_of('said')}, '{fact}', {value} AS value, sum(number)::BIGINT"
        " FROM counted WHERE value IS NOT NULL GROUP BY ALL"
        for fact, value in unpacked("said").items()
        if only is None or fact in only
    )
    return (
        f"WITH counted AS MATERIALIZED (SELECT {key} AS key, said, count(*) AS number"
        f" FROM {source} WHERE {' AND '.join(conditions)} GROUP BY ALL) {each}"
    )


def _conditions(
    session: Session, copy: Copy, scope: Scope, wanted: ScoreFilter, given: dict[str, Any]
) -> list[str]:
    """The filter within the scope in words of DuckDB; its values are put into `given`."""
    given |= {"first": wanted.first, "last": wanted.last}
    found = ["day BETWEEN $first AND $last"]
    for number, (first, last) in enumerate(copy.changed_runs):
        given |= {f"from{number}": first, f"to{number}": last}
        found.append(f"day NOT BETWEEN $from{number} AND $to{number}")

    def one_of(column: str, name: str, values: Collection[Any]) -> str:
        given[name] = list(values)
        return f"list_contains(${name}, {column})"

    if not scope.everything:
        within = select(Member.id).where(
            Member.workspace_id == copy.workspace_id, members_within(scope)
        )
        found.append(one_of("member_id", "within", session.scalars(within).all()))
    if wanted.teams:
        of_teams = select(Member.id).where(
            Member.workspace_id == copy.workspace_id, Member.team_id.in_(wanted.teams)
        )
        found.append(one_of("member_id", "of_teams", session.scalars(of_teams).all()))
    if wanted.members:
        ids = [id for id in wanted.members if id is not None]
        of_somebody = one_of("member_id", "members", ids)
        of_nobody = " OR member_id IS NULL" if None in wanted.members else ""
        found.append(f"({of_somebody}{of_nobody})")
    for column, values in (
        ("survey_id", wanted.surveys),
        ("channel", wanted.channels),
        ("version_id", wanted.versions),
        ("language", wanted.languages),
        ("source", wanted.sources),
        ("client", wanted.clients),
        ("segment", wanted.segments),
    ):
        if values:
            found.append(one_of(column, f"{column}s", values))
    return found


def _teams(session: Session, workspace_id: int) -> dict[str, list[Any]]:
    """The team of each member who has one."""
    rows = session.execute(
        select(Member.id, Member.team_id).where(
            Member.workspace_id == workspace_id, Member.team_id.is_not(None)
        )
    ).all()
    return {"ids": [row.id for row in rows], "teams": [row.team_id for row in rows]}


_lock = threading.Lock()
_shared: duckdb.DuckDBPyConnection | None = None


def _ask(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]] | None:
    """What the files say; None where they cannot be read."""
    cursor = _connection().cursor()
    try:
        return cursor.execute(statement, given).fetchall()
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        # Another machine's files, a damaged one, or a backup came back without them: the database
        # has it all.
        _log.warning("The columnar copy is not read: %s", str(error).partition("\n")[0])
        return None
    finally:
        cursor.close()


def _connection() -> duckdb.DuckDBPyConnection:
    """The one of this process, whose threads each take a cursor of it. Made when it is first
    needed: servers whose workspaces are small never pay for it."""
    global _shared
    with _lock:
        if _shared is None:
            _shared = duckdb.connect(
                config={
                    "threads": _THREADS,
                    "memory_limit": _MEMORY,
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                }
            )
            # Files never change, so what is read of their ends is good for ever.
            _shared.execute("SET parquet_metadata_cache = true")
        return _shared
