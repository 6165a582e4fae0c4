"""Error pages outside the frame: a plain sentence, as HTML, or as JSON for the API."""

from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from widget.domain.errors import (
    UnknownMember,
    UnknownRequest,
    UnknownResponse,
    UnknownSite,
    UnknownSurvey,
)
from widget.web.frame import problems
from widget.web.security import CONSOLE


def register(app: Flask) -> None:
    """Turn every HTTP error into a page that says what to do."""
    app.register_error_handler(HTTPException, _http_error)
    for unknown in (UnknownSurvey, UnknownResponse, UnknownRequest, UnknownSite, UnknownMember):
        app.register_error_handler(unknown, _not_found)


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):
        # The host is not ours, so neither is any address a template could build.
        text = "This host name is not served here. Operators: see SAYSO_PUBLIC_URL.\n"
        return Response(text, 400, content_type="text/plain")
    if request.path.startswith("/w/"):
        return problems.http_error(error)
    code = error.code or 500
    if request.path.startswith("/api/"):
        body: dict[str, Any] = {"status": code, "title": error.name, "detail": error.description}
        # What the validation of a query or body found, by field.
        data = getattr(error, "data", None) or {}
        if data.get("message"):
            body["detail"] = data["message"]
        if data.get("messages"):
            body["errors"] = data["messages"]
        response = jsonify(body)
        response.content_type = "application/problem+json"
    else:
        response = _page(error.name, error.description or "")
    response.status_code = code
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _not_found(error: Exception) -> Response:
    response = _page("Not found", str(error))
    response.status_code = 404
    return response


def _page(title: str, text: str) -> Response:
    response = make_response(render_template("errors/error.html", title=title, text=text))
    # The page is the console's, whatever the route was: its own stylesheet may load.
    response.headers["Content-Security-Policy"] = CONSOLE.headers["Content-Security-Policy"]
    return response
