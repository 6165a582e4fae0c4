"""One's own account: one's name, one's workspaces, going to another of them, leaving one."""

import re

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from widget.actions.change_name import change_name
from widget.actions.change_people import leave_workspace
from widget.actions.choose_workspace import choose_workspace
from widget.domain.errors import RoleRefused
from widget.extensions import db
from widget.storage.people import owners
from widget.web.clock import now
from widget.web.console.access import CHOSEN_WORKSPACE, blueprint, needs, seat
from widget.web.console.access import other_seats as seats_elsewhere

NAME_CHECKS = (Length(max=120, message="At most 120 characters, please."),)
# A path of the console, which no browser can read as another host's address.
_CONSOLE_PATH = re.compile(r"(?!.*(?:\.\.|//))/console/[^\\\s]*")


class AccountForm(FlaskForm):  # type: ignore[misc]
    name = StringField("Your name", NAME_CHECKS)


@blueprint.route("/account", methods=["GET", "POST"])
@needs("see_own")
def account() -> str | Response | tuple[str, int]:
    """One's name, and where one belongs."""
    form = AccountForm(obj=current_user)
    if form.validate_on_submit():
        change_name(db.session(), seat().user_id, tidy_name(form.name.data))
        flash(_("Saved."))
        return redirect(url_for("console.account"), 303)
    page = render_template("console/account/own.html", form=form)
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/switch")
@needs("see_own")
def account_switch() -> Response:
    """Go to another of one's workspaces, to its first page or to one that was looked for."""
    given = request.form.get("workspace", "")
    wanted = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
    if not choose_workspace(db.session(), seat().user_id, wanted):
        abort(404, "You do not belong to this workspace, or it is no more.")
    session[CHOSEN_WORKSPACE] = wanted
    target = request.form.get("next", "")
    is_ours = _CONSOLE_PATH.fullmatch(target)
    return redirect(target if is_ours else url_for("console.home"), 303)


@blueprint.route("/leave", methods=["GET", "POST"])
@needs("see_own")
def leave() -> str | Response:
    """Ask, then take oneself out of the workspace that one is in."""
    here = seat()
    is_last_owner = here.role == "owner" and owners(db.session(), here.workspace_id) == 1
    form = FlaskForm()
    if not form.is_submitted():
        return render_template("console/account/leave.html", is_last_owner=is_last_owner)
    # The page may have been open since before somebody went to another workspace elsewhere.
    if request.form.get("workspace") != str(here.workspace_id):
        abort(422, "You are in another workspace by now. Please open this page again.")
    if not form.validate():
        abort(400)
    elsewhere = seats_elsewhere()
    try:
        leave_workspace(db.session(), here.workspace_id, here.user_id, at=now())
    except RoleRefused as error:
        flash(str(error), "error")
        return redirect(url_for("console.leave"), 303)
    session.pop(CHOSEN_WORKSPACE, None)
    flash(_("You have left %(workspace)s.", workspace=here.workspace_name))
    return redirect(url_for("console.home" if elsewhere else "security.login"), 303)


def tidy_name(given: str | None) -> str:
    """A name as it is kept: on one line."""
    return " ".join((given or "").split())
