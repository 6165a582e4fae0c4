"""Where a chat takes messages. Whoever knows such an address can post, so it is a secret."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from widget.domain.public_addresses import is_public

ADDRESS_LIMIT = 2_000
NAME_LIMIT = 80

_HOST = re.compile(r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$", re.I)


# Names that no resolver of the public internet knows (RFC 6761, RFC 6762, RFC 8375, and .internal,
# which ICANN keeps for this).
_INSIDE = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


def chat_address_problem(text: str) -> str | None:
    """Why a text cannot be where a chat takes messages; None when it can."""
    if not text:
        return "Paste the address that your chat gave you."
    if len(text) > ADDRESS_LIMIT or not text.isascii() or not text.isprintable() or " " in text:
        return "This is no web address."
    parts, port = _split(text)
    if parts is None:
        return "This is no web address."
    if parts.scheme != "https":
        return "The address must begin with https://."
    if parts.username is not None or parts.password is not None:
        return "An address with a user’s name in it is not accepted."
    if port not in (None, 443):
        return "Only the usual port of https is accepted."
    host = parts.hostname or ""
    return _host_problem(host.lower())


def _host_problem(host: str) -> str | None:
    is_ip = _is_ip(host)
    if host.endswith(_INSIDE) or (is_ip and not is_public(host)) or (host and "." not in host):
        return (
            "This leads into a private network. Messages go to hosts on the public internet "
            "alone: give yours a public name."
        )
    if is_ip:
        return "Name the host instead of its number: https proves names."
    if not _HOST.match(host):
        return "The address must name a host, such as hooks.slack.com."
    return None


def masked(address: str) -> str:
    """The address as pages may show it: its host, and the last four characters."""
    parts, _port = _split(address)
    host = parts.hostname if parts else None
    return f"https://{host or '…'}/…{address[-4:]}"


def _split(text: str) -> tuple[SplitResult | None, int | None]:
    try:
        parts = urlsplit(text)
        return parts, parts.port
    except ValueError:
        return None, None


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
