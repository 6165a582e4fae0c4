"""Storing made-up responses as fast as the database takes them.

Rows are the driver's own, and go by COPY on PostgreSQL. What is searched is indexed at the end, by
the statements of the migration that did so for the responses which were there, and the triggers
that keep it are as ever then.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from sqlalchemy import Engine, insert, select

from bench.answers.making import COLUMNS, TAGS, Row
from widget.storage.engine import write_connection
from widget.storage.models import Tag
from widget.web.clock import utc_now

_ID, _ANSWERED_AT = COLUMNS.index("id"), COLUMNS.index("answered_at")
# One response in so many has a tag; the first tags are the most common.
_TAGGED = 50
# Fewer and larger transactions: the log is synced once for each.
_CHUNK = 50_000


def store(engine: Engine, workspace_id: int, days: Iterable[list[Row]], number: int) -> None:
    """Store responses and tags on some of them, and tell how far it is."""
    tag_ids = _make_tags(engine, workspace_id)
    triggers = _without_triggers(engine)
    began, done = time.monotonic(), 0
    for rows in _chunks(days):
        tagged = [
            (workspace_id, row[_ID], tag_ids[(index // _TAGGED) % _most(index)], row[_ANSWERED_AT])
            for index, row in enumerate(rows)
            if index % _TAGGED == 0
        ]
        with write_connection(engine) as connection:
            driver = connection.connection.driver_connection
            put = _copy if engine.dialect.name == "postgresql" else _insert
            put(driver, "responses", COLUMNS, rows)
            put(
                driver,
                "response_tags",
                ("workspace_id", "response_id", "tag_id", "answered_at"),
                tagged,
            )
        done += len(rows)
        _tell(done, number, time.monotonic() - began)
    sys.stderr.write("\nindexing what is searched …\n")
    with write_connection(engine) as connection:
        for statement in (*_word_statements(engine), *triggers):
            connection.exec_driver_sql(statement)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _without_triggers(engine: Engine) -> list[str]:
    """Take the triggers of the search away; returns the statements that make them again."""
    is_postgresql = engine.dialect.name == "postgresql"
    listed = (
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'response_words%'"
        if is_postgresql
        else "SELECT name, sql FROM sqlite_master"
        " WHERE type = 'trigger' AND name LIKE 'response_words%'"
    )
    with write_connection(engine) as connection:
        triggers = connection.exec_driver_sql(listed.replace("%", "%%")).tuples().all()
        for name, _ in triggers:
            connection.exec_driver_sql(
                f"DROP TRIGGER {name}{' ON responses' if is_postgresql else ''}"
            )
    return [statement for _, statement in triggers]


def _word_statements(engine: Engine) -> list[str]:
    migration = import_module("widget.storage.migrations.versions.0014_find_and_tag_responses")
    postgresql = engine.dialect.name == "postgresql"
    statements = migration._POSTGRESQL if postgresql else migration._SQLITE
    return [one for one in statements if one.lstrip().startswith("INSERT INTO response_words")]


def _most(index: int) -> int:
    """Tag 1 is on most, the last ones on few."""
    return 1 + (index // _TAGGED) % len(TAGS)


def _chunks(days: Iterable[list[Row]]) -> Iterator[list[Row]]:
    rows: list[Row] = []
    for day in days:
        rows += day
        if len(rows) >= _CHUNK:
            yield rows
            rows = []
    if rows:
        yield rows


def _make_tags(engine: Engine, workspace_id: int) -> list[int]:
    with write_connection(engine) as connection:
        rows = [
            {"workspace_id": workspace_id, "name": name, "created_at": utc_now()} for name in TAGS
        ]
        connection.execute(insert(Tag), rows)
        return list(connection.scalars(select(Tag.id).order_by(Tag.id)))


def _insert(driver: Any, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    marks = ", ".join("?" * len(columns))
    driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def _copy(driver: Any, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _tell(done: int, number: int, seconds: float) -> None:
    share = done / number
    bar = "#" * int(30 * share)
    left = seconds / share - seconds
    sys.stderr.write(
        f"\r[{bar:30}] {done:>10,} of {number:,} responses, {seconds:4.0f} s, {left:4.0f} s left "
    )
    sys.stderr.flush()
