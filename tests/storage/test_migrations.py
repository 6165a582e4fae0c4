"""The schema: made by migrations, equal to the models, on both databases."""

from tests.builders import World
from widget.extensions import db
from widget.storage import migrate


def test_a_migrated_database_has_exactly_the_tables_of_the_models(any_world: World) -> None:
    with any_world.app.app_context():
        assert migrate.is_current(db.engine)
        assert migrate.drift(db.engine) == []


def test_upgrading_a_current_database_changes_nothing(any_world: World) -> None:
    with any_world.app.app_context():
        migrate.upgrade(db.engine)
        assert migrate.is_current(db.engine)


def test_sqlite_keeps_a_write_ahead_log_and_syncs_fully(world: World) -> None:
    with world.app.app_context(), db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
