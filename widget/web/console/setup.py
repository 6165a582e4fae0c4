"""The first run of an empty server: whoever holds the set-up code makes the owner."""

from zoneinfo import available_timezones

from flask import abort, current_app, redirect, render_template, url_for
from flask_login import current_user
from flask_security import hash_password, login_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import Email, InputRequired, Length

from widget.actions.create_workspace import create_workspace
from widget.extensions import db
from widget.storage.accounts import has_users
from widget.storage.set_up_code import is_set_up_code
from widget.web.clock import now
from widget.web.console.access import blueprint
from widget.web.console.account import normal_email
from widget.web.rate_limits import rate_limits


def time_zones() -> list[str]:
    """Every time zone's name, UTC first."""
    cities = sorted(name for name in available_timezones() if "/" in name and "Etc/" not in name)
    return ["UTC", *cities]


class SetUpForm(FlaskForm):  # type: ignore[misc]
    code = StringField("Set-up code", [InputRequired("Copy it from the server's output.")])
    workspace = StringField(
        "Your company", [InputRequired("Customers see this name."), Length(max=120)]
    )
    time_zone = SelectField("Time zone", choices=time_zones, default="UTC")
    email = EmailField(
        "Your email address",
        [InputRequired("You sign in with it."), Email("This is no email address.")],
    )
    password = PasswordField(
        "Password",
        [
            InputRequired("Choose a password."),
            Length(min=12, message="At least 12 characters, please."),
        ],
    )


@blueprint.route("/set-up", methods=["GET", "POST"])
def set_up() -> str | Response:
    """Make the first workspace and its owner, once."""
    if has_users(db.session()):
        if current_user.is_authenticated:
            return redirect(url_for("console.home"))
        abort(404)
    form = SetUpForm()
    if form.is_submitted() and not rate_limits().allow_guess("set-up code"):
        abort(429, "Too many attempts in a short time. Please wait a minute and try again.")
    if form.validate_on_submit():
        if is_set_up_code(current_app.config["SAYSO_DATA"], form.code.data):
            email = normal_email(form.email.data)
            create_workspace(
                db.session(),
                name=form.workspace.data.strip(),
                email=email,
                password_hash=hash_password(form.password.data),
                time_zone=form.time_zone.data,
                at=now(),
            )
            datastore = current_app.extensions["security"].datastore
            login_user(datastore.find_user(email=email))
            return redirect(url_for("console.home"))
        form.code.errors = ["This is not the code that the server printed."]
    return render_template("console/account/set_up.html", form=form, zones=time_zones())
