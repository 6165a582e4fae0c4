"""Pages that show a survey as a site would: by the real snippet, on another origin."""

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request

from widget.domain.errors import UnknownSurvey
from widget.extensions import db
from widget.storage.surveys import demo_surveys
from widget.web.published import find_survey

blueprint = Blueprint("try_it", __name__)


def _page(template: str, **values: object) -> Response:
    home = current_app.config["SAYSO_PUBLIC_URL"]
    response = make_response(render_template(template, home=home, **values))
    # What a careful site would send: our loader and our frame, and nothing else of anybody's.
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' {home}; frame-src {home}; style-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'"
    )
    return response


@blueprint.get("/try/<public_id>")
def survey(public_id: str) -> Response:
    """One survey on a stand-in for a site's page; nothing sent from here counts."""
    try:
        found = find_survey(public_id)
    except UnknownSurvey:
        abort(404)
    display = request.args.get("display", "inline")
    if display not in ("inline", "popover", "slide-in", "button"):
        display = "inline"
    return _page("try_it/survey.html", survey=found, display=display)


@blueprint.get("/demo")
def demo() -> Response:
    """The demo workspace's surveys on one page, as a help centre might show them."""
    surveys = demo_surveys(db.session())
    if not surveys:
        abort(404)
    return _page("try_it/demo.html", surveys=surveys)
