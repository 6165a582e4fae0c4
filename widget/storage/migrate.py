"""Bringing a database to the schema that this release needs, and telling whether it has it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from widget.storage.columnar import marks
from widget.storage.models import Base
from widget.storage.search import OUTSIDE_MODELS, TRIGGERS

# Any number that other programs are unlikely to use: PostgreSQL's advisory locks share one space.
_UPGRADE_LOCK = 7_290_141


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "widget.storage:migrations")
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply every migration up to `revision`. Safe to call from several processes at once."""
    config = _config()
    if engine.dialect.name == "sqlite":
        _turn_on_wal(engine)
    with (
        engine.connect().execution_options(sayso_writes=True) as connection,
        _without_foreign_keys(connection),
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if engine.dialect.name == "sqlite":
            _check_foreign_keys(connection)


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, and would not drop one that rows point to.

    It takes this between transactions only, hence the driver's own cursor: SQLAlchemy's begin one.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection
    driver.cursor().execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.cursor().execute("PRAGMA foreign_keys = ON")


def _check_foreign_keys(connection: Connection) -> None:
    """Raises RuntimeError, before anything is committed, when rows point to nothing."""
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        tables = ", ".join(sorted({row[0] for row in lost}))
        raise RuntimeError(f"The upgrade would leave rows that point to nothing, in {tables}.")


def _turn_on_wal(engine: Engine) -> None:
    # Once, and remembered in the file: doing it on every connection makes starting workers
    # collide, and it cannot be done inside a transaction.
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()


def current_revision(connection: Connection) -> str | None:
    """The revision that the database stands at; None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest_revision() -> str:
    """The revision that this release needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the schema revision of this release."""
    with engine.connect() as connection:
        return current_revision(connection) == newest_revision()


def drift(engine: Engine) -> list[str]:
    """How the database's tables differ from the models, as text; empty when they agree."""
    options = {"compare_type": True, "include_name": _is_modelled}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
        return [*map(repr, differences), *_lost_triggers(connection)]


def _is_modelled(name: str | None, type_: str, _parents: object) -> bool:
    """Whether a table or an index is a model's; those of the search are not."""
    return not (type_ in ("table", "index") and name and name.startswith(OUTSIDE_MODELS))


def _lost_triggers(connection: Connection) -> list[str]:
    """Triggers that should be there and are not. Making a table anew on SQLite loses its own."""
    listed = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.dialect.name == "postgresql":
        listed = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    there = set(connection.scalars(text(listed)))
    wanted = (*TRIGGERS, *marks.TRIGGERS)
    return [f"There is no trigger {name}." for name in wanted if name not in there]
