"""The responses on the screen as a file: sent at once, or left to the worker where it is large."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.ask_for_export import ask_for_export
from widget.actions.export_responses import export_responses
from widget.domain.errors import ExportRefused
from widget.domain.export_jobs import AT_ONCE
from widget.domain.exports.formats import CONTENT_TYPES, FORMAT_NAMES, FORMATS, ExportFormat
from widget.extensions import db
from widget.storage.responses import count_that_fit
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.response_filters import Asked, asked


@blueprint.get("/responses/export")
@needs("read_responses")
def responses_export() -> Response | str:
    """All responses that fit the filter in the address, newest first, as a file; where they are
    too many to be sent at once, a page that asks whether the worker shall make it."""
    found, form = _asked_file()
    number = count_that_fit(db.session(), seat().workspace_id, found.wanted, at_most=AT_ONCE + 1)
    # Nothing of this request's own reading is left open while the file is made.
    db.session.rollback()
    if number > AT_ONCE:
        return render_template(
            "console/exports/ask.html",
            asked=found,
            form=form,
            form_names=FORMAT_NAMES,
            at_once=AT_ONCE,
        )
    return _at_once(found, form)


@blueprint.post("/responses/export")
@needs("read_responses")
def responses_export_ask() -> Response:
    """Leave the file of all responses that fit the filter in the address to the worker."""
    found, form = _asked_file()
    try:
        id = ask_for_export(db.session(), seat(), found.wanted, form, asked=found.chosen, at=now())
    except ExportRefused as error:
        flash(str(error), "error")
        return redirect(url_for("console.responses_exports"), 303)
    return redirect(url_for("console.responses_export_state", export_id=id), 303)


def _asked_file() -> tuple[Asked, ExportFormat]:
    """The filter and the format in the address; aborts where they cannot be meant."""
    found = asked()
    if found.problems:
        abort(422, " ".join(found.problems.values()))
    wanted = request.args.get("format", "csv")
    form = next((known for known in FORMATS if known == wanted), None)
    if form is None:
        abort(422, _("Write one of these as the format: %(names)s.", names=", ".join(FORMATS)))
    return found, form


def _at_once(found: Asked, form: ExportFormat) -> Response:
    here, at = seat(), now()
    file = BytesIO()
    export_responses(
        db.engine,
        here.workspace_id,
        found.wanted,
        form,
        file,
        by=here.user_id,
        asked=found.chosen,
        shows_hidden_comments=here.may("lead"),
        at=at,
    )
    file.seek(0)
    day = at.astimezone(ZoneInfo(here.time_zone)).date()
    return sent(file, form, day, about=found.chosen)


def sent(
    file: IO[bytes] | Path,
    form: ExportFormat,
    day: date,
    *,
    about: Mapping[str, Sequence[str]],
    **how: Any,
) -> Response:
    """A file as what a browser saves, named for the filter's survey and days, `about`, and for the
    day when it was asked for. `how` is what Flask is told besides."""
    answer = send_file(
        file,
        mimetype=CONTENT_TYPES[form],
        as_attachment=True,
        download_name=f"responses{_named(about)}-{day}.{form}",
        **how,
    )
    answer.content_type = CONTENT_TYPES[form]
    # What the console says of all its answers, instead of Flask's own.
    del answer.headers["Cache-Control"]
    return answer


def _named(about: Mapping[str, Sequence[str]]) -> str:
    """What tells files of several filters apart: their surveys' public ids, and days."""
    surveys = [one for one in about.get("survey", ())[:2] if one.isalnum()]
    first, last = (next(iter(about.get(name, ())), "") for name in ("from", "to"))
    days = [f"{word}-{day}" for word, day in (("from", first), ("to", last)) if day]
    return "".join(f"-{part}" for part in (*surveys, *days))
