"""Email addresses: whether mail could go to one. Permissive, for the world's mail servers are."""

import re

from widget.domain.context import is_unexpanded

EMAIL_LIMIT = 254
_LOCAL_LIMIT = 64

# What would end a header or an envelope, or what only a quoted local part may hold.
_NEVER = re.compile(r'[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff<>()\[\],;:\\"]')
_LABEL = re.compile(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
# Half of a surrogate pair is no character: databases refuse it, and zeros.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def normal_email(text: str) -> str:
    """An address as customers are known by: no spaces around it, lower case."""
    return text.strip().lower()


def email_problem(text: str) -> str | None:
    """Why no mail can go to an address, as a sentence; None when one can.

    International names are fine. Line breaks, spaces and lists of addresses are not.
    """
    if not text:
        return "There is no email address."
    if is_unexpanded(text):
        return "This is a placeholder that nobody filled in."
    if len(text) > EMAIL_LIMIT:
        return f"An email address has at most {EMAIL_LIMIT} characters."
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain or "@" in local or _NEVER.search(text):
        return "This is no email address."
    if len(local.encode()) > _LOCAL_LIMIT:
        return "The part before the @ is too long for an email address."
    return None if _is_host(domain) else "The part after the @ is no mail domain."


def _is_host(domain: str) -> bool:
    try:
        labels = domain.encode("idna").decode().lower().split(".")
    except UnicodeError:
        return False
    # An address without a dot is on one machine, and a last part of digits is an IP address.
    return (
        len(labels) > 1
        and all(_LABEL.match(label) for label in labels)
        and not labels[-1].isdigit()
    )


def shown(text: str, limit: int) -> str:
    """A text from outside on one line, cut to a length."""
    return _CONTROL.sub(" ", text).strip()[:limit].strip()


def storable(text: str) -> str:
    """A text from outside without what no database takes; lines stay."""
    return _UNSTORABLE.sub("", text)
