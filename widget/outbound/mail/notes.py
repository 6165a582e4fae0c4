"""Mails to people of the team: short, plain, and never mixed up with those to customers."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from widget.domain.mail_addresses import DeliveryName, message_id, wire_address
from widget.domain.messages import Content, plain_text
from widget.outbound.mail.compose import MAIL_POLICY
from widget.outbound.mail.templates import ascii_html, mail_template
from widget.outbound.mail.transport import Mailer, MailRefused, NoMailServer
from widget.outbound.messages import NotSent
from widget.storage.messages import DueMessage


@dataclass
class MailNotes:
    """Sends messages by mail, from the server's own address."""

    mailer: Mailer
    sender: str

    def send(self, due: DueMessage, now: datetime) -> None:
        """Send a message as a mail. Raises NotSent."""
        recipient = wire_address(due.target)
        if recipient is None:
            raise NotSent("No mail server of ours takes such an address.", is_final=True)
        name = message_id(DeliveryName(due.workspace_id, due.id), self.sender.rpartition("@")[2])
        message = note_mail(due.content, name, self.sender, recipient, now)
        hand_over(self.mailer, self.sender, recipient, message)


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
    message["From"] = f"Sayso <{sender}>"
    message["To"] = recipient
    message["Date"] = format_datetime(at)
    message["Message-ID"] = name
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain_text(content), charset="utf-8")
    html = ascii_html(mail_template("note.html").render(content=content))
    message.add_alternative(html, subtype="html", charset="us-ascii", cte="quoted-printable")
    return message
