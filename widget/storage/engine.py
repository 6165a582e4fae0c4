"""Engines, and the one way to write: a transaction that queues instead of colliding."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

BUSY_TIMEOUT_S = 10
_WRITES = "sayso_writes"


def prepare_engine(engine: Engine) -> Engine:
    """Set up what SQLite needs on each connection; PostgreSQL needs nothing. Returns `engine`."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own implicit BEGIN is off: _begin_sqlite decides what sort a transaction is.
    connection.isolation_level = None
    cursor = connection.cursor()
    # First of all, so that nothing after it can fail at once because another process writes.
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that starts reading and then writes can fail in the middle; one that
    # will write takes the write lock at its start.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class _WriterQueue:
    """Lets one writer at a time at a SQLite file, across threads and processes.

    SQLite's own wait sleeps in growing steps and is unfair, which ruins the slowest requests;
    a lock file wakes the next writer at once. SQLite's lock still guards against everybody else.
    """

    def __init__(self, file: Path) -> None:
        self._thread_lock = threading.Lock()
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self._thread_lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)


_queues: dict[str, _WriterQueue] = {}
_queues_lock = threading.Lock()


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:":
        yield
        return
    queue = _queues.get(database)
    if queue is None:
        with _queues_lock:
            queue = _queues.setdefault(database, _WriterQueue(Path(database + "-writers")))
    with queue.turn():
        yield


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    """One write transaction: commits at the end, rolls back when an exception passes through.

    What the session read before is forgotten first, so that an action decides on what is there
    now, under the lock, and not on what its route happened to load.
    """
    session.rollback()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    with _turn(engine):
        try:
            session.connection(execution_options={_WRITES: True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def write_connection(engine: Engine) -> Iterator[Connection]:
    """The same for the hot path, which uses Core statements on a bare connection."""
    with _turn(engine), engine.connect() as connection:
        connection = connection.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection
