"""Error pages outside the frame: a plain sentence, as HTML, or as JSON for the API."""

from itertools import islice
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from widget.domain.errors import (
    NotTheirs,
    UnknownAlertChannel,
    UnknownAudience,
    UnknownCampaign,
    UnknownCustomer,
    UnknownExport,
    UnknownFilter,
    UnknownFollowUp,
    UnknownGrant,
    UnknownHeldAnswer,
    UnknownImport,
    UnknownInvitation,
    UnknownMember,
    UnknownPerson,
    UnknownReference,
    UnknownReplyTemplate,
    UnknownReport,
    UnknownRequest,
    UnknownResponse,
    UnknownReviewSite,
    UnknownReward,
    UnknownRule,
    UnknownSite,
    UnknownSubscription,
    UnknownSurvey,
    UnknownTeam,
    UnknownTestimonial,
    UnknownWave,
    UnknownWebhook,
)
from widget.web.frame import problems
from widget.web.landing import problems as landing_problems
from widget.web.problem_json import problem_json
from widget.web.security import CONSOLE

# No more of what is wrong is told, and no more of the names that were sent.
_MOST_ERRORS, _LONGEST_NAME = 20, 100
# Title and sentence for what the server itself refuses; a route's own sentence comes first.
_WORDS = {
    400: ("This did not reach us whole", "Please go back and try again."),
    403: ("Not allowed", "You may not open this page."),
    404: ("Page not found", "There is nothing at this address. It may have been mistyped."),
    405: ("Not this way", "This address takes a form’s answers; it is no page to open."),
    413: ("Too large", "What was sent is larger than may be. Please choose a smaller file."),
    422: ("This cannot be used", "Something in the address or the form cannot be read."),
    429: ("Too many attempts", "Please wait a minute and try again."),
    500: (
        "Something went wrong here",
        "It is not your fault, and it has been written to the server’s log. Please try again.",
    ),
}
_EXPIRED = (
    "This form had expired",
    "Nothing was changed. Please go back, reload the page, and send it again.",
)
_UNKNOWN = ("This did not work", "Please go back and try again.")


def register(app: Flask) -> None:
    """Turn every HTTP error into a page that says what to do."""
    app.register_error_handler(HTTPException, _http_error)
    for unknown in (
        UnknownSurvey,
        UnknownResponse,
        UnknownRequest,
        UnknownCustomer,
        UnknownImport,
        UnknownHeldAnswer,
        UnknownSite,
        UnknownInvitation,
        UnknownMember,
        UnknownPerson,
        UnknownReference,
        UnknownReport,
        UnknownReward,
        UnknownGrant,
        UnknownTeam,
        NotTheirs,
        UnknownTestimonial,
        UnknownFollowUp,
        UnknownAlertChannel,
        UnknownReplyTemplate,
        UnknownRule,
        UnknownWebhook,
        UnknownReviewSite,
        UnknownAudience,
        UnknownCampaign,
        UnknownWave,
        UnknownExport,
        UnknownFilter,
        UnknownSubscription,
    ):
        app.register_error_handler(unknown, _not_found)


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):
        # The host is not ours, so neither is any address a template could build.
        text = "This host name is not served here. Operators: see SAYSO_PUBLIC_URL.\n"
        return Response(text, 400, content_type="text/plain")
    if request.path.startswith(("/s/", "/e/")):
        return landing_problems.http_error(error)
    if request.path.startswith("/w/"):
        return problems.http_error(error)
    code = error.code or 500
    response = _for_programs(error, code) if _is_program() else _page(code, *_sentences(error))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _not_found(error: Exception) -> Response:
    if _is_program():
        return problem_json(404, str(error))
    return _page(404, _WORDS[404][0], str(error))


def _is_program() -> bool:
    return request.path.startswith("/api/")


def _own_sentence(error: HTTPException) -> str | None:
    """What one of our routes said when it refused; None for the library's words."""
    own = error.description and error.description != type(error).description
    return error.description if own else None


def _sentences(error: HTTPException) -> tuple[str, str]:
    if isinstance(error, CSRFError):
        return _EXPIRED
    title, sentence = _WORDS.get(error.code or 500, _UNKNOWN)
    return title, _own_sentence(error) or sentence


def _for_programs(error: HTTPException, code: int) -> Response:
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        methods = ", ".join(sorted({*error.valid_methods} - {"HEAD", "OPTIONS"}))
        return problem_json(code, f"This address takes {methods} only.")
    # What the validation of a query found: sentences by parameter, below where they stood.
    data: dict[str, Any] = getattr(error, "data", None) or {}
    errors: dict[str, list[str]] = {}
    for by_parameter in (data.get("messages") or {}).values():
        errors |= _flat(by_parameter)
    if errors:
        errors = {name[:_LONGEST_NAME]: errors[name] for name in islice(errors, _MOST_ERRORS)}
        detail = " ".join(f"“{name}”: {' '.join(said)}" for name, said in errors.items())
    else:
        sentence = _WORDS.get(code, _UNKNOWN)[1]
        detail = data.get("message") or _own_sentence(error) or sentence
    return problem_json(code, detail, errors)


def _flat(said: Any, name: str = "") -> dict[str, list[str]]:
    """Sentences by field, those inside an object as `customer.email`."""
    if not isinstance(said, dict):
        return {name or "body": [str(sentence) for sentence in said]}
    found: dict[str, list[str]] = {}
    for field, inside in said.items():
        # The schema's own name for what is wrong with the whole of it.
        is_whole = field == "_schema"
        found |= _flat(inside, name if is_whole else f"{name}.{field}" if name else str(field))
    return found


def _page(code: int, title: str, text: str) -> Response:
    inside = g.get("seat") is not None or request.path.startswith("/console")
    page = render_template("errors/error.html", title=title, text=text, inside=inside, code=code)
    response = make_response(page, code)
    # The page is the console's, whatever the route was: its own stylesheet may load.
    response.headers["Content-Security-Policy"] = CONSOLE.headers["Content-Security-Policy"]
    return response
