"""Errors of the API in the form of RFC 9457, in plain words."""

from collections.abc import Mapping, Sequence

from flask import Response, jsonify

TITLES = {
    400: "This request cannot be read",
    401: "No live API key",
    403: "Not allowed",
    404: "Not found",
    405: "Not this method",
    406: "Not in this form",
    413: "Too large",
    415: "Not in this form",
    422: "Something that was sent is wrong",
    429: "Too many requests",
    500: "Something went wrong here",
}


def problem_json(
    status: int, detail: str, errors: Mapping[str, Sequence[str]] | None = None
) -> Response:
    """An error: its status's title, a sentence, and in `errors` sentences by parameter."""
    body: dict[str, object] = {
        "title": TITLES.get(status, "This did not work"),
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response
