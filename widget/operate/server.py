"""Starting granian with our application."""

import resource
import sys
from contextlib import nullcontext
from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from widget import create_app
from widget.domain.errors import SettingsError
from widget.extensions import db
from widget.operate import demo
from widget.operate.worker_process import worker_beside
from widget.settings import Settings
from widget.storage import migrate
from widget.storage.accounts import has_users
from widget.storage.set_up_code import set_up_code

_OPEN_FILES = 65_536


def serve(
    settings: Settings,
    host: str,
    port: int,
    workers: int,
    *,
    with_demo: bool,
    with_worker: bool = True,
) -> None:
    """Prepare the database, say where to go, and serve until stopped."""
    app = create_app(settings)
    with app.app_context():
        if settings.database_url.startswith("sqlite"):
            migrate.upgrade(db.engine)
        elif not migrate.is_current(db.engine):
            raise SettingsError("The database needs `sayso db upgrade` first.")
        if with_demo:
            click.echo(demo.describe(demo.make_demo(settings), settings))
        elif not has_users(db.session()):
            click.echo(
                f"First run: open {settings.public_url}/console/set-up "
                f"with the code {set_up_code(settings.data)}"
            )
        db.session.remove()
        db.engine.dispose()
    click.echo(f"Serving on {settings.public_url} with {workers} worker(s). Ctrl-C stops.")
    if settings.mail_server is None:
        click.echo(
            f"Mails are written to {settings.data / 'mail'}; set SAYSO_MAIL_URL to send them."
        )
    sys.stdout.flush()
    with worker_beside() if with_worker else nullcontext():
        options = granian_options(host, port, workers)
        Granian("widget.wsgi:gateway", interface=Interfaces.RSGI, **options).serve()


def _allow_open_files() -> None:
    """Every open stream is an open file; what is usual allows a thousand."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def granian_options(host: str, port: int, workers: int) -> dict[str, Any]:
    """How we run granian; the benchmarks serve their baselines with the same."""
    _allow_open_files()
    return {
        "address": host,
        "port": port,
        "workers": workers,
        "backlog": 1024,
        # Every open stream is one of these.
        "backpressure": 8192,
        "respawn_failed_workers": True,
        "workers_kill_timeout": 10,
        "log_access": False,
        "log_level": LogLevels.error,
        "websockets": False,
        "http1_settings": HTTP1Settings(header_read_timeout=10_000),
    }
