"""Taking responses out as a file, and noting who did."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from math import inf
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.exports.columns import Batch, length
from widget.domain.exports.formats import ExportFormat, write_file
from widget.domain.response_filters import ResponseFilter
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.response_records import batches
from widget.storage.responses import count_that_fit

Watch = Callable[[int, int], None]
"""Told how many rows are written and how many there are in all, after each batch."""


def export_responses(
    engine: Engine,
    workspace_id: int,
    wanted: ResponseFilter,
    form: ExportFormat,
    out: BinaryIO,
    *,
    by: int | None,
    asked: Mapping[str, Any],
    shows_hidden_comments: bool,
    at: datetime,
    watch: Watch = lambda _done, _total: None,
) -> None:
    """Write the file of the responses that a filter wants.

    When it is over, or breaks off, an event says who took how many rows: `by` is a user, None at
    the command line, and `asked` what they filtered by.
    """
    rows, is_whole = 0, False

    def count(done: int, total: int) -> None:
        nonlocal rows
        rows = done
        watch(done, total)

    with Session(engine) as session:
        try:
            write_responses(
                session,
                workspace_id,
                wanted,
                form,
                out,
                shows_hidden_comments=shows_hidden_comments,
                watch=count,
            )
            is_whole = True
        finally:
            with writing(session):
                note_taken(
                    session,
                    workspace_id,
                    form,
                    by=by,
                    asked=asked,
                    rows=rows,
                    whole=is_whole,
                    at=at,
                )


def write_responses(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    form: ExportFormat,
    out: BinaryIO,
    *,
    shows_hidden_comments: bool,
    watch: Watch,
    most_waiting: float = inf,
) -> None:
    """Write the file without noting it. What `watch` raises breaks it off; `most_waiting` is
    `write_file`'s."""
    total = count_that_fit(session, workspace_id, wanted)
    session.rollback()
    watch(0, total)

    def watched() -> Iterator[Batch]:
        done = 0
        for batch in batches(
            session, workspace_id, wanted, shows_hidden_comments=shows_hidden_comments
        ):
            yield batch
            done += length(batch)
            watch(done, max(done, total))

    write_file(form, watched(), out, total, most_waiting)


def note_taken(
    session: Session,
    workspace_id: int,
    form: str,
    *,
    by: int | None,
    asked: Mapping[str, Any],
    rows: int,
    whole: bool,
    at: datetime,
    export: UUID | None = None,
) -> None:
    """Append the event that says who took which responses. `export` is the file that the worker
    had made."""
    data = {"by": by, "format": form, "filter": dict(asked), "rows": rows, "whole": whole}
    append_event(
        session,
        "responses.exported",
        workspace_id=workspace_id,
        survey_id=None,
        data=data if export is None else data | {"export": str(export)},
        at=at,
    )
