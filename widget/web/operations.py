"""For whoever keeps the server running: is it alive, can it work, what has it done."""

import json
from hmac import compare_digest

from flask import Blueprint, Response, current_app, redirect, request, url_for
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from werkzeug.wrappers import Response as AnyResponse

from widget.extensions import db
from widget.storage.migrate import is_current
from widget.web.assets import asset_url

blueprint = Blueprint("operations", __name__)


@blueprint.get("/")
def home() -> AnyResponse:
    """People who open the bare address are looking for the console."""
    return redirect(url_for("console.home"))


@blueprint.get("/favicon.ico")
def icon() -> AnyResponse:
    """Browsers ask for this on their own."""
    return redirect(asset_url("favicon.svg"), 301)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", content_type="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """The process can serve: its database answers and has this release's schema."""
    ready = is_current(db.engine)
    body = json.dumps({"ready": ready, "database": "current" if ready else "needs an upgrade"})
    return Response(body + "\n", 200 if ready else 503, content_type="application/json")


def _may_measure() -> bool:
    """With the operator's token; where there is none, from this very machine."""
    token = current_app.config["SAYSO_METRICS_TOKEN"]
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return compare_digest(given.encode(), token.encode())
    # A proxy on this machine passes on what strangers ask.
    is_passed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not is_passed_on and request.remote_addr in ("127.0.0.1", "::1")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counters of this worker process in Prometheus's text format, for whoever may read them."""
    if not _may_measure():
        return Response(
            "Metrics need the token in SAYSO_METRICS_TOKEN.\n", 403, content_type="text/plain"
        )
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
