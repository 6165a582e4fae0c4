"""Who signs in to a workspace, and as what."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from widget.domain.errors import PersonExists, UnknownPerson
from widget.domain.roles import Role
from widget.storage.models import Membership, User


@dataclass(frozen=True)
class Person:
    """A user in a workspace. `stamp` changes with their password and when their sessions end."""

    user_id: int
    email: str
    role: Role
    has_password: bool
    stamp: str


# Verifies against no hash: nobody can sign in until they choose a password.
_NO_PASSWORD = ""


def people(session: Session, workspace_id: int) -> list[Person]:
    """A workspace's people by email."""
    rows = session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.workspace_id == workspace_id)
        .order_by(User.email)
    )
    return [_person(user, role) for user, role in rows]


def person(session: Session, workspace_id: int, user_id: int) -> Person:
    """One of them. Raises UnknownPerson."""
    row = session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.workspace_id == workspace_id, User.id == user_id)
    ).one_or_none()
    if row is None:
        raise UnknownPerson("There is no such person in this workspace.")
    return _person(*row)


def put_person(
    session: Session,
    workspace_id: int,
    email: str,
    role: Role,
    at: datetime,
    *,
    sees_all: bool = True,
) -> int:
    """Add somebody who cannot sign in yet; returns the user's id. `sees_all` is for managers.

    Raises PersonExists when somebody in any workspace signs in with this email.
    """
    user = session.scalar(select(User).where(User.email == email))
    if user is None:
        user = User(email=email, active=True, created_at=at)
        session.add(user)
    elif session.scalar(select(Membership.role).where(Membership.user_id == user.id).limit(1)):
        raise PersonExists("Somebody signs in with this email address already.")
    user.password, user.fs_uniquifier = _NO_PASSWORD, secrets.token_hex(32)
    session.flush()
    session.add(
        Membership(
            user_id=user.id,
            workspace_id=workspace_id,
            role=role,
            sees_all=sees_all and role == "manager",
        )
    )
    return user.id


def set_role(
    session: Session, workspace_id: int, user_id: int, role: Role, *, sees_all: bool = True
) -> None:
    """Give somebody another role. `sees_all` is for managers. Raises UnknownPerson."""
    found = _membership(session, workspace_id, user_id)
    found.role, found.sees_all = role, sees_all and role == "manager"


def remove_person(session: Session, workspace_id: int, user_id: int) -> None:
    """Take somebody out of a workspace. What they did stays. Raises UnknownPerson."""
    _membership(session, workspace_id, user_id)
    session.execute(
        delete(Membership).where(
            Membership.workspace_id == workspace_id, Membership.user_id == user_id
        )
    )
    end_sessions(session, user_id)


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


def invited(session: Session, user_id: int, stamp: str) -> str | None:
    """The email of whom a link was made for; None once the link is used or void."""
    user = session.get(User, user_id)
    if user is None or user.fs_uniquifier != stamp:
        return None
    member = session.scalar(select(Membership.role).where(Membership.user_id == user_id).limit(1))
    return user.email if member else None


def _membership(session: Session, workspace_id: int, user_id: int) -> Membership:
    found = session.get(Membership, (user_id, workspace_id))
    if found is None:
        raise UnknownPerson("There is no such person in this workspace.")
    return found


def _person(user: User, role: str) -> Person:
    return Person(user.id, user.email, cast(Role, role), bool(user.password), user.fs_uniquifier)
