"""`/t/testimonials/…`: what customers said, for a frame on the company's site. No cookie."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Response, make_response, render_template, request
from markupsafe import Markup

from widget.domain.errors import UnknownSurvey
from widget.extensions import db
from widget.storage.surveys import PublishedSurvey
from widget.storage.testimonials import TestimonialRow, shown_testimonials
from widget.translations import LANGUAGES, direction, match_language, translate
from widget.web.assets import asset_url
from widget.web.face.styles import style_of, style_source
from widget.web.frame.opening import may_stand_on
from widget.web.frame.problems import not_framed_here, report_origin, unknown_survey
from widget.web.frame.routes import own_origins
from widget.web.published import find_definition, find_survey
from widget.web.share.blueprint import blueprint
from widget.web.share.ratings import rating_words

MOST = 20
_USUAL = 3

blueprint.register_error_handler(UnknownSurvey, unknown_survey)


@dataclass(frozen=True)
class Quote:
    """A testimonial as the frame shows it. `stars` is None for other kinds; `day` is ISO 8601."""

    words: str
    language: str
    rating: str
    stars: int | None
    member: str
    day: str
    day_words: str


@blueprint.get("/t/testimonials/<public_id>")
def testimonials(public_id: str) -> Response:
    """A survey's approved comments, as many as `limit` says."""
    survey = find_survey(public_id)
    if survey.version_id is None:
        raise UnknownSurvey("This survey was never published.")
    origin = request.args.get("origin", "")
    if not may_stand_on(survey, origin, own_origins()):
        report_origin(survey, origin)
        return not_framed_here(survey, origin)
    definition = find_definition(survey, survey.version_id)
    rows = shown_testimonials(
        db.session(), survey.workspace_id, survey=public_id, limit=limit_asked()
    )
    language = _language(definition.main_language)
    theme = request.args.get("theme", "")
    html = render_template(
        "share/testimonials.html",
        title=translate("What customers say", language),
        language=language,
        direction=direction(language),
        theme=theme if theme in ("light", "dark") else "",
        items=[_quote(row, survey, language) for row in rows],
        style=Markup(style_of(definition.looks)),  # noqa: S704 - checked values, our own CSS
        stylesheet=asset_url("share/testimonials.css"),
        script=asset_url("frame/frame.js"),
    )
    response = make_response(html)
    policy = (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' {style_source(definition.looks)}; "
        "base-uri 'none'; form-action 'none'; object-src 'none'"
    )
    if survey.origins:
        policy += "; frame-ancestors 'self' " + " ".join((*survey.origins, *own_origins()))
    response.headers["Content-Security-Policy"] = policy
    # Short: what a customer takes back is gone within a minute.
    response.headers["Cache-Control"] = "public, max-age=60"
    response.vary.add("Accept-Language")
    return response


def limit_asked() -> int:
    """How many the address asks for, 1 to MOST."""
    text = request.args.get("limit", "")
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else _USUAL
    return min(max(wanted, 1), MOST)


def _quote(row: TestimonialRow, survey: PublishedSurvey, language: str) -> Quote:
    day = row.answered_at.astimezone(ZoneInfo(survey.time_zone)).date()
    return Quote(
        words=row.words,
        language=row.language,
        rating=rating_words(row.definition, language, survey.workspace_name, row.score),
        stars=row.stars if row.kind == "stars" else None,
        member=row.member if survey.sharing.names_members else "",
        day=day.isoformat(),
        day_words=format_date(day, "long", locale=language),
    )


def _language(main: str) -> str:
    wanted = [request.args.get("lang", ""), *request.accept_languages.values(), main]
    return match_language([tag for tag in wanted if tag], list(LANGUAGES)) or "en"
