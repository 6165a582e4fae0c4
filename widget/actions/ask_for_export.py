"""Asking for a file of more responses than are sent at once, and what its owner then does."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from widget.actions.export_responses import note_taken
from widget.domain.errors import ExportRefused
from widget.domain.export_jobs import MOST_AN_HOUR, MOST_OPEN
from widget.domain.exports.formats import ExportFormat
from widget.domain.response_filters import ResponseFilter
from widget.domain.saved_filters import QUERY_LIMIT
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.export_files import ExportFiles
from widget.storage.exports import (
    add_export,
    count_asked,
    export_row,
    locked_export,
    sight_of,
)
from widget.storage.seats import Seat

_HOUR = timedelta(hours=1)


def ask_for_export(
    session: Session,
    seat: Seat,
    wanted: ResponseFilter,
    form: ExportFormat,
    *,
    asked: Mapping[str, Any],
    at: datetime,
) -> UUID:
    """Leave a file to the worker; returns its id. `asked` is what the address said.

    Raises ExportRefused when somebody has as many under way, or asked for as many within an hour,
    as they may, and for a filter that is too long to be kept.
    """
    if len(json.dumps(asked, ensure_ascii=False)) > QUERY_LIMIT:
        raise ExportRefused("This filter is too long for a file. Choose fewer values.")
    with writing(session):
        opened, late = count_asked(session, seat, at - _HOUR)
        if opened >= MOST_OPEN:
            raise ExportRefused(
                f"{MOST_OPEN} of your files are being made. Wait for one of them, or cancel it."
            )
        if late >= MOST_AN_HOUR:
            raise ExportRefused(f"You asked for {MOST_AN_HOUR} files within an hour. Wait a while.")
        id = add_export(session, seat, form, wanted.to_json(), dict(asked), at)
        append_event(
            session,
            "responses.export_asked",
            workspace_id=seat.workspace_id,
            survey_id=None,
            data={"by": seat.user_id, "export": str(id), "format": form, "filter": dict(asked)},
            at=at,
        )
        return id


def cancel_export(session: Session, seat: Seat, id: UUID, files: ExportFiles, at: datetime) -> None:
    """Stop making a file, or throw it away once it is made. Raises UnknownExport."""
    with writing(session):
        row = locked_export(session, seat, id)
        if row.finished_at is None:
            row.status, row.finished_at = "cancelled", at
        elif row.status == "done":
            row.status = "over"
    files.delete(seat.workspace_id, id)


def file_of_export(
    session: Session, seat: Seat, id: UUID, files: ExportFiles, at: datetime
) -> Path:
    """The file to be sent. What is sent of it is noted by `note_export_taken`.

    Raises UnknownExport, and ExportRefused where there is no file, or its owner sees others'
    responses by now than it was made of.
    """
    row = export_row(session, seat, id)
    path = files.path(seat.workspace_id, id)
    is_over = row.expires_at is not None and row.expires_at <= at
    if row.status != "done" or is_over or not path.is_file():
        raise ExportRefused("This file is not here, or not any more. Ask for it again.")
    if row.sight != sight_of(session, seat):
        raise ExportRefused(
            "Whose responses you see has changed since this file was made. Ask for it again."
        )
    return path


def note_export_taken(session: Session, seat: Seat, id: UUID, at: datetime, *, whole: bool) -> None:
    """Append the event that says who is sent a file, or a part of it. Raises UnknownExport."""
    with writing(session):
        row = export_row(session, seat, id)
        note_taken(
            session,
            seat.workspace_id,
            row.format,
            by=seat.user_id,
            asked=row.asked,
            rows=row.done,
            whole=whole,
            at=at,
            export=id,
        )
