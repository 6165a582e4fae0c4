"""Who may follow up in a workspace, and who leads which team."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.roles import ROLES, abilities
from widget.domain.teams import TeamPlace
from widget.storage.models import Member, Membership, Team, User, team_managers

_LEADING = [role for role in ROLES if "lead" in abilities(role, sees_all=False)]


@dataclass(frozen=True)
class Lead:
    """Somebody who may follow up. `name` is their email where none is known."""

    user_id: int
    name: str
    email: str
    role: str

    @property
    def choice(self) -> tuple[str, str]:
        """As a form offers them."""
        return str(self.user_id), self.name


def leads_of(session: Session, workspace_id: int) -> list[Lead]:
    """Everybody who may follow up, by name."""
    rows = session.execute(
        select(User.id, User.name, User.email, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.workspace_id == workspace_id,
            Membership.role.in_(_LEADING),
            User.active.is_(True),
        )
        .order_by(User.name, User.email)
    )
    return [Lead(id, name or email, email, role) for id, name, email, role in rows]


def whose(assignee_id: int | None, leads: Mapping[int, Lead]) -> list[Lead]:
    """Who is told of a follow-up: whoever has it. What is nobody's, or of somebody who is gone,
    would be seen by nobody; so its owners hear of it."""
    assignee = leads.get(assignee_id or 0)
    return [assignee] if assignee else [one for one in leads.values() if one.role == "owner"]


@dataclass(frozen=True)
class Leadership:
    """Teams, and who leads each. Only of those who may follow up."""

    teams: tuple[TeamPlace, ...]
    leaders: Mapping[int, frozenset[int]]


def leadership(session: Session, workspace_id: int, leads: frozenset[int]) -> Leadership:
    """A workspace's teams with their leaders among `leads`."""
    teams = tuple(
        TeamPlace(id, parent_id)
        for id, parent_id in session.execute(
            select(Team.id, Team.parent_id).where(Team.workspace_id == workspace_id)
        )
    )
    led: dict[int, set[int]] = {}
    rows = session.execute(
        select(team_managers.c.team_id, team_managers.c.user_id)
        .join(Team, Team.id == team_managers.c.team_id)
        .where(Team.workspace_id == workspace_id, team_managers.c.user_id.in_(leads))
    )
    for team_id, user_id in rows:
        led.setdefault(team_id, set()).add(user_id)
    return Leadership(teams, {team_id: frozenset(users) for team_id, users in led.items()})


@dataclass(frozen=True)
class RatedMember:
    """Whom a response is about, as far as a follow-up needs it."""

    name: str
    team_id: int | None
    user_id: int | None


def rated_member(session: Session, workspace_id: int, member_id: int | None) -> RatedMember | None:
    """The member of a response; None for one that is about nobody."""
    row = session.scalar(
        select(Member).where(Member.workspace_id == workspace_id, Member.id == member_id)
    )
    return RatedMember(row.name, row.team_id, row.user_id) if row else None
