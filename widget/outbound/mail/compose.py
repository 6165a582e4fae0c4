"""A mail that asks: its parts and its headers.

`email.message` and `smtplib` of the standard library do all that is needed; the worker has no
Flask, so an extension of it would bring nothing but an application to be set up.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from widget.domain.faces import initials
from widget.domain.looks import text_on
from widget.domain.mail_addresses import wire_address
from widget.domain.mail_wording import (
    WHY_MAILED,
    MailWording,
    Occasion,
    SurveyMail,
    one_line,
    without_controls,
)
from widget.domain.surveys import Definition
from widget.domain.wording import presentable_name
from widget.email_rows import rating_row, rating_row_text
from widget.outbound.mail.amp import amp_part
from widget.outbound.mail.templates import ascii_html, mail_template
from widget.outbound.mail.words import Words
from widget.translations import translate

# A line of a message may have 998 octets (RFC 5322 §2.1.1); HTML with longer ones is encoded.
_LONGEST_LINE = 900


@dataclass(frozen=True)
class Person:
    """The member whom the mail is about. `photo_url` is absolute; "" for what is not known."""

    name: str = ""
    title: str = ""
    bio: str = ""
    photo_url: str = ""

    @property
    def initials(self) -> str:
        return initials(self.name)


@dataclass(frozen=True)
class Envelope:
    """Who a mail is from and to, and what it is called.

    `recipient` is where it goes; `meant_for` differs from it in test mode alone. `bounce_to` is
    the envelope's sender, which reports of what became of the mail go to.
    """

    message_id: str
    sender: str
    recipient: str
    meant_for: str
    bounce_to: str
    date: datetime


@dataclass(frozen=True)
class Letter:
    """What a mail says. `answer_url` gives a score's address, or that of the page for None.

    `amp_url` is where the AMP part posts its answer; "" for a mail without one. `is_rehearsal`: it
    goes to whoever plans a campaign, and says so.
    """

    definition: Definition
    mail: SurveyMail
    words: Words
    member: Person
    customer: str
    answer_url: Callable[[int | None], str]
    unsubscribe_url: str
    postal_address: str = ""
    occasion: Occasion = "interaction"
    is_reminder: bool = False
    is_rehearsal: bool = False
    amp_url: str = ""


@dataclass(frozen=True)
class Texts:
    """A letter's words with every placeholder filled in."""

    subject: str
    preheader: str
    greeting: str
    intro: list[str]
    button: str
    closing: list[str]
    sender_name: str
    reply_to: str
    reason: str
    unsubscribe: str


def compose(envelope: Envelope, letter: Letter) -> EmailMessage:
    """The whole message: text first, HTML last, as the richest part a client knows is shown."""
    texts = texts_of(letter)
    is_test = envelope.recipient != envelope.meant_for
    message = EmailMessage(policy=MAIL_POLICY)
    subject = f"[Test for {envelope.meant_for}] {texts.subject}" if is_test else texts.subject
    message["Subject"] = one_line(subject)
    message["From"] = _mailbox(texts.sender_name, envelope.sender)
    message["To"] = _mailbox("" if is_test else letter.customer, envelope.recipient)
    if texts.reply_to:
        message["Reply-To"] = _mailbox("", texts.reply_to)
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = one_line(envelope.message_id)
    message["List-Unsubscribe"] = f"<{one_line(letter.unsubscribe_url, 900)}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Keeps holiday replies away. `Precedence: bulk` would say the same to old programs only, and
    # some filters count it against a mail that a customer's own interaction caused.
    message["Auto-Submitted"] = "auto-generated"
    # The same each time it is sent: a repeated mail is the same mail to the last byte.
    name = one_line(envelope.message_id.strip("<>").partition("@")[0], 60)
    # Postmark and SendGrid do not always say a mail's Message-ID in their reports. Each repeats its
    # header there, and takes it out before the mail goes on.
    message["X-PM-Metadata-message_id"] = name
    message["X-SMTPAPI"] = json.dumps({"unique_args": {"message_id": name}})
    if is_test:
        message["X-Sayso-Test-For"] = one_line(envelope.meant_for)
    _add_parts(message, letter, texts)
    message.set_boundary(f"=_{name}")
    return message


def _add_parts(message: EmailMessage, letter: Letter, texts: Texts) -> None:
    message.set_content(text_of(letter, texts), charset="utf-8")
    if letter.amp_url:
        # Before the HTML: some clients show the last part whatever it is.
        _add_markup(
            message, amp_part(letter.definition, letter.words, letter.amp_url), "x-amp-html"
        )
    _add_markup(message, html_of(letter, texts), "html")


def _add_markup(message: EmailMessage, markup: str, subtype: str) -> None:
    fits = all(len(line) <= _LONGEST_LINE for line in markup.split("\n"))
    message.add_alternative(
        markup, subtype=subtype, charset="us-ascii", cte="7bit" if fits else "quoted-printable"
    )


def texts_of(letter: Letter) -> Texts:
    """The wording of a letter, headers' texts safe to stand in one."""
    words, member = letter.words, letter.member.name
    customer = presentable_name(letter.customer)
    worded = _worded(letter, customer)

    def filled(text: str) -> str:
        return without_controls(words.filled(text, member, customer))

    subject = one_line(filled(worded.subject))
    if letter.is_reminder:
        subject = words.say("Reminder: {subject}", subject=subject)
    if letter.is_rehearsal:
        subject = words.say("[Rehearsal] {subject}", subject=subject)
    return Texts(
        subject=subject,
        preheader=one_line(filled(worded.preheader)),
        greeting=one_line(filled(worded.greeting)),
        intro=_paragraphs(filled(worded.intro)),
        button=one_line(filled(worded.button)),
        closing=_paragraphs(filled(worded.closing)),
        sender_name=one_line(filled(worded.sender_name), 80),
        reply_to=one_line(worded.reply_to),
        reason=words.say(WHY_MAILED[letter.occasion], company=words.filled("{company}", "", "")),
        unsubscribe=words.say("Unsubscribe"),
    )


def _worded(letter: Letter, customer: str) -> MailWording:
    words = letter.words
    worded = letter.mail.worded(
        words.language, letter.definition.main_language, translate, letter.occasion
    )
    built_in = translate("Hello {customer},", words.language)
    if worded.greeting == built_in and not customer:
        # "Hello dear customer," helps nobody.
        return MailWording(**{**vars(worded), "greeting": words.say("Hello,")})
    return worded


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n") if part.strip()]


def html_of(letter: Letter, texts: Texts) -> str:
    """The HTML part: ASCII, tables, readable without images and in the dark."""
    looks, member = letter.definition.looks, letter.member
    row = rating_row(
        letter.definition,
        letter.words,
        letter.answer_url,
        member=member.name,
        customer=presentable_name(letter.customer),
    )
    return ascii_html(
        mail_template("request.html").render(
            words=letter.words,
            texts=texts,
            member=member if letter.definition.show_member else Person(),
            row=Markup(row),  # noqa: S704 - rendered by a template that escapes
            accent=looks.accent,
            on_accent=text_on(looks.accent),
            answer_url=letter.answer_url(None),
            unsubscribe_url=letter.unsubscribe_url,
            postal=_paragraphs(without_controls(letter.postal_address)),
        )
    )


def text_of(letter: Letter, texts: Texts) -> str:
    """The plain text part."""
    row = rating_row_text(
        letter.definition,
        letter.words,
        letter.answer_url,
        member=letter.member.name,
        customer=presentable_name(letter.customer),
    )
    blocks = [texts.greeting, *texts.intro, row.strip()]
    blocks += [f"{texts.button}: {letter.answer_url(None)}", *texts.closing]
    blocks.append("-- \n" + "\n".join([texts.sender_name, *_postal_lines(letter)]))
    blocks += [texts.reason, f"{texts.unsubscribe}: {letter.unsubscribe_url}"]
    return "\n\n".join(blocks) + "\n"


def _postal_lines(letter: Letter) -> list[str]:
    return _paragraphs(without_controls(letter.postal_address))


@lru_cache(maxsize=1000)
def _mailbox(name: str, address: str) -> Address | str:
    local, _at, domain = (wire_address(address) or address).rpartition("@")
    return Address(one_line(name, 80), username=one_line(local), domain=one_line(domain))


_UNFOLDED = (
    *("list-unsubscribe", "message-id", "in-reply-to", "x-pm-metadata-message_id", "x-smtpapi"),
)


class _MailPolicy(EmailPolicy):
    """Leaves headers that programs read as they are.

    The library would fold them in the middle by encoding them, and a mail program that looks for
    an address in `List-Unsubscribe` finds none then.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() == "references":
            # Between the ids alone: each of them may be longer than the library's lines.
            folded = f"{self.linesep} ".join(one_line(str(value), 5_000).split())
            return f"{name}: {folded}{self.linesep}".encode("ascii")
        if name.lower() in _UNFOLDED or (name.lower() == "reply-to" and str(value).isascii()):
            return f"{name}: {one_line(str(value), 990)}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


MAIL_POLICY = _MailPolicy(linesep="\r\n", cte_type="7bit", utf8=False)
