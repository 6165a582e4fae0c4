"""The `sayso` command."""

import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from flask import Flask

from widget import __version__, create_app
from widget.actions.copy_columns import copy_workspace
from widget.actions.create_workspace import create_workspace_for
from widget.domain.addresses import email_problem
from widget.domain.errors import SaysoError
from widget.domain.exports.formats import FORMATS, ExportFormat, format_of
from widget.domain.inbound.mime import MESSAGE_LIMIT as INBOUND_LIMIT
from widget.extensions import db
from widget.gateway.heap import collect_seldom
from widget.operate import backups, demo, demo_company, event_log, exporting, server
from widget.operate.returned_mail import MESSAGE_LIMIT, take_bounce, take_reply
from widget.outbound.jobs import work
from widget.settings import Settings, settings_from_process
from widget.storage import migrate, rollups
from widget.storage.accounts import workspace_ids
from widget.storage.columnar.checking import wrong_days
from widget.storage.engine import snapshot, write_connection
from widget.web.clock import now

P = ParamSpec("P")
R = TypeVar("R")


def plain_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn an expected failure into one clear line and exit status 1."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except SaysoError as error:
            raise click.ClickException(str(error)) from error

    return guarded


def _app() -> tuple[Settings, Flask]:
    settings = settings_from_process()
    return settings, create_app(settings)


@click.group()
@click.version_option(__version__, prog_name="sayso")
def main() -> None:
    """Customer feedback you host yourself."""
    # Answers are personal data: what this process and its children write, others cannot read.
    os.umask(0o077)
    collect_seldom()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--demo", "with_demo", is_flag=True, help="Make a demo workspace if there is none.")
@click.option("--no-worker", is_flag=True, help="Leave mail and timed jobs to `sayso worker`.")
@plain_errors
def serve(host: str, port: int, workers: int, with_demo: bool, no_worker: bool) -> None:
    """Serve widgets, console and API. Applies migrations first when the database is SQLite."""
    os.environ.setdefault(
        "SAYSO_PUBLIC_URL", settings_from_process(host=host, port=port).public_url
    )
    server.serve(
        settings_from_process(host=host),
        host,
        port,
        workers,
        with_demo=with_demo,
        with_worker=not no_worker,
    )


@main.command()
@click.option("--server-pid", type=int, hidden=True)
@plain_errors
def worker(server_pid: int | None) -> None:
    """Send mail and do what is due, until stopped. Several may run at once."""
    work(settings_from_process(), server_pid=server_pid)


@main.command()
@plain_errors
def bounce() -> None:
    """Read a mail that came back from standard input, as a mail server's pipe gives it."""
    settings, app = _app()
    with app.app_context():
        taken = take_bounce(settings, sys.stdin.buffer.read(MESSAGE_LIMIT))
    # Not an error: a pipe that fails makes the mail server send yet another mail.
    click.echo(f"{taken} report(s) taken.")


@main.command()
@plain_errors
def reply() -> None:
    """Read a mail that a customer wrote back from standard input, as a mail server's pipe gives it.

    Ends with 75 (try again later) when it cannot be kept at the moment.
    """
    try:
        settings, app = _app()
        message = sys.stdin.buffer.read(INBOUND_LIMIT)
        with app.app_context():
            said = take_reply(settings, message)
    except Exception as error:  # noqa: BLE001 - told, and tried again
        # Whatever it is, a customer's mail must not be lost, nor go back to them with our errors.
        click.echo(f"The mail could not be kept: {type(error).__name__}.", err=True)
        sys.exit(os.EX_TEMPFAIL)
    # Not an error, whatever became of it: a pipe that fails makes the mail server send a mail.
    click.echo(said)


@main.command("demo")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--with-answers", default=0, type=click.IntRange(0, 100_000), metavar="N")
@plain_errors
def make_demo(as_json: bool, with_answers: int) -> None:
    """Make the demo workspace if it is missing, and print how to use it."""
    settings, app = _app()
    with app.app_context():
        _say(f"Preparing the database and the demo workspace in {settings.data} …")
        migrate.upgrade(db.engine)
        made = demo.make_demo(settings)
        if with_answers:
            _say(f"Storing {with_answers:,} made-up answers of the last {demo_company.DAYS} days …")
            demo_company.add_answers(made.surveys, with_answers, _telling(with_answers))
    words = demo.describe(made, settings, has_answers=with_answers > 0)
    click.echo(json.dumps(made.to_json(), indent=2) if as_json else words)


def _say(text: str) -> None:
    """Tell whoever waits; what the command is asked for is alone in its output."""
    click.echo(text, err=True)


def _telling(number: int) -> Callable[[int], None]:
    """What tells how many of so many are done, ten times."""
    step = max(1, number // 10)

    def tell(done: int) -> None:
        if done % step == 0:
            _say(f"  {done:,} of {number:,}")

    return tell


@main.group("db")
def database() -> None:
    """The database's schema."""


@database.command("upgrade")
@plain_errors
def db_upgrade() -> None:
    """Bring the database to the schema of this release."""
    _, app = _app()
    with app.app_context():
        migrate.upgrade(db.engine)
    click.echo(f"The database is at revision {migrate.newest_revision()}.")


@database.command("check")
@plain_errors
def db_check() -> None:
    """Tell whether the database has exactly the schema of this release."""
    _, app = _app()
    with app.app_context():
        if not migrate.is_current(db.engine):
            raise click.ClickException("The database needs `sayso db upgrade`.")
        differences = migrate.drift(db.engine)
    if differences:
        raise click.ClickException(
            "The tables differ from this release:\n" + "\n".join(differences)
        )
    click.echo("The database has this release's schema.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@plain_errors
def backup(file: Path) -> None:
    """Write a consistent copy of the SQLite database to FILE while the server runs."""
    backups.backup(settings_from_process().database_url, file)
    click.echo(f"Written to {file}.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@plain_errors
def restore(file: Path) -> None:
    """Replace the SQLite database by the copy in FILE. Stop the server first."""
    kept = backups.restore(settings_from_process().database_url, file)
    click.echo(f"Restored from {file}." + (f" What was there before is in {kept}." if kept else ""))


@main.group()
def rollup() -> None:
    """The counts that dashboards read."""


@rollup.command("check")
@plain_errors
def rollup_check() -> None:
    """Compare the rollups with the responses they count."""
    _, app = _app()
    with app.app_context(), snapshot(db.engine) as connection:
        for workspace_id in workspace_ids(db.session()):
            true = rollups.true_counts(connection, workspace_id)
            kept = rollups.rolled_up_counts(connection, workspace_id)
            wrong = sorted(key for key in {*true, *kept} if true.get(key, 0) != kept.get(key, 0))
            if wrong:
                raise click.ClickException(
                    f"{len(wrong)} rollups of workspace {workspace_id} are wrong, the first is "
                    f"{wrong[0]}: {kept.get(wrong[0], 0)} instead of {true.get(wrong[0], 0)}. "
                    "Run `sayso rollup rebuild`."
                )
    click.echo("Every rollup agrees with its responses.")


@rollup.command("rebuild")
@plain_errors
def rollup_rebuild() -> None:
    """Count every response again."""
    _, app = _app()
    with app.app_context():
        ids = workspace_ids(db.session())
        db.session.rollback()
        for workspace_id in ids:
            with write_connection(db.engine) as connection:
                rollups.count_everything_again(connection, workspace_id)
    click.echo("Counted again.")


@main.group()
def columns() -> None:
    """The copies by column that numbers of many responses are read from."""


@columns.command("check")
@plain_errors
def columns_check() -> None:
    """Compare the copies with the responses, day by day."""
    _, app = _app()
    with app.app_context():
        for workspace_id in workspace_ids(db.session()):
            found = wrong_days(db.session(), workspace_id)
            db.session.rollback()
            if found is None:
                click.echo(f"Workspace {workspace_id} has no copy here.")
            elif found[0]:
                raise click.ClickException(
                    f"{found[0]} days of workspace {workspace_id} are wrong, the first is "
                    f"{found[1]}. Run `sayso columns rebuild`."
                )
            else:
                click.echo(f"The copy of workspace {workspace_id} agrees with its responses.")


@columns.command("rebuild")
@plain_errors
def columns_rebuild() -> None:
    """Copy every response again, of workspaces that have enough of them."""
    settings, app = _app()
    with app.app_context():
        ids = workspace_ids(db.session())
        db.session.rollback()
        made = [
            id
            for id in ids
            if copy_workspace(db.engine, id, settings.columns_from, now(), all_anew=True)
        ]
    click.echo(f"Copied {len(made)} of {len(ids)} workspaces.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="Else as FILE’s name ends, or csv."
)
@click.option("--workspace", type=int, help="A workspace’s number, where there are several.")
@click.option("--survey", "surveys", multiple=True, help="A survey’s public id; may repeat.")
@click.option("--member", "members", multiple=True, help="An email, employee or public id.")
@click.option("--channel", "channels", multiple=True)
@click.option("--client", "clients", multiple=True)
@click.option("--segment", "segments", multiple=True)
@click.option("--language", "languages", multiple=True)
@click.option("--tag", "tags", multiple=True)
@click.option("--search", default="", help="Words, as on the responses’ page.")
@click.option("--from", "first", help="The first day, like 2026-11-23, in the workspace’s zone.")
@click.option("--to", "last", help="The last day.")
@click.option("--hidden", is_flag=True, help="Hidden responses too.")
@click.option("--tests", is_flag=True, help="Test responses too.")
@plain_errors
def export(file: Path, form: ExportFormat | None, **asked: Any) -> None:
    """Write a workspace’s responses to FILE, newest first; - is the standard output. What FILE was
    before stays until the new one is whole."""
    _, app = _app()
    with app.app_context(), exporting.written_whole(file) as out:
        exporting.export_to(out, form or format_of(file.name), exporting.Asked(**asked))


@main.command("events")
@click.option("--workspace", type=int, help="A workspace’s number, where there are several.")
@click.option(
    "--since", help="A day like 2026-11-23 in the workspace’s zone, or a time with offset."
)
@click.option("--name", "names", multiple=True, help="Such as response.hidden; may repeat.")
@plain_errors
def events(workspace: int | None, since: str | None, names: tuple[str, ...]) -> None:
    """Print a workspace’s events, the oldest first, one JSON object a line."""
    _, app = _app()
    with app.app_context():
        for line in event_log.lines(workspace, since, names):
            click.echo(line)


@main.command("add-workspace")
@click.argument("name")
@click.argument("owner", metavar="EMAIL")
@plain_errors
def add_workspace(name: str, owner: str) -> None:
    """Make another workspace, owned by who signs in as EMAIL."""
    name, email = " ".join(name.split()), owner.strip().lower()
    if not 1 <= len(name) <= 120:
        raise click.ClickException("A workspace's name has 1 to 120 characters.")
    problem = email_problem(email)
    if problem:
        raise click.ClickException(problem)
    _, app = _app()
    with app.app_context():
        has_password = create_workspace_for(db.session(), name=name, email=email, at=now())
    click.echo(
        f"{email} owns {name}, and finds it after signing in."
        if has_password
        else f"{email} owns {name}. Give them a password: sayso set-password {email}"
    )


@main.command("set-password")
@click.argument("email")
@plain_errors
def set_password(email: str) -> None:
    """Give a user a new password, read from standard input, and end their sessions."""
    _, app = _app()
    if sys.stdin.isatty():
        password = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    with app.app_context():
        demo.change_password(email.strip().lower(), password)
    click.echo("Done. Their other sessions have ended.")
