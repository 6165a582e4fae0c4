"""Asking many customers from a file: upload, look at what each row will do, send, watch."""

from collections import Counter
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.upload_requests import (
    Preview,
    PreviewRow,
    discard_import,
    preview_import,
    start_import,
    upload_requests,
)
from widget.domain.addresses import shown, storable
from widget.domain.csv_files import write_lines
from widget.domain.errors import FileRefused, UnknownSurvey
from widget.domain.formulas import defused
from widget.domain.request_files import COLUMNS, MOST_BYTES, MOST_ROWS, TEMPLATE
from widget.domain.requests import STATUSES
from widget.extensions import db
from widget.storage.asking import open_surveys
from widget.storage.request_imports import ImportRow, import_row
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat, signed_in_seat
from widget.web.console.request_words import reason

PAGE = 100


@blueprint.before_app_request
def _let_files_in() -> None:
    # Before anything reads the form, which the check of its token does ahead of the sign-in. Twice
    # the limit, so that a file which is a little too large is told so in words.
    if request.endpoint == "console.request_upload" and _may_upload():
        request.max_content_length = 2 * MOST_BYTES


def _may_upload() -> bool:
    found = signed_in_seat()
    return found is not None and found.may("edit_surveys")


@blueprint.route("/requests/import", methods=["GET", "POST"])
@needs("edit_surveys")
def request_upload() -> Response | str | tuple[str, int]:
    """The form for a file."""
    surveys = open_surveys(db.session(), seat().workspace_id)
    problems: dict[str, str] = {}
    if request.method == "POST":
        upload = request.files.get("file")
        try:
            made = upload_requests(
                db.session(),
                seat().workspace_id,
                storable(request.form.get("survey", "")),
                file_name=shown(upload.filename or "", 200) if upload else "",
                content=upload.read(MOST_BYTES + 1) if upload else b"",
                user_id=current_user.id,
                at=now(),
            )
        except FileRefused as error:
            problems["file"] = str(error)
        except UnknownSurvey as error:
            problems["survey"] = str(error)
        else:
            return redirect(url_for("console.request_import", import_id=made), 303)
    page = render_template(
        "console/requests/upload.html",
        surveys=surveys,
        chosen=request.form.get("survey", ""),
        problems=problems,
        most_rows=MOST_ROWS,
        columns=COLUMNS,
    )
    return (page, 422) if problems else page


@blueprint.get("/requests/import/template.csv")
@needs("edit_surveys")
def request_upload_template() -> Response:
    """A file to begin with: headers, and a row that shows what goes where."""
    response = make_response(write_lines(TEMPLATE))
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="customers.csv"'
    return response


@blueprint.get("/requests/import/<uuid:import_id>")
@needs("edit_surveys")
def request_import(import_id: UUID) -> Response:
    """What a file will do, or how far the work on it has come."""
    found = import_row(db.session(), seat().workspace_id, import_id)
    if found.status == "previewed":
        return _preview(found)
    values = {"found": found, "refused": _refused(found)}
    return htmx.page_or_partial(
        render_template("console/requests/progress.html", **values),
        render_template("console/requests/_progress.html", **values),
    )


@blueprint.post("/requests/import/<uuid:import_id>/<any(send,discard):verb>")
@needs("edit_surveys")
def request_import_send_or_discard(import_id: UUID, verb: str) -> Response:
    """Start an import, or throw its file away."""
    if verb == "discard":
        discard_import(db.session(), seat().workspace_id, import_id)
        flash(_("Thrown away; nobody was asked."))
        return redirect(url_for("console.requests"), 303)
    try:
        start_import(db.session(), seat().workspace_id, import_id)
    except FileRefused as error:
        flash(str(error), "error")
        return redirect(url_for("console.request_upload"), 303)
    return redirect(url_for("console.request_import", import_id=import_id), 303)


def _preview(found: ImportRow) -> Response:
    preview = preview_import(db.session(), seat().workspace_id, found.id, now=now())
    only = request.args.get("only", "")
    rows = [row for row in preview.rows if only in ("", _outcome(row))]
    number = max(request.args.get("page", 1, type=int), 1)
    first = (number - 1) * PAGE
    page = render_template(
        "console/requests/preview.html",
        found=found,
        columns=preview.file.columns,
        outcomes=_outcomes(preview),
        only=only,
        rows=[(row, _words(row)) for row in rows[first : first + PAGE]],
        total=len(rows),
        first=first + 1,
        page=number,
        has_more=first + PAGE < len(rows),
        defused=defused,
    )
    return htmx.vary(make_response(page))


def _outcome(row: PreviewRow) -> str:
    decision = row.planned.decision
    return decision.why or decision.status


def _outcomes(preview: Preview) -> list[tuple[str, str, int]]:
    """What happens how often: (outcome, sentence, rows), what is sent first."""
    counted = Counter(_outcome(row) for row in preview.rows)
    return [
        (outcome, reason(outcome) or _("A mail is sent when it is due."), rows)
        for outcome, rows in sorted(
            counted.items(), key=lambda pair: (pair[0] not in STATUSES, -pair[1], pair[0])
        )
    ]


def _words(row: PreviewRow) -> str:
    decision = row.planned.decision
    by = _("row %(number)s of this file", number=row.by_row) if row.by_row else None
    return reason(decision.why or "", until=decision.until, by=by, detail=decision.detail)


def _refused(found: ImportRow) -> list[tuple[str, str, int]]:
    """(why, sentence, rows) of what was not sent, the most frequent first."""
    counted = sorted(found.refused.items(), key=lambda pair: -pair[1])
    return [(why, reason(why), rows) for (_status, why), rows in counted]
