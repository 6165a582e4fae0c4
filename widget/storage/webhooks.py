"""Where programs take what rules send, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownWebhook
from widget.domain.messages import WEBHOOK, WEBHOOK_TRIAL, Content
from widget.domain.webhooks import BOTH_SIGN_FOR, Notice, make_secret
from widget.storage.messages import add_message
from widget.storage.models import Message, Webhook


@dataclass(frozen=True)
class StoredWebhook:
    """A webhook. `address` is a secret, as whoever has it can post; `off_why` is "" while on."""

    id: int
    name: str
    address: str
    off_why: str
    created_at: datetime


def webhooks_of(session: Session, workspace_id: int) -> list[StoredWebhook]:
    """A workspace's webhooks, by name."""
    rows = session.scalars(
        select(Webhook)
        .where(Webhook.workspace_id == workspace_id)
        .order_by(func.lower(Webhook.name), Webhook.id)
    )
    return [_stored(row) for row in rows]


def webhook_of(session: Session, workspace_id: int, id: int) -> StoredWebhook:
    """One of them. Raises UnknownWebhook."""
    return _stored(_row(session, workspace_id, id))


def signing_secrets(session: Session, workspace_id: int, id: int, now: datetime) -> list[str]:
    """What a message is signed with, the newest first. Raises UnknownWebhook."""
    row = _row(session, workspace_id, id)
    is_old_good = row.old_until is not None and now < row.old_until
    return [row.secret, row.old_secret] if is_old_good else [row.secret]


def add_webhook(session: Session, workspace_id: int, name: str, address: str, at: datetime) -> int:
    """Add one with a new secret; returns its id."""
    row = Webhook(
        workspace_id=workspace_id,
        name=name,
        address=address,
        secret=make_secret(),
        old_secret="",
        off_why="",
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def change_secret(session: Session, workspace_id: int, id: int, at: datetime) -> None:
    """Sign with a new secret, and for a while with the one before. Raises UnknownWebhook."""
    row = _row(session, workspace_id, id)
    row.old_secret, row.old_until = row.secret, at + BOTH_SIGN_FOR
    row.secret = make_secret()


def switch(session: Session, workspace_id: int, id: int, off_why: str) -> None:
    """Stop sending to one, with the reason; with "" send again. Raises UnknownWebhook."""
    _row(session, workspace_id, id).off_why = off_why[:200]


def remove_webhook(session: Session, workspace_id: int, id: int) -> None:
    """Forget one; what waits for it does not leave. Raises UnknownWebhook."""
    session.delete(_row(session, workspace_id, id))


def queue_notice(
    session: Session, workspace_id: int, notice: Notice, link: str, at: datetime
) -> None:
    """Queue what a webhook is to tell, inside an action's transaction. `link` is where the team
    reads it; whoever erases a customer finds it by that."""
    purpose = WEBHOOK if notice.response_id else WEBHOOK_TRIAL
    content = Content("", "", link=link, notice=notice)
    add_message(
        session, workspace_id, "webhook", str(notice.webhook_id), content, purpose=purpose, at=at
    )


@dataclass(frozen=True)
class Attempted:
    """One message to a webhook and what became of it. `response_id` is None for a test, and for
    what was erased. `at` is when it left, or was queued; `due_at` when it is tried again."""

    id: UUID
    response_id: UUID | None
    is_test: bool
    status: str
    attempts: int
    error: str
    at: datetime
    due_at: datetime


def last_attempts(
    session: Session, workspace_id: int, webhook_id: int, limit: int
) -> Sequence[Attempted]:
    """The newest messages to a webhook, newest first."""
    rows = session.scalars(
        select(Message)
        .where(
            Message.workspace_id == workspace_id,
            Message.channel == "webhook",
            Message.target == str(webhook_id),
        )
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(limit)
    )
    return [_attempted(row) for row in rows]


def last_attempt_of_each(
    session: Session, workspace_id: int, webhook_ids: Sequence[int]
) -> dict[int, Attempted]:
    """The newest message to each of some webhooks; those without are not there."""
    if not webhook_ids:
        return {}
    newest = [
        select(Message.id)
        .where(
            Message.workspace_id == workspace_id,
            Message.channel == "webhook",
            Message.target == str(id),
        )
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(1)
        .subquery()
        for id in webhook_ids
    ]
    ids = union_all(*(select(one.c.id) for one in newest))
    rows = session.scalars(
        select(Message).where(Message.workspace_id == workspace_id, Message.id.in_(ids))
    )
    return {int(row.target): _attempted(row) for row in rows}


def _attempted(row: Message) -> Attempted:
    notice = Content.from_json(row.content).notice
    return Attempted(
        id=row.id,
        response_id=UUID(notice.response_id) if notice and notice.response_id else None,
        is_test=row.purpose == WEBHOOK_TRIAL,
        status=row.status,
        attempts=row.attempts,
        error=row.last_error,
        at=row.sent_at or row.created_at,
        due_at=row.due_at,
    )


def _row(session: Session, workspace_id: int, id: int) -> Webhook:
    row = session.scalar(
        select(Webhook).where(Webhook.workspace_id == workspace_id, Webhook.id == id)
    )
    if row is None:
        raise UnknownWebhook("There is no such webhook in this workspace.")
    return row


def _stored(row: Webhook) -> StoredWebhook:
    return StoredWebhook(row.id, row.name, row.address, row.off_why, row.created_at)
