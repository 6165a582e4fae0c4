"""Choosing what a report says in customers' words: nothing that nobody ticked."""

from datetime import UTC, datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.finish_report import choose_comments
from widget.domain.addresses import storable
from widget.domain.errors import ReportRefused
from widget.domain.reports.comments import MOST_COMMENTS
from widget.domain.search_words import SEARCH_LIMIT
from widget.extensions import db
from widget.storage.report_views import comments_to_choose
from widget.storage.reports import find_report
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat


@blueprint.route("/reports/<uuid:report_id>/comments", methods=["GET", "POST"])
@needs("lead")
def report_comments(report_id: UUID) -> Response | str | tuple[str, int]:
    """The comments that a draft could show, and those that it does."""
    found = find_report(db.session(), seat().workspace_id, report_id, seat().scope)
    problem, search = "", _search()
    ticked = _ticked() if request.method == "POST" else None
    if ticked is not None and request.form.get("act") != "search":
        try:
            choose_comments(db.session(), seat(), report_id, ticked, read_at=_read_at(), at=now())
        except ReportRefused as error:
            problem = str(error)
        else:
            flash(_("The report shows %(number)s comments.", number=len(ticked)))
            return redirect(url_for("console.report", report_id=report_id), 303)
    offered = comments_to_choose(db.session(), seat(), found, search=search, ticked=ticked)
    page = render_template(
        "console/reports/comments.html",
        found=found,
        comments=offered.comments,
        ticked=offered.ticked,
        search=search,
        most=MOST_COMMENTS,
        problem=problem,
        read_at=now().astimezone(UTC).isoformat(),
    )
    return (page, 422) if problem else page


def _search() -> str:
    return storable(request.form.get("search", "")).strip()[:SEARCH_LIMIT]


def _ticked() -> list[UUID]:
    found = []
    for text in request.form.getlist("comment")[: MOST_COMMENTS + 1]:
        try:
            found.append(UUID(hex=text))
        except ValueError:
            continue
    return found


def _read_at() -> datetime:
    """When the page was drawn that was ticked: what customers changed since, nobody has read."""
    try:
        moment = datetime.fromisoformat(request.form.get("read_at", ""))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
