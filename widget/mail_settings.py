"""The settings about mail: how a mail server, a sender and an address for bounces are written."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from widget.domain.errors import SettingsError
from widget.domain.mail_addresses import LONGEST_SIGNED_NAME, wire_address
from widget.domain.mail_wording import is_address

Tls = Literal["starttls", "ssl", "none"]
_SMTP_PORTS: dict[Tls, int] = {"starttls": 587, "ssl": 465, "none": 25}


@dataclass(frozen=True)
class MailServer:
    """The server that mails are handed to. `user` is "" where it wants no sign-in."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)


def read_mail_server(text: str) -> MailServer | None:
    """The server in SAYSO_MAIL_URL; None for "". Raises SettingsError."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise SettingsError(
            f"SAYSO_MAIL_URL is not an address of a mail server: {error}."
        ) from error
    # Never the text itself in a message: it has the password in it.
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise SettingsError("SAYSO_MAIL_URL must be like smtp://USER:PASSWORD@HOST:587.")
    usual = "none" if parts.hostname in ("localhost", "127.0.0.1", "::1") else "starttls"
    usual = "ssl" if parts.scheme == "smtps" or port == 465 else usual
    tls = dict(parse_qsl(parts.query)).get("tls", usual)
    if tls not in _SMTP_PORTS:
        raise SettingsError("SAYSO_MAIL_URL: tls must be starttls, ssl or none.")
    known: Tls = tls
    return MailServer(
        parts.hostname,
        port or _SMTP_PORTS[known],
        known,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def read_mail_from(text: str, public_url: str) -> str:
    """SAYSO_MAIL_FROM, or one made of the public URL's host for "". Raises SettingsError."""
    if not text:
        host = urlsplit(public_url).hostname or ""
        # A name without a dot, or an address of a machine, is no mail domain.
        is_domain = "." in host and not host.replace(".", "").isdigit() and ":" not in host
        return f"feedback@{host if is_domain else 'localhost.localdomain'}"
    address = wire_address(text) if is_address(text) else None
    if address is None:
        raise SettingsError(
            "SAYSO_MAIL_FROM must be an email address, plain letters (a to z) before the @; "
            f"not {text!r}."
        )
    return address


def read_signed_address(name: str, text: str) -> str:
    """The address in a setting whose `+…` names something; "" for none. Raises SettingsError."""
    if not text:
        return ""
    address = wire_address(text) if is_address(text) else None
    local = text.partition("@")[0]
    if address is None or "+" in text or len(local) > LONGEST_SIGNED_NAME:
        raise SettingsError(
            f"{name} must be an email address without a +, with at most "
            f"{LONGEST_SIGNED_NAME} plain characters (a to z, digits) before the @; not {text!r}."
        )
    return address
