"""Teams: how they nest, who is in them and who leads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from widget.domain.errors import TeamRefused, UnknownPerson, UnknownTeam
from widget.domain.roles import Scope
from widget.domain.teams import TeamNode, TeamPlace, check_nesting, in_tree_order
from widget.storage.models import Member, Membership, Team, User, team_managers


@dataclass(frozen=True)
class Leader:
    """A user who leads teams, or may be made to."""

    user_id: int
    words: str


def team_tree(session: Session, workspace_id: int, scope: Scope | None = None) -> list[TeamNode]:
    """Every team in the order of the tree, or those within a scope; paths are whole either way."""
    rows = session.execute(
        select(Team.id, Team.name, Team.parent_id).where(Team.workspace_id == workspace_id)
    )
    tree = in_tree_order((id, name, parent_id) for id, name, parent_id in rows)
    if scope is None or scope.everything:
        return tree
    return [team for team in tree if team.id in scope.teams]


def team_names(session: Session, workspace_id: int) -> Mapping[int, str]:
    """What every team is called, by its id, those above it left out."""
    rows = session.execute(select(Team.id, Team.name).where(Team.workspace_id == workspace_id))
    return {row.id: row.name for row in rows}


def member_counts(session: Session, workspace_id: int) -> Mapping[int, int]:
    """How many members each team has who are not archived, teams below left out."""
    rows = session.execute(
        select(Member.team_id, func.count())
        .where(
            Member.workspace_id == workspace_id,
            Member.team_id.is_not(None),
            Member.archived_at.is_(None),
        )
        .group_by(Member.team_id)
    )
    return {team_id: number for team_id, number in rows if team_id is not None}


def leaders_by_team(session: Session, workspace_id: int) -> Mapping[int, Sequence[Leader]]:
    """Who leads each team. Those who are no managers any more lead nothing."""
    rows = session.execute(
        select(team_managers.c.team_id, User)
        .join(Team, Team.id == team_managers.c.team_id)
        .join(User, User.id == team_managers.c.user_id)
        .join(
            Membership,
            (Membership.user_id == User.id) & (Membership.workspace_id == Team.workspace_id),
        )
        .where(Team.workspace_id == workspace_id, Membership.role == "manager")
        .order_by(User.email)
    )
    found: dict[int, list[Leader]] = {}
    for team_id, user in rows:
        found.setdefault(team_id, []).append(_leader(user))
    return found


def managers(session: Session, workspace_id: int) -> list[Leader]:
    """Users who may lead teams."""
    rows = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.workspace_id == workspace_id, Membership.role == "manager")
        .order_by(User.email)
    )
    return [_leader(user) for user in rows]


def add_team(
    session: Session, workspace_id: int, name: str, parent_id: int | None, at: datetime
) -> int:
    """Add a team; returns its id. Raises TeamRefused, TeamsCannotNest and UnknownTeam."""
    places = _locked_places(session, workspace_id)
    if parent_id is not None:
        _team(session, workspace_id, parent_id)
    check_nesting(places, 0, parent_id)
    _refuse_same_name(session, workspace_id, name, parent_id)
    team = Team(workspace_id=workspace_id, name=name, parent_id=parent_id, created_at=at)
    session.add(team)
    session.flush()
    return team.id


class TeamMaker:
    """Makes the teams of paths that are not there, inside an action's transaction."""

    def __init__(self, session: Session, workspace_id: int, at: datetime) -> None:
        self._session, self._workspace_id, self._at = session, workspace_id, at
        tree = team_tree(session, workspace_id)
        self._known = {self._key(team.path): team.id for team in tree}

    def team(self, path: tuple[str, ...]) -> int:
        """The id of the team at the end of a path from the top. Raises TeamsCannotNest."""
        parent_id: int | None = None
        for length in range(1, len(path) + 1):
            key = self._key(path[:length])
            if key not in self._known:
                name = path[length - 1]
                self._known[key] = add_team(
                    self._session, self._workspace_id, name, parent_id, self._at
                )
            parent_id = self._known[key]
        assert parent_id is not None
        return parent_id

    @staticmethod
    def _key(path: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name.casefold() for name in path)


def change_team(
    session: Session, workspace_id: int, team_id: int, name: str, parent_id: int | None
) -> None:
    """Name a team and make it part of another, or of none. Raises TeamsCannotNest, TeamRefused and
    UnknownTeam."""
    places = _locked_places(session, workspace_id)
    team = _team(session, workspace_id, team_id)
    if parent_id is not None:
        _team(session, workspace_id, parent_id)
    check_nesting(places, team_id, parent_id)
    _refuse_same_name(session, workspace_id, name, parent_id, besides=team_id)
    team.name, team.parent_id = name, parent_id


def remove_team(
    session: Session, workspace_id: int, team_id: int, *, members_to: int | None
) -> None:
    """Remove a team. Its members go to another team, or to none; the teams below it become part
    of what it was part of. Raises TeamRefused and UnknownTeam."""
    _locked_places(session, workspace_id)
    team = _team(session, workspace_id, team_id)
    if members_to == team_id:
        raise TeamRefused("Choose another team for the members.")
    if members_to is not None:
        _team(session, workspace_id, members_to)
    below = session.scalars(
        select(Team).where(Team.workspace_id == workspace_id, Team.parent_id == team_id)
    ).all()
    for child in below:
        _refuse_same_name(session, workspace_id, child.name, team.parent_id, besides=team_id)
        child.parent_id = team.parent_id
    session.execute(
        update(Member)
        .where(Member.workspace_id == workspace_id, Member.team_id == team_id)
        .values(team_id=members_to)
    )
    session.execute(delete(team_managers).where(team_managers.c.team_id == team_id))
    session.flush()
    session.delete(team)


def set_leader(
    session: Session, workspace_id: int, team_id: int, user_id: int, *, leads: bool
) -> None:
    """Let a manager lead a team, or no longer. Raises UnknownTeam, and UnknownPerson for somebody
    who is no manager of the workspace."""
    _team(session, workspace_id, team_id)
    row = (team_managers.c.team_id == team_id) & (team_managers.c.user_id == user_id)
    session.execute(delete(team_managers).where(row))
    if not leads:
        return
    membership = session.get(Membership, (user_id, workspace_id))
    if membership is None or membership.role != "manager":
        raise UnknownPerson("Only managers lead teams.")
    session.execute(insert(team_managers).values(team_id=team_id, user_id=user_id))


def _team(session: Session, workspace_id: int, team_id: int) -> Team:
    team = session.scalar(select(Team).where(Team.workspace_id == workspace_id, Team.id == team_id))
    if team is None:
        raise UnknownTeam("There is no such team in this workspace.")
    return team


def _locked_places(session: Session, workspace_id: int) -> list[TeamPlace]:
    """Every team's place, locked in one order, so that two moves at once make no circle."""
    rows = session.execute(
        select(Team.id, Team.parent_id)
        .where(Team.workspace_id == workspace_id)
        .order_by(Team.id)
        .with_for_update()
    )
    return [TeamPlace(id, parent_id) for id, parent_id in rows]


def _refuse_same_name(
    session: Session,
    workspace_id: int,
    name: str,
    parent_id: int | None,
    besides: int | None = None,
) -> None:
    beside = session.execute(
        select(Team.id, Team.name).where(
            Team.workspace_id == workspace_id,
            Team.parent_id.is_(None) if parent_id is None else Team.parent_id == parent_id,
        )
    )
    if any(other.casefold() == name.casefold() and id != besides for id, other in beside):
        raise TeamRefused(f"There is a team “{name}” in the same place already.")


def _leader(user: User) -> Leader:
    return Leader(user.id, user.name or user.email)
