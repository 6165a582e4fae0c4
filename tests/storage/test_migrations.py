"""The schema: made by migrations, equal to the models, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from tests.builders import World
from widget.extensions import db
from widget.storage import migrate
from widget.storage.engine import prepare_engine
from widget.storage.models import ApiKey, Member, Survey, Workspace

FIRST_RELEASE = """
INSERT INTO workspaces (id, name, time_zone, is_demo, created_at)
    VALUES (1, 'Acme', 'UTC', FALSE, '2026-11-01 09:00:00');
INSERT INTO members (id, workspace_id, public_id, name, title, created_at)
    VALUES (1, 1, 'bcdfghjkmnpq', 'Ana', '', '2026-11-01 09:00:00');
INSERT INTO api_keys (id, workspace_id, name, start, sha256, created_at)
    VALUES (1, 1, 'Reports', 'sk_1', 'abc', '2026-11-01 09:00:00');
INSERT INTO surveys (id, workspace_id, public_id, name, kind, draft, created_at, updated_at)
    VALUES (1, 1, 'qpnmkjhgfdcb', 'How was it?', 'stars', '{}', '2026-11-01 09:00:00',
        '2026-11-01 09:00:00')
"""


def test_a_migrated_database_has_exactly_the_tables_of_the_models(any_world: World) -> None:
    with any_world.app.app_context():
        assert migrate.is_current(db.engine)
        assert migrate.drift(db.engine) == []


def test_upgrading_a_current_database_changes_nothing(any_world: World) -> None:
    with any_world.app.app_context():
        migrate.upgrade(db.engine)
        assert migrate.is_current(db.engine)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_data_of_the_first_release_survives_every_later_migration(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("empty_postgres")
    engine = prepare_engine(create_engine(url))
    migrate.upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in FIRST_RELEASE.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert migrate.drift(engine) == []
        row = connection.execute(select(Survey.name, Survey.accepts_unsigned, Survey.asking)).one()
        assert tuple(row) == ("How was it?", True, None)
        assert connection.execute(select(Member.name, Member.bio)).one() == ("Ana", "")
        assert connection.execute(select(ApiKey.is_test)).scalar_one() is False
        assert connection.execute(select(ApiKey.abilities)).scalar_one() == ["read", "write"]
        assert connection.execute(select(Workspace.test_mail_to)).scalar_one() == ""
    engine.dispose()


def test_sqlite_keeps_a_write_ahead_log_and_syncs_fully(world: World) -> None:
    with world.app.app_context(), db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
