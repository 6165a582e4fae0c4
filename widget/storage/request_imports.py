"""Files of requests: what was uploaded, and how far the work on it has come."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownRequest
from widget.storage.ids import new_id
from widget.storage.models import RequestImport, Survey


@dataclass(frozen=True)
class ImportRow:
    """An import as pages show it. `refused` counts rows by (status, why)."""

    id: UUID
    survey_public_id: str
    survey_name: str
    file_name: str
    rows: int
    done: int
    accepted: int
    refused: Mapping[tuple[str, str], int]
    status: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def percent(self) -> int:
        return 100 * self.done // self.rows if self.rows else 100


def add_import(
    session: Session,
    workspace_id: int,
    survey_id: int,
    *,
    file_name: str,
    content: str,
    rows: int,
    user_id: int | None,
    at: datetime,
) -> UUID:
    """Keep an uploaded file until somebody has seen its preview."""
    row = RequestImport(
        workspace_id=workspace_id,
        id=new_id(),
        survey_id=survey_id,
        file_name=file_name,
        content=content,
        rows=rows,
        done=0,
        accepted=0,
        refused=[],
        status="previewed",
        made_by=user_id,
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def import_row(session: Session, workspace_id: int, id: UUID) -> ImportRow:
    """One import. Raises UnknownRequest."""
    found = session.execute(
        select(RequestImport, Survey)
        .join(Survey, Survey.id == RequestImport.survey_id)
        .where(RequestImport.workspace_id == workspace_id, RequestImport.id == id)
    ).one_or_none()
    if found is None:
        raise UnknownRequest("There is no such import in this workspace.")
    return _row(*found)


def import_content(session: Session, workspace_id: int, id: UUID) -> str:
    """The text of an import's file; "" once it is done."""
    content = session.scalar(
        select(RequestImport.content).where(
            RequestImport.workspace_id == workspace_id, RequestImport.id == id
        )
    )
    return content or ""


def newest_imports(session: Session, workspace_id: int, limit: int) -> list[ImportRow]:
    """The newest imports that were started."""
    rows = session.execute(
        select(RequestImport, Survey)
        .join(Survey, Survey.id == RequestImport.survey_id)
        .where(
            RequestImport.workspace_id == workspace_id,
            RequestImport.status.in_(("running", "done")),
        )
        .order_by(RequestImport.created_at.desc(), RequestImport.id.desc())
        .limit(limit)
    )
    return [_row(*row) for row in rows]


def locked_import(session: Session, workspace_id: int, id: UUID) -> RequestImport:
    """An import, to be changed. Raises UnknownRequest."""
    row = session.scalar(
        select(RequestImport)
        .where(RequestImport.workspace_id == workspace_id, RequestImport.id == id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise UnknownRequest("There is no such import in this workspace.")
    return row


def is_any_to_do(session: Session, before: datetime, leaving: Collection[UUID] = ()) -> bool:
    """Whether an import runs that is not among `leaving`, or a preview of before `before` is to be
    forgotten: asked often, and without holding up who writes."""
    row = select(RequestImport.id).where(
        ((RequestImport.status == "running") & RequestImport.id.not_in(leaving))
        | ((RequestImport.status == "previewed") & (RequestImport.created_at < before))
    )
    return session.scalar(row.limit(1)) is not None


def claim_import(
    session: Session, leaving: Collection[UUID] = (), *, after: int = 0
) -> RequestImport | None:
    """A running import that no other worker has in hand, locked; None without one.

    It is the oldest of the workspace whose turn is next once the one with the id `after` has had
    its own. Those named by `leaving` are left alone.
    """
    had_its_turn = case((RequestImport.workspace_id <= after, 1), else_=0)
    return session.scalar(
        select(RequestImport)
        .where(RequestImport.status == "running", RequestImport.id.not_in(leaving))
        .order_by(
            *(had_its_turn, RequestImport.workspace_id),
            *(RequestImport.created_at, RequestImport.id),
        )
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def forget_previews(session: Session, before: datetime) -> None:
    """Empty files that were previewed and never sent: they hold addresses nobody needs."""
    rows = session.scalars(
        select(RequestImport).where(
            RequestImport.status == "previewed", RequestImport.created_at < before
        )
    )
    for row in rows:
        row.status, row.content = "cancelled", ""


def _row(found: RequestImport, survey: Survey) -> ImportRow:
    return ImportRow(
        id=found.id,
        survey_public_id=survey.public_id,
        survey_name=survey.name,
        file_name=found.file_name,
        rows=found.rows,
        done=found.done,
        accepted=found.accepted,
        refused={(one["status"], one["why"]): one["rows"] for one in found.refused},
        status=found.status,
        created_at=found.created_at,
        finished_at=found.finished_at,
    )
