"""Static files: addresses that change whenever the file does, and bytes packed once."""

import gzip
from functools import cache
from hashlib import sha256

from flask import Flask, Response, request, url_for

from widget.paths import asset_folder

_FOREVER = "public, max-age=31536000, immutable"
_PACKED_ENDINGS = (".js", ".css", ".svg")


def _bytes(name: str) -> bytes:
    return (asset_folder("static") / name).read_bytes()


@cache
def _digest(name: str) -> str:
    return sha256(_bytes(name)).hexdigest()[:12]


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(_bytes(name), 9, mtime=0)


def asset_url(name: str) -> str:
    """The address of a file under static/ with its content's digest in it."""
    return url_for("static", filename=name, v=_digest(name))


def register(app: Flask) -> None:
    """Give templates `asset_url`; let versioned static files be cached forever, and pack them."""
    app.add_template_global(asset_url)

    @app.after_request
    def finish_static(response: Response) -> Response:
        if request.endpoint != "static":
            return response
        versioned = "v" in request.args and response.status_code in (200, 304)
        response.headers["Cache-Control"] = _FOREVER if versioned else "public, max-age=300"
        name = (request.view_args or {}).get("filename", "")
        if name.endswith(_PACKED_ENDINGS):
            response.vary.add("Accept-Encoding")
            if response.status_code == 200 and request.accept_encodings["gzip"] > 0:
                response.close()  # the file itself is not sent
                response.direct_passthrough = False
                response.set_data(_packed(name))
                response.headers["Content-Encoding"] = "gzip"
                response.set_etag(f"{_digest(name)}-gzip")
        return response
