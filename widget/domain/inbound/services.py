"""What mail services post about a mail that came in: each in its own shape, as an inbound mail.

Where a service posts the mail as it was, that is read: then nothing is lost on the way.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from widget.domain.bounces import short, storable
from widget.domain.errors import InboundRefused
from widget.domain.inbound.automatic import TELLING
from widget.domain.inbound.html import text_of_html
from widget.domain.inbound.mails import (
    Attachment,
    InboundMail,
    named,
    size_in_bytes,
    whole_text,
)
from widget.domain.inbound.mime import (
    addresses_in,
    decoded,
    decoded_header,
    first_address,
    read_mime,
    usable_id,
)

Service = Literal["raw", "postmark", "mailgun", "sendgrid"]

# In which field each posts a mail as it came, where it is told to.
_RAW: dict[Service, str] = {
    "raw": "raw",
    "postmark": "RawEmail",
    "mailgun": "body-mime",
    "sendgrid": "email",
}

SIGNED_FIELDS = ("timestamp", "token", "signature")
"""Where in a form Mailgun's signature stands."""

# Names and sizes in bytes of files that were posted along.
Files = Sequence[tuple[str, int]]
_MOST_HEADERS = 500
_MOST_RECIPIENTS = 20


def read_service(service: Service, fields: Mapping[str, Any], files: Files = ()) -> InboundMail:
    """The mail in the decoded JSON or form of a service. Raises InboundRefused for what is none."""
    return _READERS[service](fields, files)


def raw_of(service: Service, fields: Mapping[str, Any]) -> bytes:
    """The mail as it came, where a service posts that; else b""."""
    raw = fields.get(_RAW[service])
    return (
        raw if isinstance(raw, bytes) else _text(fields, _RAW[service]).encode("utf-8", "replace")
    )


def texts_of_form(service: Service, fields: Mapping[str, bytes]) -> dict[str, Any]:
    """The fields of a service's form as texts; a mail as it came stays bytes.

    SendGrid posts each field in the charset in which it was written, and says in which.
    """
    told = _json(decoded(fields.get("charsets", b""), "")) if service == "sendgrid" else None
    charsets = told if isinstance(told, Mapping) else {}
    return {
        name: value if name == _RAW[service] else decoded(value, _text(charsets, name))
        for name, value in fields.items()
    }


def mailgun_envelope(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form in which Mailgun signs it, as its JSON has them."""
    return {"signature": {name: fields.get(name) for name in SIGNED_FIELDS}}


def _text(fields: Any, name: str) -> str:
    value = fields.get(name) if isinstance(fields, Mapping) else None
    return storable(value) if isinstance(value, str) else ""


def _size(fields: Any, name: str) -> int:
    return size_in_bytes(fields.get(name) if isinstance(fields, Mapping) else None)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _mail(
    *,
    to: Sequence[str],
    headers: Sequence[tuple[str, str]],
    sender: str,
    subject: str,
    text: str,
    html: str,
    attachments: list[Attachment],
) -> InboundMail:
    if not to or not sender:
        raise InboundRefused("The post holds no mail.")
    known: dict[str, str] = {}
    for name, value in headers[:_MOST_HEADERS]:
        known.setdefault(name.lower(), value)
    kept, further = named(attachments)
    told = [known.get(name, "") for name in ("to", "cc", "delivered-to", "x-original-to")]
    return InboundMail(
        to=tuple(address for one in (*to, *told) for address in addresses_in(one)),
        sender=first_address(decoded_header(sender)),
        subject=short(decoded_header(subject)),
        message_id=usable_id(known.get("message-id", "")),
        text=whole_text(text) or whole_text(text_of_html(html)),
        headers={name: short(known[name]) for name in TELLING if name in known},
        attachments=kept,
        further_attachments=further,
    )


def _read_raw(raw: bytes, envelope: Sequence[str]) -> InboundMail:
    """A mail as it came, sent to whom the service says as well: a mail that was sent as a blind
    copy, or passed on from another address, names its recipient nowhere."""
    mail = read_mime(raw)
    told = [address for one in envelope for address in addresses_in(one)]
    return replace(mail, to=(*told, *mail.to))


def _postmark(fields: Mapping[str, Any], _files: Files) -> InboundMail:
    if raw := raw_of("postmark", fields):
        return _read_raw(raw, [_text(fields, "OriginalRecipient")])
    headers = [(_text(one, "Name"), _text(one, "Value")) for one in _list(fields.get("Headers"))]
    attachments = []
    for one in _list(fields.get("Attachments")):
        attachments.append(Attachment(_text(one, "Name"), _size(one, "ContentLength")))
    full = fields.get("FromFull")
    return _mail(
        to=[one for name in ("OriginalRecipient", "To", "Cc") if (one := _text(fields, name))],
        headers=headers,
        sender=_text(full, "Email") or _text(fields, "From"),
        subject=_text(fields, "Subject"),
        text=_text(fields, "TextBody"),
        html=_text(fields, "HtmlBody"),
        attachments=attachments,
    )


def _mailgun(fields: Mapping[str, Any], files: Files) -> InboundMail:
    if raw := raw_of("mailgun", fields):
        return _read_raw(raw, [_text(fields, "recipient")])
    pairs = _list(_json(_text(fields, "message-headers")))
    headers = [
        (str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, list) and len(pair) == 2
    ]
    stored = [
        Attachment(_text(one, "name"), _size(one, "size"))
        for one in _list(_json(_text(fields, "attachments")))
        if isinstance(one, Mapping)
    ]
    return _mail(
        to=[one for name in ("recipient", "To") if (one := _text(fields, name))],
        headers=headers,
        sender=_text(fields, "from") or _text(fields, "sender"),
        subject=_text(fields, "subject"),
        text=_text(fields, "body-plain"),
        html=_text(fields, "body-html"),
        attachments=[Attachment(name, size) for name, size in files] + stored,
    )


def _sendgrid(fields: Mapping[str, Any], files: Files) -> InboundMail:
    envelope = _json(_text(fields, "envelope"))
    told = _list(envelope.get("to")) if isinstance(envelope, Mapping) else []
    to = [one for one in told if isinstance(one, str)][:_MOST_RECIPIENTS]
    if raw := raw_of("sendgrid", fields):
        return _read_raw(raw, to)
    return _mail(
        to=[*to, _text(fields, "to")],
        headers=_header_lines(_text(fields, "headers")),
        sender=_text(fields, "from"),
        subject=_text(fields, "subject"),
        text=_text(fields, "text"),
        html=_text(fields, "html"),
        attachments=[Attachment(name, size) for name, size in files],
    )


def _header_lines(text: str) -> list[tuple[str, str]]:
    """Headers as they stand in a mail: one that goes on begins its next line with a space."""
    found: list[tuple[str, str]] = []
    for line in text.replace("\r\n", "\n").split("\n")[:_MOST_HEADERS]:
        if line[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
            continue
        name, _colon, value = line.partition(":")
        found.append((name.strip(), value.strip()))
    return found


def _plain(fields: Mapping[str, Any], _files: Files) -> InboundMail:
    raw = raw_of("raw", fields)
    if not raw.strip():
        raise InboundRefused("The post holds no mail.")
    return read_mime(raw)


_READERS: dict[Service, Callable[[Mapping[str, Any], Files], InboundMail]] = {
    "raw": _plain,
    "postmark": _postmark,
    "mailgun": _mailgun,
    "sendgrid": _sendgrid,
}
