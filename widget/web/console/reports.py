"""Reports: the list, making one, and where each stands."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.find_themes import ask_for_themes
from widget.actions.finish_report import finish_report, open_again, remove
from widget.actions.make_report import change_report, count_again, make_report
from widget.domain.errors import MomentRefused, ReportRefused
from widget.domain.moments import read_moment
from widget.domain.reports.plans import DEFAULT_PRESET, OWN, span_words
from widget.extensions import db
from widget.report_pages.page import body, digest_of, document
from widget.storage.report_figures import score_filter
from widget.storage.report_mailings import mailings_of
from widget.storage.report_pdfs import pdf_of
from widget.storage.report_schedules import schedules_of
from widget.storage.report_views import report_view
from widget.storage.reports import ReportPlace, StoredReport, find_report, reports_page
from widget.storage.themes import Kept, latest_for
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.report_forms import (
    choices,
    fields_of,
    form_values,
    likely_survey_for,
    posted_plan,
)
from widget.web.rate_limits import rate_limits

_PAGE = 30


@blueprint.get("/reports")
@needs("lead")
def reports() -> str:
    """The reports that whoever looks sees all of, and what makes reports for them."""
    place = seat()
    page = reports_page(
        db.session(), place.workspace_id, place.scope, limit=_PAGE, older_than=_place()
    )
    everybodys = place.may("manage_workspace")
    return render_template(
        "console/reports/list.html",
        page=page,
        span_words=span_words,
        schedules=schedules_of(
            db.session(), place.workspace_id, None if everybodys else place.user_id
        ),
    )


@blueprint.route("/reports/new", methods=["GET", "POST"])
@needs("lead")
def report_new() -> Response | str | tuple[str, int]:
    """The form of a new report, filled in as far as the address says."""
    offered = choices()
    if request.method == "GET":
        fields = _from_address()
        if not fields["survey"]:
            fields["survey"] = likely_survey_for(fields)
        return render_template("console/reports/new.html", **form_values(offered, fields, {}))
    try:
        id = make_report(db.session(), seat(), posted_plan(offered), now())
    except ReportRefused as error:
        values = form_values(offered, request.form, error.problems)
        return render_template("console/reports/new.html", **values), 422
    return redirect(url_for("console.report", report_id=id), 303)


@blueprint.get("/reports/<uuid:report_id>")
@needs("lead")
def report(report_id: UUID) -> str:
    """A report as it stands: what is still to be done, and how it looks."""
    return _page(_found(report_id))


@blueprint.route("/reports/<uuid:report_id>/change", methods=["GET", "POST"])
@needs("lead")
def report_change(report_id: UUID) -> Response | str | tuple[str, int]:
    """The form of a draft."""
    found, offered = _found(report_id), choices()
    fields, problems = fields_of(found.plan), {}
    if request.method == "POST":
        try:
            change_report(db.session(), seat(), report_id, posted_plan(offered), now())
        except ReportRefused as error:
            fields, problems = request.form.to_dict(), error.problems
        else:
            flash(_("Changed. Its numbers were counted again."))
            return redirect(url_for("console.report", report_id=report_id), 303)
    page = render_template(
        "console/reports/change.html", found=found, **form_values(offered, fields, problems)
    )
    return (page, 422) if problems else page


@blueprint.post("/reports/<uuid:report_id>/<any(count,finish,open,remove):act>")
@needs("lead")
def report_act(report_id: UUID, act: str) -> Response:
    """Count a draft again, finish it, open a finished one again, or remove it."""
    session, at = db.session(), now()
    if act == "finish" and not rate_limits().allow_pdf(seat().user_id):
        abort(429, _("Too many PDFs in one hour. Please try again later."))
    done = {
        "count": _("The numbers were counted again."),
        "finish": _("Finished: its numbers stay as they are. The PDF is being made."),
        "open": _("This report is a draft again."),
        "remove": _("The report was removed."),
    }
    acts = {"count": count_again, "finish": finish_report, "open": open_again, "remove": remove}
    try:
        acts[act](session, seat(), report_id, at)
    except ReportRefused as error:
        flash(str(error), "error")
    else:
        flash(done[act])
    if act == "remove":
        return redirect(url_for("console.reports"), 303)
    return redirect(url_for("console.report", report_id=report_id), 303)


def _found(report_id: UUID) -> StoredReport:
    return find_report(db.session(), seat().workspace_id, report_id, seat().scope)


def _page(found: StoredReport) -> str:
    view = report_view(db.session(), seat(), found)
    pdf = pdf_of(db.session(), seat().workspace_id, found.id, seat().user_id)
    themes = _themes(found)
    return render_template(
        "console/reports/one.html",
        themes=themes,
        found=found,
        view=view,
        pdf=pdf,
        is_fresh=found.is_finished and pdf.is_of(digest_of(document(view))),
        body=body(view),
        span_words=span_words,
        mailings=mailings_of(db.session(), found),
    )


def _themes(found: StoredReport) -> Kept | None:
    """How far the looking for what a draft's comments say is; None where the report says what was
    found last, or is finished. What is not there, or not any more, is asked for."""
    if found.is_finished:
        return None
    wanted, at = score_filter(found.plan, found.survey_id), now()
    place = (db.session(), found.workspace_id, found.within, wanted, at)
    kept = latest_for(*place)
    if found.figures.themes is not None:
        is_newer = kept.found_at is not None and kept.found_at > found.figures_at
        return kept if is_newer or kept.is_waiting else None
    if kept.findings is None and not kept.is_waiting:
        user_id = seat().user_id
        ask_for_themes(*place, by=user_id, may_ask=lambda: rate_limits().allow_find(user_id))
    return kept


def _from_address() -> dict[str, str]:
    """A link from the dashboard carries what that shows."""
    names = ("survey", "team", "client", "segment", "from", "to", "baseline_from", "baseline_to")
    fields = {name: request.args.get(name, "") for name in names}
    preset = request.args.get("period", "")
    fields["period"] = preset or (OWN if fields["from"] and fields["to"] else DEFAULT_PRESET)
    return fields


def _place() -> ReportPlace | None:
    text = request.args.get("older", "")
    if not text:
        return None
    moment, _separator, id = text.partition("_")
    try:
        return ReportPlace(read_moment(moment, seat().time_zone), UUID(hex=id))
    except (MomentRefused, ValueError):
        abort(404)
