"""Pages that show a survey as a site would: by the real snippet, on another origin.

They are public, so they say what the survey's customers read anyway, and no name that a team uses
among itself.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request

from widget.domain.errors import UnknownSurvey
from widget.extensions import db
from widget.storage.surveys import demo_surveys
from widget.web.face.heights import HEIGHTS, MEMBER_HEIGHT
from widget.web.face.speech import Speech
from widget.web.published import find_definition, find_survey

blueprint = Blueprint("try_it", __name__)

DISPLAYS = {
    "inline": "In the page",
    "button": "Button",
    "popover": "Pop-over",
    "slide-in": "Slide-in",
}


@dataclass(frozen=True)
class Shown:
    """An open survey as its customers know it. `height` is its first step's, in CSS pixels."""

    public_id: str
    kind: str
    question: str
    company: str
    height: int


def _open_survey(public_id: str) -> Shown | None:
    """The survey with a public id; None when there is none, or when it takes no answers."""
    try:
        found = find_survey(public_id)
    except UnknownSurvey:
        return None
    if found.version_id is None or found.is_closed:
        return None
    definition = find_definition(found, found.version_id)
    kind = definition.question.kind
    speech = Speech(definition, definition.main_language, found.workspace_name)
    return Shown(
        public_id=public_id,
        kind=kind,
        question=speech.sentence(f"question.{kind}", "", ""),
        company=speech.fallbacks()["company"],
        height=HEIGHTS[kind],
    )


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
    shown = _open_survey(public_id)
    if shown is None:
        abort(404)
    display = request.args.get("display", "inline")
    if display not in DISPLAYS:
        display = "inline"
    return _page(
        "try_it/survey.html",
        survey=shown,
        company=shown.company,
        display=display,
        displays=DISPLAYS,
    )


@blueprint.get("/demo")
def demo() -> Response:
    """The demo's own surveys on one page, as a help centre might show them."""
    own: dict[str, Shown | None] = {}
    for made in demo_surveys(db.session()):
        # The demo's own were made first, one of each kind; what people add stays out of here.
        if made.kind not in own:
            own[made.kind] = _open_survey(made.public_id)
    shown = [survey for survey in own.values() if survey]
    if not shown:
        abort(404)
    return _page(
        "try_it/demo.html",
        surveys=shown,
        company=shown[0].company,
        member_height=MEMBER_HEIGHT,
    )
