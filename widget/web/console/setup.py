"""The first run of an empty server: whoever holds the set-up code makes the owner."""

import secrets
from hmac import compare_digest
from pathlib import Path

from flask import abort, current_app, redirect, render_template, url_for
from flask_login import current_user
from flask_security import hash_password, login_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import Email, InputRequired, Length

from widget.actions.create_workspace import create_workspace
from widget.extensions import db
from widget.storage.accounts import has_users
from widget.web.clock import now
from widget.web.console.access import blueprint


def set_up_code(data: Path) -> str:
    """The code that the operator reads in the server's output; made once per data folder."""
    file = data / "set_up_code"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(8))
    return file.read_text().strip()


class SetUpForm(FlaskForm):  # type: ignore[misc]
    code = StringField("Set-up code", [InputRequired("Copy it from the server's output.")])
    workspace = StringField(
        "Your company", [InputRequired("Customers see this name."), Length(max=120)]
    )
    email = EmailField("Your email", [InputRequired("You sign in with it."), Email()])
    password = PasswordField(
        "Password", [InputRequired(), Length(min=12, message="At least 12 characters, please.")]
    )


@blueprint.route("/set-up", methods=["GET", "POST"])
def set_up() -> str | Response:
    """Make the first workspace and its owner, once."""
    if has_users(db.session()):
        if current_user.is_authenticated:
            return redirect(url_for("console.home"))
        abort(404)
    form = SetUpForm()
    if form.validate_on_submit():
        if compare_digest(form.code.data.strip(), set_up_code(current_app.config["SAYSO_DATA"])):
            create_workspace(
                db.session(),
                name=form.workspace.data.strip(),
                email=form.email.data.strip().lower(),
                password_hash=hash_password(form.password.data),
                at=now(),
            )
            datastore = current_app.extensions["security"].datastore
            login_user(datastore.find_user(email=form.email.data.strip().lower()))
            return redirect(url_for("console.home"))
        form.code.errors = ["This is not the code that the server printed."]
    return render_template("console/account/set_up.html", form=form)
