"""The loader: what site owners paste, under one floating and one frozen address.

`/embed.js` is always today's. `/embed/<name>.js` never changes, so that a page may pin it with
`integrity`. `/testimonials.js` is for pages that show testimonials. None reads or sets a cookie.
"""

from flask import Blueprint, Response, abort, request

from widget.web.loader import Loader, current, loaders, testimonials_script

embed = Blueprint("embed", __name__)


def _answer(loader: Loader, caching: str) -> Response:
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
    return _answer(current(), "public, max-age=300")


@embed.get("/embed/<name>.js")
def pinned(name: str) -> Response:
    """The loader frozen under that name, for ever."""
    loader = loaders().get(name)
    if loader is None:
        abort(404)
    return _answer(loader, "public, max-age=31536000, immutable")


@embed.get("/testimonials.js")
def testimonials() -> Response:
    """What makes <sayso-testimonials> work; pages have a new one within five minutes."""
    return _answer(testimonials_script(), "public, max-age=300")
