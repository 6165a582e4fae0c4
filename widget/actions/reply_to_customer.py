"""Somebody of the team writes to the customer of a response; the worker sends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.alert_words import follow_up_address
from widget.domain.asking import AskingPolicy, sender_address
from widget.domain.errors import FollowUpRefused, ReplySentAlready, UnknownResponse
from widget.domain.follow_ups import ON_REPLY
from widget.domain.mail_addresses import DeliveryName, message_id
from widget.domain.replies import PURPOSE, SENT_ALREADY, read_reply, why_no_reply
from widget.storage.answers import find_response
from widget.storage.engine import writing
from widget.storage.follow_up_rows import (
    add_follow_up,
    add_note,
    append_follow_up_event,
    locked_follow_up,
    move,
    newest_follow_up_of,
)
from widget.storage.messages import add_message
from widget.storage.models import FollowUp, Workspace
from widget.storage.moods import mood_of_response
from widget.storage.replies import correspondent_of, has_reply, reply_content, reply_to


@dataclass(frozen=True)
class Writing:
    """A reply that somebody wrote. `once` is made with the form: the same text posted twice under
    one is sent once, another is refused. `home` is the server's public address, `mail_from` the
    address of its mails. `user_id` is None for a program that names nobody as its writer; `by_key`
    names a program's API key."""

    text: str
    once: UUID
    user_id: int | None
    home: str
    mail_from: str
    by_key: str = ""


def reply_in_follow_up(
    session: Session, workspace_id: int, id: UUID, written: Writing, *, at: datetime
) -> None:
    """Reply in a follow-up's thread, which is then the writer's if it was nobody's, and waits for
    the customer unless it is resolved. What was sent before is not sent again.

    Raises FollowUpRefused for a text that cannot be sent or a customer who cannot be written to,
    and UnknownFollowUp.
    """
    with writing(session):
        row, response = locked_follow_up(session, workspace_id, id)
        if _thread_of_repeated(session, response, written) is None:
            _reply(session, row, response, written, at)


def reply_to_response(
    session: Session, workspace_id: int, response_id: UUID, written: Writing, *, at: datetime
) -> UUID:
    """Reply in the thread of a response's newest follow-up, or in one that is opened for it; its
    id. Opened for a good answer, it is resolved at once. What was sent before is not sent again,
    whatever was opened since: the id is that of its own thread.

    Raises FollowUpRefused as above, and UnknownResponse."""
    with writing(session):
        response = find_response(session.connection(), workspace_id, response_id)
        if response is None:
            raise UnknownResponse("There is no such response in this workspace.")
        if (known := _thread_of_repeated(session, response, written)) is not None:
            return known
        row = newest_follow_up_of(session, workspace_id, response_id)
        opened = row is None
        if row is None:
            user_id = written.user_id
            row = add_follow_up(session, response, why=["by_hand"], assignee_id=user_id, at=at)
            stands = {"to": row.status}
            add_note(
                *(session, row, "status"),
                at=at,
                user_id=user_id,
                by_key=written.by_key,
                data=stands,
            )
        _reply(session, row, response, written, at)
        if opened and mood_of_response(session, response) == "positive":
            _settle(session, row, written, at)
        return row.id


def _settle(session: Session, row: FollowUp, written: Writing, at: datetime) -> None:
    """Resolve what was opened only so that a content customer could be thanked: nothing is to be
    done about it by any date. An answer opens it again."""
    data = {"from": row.status, "to": "resolved", "by_thanks": True}
    row.status, row.resolved_at, row.due_at = "resolved", at, None
    by, key = written.user_id, written.by_key
    add_note(session, row, "status", at=at, data=data, user_id=by, by_key=key)
    append_follow_up_event(session, "follow_up.resolved", row, at)


def _thread_of_repeated(
    session: Session, response: Mapping[str, Any], written: Writing
) -> UUID | None:
    """The follow-up in whose thread the very reply stands already; None where it is a new one."""
    text, workspace_id = read_reply(written.text), response["workspace_id"]
    if not has_reply(session, workspace_id, written.once):
        return None
    note = reply_to(session, workspace_id, response["id"], written.once)
    if note is None or (note.text, note.user_id) != (text, written.user_id):
        # From the browser's page before: what is new in it must not be lost.
        raise ReplySentAlready(SENT_ALREADY)
    return note.follow_up_id


def _reply(
    session: Session, row: FollowUp, response: Mapping[str, Any], written: Writing, at: datetime
) -> None:
    text = read_reply(written.text)
    workspace = session.get_one(Workspace, row.workspace_id)
    customer = correspondent_of(session, response)
    if refusal := why_no_reply(customer, workspace.test_mail_to):
        raise FollowUpRefused(refusal)
    if row.assignee_id is None and written.user_id is not None:
        row.assignee_id = written.user_id
        taken = {"from": None, "to": written.user_id}
        add_note(
            *(session, row, "assignment"),
            at=at,
            data=taken,
            user_id=written.user_id,
            by_key=written.by_key,
        )
    sender = sender_address(AskingPolicy.from_json(workspace.asking), written.mail_from)
    name = message_id(DeliveryName(row.workspace_id, written.once), sender.rpartition("@")[2])
    data = {"to": customer.address, "message_id": name}
    add_note(
        *(session, row, "reply"),
        at=at,
        text=text,
        data=data,
        user_id=written.user_id,
        by_key=written.by_key,
        id=written.once,
    )
    add_message(
        *(session, row.workspace_id, "mail", workspace.test_mail_to or customer.address),
        reply_content(row.id, follow_up_address(written.home, row.id)),
        purpose=PURPOSE,
        at=at,
        id=written.once,
    )
    append_follow_up_event(session, "follow_up.replied", row, at)
    told = {"by_reply": True}
    by, key = written.user_id, written.by_key
    move(session, row, ON_REPLY, at=at, data=told, user_id=by, by_key=key)
