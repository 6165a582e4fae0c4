"""Making the files of a columnar copy."""

# ruff: noqa: S608 - every part of these statements is ours; what is asked for are parameters

import csv
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Engine, Select, func, literal_column, select

from widget.domain.scales import KINDS
from widget.storage.columnar import files
from widget.storage.columnar.marks import runs
from widget.storage.columnar.packing import packed
from widget.storage.counted_responses import attribute, is_said, quarter, that_are_shown
from widget.storage.models import Response

# What is read of the database. `quarter` is the number of quarters of an hour from 1970 to the
# answer.
_READ: dict[str, str] = {
    "day": "DATE",
    "quarter": "INTEGER",
    "survey_id": "INTEGER",
    "version_id": "INTEGER",
    "member_id": "INTEGER",
    "channel": "VARCHAR",
    "language": "VARCHAR",
    "source": "VARCHAR",
    "client": "VARCHAR",
    "segment": "VARCHAR",
    **dict.fromkeys(KINDS, "TINYINT"),
    "comment": "TINYINT",
    "reward": "TINYINT",
    # Numbers leave these out; lists do not.
    "is_recovery": "BOOLEAN",
}
_TEXTS = [name for name, type_ in _READ.items() if type_ == "VARCHAR"]
# A file has these, and the facts packed as `said`.
_WRITTEN = ", ".join(name for name in _READ if name not in (*KINDS, "comment", "reward"))
_FETCHED = 10_000
_MEMORY = "512MB"


def is_large(engine: Engine, workspace_id: int, responses: int) -> bool:
    """Whether a workspace has at least so many responses."""
    some: Select[Any] = select(literal_column("1")).where(Response.workspace_id == workspace_id)
    query = select(func.count()).select_from(some.limit(responses).subquery())
    with engine.connect() as connection:
        return (connection.scalar(query) or 0) >= responses


def every_day(engine: Engine, workspace_id: int) -> list[date]:
    """All days from a workspace's first to its last response."""
    query = select(func.min(Response.day), func.max(Response.day)).where(
        Response.workspace_id == workspace_id
    )
    with engine.connect() as connection:
        row: Any = connection.execute(query).one()
    if row[0] is None:
        return []
    first, last = row
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def write_month(
    engine: Engine, workspace_id: int, days: Collection[date], old: Path | None, new: Path
) -> bool:
    """Write a month's file: what the old one has, but these days as they are now.

    Returns False, and leaves no file, when the month has no responses to copy. Raises
    duckdb.Error when the old file cannot be read.
    """
    rows = new.with_suffix(".csv")
    try:
        with rows.open("w", newline="", encoding="utf-8") as target:
            writer = csv.writer(target, quoting=csv.QUOTE_NONNUMERIC)
            writer.writerows(_rows(engine, workspace_id, days))
        with duckdb.connect(config={"threads": 1, "memory_limit": _MEMORY}) as connection:
            written = _put_together(connection, rows, days, old, new)
    finally:
        rows.unlink(missing_ok=True)
    if written:
        files.sync(new)
    else:
        new.unlink(missing_ok=True)
    return written


def _put_together(
    connection: duckdb.DuckDBPyConnection,
    rows: Path,
    days: Collection[date],
    old: Path | None,
    new: Path,
) -> bool:
    columns = ", ".join(f"{name}: '{type_}'" for name, type_ in _READ.items())
    texts = ", ".join(f"'{name}'" for name in _TEXTS)
    # Without a guess at anything: what customers' pages say may look like whatever.
    source = f"""SELECT {_WRITTEN}, {packed()} AS said
        FROM read_csv($rows, columns = {{{columns}}}, header = false,
        auto_detect = false, delim = ',', quote = '"', escape = '"', new_line = '\\r\\n',
        force_not_null = [{texts}])"""
    given: dict[str, Any] = {"rows": str(rows)}
    if old is not None:
        source += """ UNION ALL BY NAME
            SELECT * FROM read_parquet($old) WHERE NOT list_contains($days, day)"""
        given |= {"old": str(old), "days": list(days)}
    connection.execute(f"CREATE TEMP TABLE month AS {source} ORDER BY day", given)
    [[number]] = connection.execute("SELECT count(*) FROM month").fetchall()
    connection.execute("COPY month TO $new (FORMAT parquet, COMPRESSION zstd)", {"new": str(new)})
    return bool(number)


def _rows(engine: Engine, workspace_id: int, days: Collection[date]) -> Iterator[Any]:
    with engine.connect() as connection:
        stream = connection.execution_options(stream_results=True, yield_per=_FETCHED)
        for first, last in runs(days):
            query = _copied(engine.dialect.name, workspace_id, first, last)
            for row in stream.execute(query):
                yield tuple(row)


def _copied(dialect: str, workspace_id: int, first: date, last: date) -> Select[Any]:
    """The rows of some days, in the columns of a file."""
    return select(
        Response.day,
        quarter(dialect),
        Response.survey_id,
        Response.version_id,
        Response.member_id,
        Response.channel,
        Response.language,
        Response.source,
        attribute("client"),
        attribute("segment"),
        *(getattr(Response, kind) for kind in KINDS),
        is_said(Response.comment),
        is_said(Response.reward_id),
        Response.is_recovery,
    ).where(*that_are_shown(workspace_id, first, last))
