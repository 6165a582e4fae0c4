"""What the table of invitations answers."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import cast

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownInvitation
from widget.domain.invitations import INVITATION_LIFE, Place, State, invitation_state
from widget.domain.roles import Role
from widget.storage.models import Invitation, Membership, User, Workspace


@dataclass(frozen=True)
class Invited:
    """An invitation as lists and its own page show it."""

    id: int
    workspace_id: int
    workspace_name: str
    email: str
    place: Place
    inviter: str
    created_at: datetime
    expires_at: datetime
    state: State


def add_invitation(
    session: Session, workspace_id: int, *, email: str, place: Place, by: int, at: datetime
) -> str:
    """Store an invitation; returns the token of its link, which is kept nowhere."""
    token, place = secrets.token_urlsafe(32), place.tidy()
    session.add(
        Invitation(
            workspace_id=workspace_id,
            email=email,
            role=place.role,
            sees_all=place.sees_all,
            teams=list(place.teams),
            token_sha256=_digest(token),
            invited_by=by,
            created_at=at,
            expires_at=at + INVITATION_LIFE,
        )
    )
    return token


def renew_invitation(
    session: Session, workspace_id: int, invitation_id: int, *, by: int, at: datetime
) -> str:
    """Give an invitation another link and its whole time again; the old link is void.

    Raises UnknownInvitation for one that is accepted or withdrawn.
    """
    row = _waiting(session, workspace_id, invitation_id)
    token = secrets.token_urlsafe(32)
    row.token_sha256, row.expires_at, row.invited_by = _digest(token), at + INVITATION_LIFE, by
    return token


def revoke_invitation(
    session: Session, workspace_id: int, invitation_id: int, at: datetime
) -> None:
    """Withdraw an invitation. Raises UnknownInvitation for one that is accepted or withdrawn."""
    _waiting(session, workspace_id, invitation_id).revoked_at = at


def revoke_invitations_by(
    session: Session, workspace_id: int, user_id: int, roles: Collection[Role], at: datetime
) -> None:
    """Withdraw what somebody has invited to some roles and nobody has accepted."""
    session.execute(
        update(Invitation)
        .where(
            Invitation.workspace_id == workspace_id,
            Invitation.invited_by == user_id,
            Invitation.role.in_(roles),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )


def mark_accepted(session: Session, invitation_id: int, *, by: int, at: datetime) -> None:
    """Note that a user took their place."""
    row = session.get_one(Invitation, invitation_id)
    row.accepted_at, row.accepted_by = at, by


def waiting_invitations(session: Session, workspace_id: int, now: datetime) -> list[Invited]:
    """A workspace's invitations that are neither accepted nor withdrawn, too old ones too."""
    rows = session.execute(
        _with_names()
        .where(
            Invitation.workspace_id == workspace_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .order_by(Invitation.email, Invitation.id)
    )
    return [_invited(*row, now) for row in rows]


def waiting_invitation(
    session: Session, workspace_id: int, invitation_id: int, now: datetime
) -> Invited:
    """One of them. Raises UnknownInvitation."""
    _waiting(session, workspace_id, invitation_id)
    row = session.execute(_with_names().where(Invitation.id == invitation_id)).one()
    return _invited(*row, now)


def invitation_of(session: Session, token: str, now: datetime) -> Invited | None:
    """The invitation of a link, whatever became of it; None for a link that is no good."""
    row = session.execute(
        _with_names().where(Invitation.token_sha256 == _digest(token))
    ).one_or_none()
    return _invited(*row, now) if row else None


def has_account(session: Session, email: str) -> bool:
    """Whether somebody signs in, or will, with an email: only they may join with it.

    A user who never chose a password and belongs nowhere has nothing that could be taken.
    """
    user = session.scalar(select(User).where(User.email == email))
    if user is None:
        return False
    places = select(Membership.user_id).where(Membership.user_id == user.id).limit(1)
    return bool(user.password) or session.scalar(places) is not None


def _with_names() -> Select[Invitation, str, User]:
    return (
        select(Invitation, Workspace.name, User)
        .join(Workspace, Workspace.id == Invitation.workspace_id)
        .join(User, User.id == Invitation.invited_by)
        .execution_options(populate_existing=True)
    )


def _waiting(session: Session, workspace_id: int, invitation_id: int) -> Invitation:
    row = session.scalar(
        select(Invitation).where(
            Invitation.workspace_id == workspace_id,
            Invitation.id == invitation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
    )
    if row is None:
        raise UnknownInvitation("There is no such invitation, or it was accepted or withdrawn.")
    return row


def _invited(row: Invitation, workspace: str, inviter: User, now: datetime) -> Invited:
    return Invited(
        row.id,
        row.workspace_id,
        workspace,
        row.email,
        Place(cast(Role, row.role), row.sees_all, tuple(row.teams)),
        inviter.name or inviter.email,
        row.created_at,
        row.expires_at,
        invitation_state(
            now,
            expires_at=row.expires_at,
            accepted_at=row.accepted_at,
            revoked_at=row.revoked_at,
        ),
    )


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
