"""Who signs in: adding people with a role, and the one-time link with which they begin."""

from flask import (
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import hash_password
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import Email, InputRequired, Length

from widget.actions import change_people
from widget.actions.change_password import change_password
from widget.domain.errors import PersonExists, RoleRefused
from widget.domain.roles import ROLE_MEANINGS, ROLES, Role, may_manage
from widget.extensions import db
from widget.storage.people import Person, invited, people, person
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.account import normal_email
from widget.web.rate_limits import rate_limits

LINK_DAYS = 7
# Where the session keeps a link between making it and showing it.
_MADE = "made_link"


class PersonForm(FlaskForm):  # type: ignore[misc]
    email = StringField(
        "Email address",
        [
            InputRequired("They sign in with it."),
            Email("This is no email address."),
            Length(max=200),
        ],
    )
    role = SelectField("Role", choices=list(ROLES), default="viewer")


class WelcomeForm(FlaskForm):  # type: ignore[misc]
    password = PasswordField(
        "Password",
        [
            InputRequired("Choose a password."),
            Length(min=12, message="At least 12 characters, please."),
        ],
    )


@blueprint.route("/people", methods=["GET", "POST"], endpoint="people")
@needs("manage_workspace")
def everybody() -> str | Response | tuple[str, int]:
    """The list, and a form for one more."""
    form = PersonForm()
    if form.validate_on_submit():
        try:
            user_id = change_people.add_person(
                db.session(),
                seat().workspace_id,
                actor=seat().role,
                email=normal_email(form.email.data),
                role=form.role.data,
                at=now(),
            )
        except PersonExists as error:
            form.email.errors = [str(error)]
        except RoleRefused as error:
            form.role.errors = [str(error)]
        else:
            return _show_link(person(db.session(), seat().workspace_id, user_id))
    page = render_template(
        "console/people/list.html",
        form=form,
        people=people(db.session(), seat().workspace_id),
        made=None if form.is_submitted() else session.pop(_MADE, None),
        roles=[role for role in ROLES if may_manage(seat().role, role)],
        meanings=ROLE_MEANINGS,
        may_manage=may_manage,
        days=LINK_DAYS,
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/people/<int(max=2147483647):user_id>/role")
@needs("manage_workspace")
def person_role(user_id: int) -> Response:
    """Give somebody another role."""
    _not_oneself(user_id)
    wanted = request.form.get("role", "")
    role: Role | None = next((known for known in ROLES if known == wanted), None)
    if role is None:
        abort(422, "Choose one of the roles.")
    try:
        change_people.change_role(
            db.session(), seat().workspace_id, user_id, actor=seat().role, role=role
        )
        flash(_("Changed."))
    except RoleRefused as error:
        flash(str(error), "error")
    return redirect(url_for("console.people"), 303)


@blueprint.post("/people/<int(max=2147483647):user_id>/link")
@needs("manage_workspace")
def person_link(user_id: int) -> str | Response:
    """Make a new link; older ones, and the person's sessions, end."""
    _not_oneself(user_id)
    try:
        return _show_link(
            change_people.renew_link(db.session(), seat().workspace_id, user_id, actor=seat().role)
        )
    except RoleRefused as error:
        flash(str(error), "error")
    return redirect(url_for("console.people"), 303)


@blueprint.route("/people/<int(max=2147483647):user_id>/remove", methods=["GET", "POST"])
@needs("manage_workspace")
def person_remove(user_id: int) -> str | Response:
    """Ask, then take somebody out."""
    _not_oneself(user_id)
    found = person(db.session(), seat().workspace_id, user_id)
    if not FlaskForm().validate_on_submit():
        return render_template("console/people/remove.html", person=found)
    try:
        change_people.remove_person(db.session(), seat().workspace_id, user_id, actor=seat().role)
        flash(_("Removed: they are signed out everywhere."))
    except RoleRefused as error:
        flash(str(error), "error")
    return redirect(url_for("console.people"), 303)


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> str | Response | tuple[str, int]:
    """Where a link leads: choosing a password, once."""
    email = _email_in(token)
    if email is None:
        abort(404, "This link was used, replaced or is too old. Ask for a new one.")
    form = WelcomeForm()
    if form.is_submitted() and not rate_limits().allow_guess(email):
        abort(429, "Too many attempts in a short time. Please wait a minute and try again.")
    if form.validate_on_submit():
        # A new password changes the stamp, so that the link works no second time.
        change_password(db.session(), email, hash_password(form.password.data))
        flash(_("Your password is set. Sign in with it."))
        return redirect(url_for("security.login"), 303)
    page = render_template("console/account/welcome.html", form=form, email=email)
    return (page, 422) if form.is_submitted() else page


def _not_oneself(user_id: int) -> None:
    if user_id == current_user.id:
        abort(422, "Nobody changes their own role or removes themselves; ask another owner.")


def _show_link(found: Person) -> Response:
    token = _serializer().dumps([found.user_id, found.stamp])
    home = current_app.config["SAYSO_PUBLIC_URL"]
    path = url_for("console.welcome", token=token)
    session[_MADE] = {"email": found.email, "link": f"{home}{path}"}
    return redirect(url_for("console.people"), 303)


def _email_in(token: str) -> str | None:
    try:
        user_id, stamp = _serializer().loads(token, max_age=LINK_DAYS * 24 * 3600)
    except (BadData, ValueError):
        return None
    return invited(db.session(), user_id, stamp)


def _serializer() -> URLSafeTimedSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"][::-1], current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="sayso.welcome")
