"""Who wants a new password, and whether a link may give one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from widget.domain.password_links import ASKS_PER_HOUR, PasswordLink
from widget.storage.models import Invitation, Membership, PasswordAsk, User
from widget.storage.people import workspaces_of


@dataclass(frozen=True)
class Account:
    """A user, and a workspace of theirs whose mail queue may carry what is for them."""

    user_id: int
    email: str
    stamp: str
    workspace_id: int


def note_ask(session: Session, address_digest: str, at: datetime) -> bool:
    """Count somebody's asking for a new password; False past what one address gets in an hour.

    What is done does not depend on whether anybody has the address.
    """
    session.execute(delete(PasswordAsk).where(PasswordAsk.asked_at <= at - timedelta(hours=1)))
    asked = session.scalar(
        select(func.count())
        .select_from(PasswordAsk)
        .where(PasswordAsk.address_digest == address_digest)
    )
    if (asked or 0) >= ASKS_PER_HOUR:
        return False
    session.add(PasswordAsk(address_digest=address_digest, asked_at=at))
    return True


def account_of(session: Session, email: str) -> Account | None:
    """Who signs in with an email. None for nobody, and for who belongs to no workspace and is
    invited to none: they have nothing to sign in to."""
    user = session.scalar(select(User).where(User.email == email))
    home = _home(session, user) if user else None
    return Account(user.id, user.email, user.fs_uniquifier, home) if user and home else None


def address_of_link(session: Session, link: PasswordLink, now: datetime) -> str | None:
    """The email of whom a link gives a new password; None once it is used, void or too old."""
    user = session.get(User, link.user_id)
    return user.email if user and link_holds(session, link, user, now) else None


def link_holds(session: Session, link: PasswordLink, user: User, now: datetime) -> bool:
    """Whether a link may give its user a new password now."""
    workspaces = workspaces_of(session, user.id)
    return link.holds(now, stamp=user.fs_uniquifier, workspaces=workspaces)


def home_of(session: Session, user_id: int) -> int | None:
    """A workspace whose queue carries a user's mails; None for who belongs nowhere."""
    user = session.get(User, user_id)
    return _home(session, user) if user else None


def _home(session: Session, user: User) -> int | None:
    places = select(func.min(Membership.workspace_id)).where(Membership.user_id == user.id)
    invited = select(func.min(Invitation.workspace_id)).where(
        Invitation.email == user.email,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    )
    return session.scalar(places) or session.scalar(invited)
