"""Pages that say one thing, in the visitor's language."""

from flask import Response, make_response, render_template, request

from widget.translations import LANGUAGES, direction, match_language, translate


def visitor_language() -> str:
    """By `lang` in the address first, then by what the browser prefers."""
    wanted = [request.args.get("lang", ""), *request.accept_languages.values()]
    return match_language([tag for tag in wanted if tag], list(LANGUAGES)) or "en"


def language_of(language: str = "") -> dict[str, str]:
    """What a page's root element says: a language, or else the visitor's."""
    chosen = language or visitor_language()
    return {"language": chosen, "direction": direction(chosen)}


def say(text: str, **values: str) -> str:
    """A built-in text in the visitor's language."""
    found = translate(text, visitor_language())
    return found.format(**values) if values else found


def message_page(title: str, text: str, status: int, *, language: str = "") -> Response:
    """A page with built-in texts, in a language or else the visitor's."""
    chosen = language_of(language)
    html = render_template(
        "share/message.html",
        title=translate(title, chosen["language"]),
        text=translate(text, chosen["language"]),
        **chosen,
    )
    return make_response(html, status)
