"""The queue of messages to people of the team, and of their replies to customers: claimed by one
worker at a time, by a lease."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, or_, select, true, update
from sqlalchemy.orm import Session

from widget.domain.messages import PURPOSES, WITH_SECRET_LINK, Channel, Content, Lane, tidy_content
from widget.domain.replies import PURPOSE as REPLY
from widget.storage.engine import write_connection
from widget.storage.ids import new_id
from widget.storage.models import Message, SubscriptionMail

_messages: Table = Message.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class DueMessage:
    """A claimed message. `claimed_until` is the end of this worker's lease, which only it knows."""

    workspace_id: int
    id: UUID
    channel: Channel
    purpose: str
    target: str
    content: Content
    attempts: int
    claimed_until: datetime
    created_at: datetime


def add_message(
    session: Session,
    workspace_id: int,
    channel: Channel,
    target: str,
    content: Content,
    *,
    purpose: str,
    at: datetime,
    id: UUID | None = None,
) -> UUID:
    """Queue a message inside an action's transaction; returns its id. `target` is an address for
    mail, else where the chat takes messages."""
    id = id or new_id()
    session.add(
        Message(
            workspace_id=workspace_id,
            id=id,
            channel=channel,
            purpose=purpose,
            target=target,
            content=tidy_content(content).to_json(),
            status="due",
            attempts=0,
            due_at=at,
            created_at=at,
        )
    )
    return id


def is_any_message_due(engine: Engine, now: datetime, lane: Lane | None = None) -> bool:
    """Whether something is to be sent, by any lane where none is named: asked often, and
    without holding up who writes."""
    query = select(_messages.c.id).where(_is_due(now), _is_of(lane)).limit(1)
    with engine.connect() as connection:
        return connection.scalar(query) is not None


def claim_messages(
    engine: Engine, now: datetime, *, limit: int, lease: timedelta, lane: Lane | None = None
) -> list[DueMessage]:
    """Up to `limit` messages of a lane, or of all, that nobody else sends until the lease ends;
    counts an attempt."""
    until = now + lease
    with write_connection(engine) as connection:
        rows = connection.execute(
            select(_messages)
            .where(_is_due(now), _is_of(lane))
            .order_by(_messages.c.due_at, _messages.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            connection.execute(
                update(_messages)
                .where(_messages.c.workspace_id == row.workspace_id, _messages.c.id == row.id)
                .values(status="sending", claimed_until=until, attempts=row.attempts + 1)
            )
    return [
        DueMessage(
            row.workspace_id,
            row.id,
            cast(Channel, row.channel),
            row.purpose,
            row.target,
            Content.from_json(row.content),
            row.attempts + 1,
            until,
            row.created_at,
        )
        for row in rows
    ]


def mark_message_sent(engine: Engine, due: DueMessage, at: datetime) -> None:
    """It has left."""
    _settle(engine, due, status="sent", sent_at=at, last_error="", **_kept(due))


def retry_message(engine: Engine, due: DueMessage, due_at: datetime, error: str) -> None:
    """It could not leave, and is tried again."""
    _settle(engine, due, status="due", due_at=due_at, last_error=error[:500])


def put_message_off(engine: Engine, due: DueMessage, due_at: datetime, why: str) -> None:
    """It is looked at again soon; that was no attempt."""
    values = {"attempts": due.attempts - 1, "due_at": due_at, "last_error": why[:500]}
    _settle(engine, due, status="due", **values)


def release_messages(engine: Engine, claimed: Sequence[DueMessage]) -> None:
    """Give messages back untried, as if they had never been claimed."""
    for due in claimed:
        _settle(engine, due, status="due", attempts=due.attempts - 1)


def give_message_up(engine: Engine, due: DueMessage, error: str) -> None:
    """It could not leave, and is not tried again."""
    _settle(engine, due, status="failed", last_error=error[:500], **_kept(due))


def messages_over_before(
    engine: Engine, workspace_id: int, before: datetime, limit: int
) -> list[UUID]:
    """The ids of messages that were made before a moment and are sent or given up, the oldest
    first. Replies to customers are not among them."""
    query = (
        select(_messages.c.id)
        .where(
            _messages.c.workspace_id == workspace_id,
            _messages.c.created_at < before,
            _messages.c.status.in_(("sent", "failed")),
            _messages.c.purpose != REPLY,
        )
        .order_by(_messages.c.created_at, _messages.c.id)
        .limit(limit)
    )
    with engine.connect() as connection:
        return list(connection.scalars(query))


def delete_messages_over(connection: Connection, workspace_id: int, ids: Sequence[UUID]) -> None:
    """Delete messages, with what is kept of the mails of subscriptions among them."""
    for table in (SubscriptionMail, Message):
        connection.execute(
            delete(table).where(table.workspace_id == workspace_id, table.id.in_(ids))
        )


def _kept(due: DueMessage) -> dict[str, Any]:
    """What changes of a message that is over: nobody finds a link in it that opens something."""
    if due.purpose not in WITH_SECRET_LINK:
        return {}
    return {"content": replace(due.content, link="").to_json()}


def _settle(engine: Engine, due: DueMessage, **values: Any) -> None:
    """Only who holds the lease may say what became of a message: after its end somebody else may
    have sent it."""
    with write_connection(engine) as connection:
        connection.execute(
            update(_messages)
            .where(
                _messages.c.workspace_id == due.workspace_id,
                _messages.c.id == due.id,
                _messages.c.status == "sending",
                _messages.c.claimed_until == due.claimed_until,
            )
            .values(claimed_until=None, **values)
        )


def _is_of(lane: Lane | None) -> ColumnElement[bool]:
    if lane is None:
        return true()
    if lane in PURPOSES:
        return _messages.c.purpose.in_(PURPOSES[lane])
    return _messages.c.purpose.not_in(frozenset[str]().union(*PURPOSES.values()))


def _is_due(now: datetime) -> Any:
    return or_(
        (_messages.c.status == "due") & (_messages.c.due_at <= now),
        # Its worker is gone.
        (_messages.c.status == "sending") & (_messages.c.claimed_until <= now),
    )
