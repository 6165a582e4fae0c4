"""The few fixtures everybody shares; what a test is about, it builds itself (tests/builders.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Workspace, World, make_settings, make_world, make_workspace
from widget.extensions import db


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A server on an empty SQLite database."""
    made = make_world(make_settings(tmp_path))
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def acme(world: World) -> Workspace:
    """A workspace that Alice owns."""
    return make_workspace(world)
