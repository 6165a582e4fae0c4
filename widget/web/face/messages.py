"""Pages behind a mail's link that ask nothing, and say why in one plain sentence."""

from flask import Response, make_response, render_template, request
from markupsafe import Markup

from widget.domain.looks import DEFAULT_LOOKS
from widget.translations import LANGUAGES, direction, match_language, translate
from widget.web import htmx
from widget.web.assets import asset_url
from widget.web.face.landing import landing_policy
from widget.web.face.styles import style_of


def message_page(
    title: str, text: str, status: int, *, language: str | None = None, detail: str = ""
) -> Response:
    """A page with built-in texts, in a language or else the visitor's; `detail` is shown as is.

    For htmx it is the texts alone, in the place of what was asked.
    """
    language = language or _visitor_language()
    template = "landing/_message.html" if htmx.wants_partial() else "landing/message.html"
    html = render_template(
        template,
        title=translate(title, language),
        text=translate(text, language),
        detail=detail,
        language=language,
        direction=direction(language),
        style=Markup(style_of(DEFAULT_LOOKS)),  # noqa: S704 - our own CSS
        stylesheet=asset_url("landing/landing.css"),
    )
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = landing_policy(DEFAULT_LOOKS)
    return htmx.vary(response)


def _visitor_language() -> str:
    wanted = [request.args.get("lang", ""), *request.accept_languages.values()]
    return match_language([tag for tag in wanted if tag], list(LANGUAGES)) or "en"
