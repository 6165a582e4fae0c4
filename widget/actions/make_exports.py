"""Making the files of responses that were asked for, and deleting them when their day has passed.

A file is written under another name and gets its own when it is whole. A worker that dies leaves
nothing that anybody is given: half a minute later the file is made anew, from its beginning.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from widget.actions.export_responses import write_responses
from widget.domain.export_jobs import (
    KEPT_FOR,
    MOST_ATTEMPTS,
    REMEMBERED_FOR,
    ExportFailure,
    room_left,
)
from widget.domain.exports.spreadsheet import WorkbookTooLarge
from widget.domain.response_filters import ResponseFilter
from widget.domain.turns import Turns
from widget.storage import ended_exports, exports
from widget.storage.engine import writing
from widget.storage.export_files import ExportFiles
from widget.storage.exports import ClaimedExport
from widget.storage.seats import Seat, acting_seat

_log = logging.getLogger(__name__)

_SAY_EVERY_S = 2.0
_TRY_AGAIN_AFTER = timedelta(seconds=30)


class _NotOurs(Exception):
    """The file was cancelled, or somebody else makes it."""


class _Stopping(Exception):
    """The worker is to end; another makes the file."""


class _NoRoom(Exception):
    """The file takes more room than there is."""


@dataclass
class _Progress:
    done: int = 0
    total: int | None = None
    is_ours: bool = True


class MakeExports:
    """The worker's job. `room` is how many bytes all files together may take."""

    def __init__(
        self,
        files: ExportFiles,
        room: int,
        *,
        clock: Callable[[], datetime],
        should_stop: Callable[[], bool],
        say_every_s: float = _SAY_EVERY_S,
    ) -> None:
        self._files, self._room = files, room
        self._clock, self._should_stop = clock, should_stop
        self._say_every_s = say_every_s
        self._turns = Turns()

    def __call__(self, engine: Engine, now: datetime) -> int:
        """Make a file that waits, of workspaces in turn; returns how many were made or given up."""
        with Session(engine) as session:
            if not exports.is_any_to_make(session, now):
                return 0
            with writing(session):
                claimed = exports.claim_export(session, now, after=self._turns.last)
            if claimed is None:
                return 0
            self._turns.last = claimed.workspace_id
            try:
                self._make(engine, session, claimed)
            except _NotOurs:
                path = self._files.unfinished(claimed.workspace_id, claimed.id, claimed.attempt)
                path.unlink(missing_ok=True)
            except _Stopping:
                self._give_back(session, claimed, self._clock(), counts=False)
                return 0
            except (_NoRoom, WorkbookTooLarge):
                self._fail(session, claimed, "room")
            except Exception:  # noqa: BLE001 - logged
                _log.exception("The export %s could not be made.", claimed.id)
                if claimed.attempt >= MOST_ATTEMPTS:
                    self._fail(session, claimed, "error")
                else:
                    self._give_back(session, claimed, self._clock() + _TRY_AGAIN_AFTER)
        return 1

    def _make(self, engine: Engine, session: Session, claimed: ClaimedExport) -> None:
        seat = acting_seat(session, claimed.user_id, claimed.workspace_id)
        if seat is None or not seat.may("read_responses"):
            self._fail(session, claimed, "seat")
            return
        sight = exports.sight_of(session, seat)
        session.rollback()
        path = self._files.unfinished(claimed.workspace_id, claimed.id, claimed.attempt)
        progress = _Progress()
        with self._saying(engine, claimed, progress):
            self._write(session, claimed, seat, path, progress)
        self._finish(session, claimed, path, sight, progress)

    def _write(
        self,
        session: Session,
        claimed: ClaimedExport,
        seat: Seat,
        path: Path,
        progress: _Progress,
    ) -> None:
        leads = seat.may("lead")
        wanted = ResponseFilter.from_json(
            claimed.wanted, scope=seat.scope, finds_hidden_comments=leads
        )
        used = self._files.used(claimed.workspace_id)
        room = room_left(self._room, self._files.used(), used)
        with path.open("wb") as out:

            def watch(done: int, total: int) -> None:
                progress.done, progress.total = done, total
                if not progress.is_ours:
                    raise _NotOurs
                if self._should_stop():
                    raise _Stopping
                if out.tell() > room or room <= 0:
                    raise _NoRoom

            write_responses(
                session,
                claimed.workspace_id,
                wanted,
                claimed.format,
                out,
                shows_hidden_comments=leads,
                watch=watch,
                most_waiting=self._room,
            )
            # A spreadsheet is written at its end alone.
            watch(progress.done, progress.done)

    @contextmanager
    def _saying(
        self, engine: Engine, claimed: ClaimedExport, progress: _Progress
    ) -> Iterator[None]:
        """Say every other second how far the file is and that somebody is at it, and hear whether
        it is still wanted: also while a library writes for long without coming back."""
        is_over = threading.Event()

        def say() -> None:
            with Session(engine) as session:
                while not is_over.wait(self._say_every_s):
                    try:
                        with writing(session):
                            progress.is_ours = exports.note_progress(
                                session, claimed, progress.done, progress.total, self._clock()
                            )
                    except SQLAlchemyError:
                        # Unsaid for too long, the file is somebody else's, and is not lost.
                        _log.exception("How far the export %s is could not be said.", claimed.id)

        thread = threading.Thread(target=say, name="export progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def _finish(
        self,
        session: Session,
        claimed: ClaimedExport,
        path: Path,
        sight: str,
        progress: _Progress,
    ) -> None:
        now = self._clock()
        with writing(session):
            row = exports.held(session, claimed)
            if row is None:
                raise _NotOurs
            row.bytes = path.stat().st_size
            row.status, row.finished_at, row.expires_at = "done", now, now + KEPT_FOR
            row.done = row.total = progress.done
            row.sight = sight
            # Before the commit: whoever is told that it is there finds it whole.
            path.rename(self._files.path(claimed.workspace_id, claimed.id))
        self._files.delete_unfinished(claimed.workspace_id, claimed.id)

    def _fail(self, session: Session, claimed: ClaimedExport, why: ExportFailure) -> None:
        with writing(session):
            row = exports.held(session, claimed)
            if row is not None:
                row.status, row.why, row.finished_at = "failed", why, self._clock()
        self._files.delete_unfinished(claimed.workspace_id, claimed.id)

    def _give_back(
        self, session: Session, claimed: ClaimedExport, until: datetime, *, counts: bool = True
    ) -> None:
        """Let somebody make the file anew, from a moment on. `counts`: this was an attempt of the
        few that there are."""
        with writing(session):
            row = exports.held(session, claimed)
            if row is not None:
                row.status, row.claimed_until = "waiting", until
                row.attempts -= not counts
        self._files.delete_unfinished(claimed.workspace_id, claimed.id)


class ForgetExports:
    """The worker's job of deleting files: those whose day has passed, and what is nobody's."""

    def __init__(self, files: ExportFiles) -> None:
        self._files = files

    def __call__(self, engine: Engine, now: datetime) -> int:
        """Delete, then forget; returns 0, as nothing waits."""
        before = now - REMEMBERED_FOR
        with Session(engine) as session:
            for workspace_id, id in ended_exports.exports_to_end(session, now):
                self._files.delete(workspace_id, id)
            if ended_exports.is_any_to_forget(session, now, before):
                with writing(session):
                    ended_exports.end_exports(session, now)
                    ended_exports.forget_exports(session, before)
            there = list(self._files.known())
            # A file that came to be just now has a row: not in what was read before, perhaps.
            session.rollback()
            for workspace_id, id, file in there:
                # Left by a worker that died, or by what was cancelled as it was finished.
                if not ended_exports.has_file(session, workspace_id, id):
                    file.unlink(missing_ok=True)
        return 0
