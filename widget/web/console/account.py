"""Signing in and out, by Flask-Security."""

import re
import unicodedata
from typing import Any

from flask import Flask, abort, g, redirect, request, url_for
from flask_login import current_user, user_logged_out
from flask_security import RoleMixin, SQLAlchemyUserDatastore, UserMixin, hash_password
from werkzeug.wrappers import Response

from widget.actions.change_people import end_sessions
from widget.extensions import db, security
from widget.storage import sign_in
from widget.web.console.access import signed_in_seat
from widget.web.plain_text import refuse_nul
from widget.web.rate_limits import rate_limits

__all__ = ["hash_of", "normal_email", "register"]

# A path of ours, which no browser can read as another host's address.
_RELATIVE = re.compile(r"/(?![/\\])[^\\\s]*")
_GUESSABLE = {"security.login", "security.verify", "security.change_password"}

_SENTENCES = {
    "GENERIC_AUTHN_FAILED": "The email address or the password is wrong.",
    "EMAIL_NOT_PROVIDED": "Write your email address.",
    "INVALID_EMAIL_ADDRESS": "This is no email address.",
    "PASSWORD_NOT_PROVIDED": "Write a password.",
    "INVALID_PASSWORD": "This is not your current password.",
    "PASSWORD_IS_THE_SAME": "This is your password already; choose another as the new one.",
    "PASSWORD_INVALID_LENGTH": "At least %(length)s characters, please.",
    "RETYPE_PASSWORD_MISMATCH": "This differs from the new password above.",
    "REAUTHENTICATION_REQUIRED": "Please write your password once more to go on.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you, that is you.",
    "PASSWORD_CHANGE": "Your password is changed, and your other sessions have ended.",
}


class SignInUser(sign_in.User, UserMixin):  # type: ignore[misc]
    """A stored user, as the sign-in library wants to see one: the same table, more methods."""


class SignInGroup(sign_in.SignInRole, RoleMixin):
    """The library's own roles, of which we have none."""


def register(app: Flask) -> None:
    """Add the sign-in pages and the signed-in user."""
    https = app.config["SAYSO_HTTPS"]
    options: dict[str, Any] = {
        "SECURITY_URL_PREFIX": "/console/account",
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_POST_LOGIN_VIEW": "/console/",
        "SECURITY_POST_LOGOUT_VIEW": "/console/account/sign-in",
        "SECURITY_POST_CHANGE_VIEW": "/console/",
        "SECURITY_LOGIN_USER_TEMPLATE": "console/account/sign_in.html",
        "SECURITY_CHANGE_PASSWORD_TEMPLATE": "console/account/password.html",
        "SECURITY_VERIFY_TEMPLATE": "console/account/verify.html",
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_PASSWORD_HASH": "argon2",
        # Argon2 needs no second keyed hash, which rotating the secret keys would make unreadable.
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        # Written by the library as `no-store=True`, which no cache knows; ours says it right.
        "SECURITY_CACHE_CONTROL": None,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "REMEMBER_COOKIE_NAME": "__Host-sayso-remember" if https else "sayso-remember",
        "REMEMBER_COOKIE_SECURE": https,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
    }
    options |= {f"SECURITY_MSG_{name}": (text, "") for name, text in _SENTENCES.items()}
    for name, value in options.items():
        app.config.setdefault(name, value)
    datastore = SQLAlchemyUserDatastore(db, SignInUser, SignInGroup)
    security.init_app(app, datastore)
    app.before_request(_guard)
    user_logged_out.connect(_end_sessions, app)


def _guard() -> Response | None:
    """Before the sign-in pages: no damaged text, no way out of here, no endless guessing."""
    if request.blueprint != "security":
        return None
    refuse_nul()
    target = request.form.get("next") or request.args.get("next") or ""
    if target and not _RELATIVE.fullmatch(target):
        if request.method == "GET":
            return redirect(url_for("security.login"))
        abort(400, "This address leads away from Sayso. Please sign in from the console.")
    if request.method == "POST" and request.endpoint in _GUESSABLE:
        signed_in = current_user.is_authenticated
        email = current_user.email if signed_in else request.form.get("email", "")
        if not rate_limits().allow_guess(_guessed_at(email)):
            abort(429, "Too many attempts in a short time. Please wait a minute and try again.")
    if current_user.is_authenticated:
        # So that the page of a signed-in person carries the console's navigation.
        g.seat = signed_in_seat()
    return None


def normal_email(email: str) -> str:
    """An email address as the sign-in looks it up, however it was typed."""
    try:
        return str(security.mail_util.normalize(email.strip())).lower()
    except ValueError:
        return email.strip().lower()


def hash_of(password: str) -> str:
    """A password's hash, of its normal form: what the sign-in compares."""
    hashed: str = hash_password(security.password_util.normalize(password))
    return hashed


def _guessed_at(email: str) -> str:
    """One key for every spelling that might be taken for the same address."""
    return unicodedata.normalize("NFKC", normal_email(email)).casefold()


def _end_sessions(_app: Flask, user: Any = None, **_extra: Any) -> None:
    """Signing out ends what a copied cookie could still open."""
    if user is not None and user.is_authenticated:
        end_sessions(db.session(), user.id)
