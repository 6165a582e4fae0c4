"""One's own files of responses: how far each is, taking it, throwing it away."""

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.ask_for_export import cancel_export, file_of_export, note_export_taken
from widget.domain.errors import ExportRefused
from widget.domain.exports.formats import FORMAT_NAMES
from widget.extensions import db
from widget.storage.export_files import ExportFiles
from widget.storage.exports import export_of, exports_of
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.responses_export import sent


@blueprint.get("/responses/exports")
@needs("read_responses")
def responses_exports() -> str:
    """Somebody's own files, the newest first."""
    older_than = request.args.get("older", type=UUID)
    page = exports_of(db.session(), seat(), older_than)
    return render_template(
        "console/exports/list.html",
        exports=page.exports,
        older=page.older,
        is_first=older_than is None,
        form_names=FORMAT_NAMES,
        at=now(),
    )


@blueprint.get("/responses/exports/<uuid:export_id>")
@needs("read_responses")
def responses_export_state(export_id: UUID) -> Response:
    """How far a file is, and where it can be taken."""
    found = export_of(db.session(), seat(), export_id)
    values = {"found": found, "form_names": FORMAT_NAMES, "at": now()}
    values["is_partial"] = htmx.wants_partial()
    return htmx.page_or_partial(
        render_template("console/exports/one.html", **values),
        render_template("console/exports/_state.html", **values),
    )


@blueprint.post("/responses/exports/<uuid:export_id>/cancel")
@needs("read_responses")
def responses_export_cancel(export_id: UUID) -> Response:
    """Stop making a file, or throw it away."""
    cancel_export(db.session(), seat(), export_id, _files(), now())
    flash(_("The file is gone."))
    return redirect(url_for("console.responses_exports"), 303)


@blueprint.get("/responses/exports/<uuid:export_id>/file")
@needs("read_responses")
def responses_export_file(export_id: UUID) -> Response:
    """The file, or the part of it that is asked for: a download that broke off goes on."""
    found = export_of(db.session(), seat(), export_id)
    try:
        path = file_of_export(db.session(), seat(), export_id, _files(), now())
    except ExportRefused as error:
        abort(403, str(error))
    answer = sent(
        path,
        found.format,
        found.created_at.astimezone(ZoneInfo(seat().time_zone)).date(),
        about=found.asked,
        conditional=True,
        # The file of an id never changes.
        etag=export_id.hex,
        last_modified=found.finished_at,
    )
    # What the answer turned out to hold counts, not what was asked for.
    if request.method == "GET" and answer.status_code in (200, 206):
        is_whole = answer.status_code == 200
        note_export_taken(db.session(), seat(), export_id, now(), whole=is_whole)
    return answer


def _files() -> ExportFiles:
    return ExportFiles(current_app.extensions["sayso_settings"].exports_folder)
