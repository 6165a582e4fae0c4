"""Drafts that are made by themselves each month or quarter."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.schedule_reports import EVERY, schedule_report, stop_schedule
from widget.domain.errors import ReportRefused
from widget.domain.schedules import Schedule
from widget.extensions import db
from widget.storage.reports import find_report
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat


@blueprint.post("/reports/<uuid:report_id>/schedule")
@needs("lead")
def report_schedule(report_id: UUID) -> Response:
    """Have drafts like a report made from now on."""
    find_report(db.session(), seat().workspace_id, report_id, seat().scope)
    try:
        schedule_report(db.session(), seat(), report_id, _posted(), now())
    except ReportRefused as error:
        flash(str(error), "error")
        return redirect(url_for("console.report", report_id=report_id), 303)
    flash(_("From now on a draft is made by itself, and you are told by mail. Nothing is sent."))
    return redirect(url_for("console.reports"), 303)


@blueprint.post("/reports/schedules/<uuid:report_schedule_id>/stop")
@needs("lead")
def report_schedule_stop(report_schedule_id: UUID) -> Response:
    """Make no further drafts."""
    stop_schedule(db.session(), seat(), report_schedule_id, now())
    flash(_("Stopped. Reports that are there stay."))
    return redirect(url_for("console.reports"), 303)


def _posted() -> Schedule:
    every = next((name for name in EVERY if name == request.form.get("every")), None)
    if every is None:
        raise ReportRefused({"every": _("Choose each month or each quarter.")})
    day, hour = request.form.get("day", ""), request.form.get("hour", "")
    try:
        return Schedule(every, int(day), int(hour), seat().time_zone)
    except ValueError as error:
        raise ReportRefused(
            {"day": _("Choose a day from 1 to 31 and an hour from 0 to 23.")}
        ) from error
