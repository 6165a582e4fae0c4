"""Putting the API together: its routes, its description, its documentation page."""

from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template
from flask_smorest import Api

from widget.web.api import campaigns as _campaigns  # noqa: F401 - importing adds its routes
from widget.web.api import customers as _customers  # noqa: F401 - importing adds its routes
from widget.web.api import follow_ups as _follow_ups  # noqa: F401 - importing adds its routes
from widget.web.api import replies as _replies  # noqa: F401 - importing adds its routes
from widget.web.api import requests as _requests  # noqa: F401 - importing adds its routes
from widget.web.api import responses
from widget.web.api import scores as _scores  # noqa: F401 - importing adds its routes
from widget.web.api import testimonials as _testimonials  # noqa: F401 - importing adds its routes
from widget.web.api.schemas import Problem
from widget.web.api.webhooks import describe_webhooks


class _Api(Api):  # type: ignore[misc]
    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to widget.web.errors, which answers the whole application's."""


docs = Blueprint("api-docs", __name__, url_prefix="/api")
_SPEC = "sayso_api_spec"


@docs.get("/openapi.json")
def openapi_json() -> Response:
    """The API's description (OpenAPI 3.1)."""
    return jsonify(_spec())


@docs.get("/docs")
def docs_page() -> str:
    """The same for people."""
    return render_template("api/docs.html", spec=_spec())


def _spec() -> dict[str, Any]:
    spec: dict[str, Any] = current_app.extensions[_SPEC].spec.to_dict()
    # The library describes its own way of paging too, which nothing here uses.
    spec["components"]["schemas"].pop("PaginationMetadata", None)
    return spec


def register(app: Flask) -> None:
    """Add the API."""
    app.config.update(
        API_TITLE="Sayso",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "security": [{"key": []}],
            "components": {
                "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            },
        },
    )
    api = _Api(app)
    app.extensions[_SPEC] = api
    api.register_blueprint(cast(Any, responses.blueprint))
    describe_webhooks(api.spec)
    app.register_blueprint(docs)
