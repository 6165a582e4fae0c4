"""Asking for files of responses, and being the worker that makes them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from tests.builders import Workspace, post
from widget.actions.make_exports import ForgetExports, MakeExports
from widget.extensions import db
from widget.storage.export_files import ExportFiles

PAGE = "/console/responses/exports"
ROOM = 1_000_000


def files_of(acme: Workspace) -> ExportFiles:
    return ExportFiles(acme.world.settings.exports_folder)


def ask_for_file(client: FlaskClient, query: str = "format=csv") -> UUID:
    """Ask for a file as its page does, however few responses there are; returns its id."""
    answer = post(client, f"/console/responses/export?{query}", PAGE)
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["Location"].rpartition("/")[2])


def make_files(
    acme: Workspace,
    *,
    room: int = ROOM,
    should_stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] | None = None,
) -> int:
    """Make the file that waits longest, as the worker does; returns how many were made."""
    at = clock or acme.world.clock
    job = exports_job(acme, room=room, should_stop=should_stop, clock=at)
    with acme.world.app.app_context():
        db.session.rollback()
        return job(db.engine, at())


def exports_job(
    acme: Workspace,
    *,
    room: int = ROOM,
    should_stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] | None = None,
) -> MakeExports:
    """The worker's job, which remembers whose turn it is."""
    return MakeExports(
        files_of(acme),
        room,
        clock=clock or acme.world.clock,
        should_stop=should_stop,
        say_every_s=30,
    )


def forget_files(acme: Workspace) -> None:
    """Delete files as the worker does every five minutes."""
    with acme.world.app.app_context():
        db.session.rollback()
        ForgetExports(files_of(acme))(db.engine, acme.world.clock())


def download(client: FlaskClient, id: UUID, **headers: str) -> Any:
    """The file as its owner's browser is given it, whole in memory."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.get(f"{PAGE}/{id}/file", headers=named) as answer:
        answer.get_data()
        return answer
