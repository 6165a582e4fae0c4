"""Mails to people of the team: short, plain, and never mixed up with those to customers."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from widget.domain.mail_addresses import DeliveryName, message_id, wire_address
from widget.domain.messages import AttachedReport, Content, plain_text
from widget.outbound.mail.compose import MAIL_POLICY
from widget.outbound.mail.report_attachment import Attach
from widget.outbound.mail.templates import ascii_html, mail_template
from widget.outbound.mail.transport import Mailer, MailRefused, NoMailServer
from widget.outbound.messages import NotSent
from widget.storage.messages import DueMessage


@dataclass
class MailNotes:
    """Sends messages by mail, from the server's own address."""

    mailer: Mailer
    sender: str
    attach: Attach | None = None

    def send(self, due: DueMessage, now: datetime) -> None:
        """Send a message as a mail. Raises NotSent, and NotReadyYet for what it carries."""
        recipient = wire_address(due.target)
        if recipient is None:
            raise NotSent("No mail server of ours takes such an address.", is_final=True)
        name = message_id(DeliveryName(due.workspace_id, due.id), self.sender.rpartition("@")[2])
        message = note_mail(due.content, name, self.sender, recipient, now)
        if due.content.report is not None:
            self._add_report(message, due, due.content.report, now)
        hand_over(self.mailer, self.sender, recipient, message)

    def _add_report(
        self, message: EmailMessage, due: DueMessage, report: AttachedReport, now: datetime
    ) -> None:
        if self.attach is None:
            raise NotSent("This server attaches no reports.", is_final=True)
        file = self.attach(due.workspace_id, report, now)
        message.add_attachment(
            file.content, maintype="application", subtype="pdf", filename=file.name
        )


def hand_over(mailer: Mailer, sender: str, recipient: str, message: EmailMessage) -> None:
    """Give a mail to who sends it. Raises NotSent."""
    try:
        mailer.send(sender, recipient, message.as_bytes())
    except MailRefused as error:
        raise NotSent(str(error), is_final=error.is_final) from error
    except NoMailServer as error:
        raise NotSent(str(error)) from error


def note_mail(
    content: Content, name: str, sender: str, recipient: str, at: datetime
) -> EmailMessage:
    """The whole message; `name` is its Message-ID."""
    message = EmailMessage(policy=MAIL_POLICY)
    message["Subject"] = content.subject
    message["From"] = Address(content.sender_name or "Sayso", addr_spec=sender)
    message["To"] = recipient
    if content.reply_to and (answers := wire_address(content.reply_to)):
        message["Reply-To"] = answers
    message["Date"] = format_datetime(at)
    message["Message-ID"] = name
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain_text(content), charset="utf-8")
    html = ascii_html(mail_template("note.html").render(content=content))
    message.add_alternative(html, subtype="html", charset="us-ascii", cte="quoted-printable")
    return message
