"""Who signs in where: a user's places in workspaces, with all that decides what they may."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.domain.people_rules import PeopleRules
from widget.domain.roles import EVERYTHING, Ability, Role, Scope, abilities
from widget.domain.teams import TeamPlace, with_teams_below
from widget.storage.models import Member, Membership, Team, User, Workspace, team_managers

_OWN_MEMBER = (
    (Member.workspace_id == Membership.workspace_id)
    & (Member.user_id == Membership.user_id)
    & Member.archived_at.is_(None)
)


@dataclass(frozen=True)
class Seat:
    """A user's place in a workspace. `member_id` is theirs where they are rated themselves."""

    user_id: int
    user_name: str
    workspace_id: int
    workspace_name: str
    time_zone: str
    role: Role
    sees_all: bool
    scope: Scope
    member_id: int | None
    rules: PeopleRules

    def may(self, ability: Ability) -> bool:
        """Whether they have an ability here."""
        return ability in abilities(self.role, sees_all=self.sees_all)


def seat_of(session: Session, user_id: int, workspace_id: int | None = None) -> Seat | None:
    """A user's seat in a workspace; where they have none there, in the one they chose last, else in
    their oldest.

    None for a user of no workspace. The number of queries does not depend on how many teams and
    members there are.
    """
    rows = (
        select(Membership, Workspace, User, Member.id, Member.team_id)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .join(User, User.id == Membership.user_id)
        .outerjoin(Member, _OWN_MEMBER)
        .where(Membership.user_id == user_id)
        # The wanted one first: false comes before true.
        .order_by(
            Workspace.id != (workspace_id or 0),
            Workspace.id != func.coalesce(User.chosen_workspace_id, 0),
            Workspace.id,
        )
        .limit(1)
    )
    row = session.execute(rows).one_or_none()
    if row is None:
        return None
    membership, workspace, user, member_id, team_id = row
    role, rules = cast(Role, membership.role), PeopleRules.from_json(workspace.people)
    return Seat(
        user_id=user_id,
        user_name=user.name or user.email,
        workspace_id=workspace.id,
        workspace_name=workspace.name,
        time_zone=workspace.time_zone,
        role=role,
        sees_all=membership.sees_all,
        scope=_scope(session, membership, role, member_id, team_id, rules),
        member_id=member_id,
        rules=rules,
    )


def acting_seat(session: Session, user_id: int, workspace_id: int) -> Seat | None:
    """The seat that something is done from later, without its user being there; None when they
    have left the workspace, or may not sign in any more."""
    found = seat_of(session, user_id, workspace_id)
    is_active = session.scalar(select(User.active).where(User.id == user_id))
    return found if found and found.workspace_id == workspace_id and is_active else None


def _scope(
    session: Session,
    membership: Membership,
    role: Role,
    member_id: int | None,
    team_id: int | None,
    rules: PeopleRules,
) -> Scope:
    led: frozenset[int] = frozenset()
    if role == "manager" and not membership.sees_all:
        led = teams_led(session, membership.workspace_id, membership.user_id)
    return _scope_of(role, membership.sees_all, led, member_id, team_id, rules)


def _scope_of(
    role: Role,
    sees_all: bool,
    led: frozenset[int],
    member_id: int | None,
    team_id: int | None,
    rules: PeopleRules,
) -> Scope:
    """Whose responses somebody sees. `led` are the teams that a manager leads, those below too."""
    if role in ("owner", "admin", "viewer") or (role == "manager" and sees_all):
        return EVERYTHING
    if role == "manager":
        return Scope(teams=led, member_id=member_id)
    seen = {team_id} if rules.members_see_team and team_id else set()
    return Scope(teams=frozenset(seen), member_id=member_id)


def teams_led(session: Session, workspace_id: int, user_id: int) -> frozenset[int]:
    """The teams that a user leads, and those below them."""
    led = select(team_managers.c.team_id).where(team_managers.c.user_id == user_id)
    places = [
        TeamPlace(id, parent_id)
        for id, parent_id in session.execute(
            select(Team.id, Team.parent_id).where(Team.workspace_id == workspace_id)
        )
    ]
    mine = {place.id for place in places}
    return with_teams_below(places, [id for id in session.scalars(led) if id in mine])


def response_columns(session: Session, workspace_id: int, user_id: int) -> list[str] | None:
    """The columns that somebody wants to see in the list of responses; None for the usual ones."""
    return session.scalar(
        select(Membership.response_columns).where(
            Membership.workspace_id == workspace_id, Membership.user_id == user_id
        )
    )


@dataclass(frozen=True)
class OtherSeat:
    """A workspace that somebody can switch to."""

    workspace_id: int
    workspace_name: str


def seats_of(session: Session, user_id: int) -> list[OtherSeat]:
    """Every workspace of a user, by name."""
    rows = session.execute(
        select(Workspace.id, Workspace.name)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.user_id == user_id)
        .order_by(Workspace.name, Workspace.id)
    )
    return [OtherSeat(id, name) for id, name in rows]


def choose_workspace(session: Session, user_id: int, workspace_id: int) -> bool:
    """Note where a user is, for when they come back; False when they have no place there."""
    if session.get(Membership, (user_id, workspace_id)) is None:
        return False
    session.get_one(User, user_id).chosen_workspace_id = workspace_id
    return True


@dataclass(frozen=True)
class Standing:
    """What a seat hangs on. It changes when sessions end, with a role, and with whose responses
    somebody sees."""

    stamp: str
    role: str
    scope: Scope


def standings(session: Session, user_ids: Collection[int]) -> dict[tuple[int, int], Standing]:
    """Where some users stand, by user and workspace; nobody who may not sign in any more.

    The number of queries does not depend on how many users, teams and members there are.
    """
    rows = session.execute(
        select(Membership, User.fs_uniquifier, Workspace.people, Member.id, Member.team_id)
        .join(User, User.id == Membership.user_id)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .outerjoin(Member, _OWN_MEMBER)
        .where(Membership.user_id.in_(user_ids), User.active.is_(True))
    ).all()
    of_teams = {row[0].workspace_id for row in rows if row[0].role == "manager"}
    led = _teams_led_by(session, user_ids, of_teams) if of_teams else {}
    found = {}
    for membership, stamp, people, member_id, team_id in rows:
        key, role = (membership.user_id, membership.workspace_id), cast(Role, membership.role)
        scope = _scope_of(
            role,
            membership.sees_all,
            led.get(key, frozenset()),
            member_id,
            team_id,
            PeopleRules.from_json(people),
        )
        found[key] = Standing(stamp, role, scope)
    return found


def _teams_led_by(
    session: Session, user_ids: Collection[int], workspace_ids: Collection[int]
) -> dict[tuple[int, int], frozenset[int]]:
    """The same as `teams_led` for some users in some workspaces, by user and workspace."""
    places: dict[int, list[TeamPlace]] = defaultdict(list)
    for workspace_id, id, parent_id in session.execute(
        select(Team.workspace_id, Team.id, Team.parent_id).where(
            Team.workspace_id.in_(workspace_ids)
        )
    ):
        places[workspace_id].append(TeamPlace(id, parent_id))
    led: dict[tuple[int, int], list[int]] = defaultdict(list)
    for user_id, workspace_id, id in session.execute(
        select(team_managers.c.user_id, Team.workspace_id, Team.id)
        .join(Team, Team.id == team_managers.c.team_id)
        .where(team_managers.c.user_id.in_(user_ids), Team.workspace_id.in_(workspace_ids))
    ):
        led[user_id, workspace_id].append(id)
    return {key: with_teams_below(places[key[1]], ids) for key, ids in led.items()}
