"""A file of requests: kept, looked at before anything happens, then started or thrown away."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.actions.plan_requests import GivenAsk, Planned, plan, tidied
from widget.domain.errors import FileRefused, UnknownSurvey
from widget.domain.request_files import AskRow, RequestFile, decode, read_file
from widget.storage.asking import Asking, asking_of
from widget.storage.customers import known_customers
from widget.storage.engine import writing
from widget.storage.request_imports import (
    add_import,
    import_content,
    import_row,
    locked_import,
)


@dataclass(frozen=True)
class PreviewRow:
    """What a row of a file will do. `by_row` is the row that suppresses it, when it is in the
    same file."""

    row: AskRow
    planned: Planned
    by_row: int | None


@dataclass(frozen=True)
class Preview:
    """A file as it would be worked through now."""

    file: RequestFile
    rows: tuple[PreviewRow, ...]


def upload_requests(
    session: Session,
    workspace_id: int,
    survey: str,
    *,
    file_name: str,
    content: bytes,
    user_id: int | None,
    at: datetime,
) -> UUID:
    """Keep a file for its preview. Raises UnknownSurvey, and FileRefused when it cannot be read."""
    asking = asking_of(session, workspace_id, survey)
    if not asking.is_published:
        raise UnknownSurvey("This survey was never published, so nobody can be asked.")
    text = decode(content)
    rows = read_file(text, asking.time_zone).rows
    with writing(session):
        return add_import(
            session,
            workspace_id,
            asking.survey_id,
            file_name=file_name[:200],
            content=text,
            rows=len(rows),
            user_id=user_id,
            at=at,
        )


def preview_import(session: Session, workspace_id: int, id: UUID, *, now: datetime) -> Preview:
    """What each row of a file would do now; nothing is stored. Raises UnknownRequest, and
    FileRefused when the file is not there any more."""
    found = import_row(session, workspace_id, id)
    asking = asking_of(session, workspace_id, found.survey_public_id)
    text = import_content(session, workspace_id, id)
    if not text:
        raise FileRefused("This file is not here any more; upload it again.")
    file = read_file(text, asking.time_zone)
    planned = _plan(session, asking, file, now)
    numbers = {one.id: row.number for one, row in zip(planned, file.rows, strict=True)}
    rows = tuple(
        PreviewRow(row, one, numbers.get(one.decision.by) if one.decision.by else None)
        for one, row in zip(planned, file.rows, strict=True)
    )
    return Preview(file, rows)


def _plan(session: Session, asking: Asking, file: RequestFile, now: datetime) -> list[Planned]:
    given = [GivenAsk(row.ask, row.problems) for row in file.rows]
    asks = [tidied(one, now).ask for one in given]
    known = known_customers(session, asking.workspace_id, asks)
    is_test = bool(asking.test_mail_to)
    return plan(session, asking, given, known, now=now, is_test=is_test)


def start_import(session: Session, workspace_id: int, id: UUID) -> None:
    """Let the worker make the requests of a file that was previewed. Raises UnknownRequest, and
    FileRefused when it was thrown away. Starting twice starts once."""
    with writing(session):
        row = locked_import(session, workspace_id, id)
        if row.status == "cancelled":
            raise FileRefused("This file is not here any more; upload it again.")
        if row.status == "previewed":
            row.status = "running"


def discard_import(session: Session, workspace_id: int, id: UUID) -> None:
    """Throw a previewed file away. Raises UnknownRequest."""
    with writing(session):
        row = locked_import(session, workspace_id, id)
        if row.status == "previewed":
            row.status, row.content = "cancelled", ""
