"""Files of members: kept until they are applied, and what they meet here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from widget.domain.member_plans import StoredMember
from widget.domain.profiles import Entry
from widget.storage.ids import new_id
from widget.storage.members import profile_of
from widget.storage.models import Member, MemberImport


@dataclass(frozen=True)
class KeptFile:
    """A file that was uploaded and not applied yet."""

    id: UUID
    file_name: str
    content: str
    makes_teams: bool


def keep_file(
    session: Session,
    workspace_id: int,
    *,
    file_name: str,
    content: str,
    makes_teams: bool,
    user_id: int | None,
    at: datetime,
) -> UUID:
    """Keep a file for its preview; returns its id."""
    id = new_id()
    session.add(
        MemberImport(
            workspace_id=workspace_id,
            id=id,
            file_name=file_name,
            content=content,
            makes_teams=makes_teams,
            made_by=user_id,
            created_at=at,
        )
    )
    return id


def kept_file(session: Session, workspace_id: int, id: UUID) -> KeptFile | None:
    """A file; None when there is none, or no longer."""
    row = session.scalar(
        select(MemberImport).where(MemberImport.workspace_id == workspace_id, MemberImport.id == id)
    )
    return KeptFile(row.id, row.file_name, row.content, row.makes_teams) if row else None


def drop_file(session: Session, workspace_id: int, id: UUID) -> bool:
    """Forget a file; whether it was there."""
    dropped = session.execute(
        delete(MemberImport)
        .where(MemberImport.workspace_id == workspace_id, MemberImport.id == id)
        .returning(MemberImport.id)
    )
    return dropped.one_or_none() is not None


def is_any_file_old(session: Session, before: datetime) -> bool:
    """Whether a file waits since before `before`: asked without holding up who writes."""
    old = select(MemberImport.id).where(MemberImport.created_at < before).limit(1)
    return session.scalar(old) is not None


def drop_old_files(session: Session, before: datetime) -> None:
    """Forget files that nobody applied: they hold addresses that nobody needs."""
    session.execute(delete(MemberImport).where(MemberImport.created_at < before))


def stored_members(session: Session, workspace_id: int) -> list[StoredMember]:
    """Every member of a workspace as files find them, archived ones too."""
    rows = session.scalars(
        select(Member).where(Member.workspace_id == workspace_id).order_by(Member.id)
    )
    return [
        StoredMember(
            row.id,
            row.public_id,
            profile_of(row),
            Entry(row.email, row.employee_id, row.team_id, tuple(row.tags)),
            row.archived_at is not None,
        )
        for row in rows
    ]


def locked_members(session: Session, workspace_id: int) -> dict[int, Member]:
    """Every member by id, to be changed."""
    rows = session.scalars(
        select(Member)
        .where(Member.workspace_id == workspace_id)
        .order_by(Member.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}
