"""Mails given to `sayso bounce` and `sayso reply` by a mail server's pipe."""

from typing import Literal

from widget.actions.receive_mail import Taken, receive_mail, receive_returned_mail
from widget.domain.errors import InboundRefused
from widget.domain.inbound.mime import read_mime
from widget.extensions import db
from widget.settings import Settings
from widget.web.clock import now
from widget.web.mail_hooks import mailbox_of

# What a bounce needs of the mail that it returns fits well into this.
MESSAGE_LIMIT = 2 * 1024 * 1024

OUTCOME_WORDS: dict[Taken | Literal["unreadable"], str] = {
    "written": "The mail is in its thread.",
    "automatic": "An automatic mail: it is in its thread, and nobody is told.",
    "known": "The mail was in its thread already.",
    "nobodys": "The mail is for no thread here; it is left out.",
    "too_many": "The thread gets too many mails; this one is left out.",
    "report": "The report of a mail server is taken as `sayso bounce` takes it.",
    "unreadable": "The mail cannot be read; it is left out.",
}


def take_bounce(settings: Settings, message: bytes) -> int:
    """Keep what a returned mail reports; returns how many reports were of mails of ours."""
    mailbox = mailbox_of(settings)
    return receive_returned_mail(db.session(), message, mailbox, workspace_id=None, at=now())


def take_reply(settings: Settings, message: bytes) -> str:
    """Keep a mail in the thread that it is for; returns what became of it as a sentence."""
    try:
        mail = read_mime(message)
    except InboundRefused:
        return OUTCOME_WORDS["unreadable"]
    mailbox = mailbox_of(settings)
    taken = receive_mail(db.session(), mail, message, mailbox, workspace_id=None, at=now())
    return OUTCOME_WORDS[taken]
