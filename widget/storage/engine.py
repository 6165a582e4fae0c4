"""Engines, and the one way to write: a transaction that queues instead of colliding."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any
from weakref import WeakKeyDictionary, WeakMethod, ref

from sqlalchemy import Connection, Dialect, Engine, PoolProxiedConnection, event
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.orm import Session

from widget.storage.prepared import PreparedStatement

BUSY_TIMEOUT_S = 10
_CHECKPOINT_PAGES = 8_000
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
    # The default copies the log back every few dozen answers, and every copy syncs the file.
    cursor.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
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

    def __init__(self, engine: Engine) -> None:
        # Weakly: the table of queues is keyed by the engine, and must not keep it alive.
        self._engine = ref(engine)
        self._thread_lock = threading.Lock()
        self._file = os.open(f"{engine.url.database}-writers", os.O_RDWR | os.O_CREAT, 0o600)
        self._connection: PoolProxiedConnection | None = None
        self._unsynced: PoolProxiedConnection | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self._thread_lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def connection(self) -> PoolProxiedConnection:
        """The connection of whoever's turn it is: only one writes, so one is enough."""
        if self._connection is None:
            engine = self._engine()
            assert engine is not None
            self._connection = engine.raw_connection()
        return self._connection

    def unsynced_connection(self) -> PoolProxiedConnection:
        """One that commits without waiting for the disk, for notes that may be made again."""
        if self._unsynced is None:
            engine = self._engine()
            assert engine is not None
            self._unsynced = engine.raw_connection()
            self._unsynced.cursor().execute("PRAGMA synchronous = NORMAL")
        return self._unsynced

    def close(self) -> None:
        for connection in (self._connection, self._unsynced):
            if connection is not None:
                connection.invalidate()
        self._connection = self._unsynced = None


_queues: WeakKeyDictionary[Engine, _WriterQueue] = WeakKeyDictionary()
_queues_lock = threading.Lock()


def _queue_of(engine: Engine) -> _WriterQueue | None:
    """The queue before a SQLite file; None where writers need not queue."""
    if engine.dialect.name != "sqlite" or engine.url.database in (None, "", ":memory:"):
        return None
    queue = _queues.get(engine)
    if queue is None:
        with _queues_lock:
            queue = _queues.setdefault(engine, _WriterQueue(engine))
        event.listen(engine, "engine_disposed", lambda _engine: queue.close())
    return queue


def queues_writers(engine: Engine) -> bool:
    """Whether writers of this database wait for one another, as they do at a SQLite file."""
    return _queue_of(engine) is not None


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    queue = _queue_of(engine)
    if queue is None:
        yield
    else:
        with queue.turn():
            yield


_Calls = tuple[WeakMethod[Callable[[], None]], ...]
_calls: WeakKeyDictionary[Engine, _Calls] = WeakKeyDictionary()


def after_commit(engine: Engine, method: Callable[[], None]) -> None:
    """Call this method after every write transaction of this process, for as long as its object
    lives. It must be quick and never raise: whoever has written waits for it."""
    # Held weakly: its object holds the application and so the engine, which would never go away.
    _calls[engine] = (*_calls.get(engine, ()), WeakMethod(method))


def _committed(engine: Engine) -> None:
    for held in _calls.get(engine, ()):
        if call := held():
            call()


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
    _committed(engine)


@contextmanager
def joining(session: Session) -> Iterator[Session]:
    """A write transaction of its own, or the one that somebody has begun on the session already.

    For what is done alone as well as within something larger; whoever began commits.
    """
    is_open = session.connection().get_execution_options().get(_WRITES)
    if is_open:
        yield session
        session.flush()
    else:
        with writing(session):
            yield session


@contextmanager
def write_connection(engine: Engine) -> Iterator[Connection]:
    """The same with Core statements on a bare connection."""
    with _turn(engine), engine.connect() as connection:
        # Row counts of statements in the driver's own form are forgotten unless asked for.
        connection = connection.execution_options(preserve_rowcount=True, **{_WRITES: True})
        with connection.begin():
            yield connection
    _committed(engine)


@contextmanager
def outside_transactions(engine: Engine) -> Iterator[DBAPICursor]:
    """A cursor whose statements each stand alone, while nobody else of ours writes on SQLite: for
    what cannot be done in a transaction. On PostgreSQL others go on writing."""
    with _turn(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        cursor = connection.connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that reads one moment, whatever is written meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


class HotTransaction:
    """A write transaction straight on the driver: for statements that are compiled already."""

    def __init__(self, cursor: DBAPICursor, dialect: Dialect) -> None:
        self._cursor = cursor
        self.dialect = dialect

    def exec_driver_sql(self, statement: str, parameters: Any) -> DBAPICursor:
        """Run a statement in the driver's own form; the cursor has its rows."""
        self._cursor.execute(statement, parameters)
        return self._cursor


@contextmanager
def hot_transaction(engine: Engine) -> Iterator[HotTransaction]:
    """One write transaction with nothing between it and the driver, for storing answers."""
    queue = _queue_of(engine)
    if queue is None:
        with closing(engine.raw_connection()) as connection:
            yield HotTransaction(connection.cursor(), engine.dialect)
            # Without this line closing rolls back, which is what an exception wants.
            connection.commit()
        _committed(engine)
        return
    with queue.turn():
        cursor = queue.connection().cursor()
        cursor.execute("BEGIN IMMEDIATE")
        try:
            yield HotTransaction(cursor, engine.dialect)
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        finally:
            cursor.close()
    _committed(engine)


def note(engine: Engine, statement: PreparedStatement, values: Mapping[str, Any]) -> None:
    """Commit one statement as fast as can be, straight on the driver.

    The end of the process loses nothing, but the power may take what was noted since the last
    synced transaction: for what is wanted quickly and may be noted again.
    """
    queue = _queue_of(engine)
    sql, parameters = statement.ready(engine.dialect, values)
    if queue is None:
        with closing(engine.raw_connection()) as connection:
            cursor = connection.cursor()
            if engine.dialect.name == "postgresql":
                cursor.execute("SET LOCAL synchronous_commit TO OFF")
            cursor.execute(sql, parameters)
            connection.commit()
        return
    with queue.turn():
        # No BEGIN: a statement outside a transaction commits itself.
        queue.unsynced_connection().cursor().execute(sql, parameters)
