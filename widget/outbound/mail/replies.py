"""The mail of a reply to a customer: what somebody wrote, and below it what it answers."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from json import dumps
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.note_unsent_reply import give_reply_up
from widget.actions.receive_bounce import receive_bounce
from widget.domain.bounces import BounceReport, sort_of
from widget.domain.mail_addresses import DeliveryName, ReplyAddress, ThreadName, wire_address
from widget.domain.mail_wording import SurveyMail, is_address, one_line, without_controls
from widget.domain.replies import why_no_reply
from widget.domain.surveys import Definition
from widget.outbound.mail.compose import MAIL_POLICY
from widget.outbound.mail.letters import Post
from widget.outbound.mail.notes import hand_over
from widget.outbound.mail.templates import ascii_html, mail_template
from widget.outbound.mail.transport import Mailer, MailRefused
from widget.outbound.mail.words import Words, choose_language
from widget.outbound.messages import NotSent
from widget.storage.messages import DueMessage
from widget.storage.replies import ReplyLetter, reply_letter
from widget.translations import translate

_QUOTE_LIMIT = 2_000


@dataclass(frozen=True)
class SendReplies:
    """Writes a reply's mail when it leaves, unless its customer may not be written to any more."""

    mailer: Mailer
    post: Post
    engine: Engine

    def send(self, due: DueMessage, now: datetime) -> None:
        """Send a mail. Raises NotSent, for good where there is nobody to send it to."""
        follow_up_id = UUID(hex=due.content.follow_up_id)
        with Session(self.engine) as session:
            letter = reply_letter(session, due.workspace_id, follow_up_id, due.id)
        if letter is None:
            raise NotSent("The reply was deleted before it was sent.", is_final=True)
        if refusal := why_no_reply(letter.customer, letter.test_mail_to):
            raise NotSent(refusal, is_final=True)
        recipient = wire_address(letter.test_mail_to or due.target)
        if recipient is None:
            raise NotSent("No mail server of ours takes such an address.", is_final=True)
        name = DeliveryName(due.workspace_id, due.id)
        sender = self.post.sender(letter.policy)
        message = reply_mail(letter, sender, recipient, self.answers_to(due.workspace_id, letter))
        try:
            hand_over(self.mailer, self.post.bounce_address(name, sender), recipient, message)
        except NotSent as error:
            self._was_refused(name, due.target, error, now)
            raise

    def give_up(self, due: DueMessage, error: str, now: datetime) -> None:
        """Keep that a reply could not leave, and tell whoever has its follow-up."""
        with Session(self.engine) as session:
            give_reply_up(session, due, error, at=now)

    def answers_to(self, workspace_id: int, letter: ReplyLetter) -> str:
        """Where the customer's answer goes: into the thread, else to the team's own address."""
        settings = self.post.settings
        if settings.inbound_address:
            thread = ThreadName(workspace_id, letter.follow_up_id)
            return ReplyAddress(settings.secret_keys, settings.inbound_address).of(thread)
        return own_answers_to(
            letter.mail, letter.definition, letter.customer.language, letter.writer_address
        )

    def _was_refused(self, name: DeliveryName, address: str, error: NotSent, now: datetime) -> None:
        refused = error.__cause__
        if not isinstance(refused, MailRefused) or not refused.is_final:
            return
        if sort_of(str(refused.code), refused.text) != "hard":
            return
        with Session(self.engine) as session:
            receive_bounce(
                session,
                BounceReport("hard", address, str(refused), name),
                workspace_id=name.workspace_id,
                key=self.post.settings.address_key,
                reported_by="smtp",
                at=now,
            )


def own_answers_to(mail: SurveyMail, definition: Definition, language: str, writer: str) -> str:
    """Where answers go that do not come back here: the address for replies that the survey's mails
    name, else that of whoever wrote."""
    spoken = choose_language(language, definition, mail)
    worded = mail.worded(spoken, definition.main_language, translate)
    return worded.reply_to if is_address(worded.reply_to) else writer


def reply_mail(letter: ReplyLetter, sender: str, recipient: str, answers_to: str) -> EmailMessage:
    """The whole message. It carries no `Auto-Submitted`, for a person wrote it."""
    words, message = _words(letter), EmailMessage(policy=MAIL_POLICY)
    is_test = bool(letter.test_mail_to)
    subject = _subject(letter, words)
    message["Subject"] = one_line(
        f"[Test for {letter.customer.address}] {subject}" if is_test else subject
    )
    from_name = ", ".join(filter(None, (one_line(letter.writer), one_line(letter.company))))
    message["From"] = Address(one_line(from_name, 80), addr_spec=sender)
    message["To"] = _mailbox("" if is_test else letter.customer.name, recipient)
    if answers_to and (address := wire_address(answers_to)):
        message["Reply-To"] = address
    # The same each time it is sent: a repeated mail is the same mail.
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = letter.message_id
    if letter.refers_to:
        message["In-Reply-To"] = letter.refers_to[-1]
        message["References"] = " ".join(letter.refers_to)
    name = one_line(letter.message_id.strip("<>").partition("@")[0], 60)
    # For Postmark and SendGrid, as mails that ask have it; Postmark keeps our Message-ID then.
    message["X-PM-Metadata-message_id"] = name
    message["X-PM-KeepID"] = "true"
    message["X-SMTPAPI"] = dumps({"unique_args": {"message_id": name}})
    quote = without_controls(letter.quote)[:_QUOTE_LIMIT].strip()
    answered = words.say("You answered: {answer}", answer=_answer(letter, words))
    message.set_content(_text(letter.text, answered, quote), charset="utf-8")
    html = mail_template("reply.html").render(
        words=words, subject=subject, text=letter.text, answered=answered, quote=quote
    )
    message.add_alternative(
        ascii_html(html), subtype="html", charset="us-ascii", cte="quoted-printable"
    )
    message.set_boundary(f"=_{name}")
    return message


def _words(letter: ReplyLetter) -> Words:
    language = choose_language(letter.customer.language, letter.definition, letter.mail)
    return Words(letter.definition, language, letter.company)


def _subject(letter: ReplyLetter, words: Words) -> str:
    """That of the mail that asked, so that programs which thread by subject see one thread."""
    worded = letter.mail.worded(words.language, letter.definition.main_language, translate)
    subject = one_line(words.filled(worded.subject, letter.member, letter.customer.name))
    return subject if letter.is_first else f"Re: {subject}"


def _answer(letter: ReplyLetter, words: Words) -> str:
    return words.point_name(letter.definition.question.scale.point(letter.score).name)


def _text(text: str, answered: str, quote: str) -> str:
    quoted = "".join(f"> {line}\n" for line in quote.splitlines())
    return f"{text}\n\n{answered}\n{quoted}"


def _mailbox(name: str, address: str) -> Address | str:
    local, _at, domain = address.rpartition("@")
    return Address(one_line(name, 80), username=one_line(local), domain=one_line(domain))
