"""A file of members: kept, looked at before anything happens, then applied or thrown away."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.errors import FileRefused
from widget.domain.member_files import MemberFile, read_member_file
from widget.domain.member_plans import Outcome, PlannedMember, plan_members
from widget.domain.request_files import decode
from widget.storage import member_imports as files
from widget.storage.engine import writing
from widget.storage.members import add_member, set_profile
from widget.storage.models import Member
from widget.storage.teams import TeamMaker, team_tree

_FILES_KEPT = timedelta(days=1)
_GONE = "This file is not here any more; upload it again."


@dataclass(frozen=True)
class MembersPreview:
    """A file, and what it would do now."""

    file_name: str
    makes_teams: bool
    file: MemberFile
    rows: Sequence[PlannedMember]


def upload_members(
    session: Session,
    workspace_id: int,
    *,
    file_name: str,
    content: bytes,
    makes_teams: bool,
    user_id: int | None,
    at: datetime,
) -> UUID:
    """Keep a file for its preview; returns its id. Raises FileRefused when it cannot be read."""
    text = decode(content)
    read_member_file(text)
    with writing(session):
        return files.keep_file(
            session,
            workspace_id,
            file_name=file_name[:200],
            content=text,
            makes_teams=makes_teams,
            user_id=user_id,
            at=at,
        )


def preview_members(session: Session, workspace_id: int, id: UUID) -> MembersPreview:
    """What each row of a file would do now; nothing is stored. Raises FileRefused when the file is
    not there any more."""
    kept = files.kept_file(session, workspace_id, id)
    if kept is None:
        raise FileRefused(_GONE)
    file = read_member_file(kept.content)
    rows = _plan(session, workspace_id, file, makes_teams=kept.makes_teams)
    return MembersPreview(kept.file_name, kept.makes_teams, file, rows)


def apply_members(
    session: Session, workspace_id: int, id: UUID, *, at: datetime
) -> Counter[Outcome]:
    """Do what a file says, all in one transaction; returns how many rows did what. Rows that are
    wrong do nothing. Raises FileRefused when the file is not there any more."""
    kept = files.kept_file(session, workspace_id, id)
    if kept is None:
        raise FileRefused(_GONE)
    # Before the transaction, in which nobody else may write on SQLite.
    file = read_member_file(kept.content)
    with writing(session):
        # Whoever takes the row away applies the file: pressed twice, it is applied once.
        if not files.drop_file(session, workspace_id, id):
            raise FileRefused(_GONE)
        members = files.locked_members(session, workspace_id)
        rows = _plan(session, workspace_id, file, makes_teams=kept.makes_teams)
        teams = TeamMaker(session, workspace_id, at)
        for row in rows:
            if row.profile is not None and row.outcome not in ("same", "wrong"):
                _apply(session, workspace_id, row, members, teams, at)
        return Counter(row.outcome for row in rows)


def discard_members(session: Session, workspace_id: int, id: UUID) -> None:
    """Throw a file away. Raises FileRefused when it is not there any more."""
    with writing(session):
        if not files.drop_file(session, workspace_id, id):
            raise FileRefused(_GONE)


def forget_member_files(engine: Engine, now: datetime) -> int:
    """Forget files that were uploaded a day ago and never applied; returns 0, as nothing waits."""
    with Session(engine) as session:
        if files.is_any_file_old(session, now - _FILES_KEPT):
            with writing(session):
                files.drop_old_files(session, now - _FILES_KEPT)
    return 0


def _plan(
    session: Session, workspace_id: int, file: MemberFile, *, makes_teams: bool
) -> list[PlannedMember]:
    known = files.stored_members(session, workspace_id)
    teams = team_tree(session, workspace_id)
    return plan_members(file.rows, known, teams, makes_teams=makes_teams)


def _apply(
    session: Session,
    workspace_id: int,
    row: PlannedMember,
    members: dict[int, Member],
    teams: TeamMaker,
    at: datetime,
) -> None:
    assert row.profile is not None
    entry = row.entry
    if row.new_team:
        entry = replace(entry, team_id=teams.team(row.new_team))
    if row.member_id is None:
        # What the plan has looked up need not be looked up again for each of thousands.
        add_member(session, workspace_id, row.profile, entry, at=at, is_checked=True)
        return
    member = members[row.member_id]
    set_profile(member, row.profile)
    member.email, member.employee_id = entry.email, entry.employee_id
    member.team_id, member.tags = entry.team_id, list(entry.tags)
    if row.is_archived != (member.archived_at is not None):
        member.archived_at = at if row.is_archived else None
