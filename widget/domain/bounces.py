"""What comes back from mail servers and mail services, as one sort of report."""

import email
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import Message
from typing import Literal

from widget.domain.mail_addresses import DeliveryName, read_message_id
from widget.domain.mime_bounds import WHAT_A_BROKEN_MAIL_RAISES, is_quick_to_read

Sort = Literal["hard", "soft", "complaint", "delivered"]

# So many soft bounces within so long make an address one that is not written to.
SOFT_LIMIT = 5
SOFT_WINDOW = timedelta(days=30)
_DETAIL_LIMIT = 500

# Enhanced status codes (RFC 3463) of class 5 that speak of the address itself. Others, such as a
# full mailbox (5.2.2) or a policy (5.7.1), may pass, and say nothing against the address.
_GONE = re.compile(r"^5\.(1\.(0|1|2|3|6|10)|2\.1|4\.4)$")
# Plain replies whose text speaks of the address, from servers that give no enhanced code.
_GONE_TEXT = re.compile(
    r"user (is )?unknown|unknown user|no such (user|mailbox|recipient|address)|does(n.t| not) exist"
    r"|mailbox (is )?(unavailable|not found)|recipient (address )?(rejected|not found)|invalid "
    r"(recipient|mailbox|address)",
    re.IGNORECASE,
)
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


# Feedback types (RFC 5965, RFC 6591) that complain of nothing: somebody took a mail out of the spam
# folder, a signature did not match, a scanner found a virus.
_NO_COMPLAINT = ("not-spam", "auth-failure", "virus")


_RETURNED = ("message/rfc822", "text/rfc822-headers")
_ENVELOPE_SENDER = re.compile(
    r"^(?:Return-Path|Original-Mail-From):\s*(\S+)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True)
class BounceReport:
    """One thing said of one address. `address` may be "" where only the delivery is known.

    `is_signed`: an address that we signed names the delivery. A Message-ID can be copied by whoever
    can read it, its sender among them. `is_refusal`: a server would not take the mail in the first
    place, so that none has left.
    """

    sort: Sort
    address: str
    detail: str = ""
    delivery: DeliveryName | None = None
    is_signed: bool = False
    is_refusal: bool = False


def sort_of(code: str, text: str = "") -> Literal["hard", "soft"]:
    """Whether a status (`5.1.1`, `550`) with its text means that the address is no good."""
    enhanced = _ENHANCED.search(code) or _ENHANCED.search(text)
    if enhanced:
        return "hard" if _GONE.match(enhanced[1]) else "soft"
    return "hard" if code.startswith("5") and _GONE_TEXT.search(text) else "soft"


def is_complaint(feedback_type: str) -> bool:
    """Whether a feedback report's type says that its customer wants no such mail."""
    return feedback_type.strip().lower() not in _NO_COMPLAINT


def storable(text: str) -> str:
    """A text from outside as every database takes it: no NUL, no half of a character."""
    return text.replace("\0", "").encode(errors="replace").decode()


def short(text: str) -> str:
    """A server's words on one line, as long as is kept."""
    return " ".join(storable(text).split())[:_DETAIL_LIMIT]


_NAMED = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,255}")


def unaddressed(text: str) -> str:
    """A server's words without the addresses that they name: for what outlives a customer, such as
    a log."""
    return _NAMED.sub("…", text)


def read_dsn(
    message: bytes, read_bounce_address: Callable[[str], DeliveryName | None]
) -> list[BounceReport]:
    """The reports in a message that came back: a delivery status (RFC 3464) or a feedback report.

    Which delivery it is about is taken from the signed address it was sent to, or that the mail it
    returns was from, else from the returned mail's Message-ID. A report that names none of ours is
    left out: anybody can write to the address that bounces come to. So headers are read as they
    stand: to take them apart can take minutes, or more levels than there are.
    """
    if not is_quick_to_read(message):
        return []
    try:
        return _read_dsn(email.message_from_bytes(message), read_bounce_address)
    except WHAT_A_BROKEN_MAIL_RAISES:
        # No mail server's report: parts within parts without end, or charsets that are none.
        return []


def _read_dsn(
    parsed: Message, read_bounce_address: Callable[[str], DeliveryName | None]
) -> list[BounceReport]:
    signed = _signed_delivery(parsed, read_bounce_address)
    delivery = signed or _returned_delivery(parsed)
    if delivery is None:
        return []
    is_signed = signed is not None
    kind = str(parsed.get_param("report-type", "")).lower()
    if kind == "feedback-report":
        feedback_type = _feedback_type(parsed)
        detail = short(f"feedback report {feedback_type}")
        found = BounceReport("complaint", "", detail, delivery, is_signed)
        return [found] if is_complaint(feedback_type) else []
    found_in = _recipients(parsed)
    return [replace(_report(fields, delivery), is_signed=is_signed) for fields in found_in]


def _signed_delivery(
    message: Message, read_bounce_address: Callable[[str], DeliveryName | None]
) -> DeliveryName | None:
    said = [
        str(value)
        for name in ("To", "Delivered-To", "X-Original-To", "Envelope-To")
        for value in message.get_all(name, [])
    ]
    # A feedback report goes to where a provider's reports go, and says whom the mail was from.
    for part in message.walk():
        if part.get_content_type() in (*_RETURNED, "message/feedback-report"):
            said += _ENVELOPE_SENDER.findall(_inner_text(part))
    for word in re.split(r"[\s<>,;]+", " ".join(said)):
        if "@" in word and (delivery := read_bounce_address(word)):
            return delivery
    return None


def _returned_delivery(message: Message) -> DeliveryName | None:
    for part in message.walk():
        if part.get_content_type() in _RETURNED:
            text = _inner_text(part)
            found = re.search(r"^Message-ID:\s*(<[^>\s]+>)", text, re.IGNORECASE | re.MULTILINE)
            if found and (delivery := read_message_id(found[1])):
                return delivery
    return None


def _inner_text(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        return "\n".join(
            f"{name}: {value}"
            for inner in payload
            if isinstance(inner, Message)
            for name, value in inner.items()
        )
    return str(payload)


def _feedback_type(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            for fields in part.get_payload():
                if isinstance(fields, Message):
                    return str(fields.get("Feedback-Type", ""))
    return ""


def _recipients(message: Message) -> Iterator[dict[str, str]]:
    """The fields of each recipient in a delivery status."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for group in part.get_payload():
            fields = {name.lower(): str(value) for name, value in group.items()}  # type: ignore[union-attr]
            # While a server is still trying (`delayed`) nothing is decided.
            if fields.get("action", "delayed").strip().lower() != "delayed":
                yield fields


def _report(fields: dict[str, str], delivery: DeliveryName) -> BounceReport:
    action = fields["action"].strip().lower()
    status, said = fields.get("status", ""), fields.get("diagnostic-code", "")
    detail = short(f"{status} {said}")
    address = fields.get("final-recipient", "").partition(";")[2].strip()
    if action in ("delivered", "relayed", "expanded"):
        return BounceReport("delivered", address, detail, delivery)
    return BounceReport(sort_of(status, said), address, detail, delivery)
