"""Who signs in to a workspace, and as what."""

import secrets
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownPerson
from widget.domain.invitations import Place
from widget.domain.roles import Role
from widget.storage.models import Member, Membership, Team, User, Workspace, team_managers


@dataclass(frozen=True)
class Person:
    """A user in a workspace. `stamp` changes with their password and when their sessions end.

    `place.teams` are the teams they lead, those below not counted in.
    """

    user_id: int
    email: str
    name: str
    place: Place
    has_password: bool
    stamp: str

    @property
    def role(self) -> Role:
        return self.place.role


def people(session: Session, workspace_id: int) -> list[Person]:
    """A workspace's people by email, in two queries however many they are."""
    rows = session.execute(_people(workspace_id).order_by(User.email)).all()
    led = _led(session, workspace_id)
    return [_person(user, membership, led.get(user.id, ())) for user, membership in rows]


def person(session: Session, workspace_id: int, user_id: int) -> Person:
    """One of them. Raises UnknownPerson."""
    row = session.execute(_people(workspace_id).where(User.id == user_id)).one_or_none()
    if row is None:
        raise UnknownPerson("There is no such person in this workspace.")
    user, membership = row
    return _person(user, membership, _led(session, workspace_id, user_id).get(user_id, ()))


def person_by_email(session: Session, workspace_id: int, email: str) -> int | None:
    """The id of the user who signs in to the workspace with an email; None when nobody does."""
    return session.scalar(
        _people(workspace_id).with_only_columns(User.id).where(User.email == email)
    )


def lock_workspace(session: Session, workspace_id: int) -> None:
    """Make others who change a workspace's people, or its names, wait until this transaction ends.

    Rows that point at the workspace, such as answers, are stored meanwhile.
    """
    session.execute(
        select(Workspace.id).where(Workspace.id == workspace_id).with_for_update(key_share=True)
    )


def locked_user(session: Session, user_id: int) -> User | None:
    """A user as they are now, whom nobody else changes until this transaction ends."""
    return session.scalar(
        select(User)
        .where(User.id == user_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def add_membership(session: Session, workspace_id: int, user_id: int, place: Place) -> None:
    """Give a user a place in a workspace where they have none."""
    session.add(Membership(user_id=user_id, workspace_id=workspace_id, role=place.role))
    session.flush()
    set_place(session, workspace_id, user_id, place)


def set_place(session: Session, workspace_id: int, user_id: int, place: Place) -> None:
    """Give somebody another role and scope. Raises UnknownPerson.

    Teams of other workspaces are passed over: who leads a team sees its responses.
    """
    found, place = _membership(session, workspace_id, user_id), place.tidy()
    found.role, found.sees_all = place.role, place.sees_all
    _stop_leading(session, workspace_id, user_id)
    ours = select(Team.id).where(Team.workspace_id == workspace_id, Team.id.in_(place.teams))
    led = [{"team_id": team, "user_id": user_id} for team in session.scalars(ours)]
    if led:
        session.execute(insert(team_managers), led)


def remove_person(session: Session, workspace_id: int, user_id: int) -> None:
    """Take somebody out of a workspace: out of their teams' lead and their own profile too.

    What they did stays. Their sessions end where this was their only workspace. Raises
    UnknownPerson.
    """
    _membership(session, workspace_id, user_id)
    session.execute(
        delete(Membership).where(
            Membership.workspace_id == workspace_id, Membership.user_id == user_id
        )
    )
    _stop_leading(session, workspace_id, user_id)
    session.execute(
        update(Member)
        .where(Member.workspace_id == workspace_id, Member.user_id == user_id)
        .values(user_id=None)
    )
    if not workspaces_of(session, user_id):
        end_sessions(session, user_id)


def role_of(session: Session, workspace_id: int, user_id: int) -> Role | None:
    """Somebody's role in a workspace; None where they have none."""
    found = session.scalar(
        select(Membership.role).where(
            Membership.workspace_id == workspace_id, Membership.user_id == user_id
        )
    )
    return cast(Role | None, found)


def workspaces_of(session: Session, user_id: int) -> frozenset[int]:
    """The ids of a user's workspaces."""
    rows = session.scalars(select(Membership.workspace_id).where(Membership.user_id == user_id))
    return frozenset(rows)


def owners(session: Session, workspace_id: int) -> int:
    """How many people own a workspace."""
    found = session.scalar(
        select(func.count())
        .select_from(Membership)
        .where(Membership.workspace_id == workspace_id, Membership.role == "owner")
    )
    return found or 0


def end_sessions(session: Session, user_id: int) -> None:
    """Make every session and every unused link of a user worthless."""
    user = session.get(User, user_id)
    if user is not None:
        user.fs_uniquifier = secrets.token_hex(32)


def set_name(session: Session, user_id: int, name: str) -> None:
    """What others read instead of a user's email."""
    session.get_one(User, user_id).name = name


def _people(workspace_id: int) -> Select[User, Membership]:
    return (
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.workspace_id == workspace_id)
    )


def _led(
    session: Session, workspace_id: int, user_id: int | None = None
) -> dict[int, tuple[int, ...]]:
    """The teams of a workspace that each user leads, or that one does."""
    rows = (
        select(team_managers.c.user_id, Team.id)
        .join(Team, Team.id == team_managers.c.team_id)
        .where(Team.workspace_id == workspace_id)
        .order_by(Team.name, Team.id)
    )
    if user_id is not None:
        rows = rows.where(team_managers.c.user_id == user_id)
    led: defaultdict[int, list[int]] = defaultdict(list)
    for user, team in session.execute(rows):
        led[user].append(team)
    return {user: tuple(teams) for user, teams in led.items()}


def _stop_leading(session: Session, workspace_id: int, user_id: int) -> None:
    ours = select(Team.id).where(Team.workspace_id == workspace_id)
    session.execute(
        delete(team_managers).where(
            team_managers.c.user_id == user_id, team_managers.c.team_id.in_(ours)
        )
    )


def _membership(session: Session, workspace_id: int, user_id: int) -> Membership:
    found = session.get(Membership, (user_id, workspace_id))
    if found is None:
        raise UnknownPerson("There is no such person in this workspace.")
    return found


def _person(user: User, membership: Membership, led: Collection[int]) -> Person:
    place = Place(cast(Role, membership.role), membership.sees_all, tuple(led))
    return Person(user.id, user.email, user.name, place, bool(user.password), user.fs_uniquifier)
