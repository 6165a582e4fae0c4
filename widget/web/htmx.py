"""Whole page or part of one. The only user of the htmx library.

That library rejects valid swap names and forgets `Vary`, so the headers are set here.
"""

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
