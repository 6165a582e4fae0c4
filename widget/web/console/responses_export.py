"""The responses on the screen as a file."""

from zoneinfo import ZoneInfo

from flask import Response, abort, request
from flask_babel import gettext as _

from widget.actions.export_responses import export_responses
from widget.domain.exports import CONTENT_TYPES, FORMATS
from widget.extensions import db
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.response_filters import asked


@blueprint.get("/responses/export")
@needs("read_responses")
def responses_export() -> Response:
    """All responses that fit the filter in the address, newest first, as CSV or lines of JSON."""
    found = asked()
    if found.problems:
        abort(422, " ".join(found.problems.values()))
    wanted = request.args.get("format", "csv")
    form = next((known for known in FORMATS if known == wanted), None)
    if form is None:
        abort(422, _("Write “csv” or “jsonl” as the format."))
    here = seat()
    # Nothing of this request's own reading is left open while the file is made.
    db.session.rollback()
    pieces = export_responses(
        db.engine,
        here.workspace_id,
        found.wanted,
        form,
        by=here.user_id,
        asked=found.chosen,
        shows_hidden_comments=here.may("lead"),
        at=now(),
    )
    day = now().astimezone(ZoneInfo(here.time_zone)).date()
    return Response(
        pieces,
        content_type=CONTENT_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="responses-{day}.{form}"'},
    )
