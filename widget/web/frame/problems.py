"""When a snippet or an address is wrong: something sane for the customer, facts for the owner."""

import time

from flask import Blueprint, Response, current_app, make_response, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from widget.actions.report_embed_problem import report_embed_problem
from widget.domain.context import Context
from widget.domain.errors import OriginRefused, UnknownSurvey
from widget.domain.flow import COMMENT_LIMIT
from widget.domain.looks import DEFAULT_LOOKS
from widget.domain.sites import read_origin
from widget.extensions import db
from widget.storage.surveys import PublishedSurvey
from widget.translations import LANGUAGES, direction, match_language, translate
from widget.web import htmx
from widget.web.assets import asset_url
from widget.web.clock import now
from widget.web.face.styles import style_of, style_source
from widget.web.rate_limits import rate_limits

# A broken snippet on a busy page would otherwise write a row per visitor.
_REPORT_EVERY_S = 600
_reported: dict[tuple[str, int, str, str], float] = {}


def report_unexpanded(survey: PublishedSurvey, context: Context) -> None:
    """Remember for the site owner which placeholders arrived unexpanded, and from which page."""
    for problem in context.problems:
        _report(survey, "unexpanded", problem.field, problem.text, context.page)


def report_origin(survey: PublishedSurvey, origin: str) -> None:
    """Remember that a page of an origin that is not allowed tried to show the survey."""
    try:
        origin = read_origin(origin)
    except OriginRefused:
        return
    _report(survey, "origin", origin[:200], origin, request.args.get("page", "")[:500])


def _report(survey: PublishedSurvey, kind: str, subject: str, example: str, page: str) -> None:
    key = (current_app.config["SQLALCHEMY_DATABASE_URI"], survey.id, kind, subject)
    last = _reported.get(key)
    if last is not None and time.monotonic() - last < _REPORT_EVERY_S:
        return
    if not rate_limits().allow_report(survey.public_id, request.remote_addr):
        return
    if len(_reported) > 10_000:
        _reported.clear()
    _reported[key] = time.monotonic()
    report_embed_problem(
        db.session(), survey.id, kind=kind, subject=subject, example=example, page=page, at=now()
    )


def _message_page(
    title: str,
    text: str,
    status: int,
    *,
    link: str | None = None,
    for_owner: str = "",
    language: str = "en",
) -> Response:
    html = render_template(
        "frame/message.html",
        title=title,
        text=text,
        link=link,
        for_owner=for_owner,
        language=language,
        direction=direction(language),
        link_text=translate("Feedback", language),
        style=Markup(style_of(DEFAULT_LOOKS)),  # noqa: S704 - our own CSS
        script=asset_url("frame/frame.js"),
    )
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'; style-src {style_source(DEFAULT_LOOKS)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return htmx.vary(response)


def not_framed_here(survey: PublishedSurvey, origin: str) -> Response:
    """Stands in the frame on a page that may not show the survey."""
    language = _visitor_language()
    return _message_page(
        translate("This survey is not available", language),
        "",
        403,
        link=current_app.config["SAYSO_PUBLIC_URL"] + request.path,
        for_owner=(
            f"The survey {survey.public_id} may not be shown on {origin[:200]}. "
            "Add this origin to one of its sites in Sayso, under Sites."
        ),
        language=language,
    )


def _visitor_language() -> str:
    wanted = [request.args.get("lang", ""), *request.accept_languages.values()]
    return match_language([tag for tag in wanted if tag], list(LANGUAGES)) or "en"


def unknown_survey(_error: Exception) -> Response:
    """No such survey, not published, or closed: the customer need not know which."""
    language = _visitor_language()
    return _message_page(
        translate("This survey is not available", language),
        translate("It may have been closed, or the link may be incomplete.", language),
        404,
        for_owner=(
            "No published, open survey has this public id. "
            "Copy the snippet again from the survey's Embed page in Sayso."
        ),
        language=language,
    )


def too_large(_error: RequestEntityTooLarge) -> Response:
    """A body past every limit: say so beside the form and leave the form as it stands."""
    language = _visitor_language()
    sentence = translate(
        "Your comment is too long. Please shorten it to {limit} characters.", language
    ).format(limit=COMMENT_LIMIT)
    if htmx.wants_partial():
        response = make_response(sentence, 413)
        return htmx.vary(htmx.swap_elsewhere(response, "#problem"))
    return _message_page(sentence, "", 413, language=language)


def too_many() -> Response:
    """Too many posts of nobody we know: nothing of them is shown again."""
    language = _visitor_language()
    sentence = translate(
        "You have sent many answers in a short time. Nothing is lost: "
        "please wait a minute and try again.",
        language,
    )
    return _message_page(sentence, "", 429, language=language)


def http_error(error: HTTPException) -> Response:
    """Any other refusal inside a frame, such as a wrong method."""
    language = _visitor_language()
    response = _message_page(
        translate("This survey is not available", language),
        error.description or "",
        error.code or 500,
        language=language,
    )
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def register(blueprint: Blueprint) -> None:
    """Answer the frame's errors in the frame's own manner."""
    blueprint.register_error_handler(UnknownSurvey, unknown_survey)
    blueprint.register_error_handler(RequestEntityTooLarge, too_large)
    blueprint.register_error_handler(HTTPException, http_error)
