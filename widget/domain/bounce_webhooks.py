"""What mail services post about mails: their JSON, each in its own shape, as bounce reports.

Fields that are missing or of another type than documented give no report rather than an error:
services add events, and one strange event must not lose the others of its batch.
"""

import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from widget.domain.bounces import BounceReport, Sort, is_complaint, short, sort_of, storable
from widget.domain.mail_addresses import DeliveryName, read_message_id

Provider = Literal["ses", "postmark", "mailgun", "sendgrid"]


@dataclass(frozen=True)
class Posted:
    """What was in a post. `confirm_url` is an address that the operator must open by hand to begin
    (SES); it is shown and never fetched, as it came from outside."""

    reports: tuple[BounceReport, ...] = ()
    confirm_url: str = ""


def read_webhook(provider: Provider, body: Any) -> Posted:
    """The reports in a decoded JSON body."""
    return _READERS[provider](body)


def _text(data: Any, *path: str) -> str:
    """A text deep in nested mappings; "" when it is not there."""
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return storable(data) if isinstance(data, str) else ""


def _items(data: Any, *path: str) -> list[Any]:
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data if isinstance(data, list) else []


# Where SNS confirms a subscription, and nothing else of Amazon's: anybody may have a host there.
_CONFIRMATION = re.compile(
    r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?/\?Action=ConfirmSubscription"
    r"(&[A-Za-z0-9=&%:._~-]*)?"
)
_LONGEST_URL = 2000


def _ses(body: Any) -> Posted:
    """An SNS envelope around an SES notification, or the notification alone (raw delivery)."""
    if _text(body, "Type") in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
        url = _text(body, "SubscribeURL")
        is_theirs = len(url) <= _LONGEST_URL and _CONFIRMATION.fullmatch(url)
        return Posted(confirm_url=url if is_theirs else "")
    note = body
    if _text(body, "Type") == "Notification":
        try:
            note = json.loads(_text(body, "Message"))
        except (ValueError, RecursionError):
            return Posted()
    kind = _text(note, "notificationType") or _text(note, "eventType")
    delivery = _ses_delivery(note)
    if kind == "Bounce":
        sort: Sort = "hard" if _text(note, "bounce", "bounceType") == "Permanent" else "soft"
        found = [
            BounceReport(sort, address, short(_text(item, "diagnosticCode")), delivery)
            for item in _items(note, "bounce", "bouncedRecipients")
            if (address := _text(item, "emailAddress"))
        ]
    elif kind == "Complaint":
        feedback_type = _text(note, "complaint", "complaintFeedbackType")
        found = [
            BounceReport("complaint", address, short(feedback_type), delivery)
            for item in _items(note, "complaint", "complainedRecipients")
            if (address := _text(item, "emailAddress")) and is_complaint(feedback_type)
        ]
    elif kind == "Delivery":
        found = [
            BounceReport("delivered", storable(address), "", delivery)
            for address in _items(note, "delivery", "recipients")
            if isinstance(address, str)
        ]
    else:
        found = []
    return Posted(tuple(found))


def _ses_delivery(note: Any) -> DeliveryName | None:
    # SES puts an id of its own in place of ours; the original one is among the headers.
    for header in _items(note, "mail", "headers"):
        if _text(header, "name").lower() == "message-id":
            return read_message_id(_text(header, "value"))
    return read_message_id(_text(note, "mail", "commonHeaders", "messageId"))


_POSTMARK_HARD = {"HardBounce", "BadEmailAddress", "ManuallyDeactivated", "Unsubscribe"}
_POSTMARK_COMPLAINT = {"SpamComplaint"}
# Answers of programs, and what concerns nobody's mailbox: the mail itself did not come back.
_POSTMARK_NO_BOUNCE = {
    "AddressChange",
    "AutoResponder",
    "ChallengeVerification",
    "InboundError",
    "OpenRelayTest",
    "Subscribe",
    "TemplateRenderingFailed",
}


def _postmark(body: Any) -> Posted:
    record, address = _text(body, "RecordType"), _text(body, "Email") or _text(body, "Recipient")
    if not address:
        return Posted()
    kind = _text(body, "Type")
    detail = short(f"{kind} {_text(body, 'Description')} {_text(body, 'Details')}")
    delivery = read_message_id(_text(body, "Metadata", "message_id"))
    sort: Sort
    if record == "SpamComplaint" or kind in _POSTMARK_COMPLAINT:
        sort = "complaint"
    elif record == "Delivery":
        sort = "delivered"
    elif record == "Bounce" and kind not in _POSTMARK_NO_BOUNCE:
        sort = "hard" if kind in _POSTMARK_HARD else "soft"
    else:
        return Posted()
    return Posted((BounceReport(sort, address, detail, delivery),))


def _mailgun(body: Any) -> Posted:
    data = body.get("event-data") if isinstance(body, Mapping) else None
    address, event = _text(data, "recipient"), _text(data, "event")
    if not address:
        return Posted()
    message_id = _text(data, "message", "headers", "message-id")
    said = _text(data, "delivery-status", "message") or _text(
        data, "delivery-status", "description"
    )
    sort: Sort
    if event == "failed":
        sort = "hard" if _text(data, "severity") == "permanent" else "soft"
        if sort == "hard" and _text(data, "reason") not in ("bounce", "suppress-bounce"):
            # Permanent means that Mailgun gave up, which may be a policy or a full mailbox.
            sort = sort_of("5", said)
    elif event == "complained":
        sort = "complaint"
    elif event == "delivered":
        sort = "delivered"
    else:
        return Posted()
    return Posted((BounceReport(sort, address, short(said), read_message_id(message_id)),))


def _sendgrid(body: Any) -> Posted:
    found = []
    for item in body if isinstance(body, list) else []:
        address, event = _text(item, "email"), _text(item, "event")
        said = _text(item, "reason") or _text(item, "response")
        sort: Sort
        if event == "bounce":
            # Type `blocked` is a refusal of this mail, not of the address.
            blocked = _text(item, "type") == "blocked"
            sort = "soft" if blocked else "hard"
        elif event == "dropped":
            gone = said.lower() in ("bounced address", "invalid")
            sort = "hard" if gone else "soft"
        elif event == "deferred":
            continue
        elif event == "spamreport":
            sort = "complaint"
        elif event == "delivered":
            sort = "delivered"
        else:
            continue
        # Ours, repeated from X-SMTPAPI; `smtp-id` is missing from spam reports and late bounces.
        named = _text(item, "message_id") or _text(item, "smtp-id")
        delivery = read_message_id(named)
        if address:
            found.append(BounceReport(sort, address, short(said), delivery))
    return Posted(tuple(found))


_READERS: dict[Provider, Callable[[Any], Posted]] = {
    "ses": _ses,
    "postmark": _postmark,
    "mailgun": _mailgun,
    "sendgrid": _sendgrid,
}


# Longer than Mailgun goes on trying to deliver one post.
_MAILGUN_SIGNED_FOR = timedelta(days=1)


def mailgun_signature_is_good(secret: str, body: Any, now: datetime) -> bool:
    """Whether Mailgun signed a post within the last day: HMAC-SHA256 of timestamp and token with
    its signing key.

    The signature does not cover what is reported. So whoever came by one could report anything
    with it, and it must not be good for ever.
    """
    signature = body.get("signature") if isinstance(body, Mapping) else None
    timestamp = _text(signature, "timestamp")
    text = timestamp + _text(signature, "token")
    expected = hmac.new(secret.encode(), text.encode(), sha256).hexdigest()
    given = _text(signature, "signature")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        return False
    # Only now: what somebody else made up is not counted with.
    is_moment = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12
    age = now.timestamp() - int(timestamp) if is_moment else None
    return age is not None and abs(age) <= _MAILGUN_SIGNED_FOR.total_seconds()
