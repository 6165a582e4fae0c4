"""Addresses of static files that change whenever the file does, so that they cache forever."""

from functools import cache
from hashlib import sha256

from flask import Flask, Response, request, url_for

from widget.paths import asset_folder

_FOREVER = "public, max-age=31536000, immutable"


@cache
def _digest(name: str) -> str:
    return sha256((asset_folder("static") / name).read_bytes()).hexdigest()[:12]


def asset_url(name: str) -> str:
    """The address of a file under static/ with its content's digest in it."""
    return url_for("static", filename=name, v=_digest(name))


def register(app: Flask) -> None:
    """Give templates `asset_url`, and let versioned static files be cached forever."""
    app.add_template_global(asset_url)

    @app.after_request
    def cache_forever(response: Response) -> Response:
        if request.endpoint == "static":
            versioned = "v" in request.args and response.status_code in (200, 304)
            response.headers["Cache-Control"] = _FOREVER if versioned else "public, max-age=300"
        return response
