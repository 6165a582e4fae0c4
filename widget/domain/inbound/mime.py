"""Reading a mail as it stands on the wire.

The standard library's parser, with what it lacks: bounds. Headers are read as they stand, as in
`domain.bounces`: to take some apart can take minutes.
"""

import codecs
import email
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from widget.domain.bounces import short, storable
from widget.domain.errors import InboundRefused
from widget.domain.inbound.automatic import TELLING
from widget.domain.inbound.html import HTML_LIMIT, text_of_html
from widget.domain.inbound.mails import WHOLE_LIMIT, Attachment, InboundMail, named, whole_text
from widget.domain.mime_bounds import WHAT_A_BROKEN_MAIL_RAISES, is_quick_to_read
from widget.domain.replies import is_message_id

MESSAGE_LIMIT = 10 * 1024 * 1024
"""So many bytes of a mail are read; what its customer wrote stands at the beginning."""

_MOST_PARTS = 200
_HEADER_LIMIT = 5_000
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")
_REPORTS = ("delivery-status", "feedback-report")
# Decoders that take a time that grows with the square of a text, or that execute escapes.
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"})
_NAMES_AN_ADDRESS = re.compile(r"[^\s<>,;:\"()]{1,64}@[^\s<>,;:\"()]{1,255}")


def read_mime(data: bytes) -> InboundMail:
    """The mail in some bytes; what is damaged in it is passed over. Raises InboundRefused for one
    that would take too long to read."""
    data = data[:MESSAGE_LIMIT]
    if not is_quick_to_read(data):
        raise InboundRefused("The mail has too many parts within parts, or headers too long.")
    try:
        return _read(email.message_from_bytes(data))
    except WHAT_A_BROKEN_MAIL_RAISES as error:
        raise InboundRefused("The mail is not written as mails are.") from error


def _read(message: Message) -> InboundMail:
    parts = list(_parts(message))
    attachments, further = named([_attachment(part) for part in parts if not _is_body(part)])
    report_type = str(message.get_param("report-type", "")).lower()
    return InboundMail(
        to=tuple(_recipients(message)),
        sender=first_address(_header(message, "from")),
        subject=short(_header(message, "subject")),
        message_id=usable_id(str(message.get("message-id", ""))),
        text=_text([part for part in parts if _is_body(part)]),
        headers={name: short(str(message[name])) for name in TELLING if name in message},
        attachments=attachments,
        further_attachments=further,
        is_report=message.get_content_type() == "multipart/report" and report_type in _REPORTS,
    )


def first_address(header: str) -> str:
    """The first address in a header, "" where there is none."""
    found = getaddresses([header[:_HEADER_LIMIT]])
    address = next((address for _name, address in found if "@" in address), "")
    return short(address)[:254]


def addresses_in(text: str) -> list[str]:
    """Everything in a text that may be an address."""
    return _NAMES_AN_ADDRESS.findall(text[:_HEADER_LIMIT])


def usable_id(text: str) -> str:
    """A Message-ID that may stand in headers of ours, else ""."""
    found = text.strip()
    return found if is_message_id(found) else ""


def decoded_header(text: str) -> str:
    """A header's words, however they are encoded."""
    try:
        found = decode_header(text[:_HEADER_LIMIT])
    except (HeaderParseError, ValueError):
        return text[:_HEADER_LIMIT]
    words = [
        word if isinstance(word, str) else decoded(word, charset or "ascii")
        for word, charset in found
    ]
    return "".join(words)


def decoded(data: bytes, charset: str) -> str:
    """Bytes as text; of an unknown charset as UTF-8, or else as Western letters."""
    try:
        known = codecs.lookup(charset.strip()).name
        if known.replace("-", "_") in _NO_CHARSETS:
            raise LookupError(charset)
        return data.decode(known, "replace")
    except (LookupError, ValueError, TypeError):
        # Nobody knows it, or it makes no text of bytes.
        pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _header(message: Message, name: str) -> str:
    raw = next((str(value) for known, value in message.raw_items() if known.lower() == name), "")
    if not raw.isascii():
        # As it came: nobody encoded it, as newer standards allow and older programs did anyway.
        raw = decoded(raw[:_HEADER_LIMIT].encode("utf-8", "surrogateescape"), "utf-8")
    return decoded_header(raw)


def _recipients(message: Message) -> Iterator[str]:
    for name in _RECIPIENTS:
        for value in message.get_all(name, [])[:20]:
            yield from addresses_in(str(value))


def _parts(message: Message) -> Iterator[Message]:
    """The parts that hold something themselves; what is within an attached mail is that mail's."""
    waiting, seen = [message], 0
    while waiting and seen < _MOST_PARTS:
        part, seen = waiting.pop(), seen + 1
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting += [one for one in reversed(inner) if isinstance(one, Message)]
        else:
            yield part


def _is_body(part: Message) -> bool:
    # Parts whose end is nowhere to be found are read as the text that they are.
    is_text = (
        part.get_content_type() in ("text/plain", "text/html")
        or part.get_content_maintype() == "multipart"
    )
    return is_text and part.get_content_disposition() != "attachment" and not _file_name(part)


def _text(bodies: list[Message]) -> str:
    """The text that the mail has, else its HTML as text."""
    texts = [_content(part) for part in bodies if part.get_content_type() != "text/html"]
    if text := whole_text("\n".join(texts)):
        return text
    left, said = HTML_LIMIT, []
    for part in bodies:
        html = _content(part)[:left]
        left -= len(html)
        said.append(text_of_html(html))
    return whole_text("\n".join(said))


def _content(part: Message) -> str:
    try:
        charset = str(part.get_content_charset() or "utf-8")
    except (LookupError, ValueError, TypeError):
        # It is none that mails may have.
        charset = "utf-8"
    text = decoded(_bytes_of(part), charset)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _unflowed(text, drops=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _unflowed(text: str, *, drops: bool) -> str:
    """Text whose lines were broken to fit, as paragraphs again (RFC 3676 §4)."""
    paragraphs: list[list[str]] = []
    is_open = False
    for line in storable(text[: 2 * WHOLE_LIMIT]).replace("\r\n", "\n").split("\n"):
        is_soft = line.endswith(" ") and line != "-- " and not line.startswith(">")
        said = line[1:] if line.startswith(" ") else line
        said = said[:-1] if is_soft and drops else said
        if is_open and not line.startswith(">") and line != "-- ":
            paragraphs[-1].append(said)
        else:
            paragraphs.append([said])
        is_open = is_soft
    return "\n".join(map("".join, paragraphs))


def _attachment(part: Message) -> Attachment:
    inner = part.get_payload()
    if isinstance(inner, list):
        # An attached mail is kept apart by the parser: about as large as what it holds is written.
        within = [one for mail in inner if isinstance(mail, Message) for one in mail.walk()]
        texts = [one.get_payload() for one in within]
        size = sum(len(text) for text in texts if isinstance(text, str))
    else:
        size = len(_bytes_of(part))
    return Attachment(_file_name(part) or part.get_content_type(), size)


def _bytes_of(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (LookupError, ValueError, TypeError):
        payload = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return payload if isinstance(payload, bytes) else b""


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename()
    except (LookupError, ValueError, TypeError):
        # Its name is in a charset that nobody knows.
        return "?"
    return decoded_header(str(name)) if name else ""
