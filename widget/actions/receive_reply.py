"""A mail came in for a follow-up's thread: a customer wrote back, or a program did for them.

Nothing here ever answers a mail, whatever it is: two programs that answer one another do not end.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy.orm import Session

from widget.actions.open_follow_up import alarm_of
from widget.domain.addresses import customer_email
from widget.domain.alert_words import answered_content
from widget.domain.errors import UnknownFollowUp
from widget.domain.follow_ups import ON_ANSWER, Why
from widget.domain.inbound.automatic import is_automatic
from widget.domain.inbound.mails import SAID_LIMIT, InboundMail
from widget.domain.inbound.quotes import what_was_written
from widget.domain.mail_addresses import ThreadName
from widget.storage.engine import writing
from widget.storage.follow_up_rows import (
    add_note,
    append_follow_up_event,
    bring_back,
    locked_follow_up,
    open_one_of,
)
from widget.storage.inbound_mails import Correspondence, correspondence_of
from widget.storage.leads import leads_of, whose
from widget.storage.messages import add_message
from widget.storage.models import FollowUp
from widget.storage.replies import correspondent_of

_log = logging.getLogger(__name__)

Kind = Literal["customer_mail", "auto_reply"]
# More in an hour, or in all, is a program that answers programs. What is known for a program's is
# counted apart: however much of it comes, what a person writes has its place.
MOST_IN_AN_HOUR: dict[Kind, int] = {"customer_mail": 30, "auto_reply": 10}
MOST_IN_A_THREAD: dict[Kind, int] = {"customer_mail": 200, "auto_reply": 50}
_HOUR = timedelta(hours=1)

# `nobodys`: there is no such thread, or its customer was erased. `too_many`: past a limit above.
Outcome = Literal["written", "automatic", "known", "nobodys", "too_many"]


def receive_reply(
    session: Session, thread: ThreadName, mail: InboundMail, *, home: str, at: datetime
) -> Outcome:
    """Keep a mail in its thread. What a person wrote opens the follow-up again, and whose it is
    hears of it; what a program wrote does neither. `home` is the server's public address.

    The same mail twice is kept once.
    """
    with writing(session):
        try:
            row, response = locked_follow_up(session, thread.workspace_id, thread.follow_up_id)
        except UnknownFollowUp:
            return "nobodys"
        before = correspondence_of(session, row.workspace_id, row.response_id, now=at, window=_HOUR)
        if before.is_erased:
            return "nobodys"
        if mail.key in before.keys:
            return "known"
        is_programs = is_automatic(mail.headers, mail.subject, mail.sender)
        kind: Kind = "auto_reply" if is_programs else "customer_mail"
        if (
            before.recent[kind] >= MOST_IN_AN_HOUR[kind]
            or before.total[kind] >= MOST_IN_A_THREAD[kind]
        ):
            _log.warning("Follow-up %s gets too many mails; one is left out.", row.id)
            return "too_many"
        row = open_one_of(session, row)
        said = what_was_written(mail.text)[:SAID_LIMIT]
        data = _data(session, mail, said, response, before)
        add_note(session, row, kind, at=at, text=said, data=data)
        if is_programs:
            return "automatic"
        stranger = mail.sender if data["is_other"] else ""
        told = {"by_mail": True} | ({"is_other": True} if stranger else {})
        bring_back(session, row, ON_ANSWER, at=at, data=told)
        _tell(session, row, response, said, stranger, home, at)
        append_follow_up_event(session, "follow_up.answered", row, at)
        return "written"


def _data(
    session: Session,
    mail: InboundMail,
    said: str,
    response: Mapping[str, Any],
    before: Correspondence,
) -> dict[str, Any]:
    """What a thread keeps of a mail beside what was said."""
    known = {*before.written_to, correspondent_of(session, response).address}
    is_other = customer_email(mail.sender) not in map(customer_email, known)
    return {
        "key": mail.key,
        "message_id": mail.message_id,
        "from": mail.sender,
        "is_other": is_other,
        "subject": mail.subject,
        "whole": mail.text if mail.text != said else "",
        "attachments": [{"name": one.name, "size": one.size} for one in mail.attachments],
        "further_attachments": mail.further_attachments,
    }


def _tell(
    session: Session,
    row: FollowUp,
    response: Mapping[str, Any],
    said: str,
    stranger: str,
    home: str,
    at: datetime,
) -> None:
    leads = {lead.user_id: lead for lead in leads_of(session, row.workspace_id)}
    alarm = alarm_of(session, row, response, cast(list[Why], row.opened_why), leads, home)
    for lead in whose(row.assignee_id, leads):
        content = answered_content(alarm, said, stranger)
        add_message(
            *(session, row.workspace_id, "mail", lead.email, content), purpose="answered", at=at
        )
