"""A mail came in: it is sorted into a report of a mail server, or a letter for some thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from widget.actions.receive_bounce import receive_bounce
from widget.actions.receive_reply import Outcome, receive_reply
from widget.domain.bounces import BounceReport, read_dsn
from widget.domain.inbound.mails import InboundMail
from widget.domain.mail_addresses import BounceAddress, ReplyAddress, ThreadName

Taken = Outcome | Literal["report"]


@dataclass(frozen=True)
class Mailbox:
    """The server's addresses that mails come in at, and the keys that sign what they name.

    `inbound` is "" where no answers come in. `home` is the server's public address.
    """

    keys: Sequence[str]
    inbound: str
    bounces: str
    address_key: str
    home: str


def receive_mail(
    session: Session,
    mail: InboundMail,
    raw: bytes,
    mailbox: Mailbox,
    *,
    workspace_id: int | None,
    at: datetime,
) -> Taken:
    """Keep a mail in the thread that an address of ours names, or take it as the report that it is.

    Anybody can write a mail: without an address that we signed it is left out. `raw` is the mail as
    it came, b"" where that is not known. `workspace_id` is the only one whose threads and mails
    it may be about; None for any.
    """
    if mail.is_report:
        receive_returned_mail(session, raw, mailbox, workspace_id=workspace_id, at=at)
        return "report"
    thread = _thread_of(mail, mailbox)
    if thread is None or workspace_id not in (None, thread.workspace_id):
        return "nobodys"
    return receive_reply(session, thread, mail, home=mailbox.home, at=at)


def receive_returned_mail(
    session: Session, raw: bytes, mailbox: Mailbox, *, workspace_id: int | None, at: datetime
) -> int:
    """Keep what a returned mail reports; returns how many reports were of mails of ours.

    Anybody can write such a mail. What names its delivery by an address that we signed is believed;
    by a Message-ID alone it speaks of its own workspace's mails, as that workspace's API key might.
    `workspace_id` is that of the API key that posts it, which speaks of nobody else's mails: a
    signed address stands in every mail that its customer was sent. None where no key posts it.
    """
    bounces = BounceAddress(mailbox.keys, mailbox.bounces)
    return sum(
        receive_bounce(
            session,
            report,
            workspace_id=_speaks_for(report) if workspace_id is None else workspace_id,
            key=mailbox.address_key,
            reported_by="dsn",
            at=at,
        )
        for report in read_dsn(raw, bounces.read)
    )


def _speaks_for(report: BounceReport) -> int | None:
    return report.delivery.workspace_id if report.delivery and not report.is_signed else None


def _thread_of(mail: InboundMail, mailbox: Mailbox) -> ThreadName | None:
    if not mailbox.inbound:
        return None
    ours = ReplyAddress(mailbox.keys, mailbox.inbound)
    return next((found for one in mail.to if (found := ours.read(one))), None)
