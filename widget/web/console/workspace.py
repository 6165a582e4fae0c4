"""The workspace itself: what it is called, and in which time zone its days begin."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from widget.actions.change_workspace import change_workspace
from widget.actions.delete_response import keep_answers_for
from widget.domain.retention import MONTHS
from widget.extensions import db
from widget.storage.deleting import keep_months
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.setup import time_zones


def _zones() -> list[str]:
    # A zone of an older release may be gone from the list; its workspace keeps it.
    known = time_zones()
    return known if seat().time_zone in known else [seat().time_zone, *known]


def _kept() -> list[tuple[int, str]]:
    return [
        (months, _("after %(months)s months", months=months) if months else _("never"))
        for months in MONTHS
    ]


class WorkspaceForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        "Your company",
        [InputRequired("Customers see this name."), Length(max=120, message="120 characters.")],
    )
    time_zone = SelectField("Time zone", choices=_zones)
    keep_months = SelectField("Delete answers", choices=_kept, coerce=int)


@blueprint.route("/workspace", methods=["GET", "POST"])
@needs("manage_workspace")
def workspace() -> str | Response | tuple[str, int]:
    """The workspace's form."""
    form = WorkspaceForm(
        name=seat().workspace_name,
        time_zone=seat().time_zone,
        keep_months=keep_months(db.session(), seat().workspace_id),
    )
    if form.validate_on_submit():
        is_done = change_workspace(
            db.session(),
            seat().workspace_id,
            name=form.name.data.strip(),
            time_zone=form.time_zone.data,
            at=now(),
        )
        keep_answers_for(db.session(), seat().workspace_id, form.keep_months.data)
        flash(_("Saved. Surveys follow within a second."))
        if not is_done:
            flash(_("Answers are moving to the days of the new time zone; numbers follow them."))
        return redirect(url_for("console.workspace"), 303)
    page = render_template(
        "console/workspace/settings.html", form=form, zones=_zones(), kept=_kept()
    )
    return (page, 422) if form.is_submitted() else page
