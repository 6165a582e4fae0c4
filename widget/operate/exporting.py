"""Responses written to a file by whoever runs the server."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import BinaryIO, cast

import click

from widget.actions.export_responses import export_responses
from widget.domain.errors import SettingsError, UnknownMember
from widget.domain.exports.formats import ExportFormat
from widget.domain.moments import read_day
from widget.domain.response_filters import ResponseFilter
from widget.extensions import db
from widget.storage.accounts import time_zone_of, workspace_ids
from widget.storage.members import member_ever_named
from widget.storage.responses import days
from widget.storage.surveys import survey_of
from widget.web.clock import now

_SAY_EVERY_S = 0.5
_STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True)
class Asked:
    """What the command line asks for; of several values of one filter, one is enough. Days are
    those of the workspace's time zone."""

    workspace: int | None = None
    surveys: Sequence[str] = ()
    members: Sequence[str] = ()
    channels: Sequence[str] = ()
    clients: Sequence[str] = ()
    segments: Sequence[str] = ()
    languages: Sequence[str] = ()
    tags: Sequence[str] = ()
    search: str = ""
    first: str | None = None
    last: str | None = None
    hidden: bool = False
    tests: bool = False


@contextmanager
def written_whole(target: Path) -> Iterator[BinaryIO]:
    """Where to write what stands at `target` once it is whole, for its owner alone to read; when
    writing breaks off, what stood there stays. `-` is the standard output.

    What is no file, such as a named pipe, is written as it is. Raises SettingsError where nothing
    can be written.
    """
    if target == _STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    target = target.resolve()
    is_file = target.is_file() or not target.exists()
    try:
        out: BinaryIO = _file_beside(target) if is_file else target.open("wb")
    except OSError as error:
        raise SettingsError(f"{target} cannot be written: {error.strerror}.") from error
    if not is_file:
        with out:
            yield out
        return
    part = Path(out.name)
    try:
        with out:
            yield out
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _file_beside(target: Path) -> BinaryIO:
    """A new file in the same folder, which nobody but its owner may read."""
    made = NamedTemporaryFile(  # noqa: SIM115 - closed by who asked for it
        dir=target.parent, prefix=f"{target.name}.", suffix=".part", delete=False
    )
    return cast(BinaryIO, made)


def export_to(file: BinaryIO, form: ExportFormat, asked: Asked) -> None:
    """Write the file, and how far it is to standard error. Raises a SaysoError for a workspace
    that there is not, or that is not said where there are several, for a survey or member that it
    has not, and for a day that is none."""
    workspace_id = the_workspace(asked.workspace)
    zone = time_zone_of(db.session(), workspace_id)
    since, until = days(_day(asked.first), _day(asked.last), zone)
    for public_id in asked.surveys:
        survey_of(db.session(), workspace_id, public_id)
    members = [_member(workspace_id, given) for given in asked.members]
    db.session.rollback()
    wanted = ResponseFilter(
        surveys=asked.surveys,
        members=members,
        channels=asked.channels,
        clients=asked.clients,
        segments=asked.segments,
        languages=asked.languages,
        tags=[tag.casefold() for tag in asked.tags],
        search=asked.search,
        finds_hidden_comments=True,
        since=since,
        until=until,
        with_hidden=asked.hidden,
        with_tests=asked.tests,
    )
    # What is no file, such as a pipe, has no places that a writer can go to.
    with TemporaryFile() as whole:
        out = file if file.seekable() else cast(BinaryIO, whole)
        export_responses(
            db.engine,
            workspace_id,
            wanted,
            form,
            out,
            by=None,
            asked={name: said for name, said in vars(asked).items() if said},
            shows_hidden_comments=True,
            at=now(),
            watch=_progress(time.monotonic),
        )
        if out is not file:
            whole.seek(0)
            copyfileobj(whole, file)


def the_workspace(wanted: int | None) -> int:
    """The workspace of a number, or the only one that there is. Raises SettingsError for none."""
    known = workspace_ids(db.session())
    if wanted is None and len(known) != 1:
        numbers = ", ".join(map(str, known)) or "none"
        raise SettingsError(f"Say which --workspace you mean; there are {numbers}.")
    id = known[0] if wanted is None else wanted
    if id not in known:
        raise SettingsError(f"There is no workspace {id}.")
    return id


def _member(workspace_id: int, given: str) -> int:
    member = member_ever_named(db.session(), workspace_id, given)
    if member is None:
        raise UnknownMember(f"There is no member {given} in this workspace.")
    return member.id


def _day(text: str | None) -> date | None:
    return read_day(text) if text else None


def _progress(clock: Callable[[], float]) -> Callable[[int, int], None]:
    """Says how far it is: in one line that changes on a terminal, in lines of their own else."""
    is_terminal = sys.stderr.isatty()
    began, said = clock(), float("-inf")

    def say(done: int, total: int) -> None:
        nonlocal said
        is_last = done >= total
        if not is_last and clock() - said < (_SAY_EVERY_S if is_terminal else 10 * _SAY_EVERY_S):
            return
        said = clock()
        rate = done / max(said - began, 0.001)
        words = f"{done:,} of {total:,} responses, {rate:,.0f} a second"
        click.echo(f"\r{words}" if is_terminal else words, err=True, nl=not is_terminal or is_last)

    return say
