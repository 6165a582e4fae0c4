"""Pages that say why a mail's link asks nothing (any more), in one plain sentence."""

from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException

from widget.domain.errors import LinkForged, UnknownSurvey
from widget.web.face.messages import message_page


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
