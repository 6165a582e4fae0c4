"""What the accounts tables answer."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.domain.roles import KEY_ABILITIES, KeyAbility, Role
from widget.storage.models import ApiKey, Membership, User, Workspace

# Before any response.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class KeyShown:
    """An API key as lists show it; the key itself is not kept."""

    id: int
    name: str
    start: str
    created_at: datetime
    revoked_at: datetime | None
    is_test: bool = False
    abilities: frozenset[KeyAbility] = frozenset(KEY_ABILITIES)


@dataclass(frozen=True)
class LiveKey:
    """What a key that was sent to us opens."""

    workspace_id: int
    abilities: frozenset[KeyAbility]
    is_test: bool
    name: str


def has_users(session: Session) -> bool:
    return session.scalar(select(func.count()).select_from(User)) != 0


def time_zone_of(session: Session, workspace_id: int) -> str:
    """A workspace's time zone, by its name in the time zone database."""
    return session.scalars(select(Workspace.time_zone).where(Workspace.id == workspace_id)).one()


def workspace_name(session: Session, workspace_id: int) -> str:
    """What a workspace is called."""
    return session.scalars(select(Workspace.name).where(Workspace.id == workspace_id)).one()


def change_workspace(
    session: Session, workspace_id: int, *, name: str, time_zone: str, at: datetime
) -> bool:
    """Change a workspace; whether its time zone is another now, so that responses are to move to
    other days (`storage.redating`)."""
    workspace = session.get_one(Workspace, workspace_id)
    is_another = workspace.time_zone != time_zone
    workspace.name, workspace.time_zone = name, time_zone
    if is_another:
        workspace.redated_until, workspace.zone_changed_at = BEGINNING, at
    return is_another


def user_names(session: Session, ids: set[int]) -> dict[int, str]:
    """Names, or where there is none email addresses, of users by id."""
    rows = session.scalars(select(User).where(User.id.in_(ids)))
    return {user.id: user.name or user.email for user in rows}


def add_workspace(
    session: Session, name: str, *, time_zone: str, is_demo: bool, at: datetime
) -> Workspace:
    workspace = Workspace(name=name, time_zone=time_zone, is_demo=is_demo, created_at=at)
    session.add(workspace)
    session.flush()
    return workspace


def add_user(
    session: Session,
    workspace: Workspace,
    *,
    email: str,
    password_hash: str,
    role: Role,
    at: datetime,
) -> User:
    user = _new_user(session, email, password_hash, at)
    session.add(Membership(user_id=user.id, workspace_id=workspace.id, role=role))
    return user


def user_for(session: Session, email: str, at: datetime) -> User:
    """The user of an email; where there is none, one who cannot sign in until they choose a
    password."""
    user = session.scalar(select(User).where(User.email == email))
    # An empty hash verifies against no password.
    return user or _new_user(session, email, "", at)


def _new_user(session: Session, email: str, password_hash: str, at: datetime) -> User:
    user = User(
        email=email,
        password=password_hash,
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        created_at=at,
    )
    session.add(user)
    session.flush()
    return user


def set_password(session: Session, email: str, password_hash: str) -> bool:
    """Give a user a new password and end all their sessions; False when nobody has this email."""
    user = session.scalar(select(User).where(User.email == email))
    if user is None:
        return False
    user.password = password_hash
    user.fs_uniquifier = secrets.token_hex(32)
    return True


def demo_workspace(session: Session) -> Workspace | None:
    return session.scalar(select(Workspace).where(Workspace.is_demo).order_by(Workspace.id))


def workspace_ids(session: Session) -> list[int]:
    return list(session.scalars(select(Workspace.id).order_by(Workspace.id)))


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def add_api_key(
    session: Session,
    workspace_id: int,
    *,
    name: str,
    user_id: int | None,
    at: datetime,
    is_test: bool = False,
    abilities: frozenset[KeyAbility] = frozenset(KEY_ABILITIES),
) -> str:
    """Make an API key and return it: the only time it can be seen."""
    key = "sayso_" + secrets.token_urlsafe(32)
    session.add(
        ApiKey(
            workspace_id=workspace_id,
            name=name,
            start=key[:12],
            sha256=_digest(key),
            created_by=user_id,
            created_at=at,
            is_test=is_test,
            abilities=sorted(abilities),
        )
    )
    return key


def api_keys(session: Session, workspace_id: int) -> list[KeyShown]:
    """A workspace's keys, newest first, revoked ones too."""
    rows = session.scalars(
        select(ApiKey)
        .where(ApiKey.workspace_id == workspace_id)
        .order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
    )
    return [
        KeyShown(
            row.id,
            row.name,
            row.start,
            row.created_at,
            row.revoked_at,
            row.is_test,
            _abilities(row.abilities),
        )
        for row in rows
    ]


def revoke_api_key(session: Session, workspace_id: int, key_id: int, at: datetime) -> bool:
    """End a key; False when the workspace has no such live key."""
    key = session.scalar(
        select(ApiKey).where(
            ApiKey.workspace_id == workspace_id, ApiKey.id == key_id, ApiKey.revoked_at.is_(None)
        )
    )
    if key is None:
        return False
    key.revoked_at = at
    return True


def live_key(session: Session, key: str) -> LiveKey | None:
    """What an API key opens; None for an unknown or revoked one."""
    row = session.scalar(
        select(ApiKey).where(ApiKey.sha256 == _digest(key), ApiKey.revoked_at.is_(None))
    )
    if row is None:
        return None
    return LiveKey(row.workspace_id, _abilities(row.abilities), row.is_test, row.name)


def _abilities(stored: list[str]) -> frozenset[KeyAbility]:
    return frozenset(known for known in KEY_ABILITIES if known in stored)
