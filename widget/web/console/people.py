"""Who signs in to the workspace: inviting, roles and scope, new links, and taking people out."""

from flask import abort, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Email, InputRequired, Length

from widget.actions import change_people
from widget.actions.invite_person import invite_person
from widget.domain.errors import PersonExists, RoleRefused
from widget.domain.invitations import INVITATION_LIFE, Place
from widget.domain.roles import may_manage
from widget.extensions import db
from widget.storage.invitations import waiting_invitations
from widget.storage.people import people, person
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.account import normal_email
from widget.web.console.links import MADE_LINK, invitation_link, password_link, password_mail
from widget.web.console.places import place_choices, posted_place
from widget.web.rate_limits import rate_limits

TOO_MANY_MAILS = "Too many mails in a short time. Please try again in an hour."


class InvitationForm(FlaskForm):  # type: ignore[misc]
    email = StringField(
        "Email address",
        [
            InputRequired("They sign in with it."),
            Email("This is no email address."),
            Length(max=200),
        ],
    )


@blueprint.route("/people", methods=["GET", "POST"], endpoint="people")
@needs("manage_workspace")
def everybody() -> str | Response | tuple[str, int]:
    """The list, and a form to invite one more."""
    form, place, role_problem = InvitationForm(), Place("viewer"), ""
    if form.is_submitted():
        place = posted_place() or place
    if form.validate_on_submit():
        email = normal_email(form.email.data)
        if not rate_limits().allow_mail_to_person(seat().workspace_id, email):
            abort(429, TOO_MANY_MAILS)
        try:
            link = invite_person(
                db.session(),
                seat().workspace_id,
                email=email,
                place=place,
                actor=current_user.id,
                link_of=invitation_link,
                at=now(),
            )
        except PersonExists as error:
            form.email.errors = [str(error)]
        except RoleRefused as error:
            role_problem = str(error)
        else:
            session[MADE_LINK] = {"email": email, "link": link, "is_invitation": True}
            return redirect(url_for("console.people"), 303)
    workspace_id = seat().workspace_id
    choices = place_choices()
    page = render_template(
        "console/people/list.html",
        form=form,
        place=place,
        role_problem=role_problem,
        people=people(db.session(), workspace_id),
        invited=waiting_invitations(db.session(), workspace_id, now()),
        made=None if form.is_submitted() else session.pop(MADE_LINK, None),
        paths={team.id: team.full_name for team in choices["teams"]},
        may_manage=may_manage,
        days=INVITATION_LIFE.days,
        **choices,
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.route("/people/<int(max=2147483647):user_id>/role", methods=["GET", "POST"])
@needs("manage_workspace")
def person_role(user_id: int) -> str | Response:
    """Somebody's role, and for a manager whose responses they see."""
    _not_oneself(user_id)
    found = person(db.session(), seat().workspace_id, user_id)
    if not FlaskForm().validate_on_submit():
        return render_template(
            "console/people/role.html", person=found, place=found.place, **place_choices()
        )
    place = posted_place()
    if place is None:
        abort(422, "Choose one of the roles.")
    try:
        change_people.change_place(
            db.session(),
            seat().workspace_id,
            user_id,
            actor=current_user.id,
            place=place,
            at=now(),
        )
        flash(_("Changed."))
    except RoleRefused as error:
        flash(str(error), "error")
    return redirect(url_for("console.people"), 303)


@blueprint.post("/people/<int(max=2147483647):user_id>/link")
@needs("manage_workspace")
def person_link(user_id: int) -> Response:
    """Make a link to a new password: shown here, or mailed to who belongs elsewhere too."""
    _not_oneself(user_id)
    found = person(db.session(), seat().workspace_id, user_id)
    if not rate_limits().allow_mail_to_person(seat().workspace_id, found.email):
        abort(429, TOO_MANY_MAILS)
    workspace = seat().workspace_name
    try:
        link = change_people.renew_link(
            db.session(),
            seat().workspace_id,
            user_id,
            actor=current_user.id,
            mail_of=lambda link: password_mail(link, made_in=workspace),
            at=now(),
        )
    except RoleRefused as error:
        flash(str(error), "error")
    else:
        if link:
            session[MADE_LINK] = {"email": found.email, "link": password_link(link)}
        else:
            flash(
                _(
                    "%(email)s signs in to other workspaces too, so the link went to them by mail, "
                    "and is shown to nobody else.",
                    email=found.email,
                )
            )
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
        change_people.remove_person(
            db.session(), seat().workspace_id, user_id, actor=current_user.id, at=now()
        )
        flash(_("Removed: this workspace is closed to them."))
    except RoleRefused as error:
        flash(str(error), "error")
    return redirect(url_for("console.people"), 303)


def _not_oneself(user_id: int) -> None:
    if user_id == current_user.id:
        abort(422, "Nobody changes their own role or removes themselves; ask another owner.")
