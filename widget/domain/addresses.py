"""Email addresses: whether mail could go to one. Permissive, for the world's mail servers are."""

import re
from unicodedata import normalize

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


def customer_email(text: str) -> str:
    """An address as customers are known by, the same for both forms of an international domain.

    The form that people read is kept, where it leads back to the other one.
    """
    plain = normal_email(text)
    local, at, domain = plain.rpartition("@")
    if (domain.isascii() and "xn--" not in domain) or email_problem(plain):
        return plain
    try:
        shown_as = local + at + ".".join(map(_readable, ascii_domain(domain).split(".")))
    except UnicodeError:
        return plain
    return plain if email_problem(shown_as) else shown_as


def spellings(email: str) -> tuple[str, ...]:
    """A customer's address, and what else it may have been kept as before both forms of a domain
    were one."""
    local, at, domain = email.rpartition("@")
    if domain.isascii() or len(email) > EMAIL_LIMIT:
        return (email,)
    try:
        return email, local + at + ascii_domain(domain)
    except UnicodeError:
        return (email,)


# The codec follows the rules of 2003, which take these for other letters, or for none:
# straße.example would become strasse.example, whose mail is somebody else's. Today (RFC 5894) they
# stand for themselves.
_OF_THEIR_OWN = re.compile("[\u00df\u1e9e\u03c2\u200c\u200d]")


def ascii_domain(domain: str) -> str:
    """A domain in its ASCII form. Raises UnicodeError when it has none."""
    labels = re.split("[.\u3002\uff0e\uff61]", domain)
    return ".".join(
        "xn--" + normalize("NFKC", label.lower()).encode("punycode").decode()
        if _OF_THEIR_OWN.search(label)
        else label.encode("idna").decode()
        for label in labels
    )


def _readable(label: str) -> str:
    """A part of an ASCII domain as people read it; itself where that would be another domain."""
    if not label.startswith("xn--"):
        return label
    try:
        text = label[4:].encode().decode("punycode")
        return text if ascii_domain(text) == label else label
    except UnicodeError:
        return label


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
