"""Taking responses out as a file, and noting who did."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.exports import ExportFormat, head, lines
from widget.domain.response_filters import ResponseFilter
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.exports import records


def export_responses(
    engine: Engine,
    workspace_id: int,
    wanted: ResponseFilter,
    form: ExportFormat,
    *,
    by: int | None,
    asked: Mapping[str, Any],
    shows_hidden_comments: bool,
    at: datetime,
) -> Iterator[bytes]:
    """The file of the responses that a filter wants, in pieces.

    When it is over, or nobody wants more of it, an event says who took how many rows: `by` is a
    user, None at the command line, and `asked` what they filtered by.
    """
    rows, is_whole = 0, False
    with Session(engine) as session:
        try:
            yield head(form).encode()
            for some in records(
                session, workspace_id, wanted, shows_hidden_comments=shows_hidden_comments
            ):
                rows += len(some)
                yield lines(form, some).encode()
            is_whole = True
        finally:
            with writing(session):
                append_event(
                    session,
                    "responses.exported",
                    workspace_id=workspace_id,
                    survey_id=None,
                    data={
                        "by": by,
                        "format": form,
                        "filter": dict(asked),
                        "rows": rows,
                        "whole": is_whole,
                    },
                    at=at,
                )
