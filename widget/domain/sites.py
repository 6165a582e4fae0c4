"""Origins: which pages may show a survey."""

import re
from urllib.parse import urlsplit

from widget.domain.errors import OriginRefused

_HOST = re.compile(r"^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def read_origin(text: str) -> str:
    """`HTTPS://Shop.Example/` as `https://shop.example`. Raises OriginRefused with a sentence.

    `https://*.shop.example` stands for every name below shop.example, but not for itself.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise OriginRefused(
            f"“{text}” is no address; write it like https://shop.example."
        ) from None
    try:
        host = (parts.hostname or "").encode("idna").decode()
    except UnicodeError:
        host = ""
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.match(host):
        raise OriginRefused(f"“{text}” is no address; write it like https://shop.example.")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise OriginRefused(
            f"“{text}” is more than an origin; leave out everything after the host name."
        )
    shown_port = f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else ""
    return f"{parts.scheme}://{host}{shown_port}"


def read_origins(text: str) -> list[str]:
    """The origins in a text with one per line, each once.

    Raises OriginRefused with a sentence for each line that is none.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise OriginRefused("Write at least one origin, like https://shop.example.")
    origins, refused = [], []
    for line in lines:
        try:
            origins.append(read_origin(line))
        except OriginRefused as error:
            refused.append(str(error))
    if refused:
        raise OriginRefused(" ".join(dict.fromkeys(refused)))
    return list(dict.fromkeys(origins))


def origin_allowed(origin: str, allowed: tuple[str, ...]) -> bool:
    """Whether a page's origin is one of the allowed, as a browser compares `frame-ancestors`."""
    for pattern in allowed:
        before, star, after = pattern.partition("*.")
        if not star and origin == pattern:
            return True
        name = origin.removeprefix(before)
        if star and name != origin and name.endswith("." + after) and "/" not in name:
            return True
    return False
