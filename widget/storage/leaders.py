"""Who leads a member, and so is told what concerns them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.teams import DEEPEST
from widget.storage.models import Member, Membership, Team, User, team_managers


def leaders_of(session: Session, workspace_id: int, member_id: int) -> list[str]:
    """The email addresses of a member's managers.

    Those are who leads their team, else the nearest team above it that somebody leads; else the
    managers of the whole workspace, else its owners. Never the member themselves.
    """
    member = session.scalar(
        select(Member).where(Member.workspace_id == workspace_id, Member.id == member_id)
    )
    if member is None:
        return []
    team_id = member.team_id
    for _level in range(DEEPEST + 1):
        if team_id is None:
            break
        found = _emails(session, workspace_id, member, of_team=team_id)
        if found:
            return found
        team_id = session.scalar(
            select(Team.parent_id).where(Team.workspace_id == workspace_id, Team.id == team_id)
        )
    return _emails(session, workspace_id, member, role="manager") or _emails(
        session, workspace_id, member, role="owner"
    )


def _emails(
    session: Session,
    workspace_id: int,
    member: Member,
    *,
    of_team: int | None = None,
    role: str = "manager",
) -> list[str]:
    query = (
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.workspace_id == workspace_id,
            Membership.role == role,
            User.active.is_(True),
            User.id != (member.user_id or 0),
        )
        .order_by(User.email)
    )
    if of_team is not None:
        query = query.join(team_managers, team_managers.c.user_id == User.id).where(
            team_managers.c.team_id == of_team
        )
    elif role == "manager":
        query = query.where(Membership.sees_all.is_(True))
    return list(session.scalars(query))


def email_of_member(session: Session, workspace_id: int, member_id: int) -> str | None:
    """Where a member is written to: where they sign in, else the address in their profile."""
    row = session.execute(
        select(User.email, Member.email)
        .select_from(Member)
        .outerjoin(User, User.id == Member.user_id)
        .where(Member.workspace_id == workspace_id, Member.id == member_id)
    ).one_or_none()
    return (row[0] or row[1]) if row else None
