"""Pages that say why a mail's link asks nothing (any more), in one plain sentence."""

from flask import Blueprint, Response, make_response, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from widget.domain.errors import LinkForged, UnknownSurvey
from widget.domain.looks import DEFAULT_LOOKS
from widget.translations import LANGUAGES, direction, match_language, translate
from widget.web.assets import asset_url
from widget.web.face import pages
from widget.web.face.landing import landing_policy


def message_page(
    title: str, text: str, status: int, *, language: str | None = None, detail: str = ""
) -> Response:
    """A page with built-in texts, in a language or else the visitor's; `detail` is shown as is."""
    language = language or _visitor_language()
    html = render_template(
        "landing/message.html",
        title=translate(title, language),
        text=translate(text, language),
        detail=detail,
        language=language,
        direction=direction(language),
        style=Markup(pages.style_of(DEFAULT_LOOKS)),  # noqa: S704 - our own CSS
        stylesheet=asset_url("landing/landing.css"),
    )
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = landing_policy(DEFAULT_LOOKS)
    return response


def no_such_link(_error: Exception) -> Response:
    """A link that is damaged, forged, of a closed survey, or of a request that is gone."""
    return message_page(
        "This survey is not available",
        "It may have been closed, or the link may be incomplete.",
        404,
    )


def http_error(error: HTTPException) -> Response:
    """Any other refusal below these addresses, such as a wrong method."""
    response = message_page(
        "This survey is not available", error.description or "", error.code or 500
    )
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def register(blueprint: Blueprint) -> None:
    """Answer the errors of these pages in their own manner."""
    for unknown in (LinkForged, UnknownSurvey):
        blueprint.register_error_handler(unknown, no_such_link)
    blueprint.register_error_handler(HTTPException, http_error)


def _visitor_language() -> str:
    wanted = [request.args.get("lang", ""), *request.accept_languages.values()]
    return match_language([tag for tag in wanted if tag], list(LANGUAGES)) or "en"
