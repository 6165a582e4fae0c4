"""Whole page or part of one. The only user of the htmx library.

That library rejects valid swap names and forgets `Vary`, so the headers are set here.
"""

from urllib.parse import urlencode

from flask import Response, make_response
from htmx_flask import request


def wants_partial() -> bool:
    """Whether htmx asked, and not to restore a page from history."""
    return bool(request.htmx) and not request.headers.get("HX-History-Restore-Request")


def vary(response: Response) -> Response:
    """Keep caches from giving a partial to somebody who asked for the page."""
    response.vary.add("HX-Request")
    return response


def page_or_partial(page: str, partial: str, status: int = 200) -> Response:
    """The rendered text that was asked for, with `Vary: HX-Request`."""
    return vary(make_response(partial if wants_partial() else page, status))


def in_address(response: Response) -> Response:
    """Tell htmx to show the address that a form asked for without what was left empty in it."""
    empty = any(not value for _, value in request.args.items(multi=True))
    if wants_partial() and empty:
        said = [(name, value) for name, value in request.args.items(multi=True) if value]
        query = f"?{urlencode(said)}" if said else ""
        response.headers["HX-Push-Url"] = f"{request.path}{query}"
    return response


def open_page(address: str) -> Response:
    """Tell htmx to leave the page it is on for another one."""
    response = vary(make_response("", 200))
    response.headers["HX-Redirect"] = address
    return response


def swap_elsewhere(response: Response, target: str, swap: str = "innerHTML") -> Response:
    """Tell htmx to put this answer at another element than the one that asked."""
    response.headers["HX-Retarget"] = target
    response.headers["HX-Reswap"] = swap
    return response
