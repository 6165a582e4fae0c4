"""The loader: what site owners paste, under one floating and one frozen address.

`/embed.js` is always today's. `/embed/<name>.js` never changes, so that a page may pin it with
`integrity`. Neither reads nor sets a cookie.
"""

import base64
import gzip
import hashlib
from functools import cache
from typing import NamedTuple

from flask import Blueprint, Response, abort, request

from widget.paths import asset_folder

embed = Blueprint("embed", __name__)


class _Loader(NamedTuple):
    name: str
    plain: bytes
    packed: bytes


@cache
def _loaders() -> dict[str, _Loader]:
    """Every frozen loader by its name, read once."""
    return {
        path.stem: _Loader(path.stem, plain, gzip.compress(plain, 9, mtime=0))
        for path in asset_folder("embed").glob("pinned/*.js")
        for plain in [path.read_bytes()]
    }


@cache
def _current() -> _Loader:
    """Today's loader."""
    return _loaders()[(asset_folder("embed") / "current.txt").read_text(encoding="utf-8").strip()]


def loader_url_path() -> str:
    """The path of today's loader that never changes, as in `/embed/0123456789abcdef.js`."""
    return f"/embed/{_current().name}.js"


@cache
def loader_integrity() -> str:
    """What a page writes into `integrity` beside `loader_url_path()`: `sha384-…`."""
    return "sha384-" + base64.b64encode(hashlib.sha384(_current().plain).digest()).decode()


def _answer(loader: _Loader, caching: str) -> Response:
    """The script itself, packed where the browser takes that, or 304 where it has it already."""
    packed = request.accept_encodings["gzip"] > 0
    response = Response(loader.packed if packed else loader.plain)
    response.headers.update(
        {
            "Content-Type": "text/javascript; charset=utf-8",
            "Cache-Control": caching,
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }
    )
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    # Two encodings are two sets of bytes, so a strong tag each.
    response.set_etag(loader.name + ("-gzip" if packed else ""))
    response.make_conditional(request)
    return response


@embed.get("/embed.js")
def floating() -> Response:
    """Today's loader; pages have a new one within five minutes."""
    return _answer(_current(), "public, max-age=300")


@embed.get("/embed/<name>.js")
def pinned(name: str) -> Response:
    """The loader frozen under that name, for ever."""
    loader = _loaders().get(name)
    if loader is None:
        abort(404)
    return _answer(loader, "public, max-age=31536000, immutable")
