"""Invitations: sending one again, withdrawing it, and where its link leads."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import login_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from widget.actions import invite_person
from widget.actions.accept_invitation import join, join_as_new
from widget.domain.errors import InvitationOver, RoleRefused, SignInFirst
from widget.domain.roles import ROLE_MEANINGS
from widget.extensions import db
from widget.storage.invitations import (
    Invited,
    has_account,
    invitation_of,
    waiting_invitation,
)
from widget.web.clock import now
from widget.web.console.access import CHOSEN_WORKSPACE, blueprint, needs, seat
from widget.web.console.account import hash_of
from widget.web.console.links import MADE_LINK, invitation_link
from widget.web.console.own_account import NAME_CHECKS, tidy_name
from widget.web.console.people import TOO_MANY_MAILS
from widget.web.rate_limits import rate_limits


class WelcomeForm(FlaskForm):  # type: ignore[misc]
    name = StringField("Your name", [InputRequired("Others read it."), *NAME_CHECKS])
    password = PasswordField(
        "Password",
        [
            InputRequired("Choose a password."),
            Length(min=12, message="At least 12 characters, please."),
        ],
    )


@blueprint.post("/people/invitations/<int(max=2147483647):invitation_id>/again")
@needs("manage_workspace")
def invitation_again(invitation_id: int) -> Response:
    """Send another mail, with another link; the old one ends."""
    found = waiting_invitation(db.session(), seat().workspace_id, invitation_id, now())
    if not rate_limits().allow_mail_to_person(seat().workspace_id, found.email):
        abort(429, TOO_MANY_MAILS)
    try:
        link = invite_person.send_invitation_again(
            db.session(),
            seat().workspace_id,
            invitation_id,
            actor=current_user.id,
            link_of=invitation_link,
            at=now(),
        )
        session[MADE_LINK] = {"email": found.email, "link": link, "is_invitation": True}
    except RoleRefused as error:
        flash(str(error), "error")
    return redirect(url_for("console.people"), 303)


@blueprint.post("/people/invitations/<int(max=2147483647):invitation_id>/revoke")
@needs("manage_workspace")
def invitation_revoke(invitation_id: int) -> Response:
    """Withdraw an invitation."""
    try:
        invite_person.revoke_invitation(
            db.session(), seat().workspace_id, invitation_id, actor=current_user.id, at=now()
        )
        flash(_("Withdrawn: the link opens nothing any more."))
    except RoleRefused as error:
        flash(str(error), "error")
    return redirect(url_for("console.people"), 303)


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> str | Response | tuple[str, int]:
    """Where an invitation leads: to an account of one's own, or to a button for who has one."""
    invited = invitation_of(db.session(), token, now())
    if invited is None or invited.state != "open":
        return _over(invited)
    if current_user.is_authenticated:
        return _as_signed_in(token, invited)
    if has_account(db.session(), invited.email):
        return _page("sign_in", token, invited)
    return _as_new(token, invited)


def _as_signed_in(token: str, invited: Invited) -> str | Response | tuple[str, int]:
    if current_user.email != invited.email:
        return _page("somebody_else", token, invited)
    if not FlaskForm().validate_on_submit():
        return _page("join", token, invited)
    user = _user(invited.email)
    try:
        workspace_id = join(
            db.session(), token, user_id=user.id, stamp=current_user.fs_uniquifier, at=now()
        )
    except InvitationOver:
        return _over(invitation_of(db.session(), token, now()))
    except SignInFirst:
        return redirect(url_for("console.welcome", token=token), 303)
    return _enter(invited, workspace_id)


def _as_new(token: str, invited: Invited) -> str | Response | tuple[str, int]:
    form = WelcomeForm()
    if form.is_submitted() and not rate_limits().allow_guess(invited.email):
        abort(429, "Too many attempts in a short time. Please wait a minute and try again.")
    if form.validate_on_submit():
        try:
            workspace_id = join_as_new(
                db.session(),
                token,
                name=tidy_name(form.name.data),
                password_hash=hash_of(form.password.data),
                at=now(),
            )
        except InvitationOver:
            return _over(invitation_of(db.session(), token, now()))
        except SignInFirst:
            return redirect(url_for("console.welcome", token=token), 303)
        return _enter(invited, workspace_id)
    page = _page("new", token, invited, form)
    return (page, 422) if form.is_submitted() else page


def _enter(invited: Invited, workspace_id: int) -> Response:
    # Joining has ended every session of theirs, this one too.
    login_user(_user(invited.email))
    session[CHOSEN_WORKSPACE] = workspace_id
    flash(_("Welcome to %(workspace)s.", workspace=invited.workspace_name))
    return redirect(url_for("console.home"), 303)


def _user(email: str) -> Any:
    """A user as the sign-in library knows them."""
    return current_app.extensions["security"].datastore.find_user(email=email)


def _page(case: str, token: str, invited: Invited, form: WelcomeForm | None = None) -> str:
    return render_template(
        "console/account/welcome.html",
        case=case,
        form=form,
        invited=invited,
        meaning=ROLE_MEANINGS[invited.place.role],
        here=url_for("console.welcome", token=token),
    )


def _over(invited: Invited | None) -> tuple[str, int]:
    # 404 for what never was, 410 for what was.
    page = render_template("console/account/invitation_over.html", invited=invited)
    return page, 410 if invited else 404
