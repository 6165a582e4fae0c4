"""What is said to people of the team, the same words for a mail and for a chat, and to programs."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal
from uuid import UUID

from widget.domain.mail_wording import one_line, without_controls
from widget.domain.webhooks import Notice

Channel = Literal["mail", "slack", "teams", "webhook"]

# What these carry opens something: once they have left, or never will, their link is forgotten.
WITH_SECRET_LINK = frozenset({"invitation", "password"})

# Numbers and reports come by the hundred and take seconds each, and programs may answer slowly:
# lanes of their own keep alerts quick. What no lane names is quick.
Lane = Literal["quick", "slow", "webhooks"]
WEBHOOK, WEBHOOK_TRIAL = "webhook", "webhook_test"
PURPOSES: Mapping[Lane, frozenset[str]] = {
    "slow": frozenset({"subscription", "report"}),
    "webhooks": frozenset({WEBHOOK, WEBHOOK_TRIAL}),
}

_SUBJECT_LIMIT = 150
_TEXT_LIMIT = 2_000
_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class AttachedReport:
    """A report that a mail carries as a PDF: its id in hexadecimal, and the user who sends it, as
    whom it is read when the mail leaves."""

    report_id: str
    user_id: int


@dataclass(frozen=True)
class Content:
    """A message. `facts` are pairs of a word and what it is; `link` is an absolute address or "".

    What customers wrote goes into `quote`, so that every channel can set it apart from our words.
    Mails alone have a `reply_to`, where answers go, a `sender_name` where it is not ours, and a
    `report`; webhooks alone a `notice`, of which what is sent is written when it leaves. A reply to
    a customer has a `follow_up_id` in hexadecimal, whose thread has its words.
    """

    subject: str
    text: str
    facts: tuple[tuple[str, str], ...] = ()
    quote: str = ""
    link: str = ""
    link_words: str = ""
    reply_to: str = ""
    sender_name: str = ""
    report: AttachedReport | None = None
    notice: Notice | None = None
    follow_up_id: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Content":
        """What `to_json` gave."""
        facts = tuple((str(word), str(value)) for word, value in data.get("facts", ()))
        report = data.get("report")
        notice = data.get("notice")
        return cls(
            **{
                **data,
                "facts": facts,
                "report": AttachedReport(**report) if report else None,
                "notice": Notice(**{**notice, "rules": tuple(notice["rules"])}) if notice else None,
            }
        )


def tidy_content(content: Content) -> Content:
    """The content as it may leave: one-line subject and facts, no control characters, cut."""
    return Content(
        subject=one_line(content.subject, _SUBJECT_LIMIT),
        text=without_controls(content.text)[:_TEXT_LIMIT],
        facts=tuple(
            (one_line(word, 60), one_line(value, 300)) for word, value in content.facts if value
        ),
        quote=without_controls(content.quote)[:_TEXT_LIMIT],
        link=content.link,
        link_words=one_line(content.link_words, 100),
        reply_to=one_line(content.reply_to),
        sender_name=one_line(content.sender_name, 80),
        report=content.report,
        notice=content.notice,
        follow_up_id=content.follow_up_id,
    )


def ids_in_link(link: str) -> frozenset[UUID]:
    """The ids in the link of a message: of the response or follow-up that it is about."""
    return frozenset(map(UUID, _ID.findall(link)))


def plain_text(content: Content) -> str:
    """The content as plain text, paragraphs apart."""
    blocks = [content.text]
    if content.quote:
        blocks.append("\n".join(f"> {line}" for line in content.quote.splitlines()))
    if content.facts:
        blocks.append("\n".join(f"{word}: {value}" for word, value in content.facts))
    if content.link:
        blocks.append(
            f"{content.link_words}: {content.link}" if content.link_words else content.link
        )
    return "\n\n".join(block for block in blocks if block) + "\n"
