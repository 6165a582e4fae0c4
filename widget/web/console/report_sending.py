"""A finished report on its way: printed, as a PDF, and mailed."""

from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.finish_report import note_download, order_pdf
from widget.actions.send_report import Sending, send_report
from widget.domain.errors import ReportRefused
from widget.domain.reports.files import file_name
from widget.domain.reports.sending import MOST_RECIPIENTS, read_recipients, read_words
from widget.extensions import db
from widget.report_pages.page import body, digest_of, document
from widget.storage.report_pdfs import pdf_content, pdf_of
from widget.storage.report_views import report_view
from widget.storage.reports import StoredReport, find_report
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.rate_limits import rate_limits


@blueprint.get("/reports/<uuid:report_id>/print")
@needs("lead")
def report_print(report_id: UUID) -> str:
    """The report as a page of its own, to be printed."""
    found = _found(report_id)
    view = report_view(db.session(), seat(), found)
    return render_template("console/reports/print.html", found=found, view=view, body=body(view))


@blueprint.route("/reports/<uuid:report_id>/pdf", methods=["GET", "POST"])
@needs("lead")
def report_pdf(report_id: UUID) -> Response:
    """How far the PDF is; or have it made."""
    if request.method == "POST":
        if not rate_limits().allow_pdf(seat().user_id):
            abort(429, _("Too many PDFs in one hour. Please try again later."))
        try:
            order_pdf(db.session(), seat(), report_id, now())
        except ReportRefused as error:
            flash(str(error), "error")
        return redirect(url_for("console.report", report_id=report_id), 303)
    found = _found(report_id)
    pdf = pdf_of(db.session(), *_key(found))
    partial = render_template(
        "console/reports/_pdf.html", found=found, pdf=pdf, is_fresh=pdf.is_of(_digest(found))
    )
    if htmx.wants_partial():
        return htmx.page_or_partial(partial, partial)
    return redirect(url_for("console.report", report_id=report_id), 303)


@blueprint.get("/reports/<uuid:report_id>/report.pdf")
@needs("lead")
def report_file(report_id: UUID) -> Response:
    """The PDF, if it says what the report says now to whoever asks."""
    found = _found(report_id)
    content = pdf_content(db.session(), *_key(found), _digest(found)) if found.is_finished else None
    if content is None:
        flash(_("There is no PDF of what this report says now. Have one made."), "error")
        return redirect(url_for("console.report", report_id=report_id), 303)
    note_download(db.session(), seat(), report_id, now())
    answer = make_response(content)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(found.title)}"'
    return answer


@blueprint.route("/reports/<uuid:report_id>/send", methods=["GET", "POST"])
@needs("lead")
def report_send(report_id: UUID) -> Response | str | tuple[str, int]:
    """The form that mails a finished report."""
    found = _found(report_id)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            sending = Sending(
                read_recipients(request.form.get("to", "")),
                read_words(request.form.get("words", "")),
            )
            _count(sending)
            send_report(db.session(), seat(), report_id, sending, now())
        except ReportRefused as error:
            problems = error.problems
        else:
            flash(
                _(
                    "The report is on its way to %(number)s addresses.",
                    number=len(sending.recipients),
                )
            )
            return redirect(url_for("console.report", report_id=report_id), 303)
    page = render_template(
        "console/reports/send.html",
        found=found,
        fields=request.form,
        problems=problems,
        most=MOST_RECIPIENTS,
    )
    return (page, 422) if problems else page


def _count(sending: Sending) -> None:
    limits = rate_limits()
    allowed = [limits.allow_report_to(seat().workspace_id, one) for one in sending.recipients]
    if not all(allowed):
        raise ReportRefused({"to": _("Too many reports in one hour. Please try again later.")})


def _found(report_id: UUID) -> StoredReport:
    return find_report(db.session(), seat().workspace_id, report_id, seat().scope)


def _key(found: StoredReport) -> tuple[int, UUID, int]:
    return seat().workspace_id, found.id, seat().user_id


def _digest(found: StoredReport) -> str:
    return digest_of(document(report_view(db.session(), seat(), found)))
