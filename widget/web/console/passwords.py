"""For who has forgotten their password: asking for a link, and choosing another one with it."""

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import Email, InputRequired, Length

from widget.actions.choose_password import ask_for_password, choose_password
from widget.domain.errors import LinkOver
from widget.domain.mail_addresses import address_digest
from widget.extensions import db
from widget.storage.passwords import address_of_link
from widget.web.clock import now
from widget.web.console.access import blueprint
from widget.web.console.account import hash_of, normal_email
from widget.web.console.links import password_changed_mail, password_mail, read_password_token
from widget.web.rate_limits import rate_limits

_OVER = "This link was used, replaced or is too old. Ask for a new one."


class ForgotForm(FlaskForm):  # type: ignore[misc]
    email = StringField(
        "Email address",
        [
            InputRequired("Write the address that you sign in with."),
            Email("This is no email address."),
            Length(max=200),
        ],
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    password = PasswordField(
        "New password",
        [
            InputRequired("Choose a password."),
            Length(min=12, message="At least 12 characters, please."),
        ],
    )


@blueprint.route("/account/forgot", methods=["GET", "POST"])
def forgot_password() -> str | Response | tuple[str, int]:
    """Ask for a link. The answer is the same whether anybody has the address or not."""
    form = ForgotForm()
    if form.validate_on_submit():
        if not rate_limits().allow_password_ask():
            abort(429, "Too many attempts in a short time. Please try again in an hour.")
        email = normal_email(form.email.data)
        ask_for_password(
            db.session(),
            email,
            digest=address_digest(current_app.config["SAYSO_ADDRESS_KEY"], email),
            mail_of=password_mail,
            at=now(),
        )
        flash(
            _(
                "If somebody signs in with this address, a mail with a link is on its way to it. "
                "The link works for an hour."
            )
        )
        return redirect(url_for("security.login"), 303)
    page = render_template("console/account/forgot.html", form=form)
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/account/new-password/<token>", methods=["GET", "POST"])
def new_password(token: str) -> str | Response | tuple[str, int]:
    """Where a link leads: choosing another password, once."""
    link = read_password_token(token)
    email = address_of_link(db.session(), link, now()) if link else None
    if link is None or email is None:
        abort(404, _OVER)
    form = PasswordForm()
    if form.is_submitted() and not rate_limits().allow_guess(email):
        abort(429, "Too many attempts in a short time. Please wait a minute and try again.")
    if form.validate_on_submit():
        hashed = hash_of(form.password.data)
        try:
            choose_password(db.session(), link, hashed, told=password_changed_mail(), at=now())
        except LinkOver:
            abort(404, _OVER)
        flash(_("Your password is set. Sign in with it."))
        return redirect(url_for("security.login"), 303)
    page = render_template("console/account/new_password.html", form=form, email=email)
    return (page, 422) if form.is_submitted() else page
