"""An inbound mail, as far as a thread needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from widget.domain.bounces import short, storable

# Of a mail's whole text, and of what its customer wrote above the quotations, in characters.
WHOLE_LIMIT = 20_000
SAID_LIMIT = 10_000
_MOST_ATTACHMENTS = 20
_NAME_LIMIT = 150
# What a size is cut to: any number may be posted, and beyond this none is exact everywhere.
_MOST_BYTES = 2**53


@dataclass(frozen=True)
class Attachment:
    """A file that came along and is not kept. `size` is in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class InboundMail:
    """`to` is every address that it may have been sent to, `sender` that of its From.

    `message_id` is "" where there is none that can be used. `headers` are those that tell programs
    from people, by lower-case names. `is_report`: a mail server's report of what became of a mail.
    """

    to: tuple[str, ...]
    sender: str
    subject: str
    message_id: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    further_attachments: int = 0
    is_report: bool = False

    @property
    def key(self) -> str:
        """What the same mail has each time that it is delivered."""
        if self.message_id:
            return self.message_id
        said = "\0".join((self.sender, self.headers.get("date", ""), self.subject, self.text))
        return "sha256:" + sha256(said.encode(errors="replace")).hexdigest()


def size_in_bytes(said: object) -> int:
    """How large a file is that somebody said to be so large; 0 for what is no number of bytes."""
    if not isinstance(said, int) or isinstance(said, bool):
        return 0
    return min(max(said, 0), _MOST_BYTES)


def stored_attachments(data: Mapping[str, Any]) -> list[Attachment]:
    """The attachments that a letter's note tells of, of a size that can be shown: earlier releases
    kept any."""
    return [
        Attachment(str(one["name"]), size_in_bytes(one["size"]))
        for one in data.get("attachments", ())
    ]


def named(attachments: list[Attachment]) -> tuple[tuple[Attachment, ...], int]:
    """The attachments as they are kept, and how many more there are."""
    kept = [
        Attachment(short(one.name)[:_NAME_LIMIT] or "?", one.size)
        for one in attachments[:_MOST_ATTACHMENTS]
    ]
    return tuple(kept), len(attachments) - len(kept)


def whole_text(text: str) -> str:
    """A mail's text as it is kept: line breaks of one sort, nothing that no database takes, cut."""
    plain = storable(text[: 2 * WHOLE_LIMIT]).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in plain.split("\n")).strip()[:WHOLE_LIMIT]
