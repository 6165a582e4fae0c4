"""The few fixtures everybody shares; what a test is about, it builds itself (tests/builders.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.builders import Workspace, World, close_world, make_settings, make_workspace, make_world
from tests.servers import new_database, postgres, redis
from widget.storage import migrate


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test happen within one window of the rate limits, whatever the clock says."""
    monkeypatch.setattr("widget.web.rate_limits.monotonic", lambda: 0.0)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A server on an empty SQLite database."""
    made = make_world(make_settings(tmp_path))
    yield made
    close_world(made)


@pytest.fixture
def acme(world: World) -> Workspace:
    """A workspace that Alice owns."""
    return make_workspace(world)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for all tests of this process."""
    with postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server for all tests of this process."""
    with redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def empty_postgres(postgres_url: str) -> Iterator[str]:
    """A database of a test's own: what a process remembers of one never meets another's rows."""
    with new_database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> Iterator[str]:
    """A database with the schema and no rows. Migrating one takes longer than most tests do."""
    with new_database(postgres_url) as url:
        engine = create_engine(url)
        migrate.upgrade(engine)
        engine.dispose()
        yield url


@pytest.fixture
def fresh_postgres(postgres_url: str, migrated_postgres: str) -> Iterator[str]:
    """A copy of it, a test's own."""
    with new_database(postgres_url, like=migrated_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def any_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A server on each database in turn."""
    url = None if request.param == "sqlite" else request.getfixturevalue("fresh_postgres")
    made = make_world(make_settings(tmp_path, url))
    yield made
    close_world(made)


@pytest.fixture
def any_acme(any_world: World) -> Workspace:
    """Alice's workspace on each database in turn."""
    return make_workspace(any_world)
