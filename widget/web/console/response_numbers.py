"""How many responses fit the filter: a part that the list asks for when it is there."""

from flask import render_template
from werkzeug.wrappers import Response

from widget.extensions import db
from widget.storage.fitting_responses import how_many_fit
from widget.web import htmx
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.response_filters import asked


@blueprint.get("/responses/number")
@needs("see_own")
def responses_number() -> Response:
    """A sentence with the number of all that fit the filter in the address; without htmx a page
    of its own."""
    found = asked()
    fitting = None
    if not found.problems:
        fitting = how_many_fit(db.session(), seat().workspace_id, found.wanted, seat().time_zone)
    values = {"asked": found, "fitting": fitting}
    return htmx.page_or_partial(
        render_template("console/responses/number.html", **values),
        render_template("console/responses/_number.html", **values),
        422 if found.problems else 200,
    )
