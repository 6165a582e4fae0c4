"""Signing in and out, by Flask-Security."""

from typing import Any

from flask import Flask, abort, request
from flask_security import RoleMixin, SQLAlchemyUserDatastore, UserMixin, hash_password

from widget.extensions import db, security
from widget.storage import sign_in
from widget.web.rate_limits import rate_limits

__all__ = ["hash_password", "register"]


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
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_PASSWORD_HASH": "argon2",
        # Argon2 needs no second keyed hash, which rotating the secret keys would make unreadable.
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "REMEMBER_COOKIE_NAME": "__Host-sayso-remember" if https else "sayso-remember",
        "REMEMBER_COOKIE_SECURE": https,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
    }
    for name, value in options.items():
        app.config.setdefault(name, value)
    datastore = SQLAlchemyUserDatastore(db, SignInUser, SignInGroup)
    security.init_app(app, datastore)
    app.before_request(_slow_down_guessing)


def _slow_down_guessing() -> None:
    if (
        request.endpoint == "security.login"
        and request.method == "POST"
        and not rate_limits().allow_sign_in(request.form.get("email", ""))
    ):
        abort(429, "Too many attempts to sign in. Please wait a minute and try again.")
