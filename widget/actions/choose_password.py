"""A new password for somebody who has forgotten theirs."""

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.errors import LinkOver
from widget.domain.messages import Content
from widget.domain.password_links import ASKED_LINK_LIFE, PasswordLink
from widget.storage.engine import writing
from widget.storage.messages import add_message
from widget.storage.passwords import account_of, home_of, link_holds, note_ask
from widget.storage.people import locked_user


def ask_for_password(
    session: Session,
    email: str,
    *,
    digest: str,
    mail_of: Callable[[PasswordLink], Content],
    at: datetime,
) -> None:
    """Send whoever signs in with an email a link to a new password; nobody else hears anything.

    `email` is normal (lower case), `digest` its keyed digest. Past a few times an hour nothing is
    sent.
    """
    with writing(session):
        if not note_ask(session, digest, at):
            return
        account = account_of(session, email)
        if account is None:
            return
        link = PasswordLink(account.user_id, account.stamp, at + ASKED_LINK_LIFE)
        add_message(
            session,
            account.workspace_id,
            "mail",
            account.email,
            mail_of(link),
            purpose="password",
            at=at,
        )


def choose_password(
    session: Session, link: PasswordLink, password_hash: str, *, told: Content, at: datetime
) -> None:
    """Give a link's user a new password, end their sessions, and tell them so by mail, `told`.

    Raises LinkOver.
    """
    with writing(session):
        user = locked_user(session, link.user_id)
        if user is None or not link_holds(session, link, user, at):
            raise LinkOver("This link was used, replaced, or is too old.")
        user.password, user.fs_uniquifier = password_hash, secrets.token_hex(32)
        home = home_of(session, user.id)
        if home is not None:
            add_message(session, home, "mail", user.email, told, purpose="password_changed", at=at)
