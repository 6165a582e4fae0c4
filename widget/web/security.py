"""Route classes: who may call a route, what prevents forgery, and which headers it sends.

Every endpoint has exactly one class; a test walks them all. A class says what is usual, and a
view may send a stricter header of its own.
"""

from dataclasses import dataclass, field
from typing import Literal

from flask import Flask, Response, current_app, request

Caller = Literal["anyone", "signed in", "api key"]
Forgery = Literal[
    "changes nothing", "visit token", "session token", "no ambient authority", "signed link"
]

# No script, style or frame of anyone else; forms go home only.
_CONSOLE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
_NOTHING_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True)
class RouteClass:
    """The promises of a route. `headers` are sent unless the view set them itself."""

    name: str
    caller: Caller
    forgery: Forgery
    may_set_cookies: bool = False
    headers: dict[str, str] = field(default_factory=dict)


_COMMON = {
    "X-Content-Type-Options": "nosniff",
    # `no-referrer` would turn the Origin of our own form posts into `null`.
    "Referrer-Policy": "same-origin",
}

FRAME = RouteClass(
    "frame",
    caller="anyone",
    forgery="visit token",
    headers={
        **_COMMON,
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": _NOTHING_CSP.replace("frame-ancestors 'none'; ", ""),
        # On a host page with COEP require-corp every framed answer needs both, errors included.
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "X-Robots-Tag": "noindex",
    },
)
LANDING = RouteClass(
    "landing",
    caller="anyone",
    forgery="visit token",
    headers={
        **_COMMON,
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": _NOTHING_CSP,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    },
)
ASSET = RouteClass(
    "asset",
    caller="anyone",
    forgery="changes nothing",
    headers={
        **_COMMON,
        "Content-Security-Policy": _NOTHING_CSP,
        "Cross-Origin-Resource-Policy": "cross-origin",
    },
)
PUBLIC_PAGE = RouteClass(
    "public page",
    caller="anyone",
    forgery="changes nothing",
    headers={
        **_COMMON,
        "Cache-Control": "no-store",
        "Content-Security-Policy": _NOTHING_CSP,
        "Cross-Origin-Opener-Policy": "same-origin",
    },
)
OPERATIONS = RouteClass(
    "operations",
    caller="anyone",
    forgery="changes nothing",
    headers={
        **_COMMON,
        "Cache-Control": "no-store",
        "Content-Security-Policy": _NOTHING_CSP,
    },
)
_PRIVATE = {
    **_COMMON,
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": _CONSOLE_CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
SIGN_IN = RouteClass(
    "sign-in", caller="anyone", forgery="session token", may_set_cookies=True, headers=_PRIVATE
)
CONSOLE = RouteClass(
    "console", caller="signed in", forgery="session token", may_set_cookies=True, headers=_PRIVATE
)
# Shows a mail, whose styles stand inline as no policy could list them. `sandbox` takes everything
# else from it: scripts, forms, and following its links. It keeps its origin, which nothing in it
# could use, so that tools for accessibility can look into the frame.
MAIL_PREVIEW = RouteClass(
    "mail preview",
    caller="signed in",
    forgery="changes nothing",
    may_set_cookies=True,
    headers={
        **_PRIVATE,
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
        "sandbox allow-same-origin; base-uri 'none'; form-action 'none'; "
        "object-src 'none'; frame-ancestors 'self'",
        "X-Frame-Options": "SAMEORIGIN",
    },
)
API = RouteClass(
    "api",
    caller="api key",
    forgery="no ambient authority",
    headers={**_COMMON, "Cache-Control": "no-store", "Content-Security-Policy": _NOTHING_CSP},
)
# Called by mail services, which may have the key in the address or as a basic password. The
# operator's token, or Mailgun's signature where its key is set, stands for a key.
MAIL_HOOK = RouteClass(
    "mail hook",
    caller="api key",
    forgery="no ambient authority",
    headers=API.headers,
)
# What a link in a mail leads to. Its token is all the authority there is, and a mail program may
# post to it (RFC 8058).
MAIL_LINK = RouteClass(
    "mail link",
    caller="anyone",
    forgery="signed link",
    headers={
        **_COMMON,
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Robots-Tag": "noindex",
    },
)
# What customers pass on. A page is public, a button on it belongs to whoever holds its signed link.
SHARE = RouteClass(
    "share",
    caller="anyone",
    forgery="signed link",
    headers={
        **MAIL_LINK.headers,
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    },
)
API_DOCS = RouteClass(
    "api docs",
    caller="anyone",
    forgery="changes nothing",
    headers={**_PRIVATE, "Cache-Control": "public, max-age=300"},
)

# By endpoint first, then by blueprint.
_BY_ENDPOINT = {
    "static": ASSET,
    "api-docs.openapi_json": API_DOCS,
    "api-docs.docs_page": API_DOCS,
    "console.sign_in": SIGN_IN,
    "console.set_up": SIGN_IN,
    "console.email_preview": MAIL_PREVIEW,
    "console.welcome": SIGN_IN,
    # What stands in frames on other people's pages.
    "share.make": FRAME,
    "share.testimonials": FRAME,
    "console.forgot_password": SIGN_IN,
    "console.new_password": SIGN_IN,
}
_BY_BLUEPRINT = {
    "api": API,
    "api-docs": API_DOCS,
    "amp": MAIL_LINK,
    "bounces": MAIL_HOOK,
    "replies": MAIL_HOOK,
    "console": CONSOLE,
    "embed": ASSET,
    "frame": FRAME,
    "landing": LANDING,
    "operations": OPERATIONS,
    "security": SIGN_IN,
    "share": SHARE,
    "try_it": PUBLIC_PAGE,
    "unsubscribe": MAIL_LINK,
    "unsubscribe_numbers": MAIL_LINK,
}


def route_class(endpoint: str | None) -> RouteClass:
    """The class of an endpoint. Raises KeyError for one that declares none.

    A request that met no endpoint (404, 405) is answered like the frame or a landing page below
    their addresses, and like an operations route elsewhere.
    """
    if endpoint is None:
        if request.path.startswith(("/s/", "/e/")):
            return LANDING
        if request.path.startswith("/t/"):
            return SHARE
        return FRAME if request.path.startswith("/w/") else OPERATIONS
    known = _BY_ENDPOINT.get(endpoint)
    return known if known else _BY_BLUEPRINT[endpoint.rpartition(".")[0]]


def register(app: Flask) -> None:
    """Send the headers of each route's class."""
    app.after_request(_send_headers)


def _send_headers(response: Response) -> Response:
    declared = route_class(request.endpoint)
    headers = response.headers
    present = {name.lower() for name, _value in headers}
    # One pass instead of a search for each: this runs for every answer there is.
    headers.extend(
        [header for header in declared.headers.items() if header[0].lower() not in present]
    )
    if current_app.config["SAYSO_HTTPS"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
