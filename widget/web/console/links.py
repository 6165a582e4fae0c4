"""The links that let somebody in: built from SAYSO_PUBLIC_URL, never from a request."""

from datetime import UTC, datetime

from flask import current_app, url_for
from itsdangerous import BadData, URLSafeSerializer

from widget.domain.messages import Content
from widget.domain.password_links import (
    PasswordLink,
    password_changed_content,
    password_link_content,
)

# Where the session keeps a link between making it and showing it.
MADE_LINK = "made_link"


def invitation_link(token: str) -> str:
    """Where an invitation's token leads."""
    return _absolute(url_for("console.welcome", token=token))


def password_link(link: PasswordLink) -> str:
    """Where somebody chooses a new password."""
    says = [link.user_id, link.stamp, int(link.expires_at.timestamp()), link.shown_in]
    token = _serializer().dumps(says)
    return _absolute(url_for("console.new_password", token=token))


def read_password_token(token: str) -> PasswordLink | None:
    """What a link says; None for one that we did not make."""
    try:
        user_id, stamp, expires, shown_in = _serializer().loads(token)
    except BadData:
        return None
    return PasswordLink(user_id, stamp, datetime.fromtimestamp(expires, UTC), shown_in)


def password_mail(link: PasswordLink, *, made_in: str = "") -> Content:
    """The mail that carries a link. `made_in`: the workspace whose admin made it; "" for one that
    somebody asked for themselves."""
    return password_link_content(
        workspace=made_in, link=password_link(link), asked_by_admin=bool(made_in)
    )


def password_changed_mail() -> Content:
    """The mail that tells somebody that their password is another."""
    return password_changed_content(forgot=_absolute(url_for("console.forgot_password")))


def _absolute(path: str) -> str:
    return f"{current_app.config['SAYSO_PUBLIC_URL']}{path}"


def _serializer() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"][::-1], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="sayso.password")
