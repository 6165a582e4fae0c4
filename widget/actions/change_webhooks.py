"""Somebody of the team changes where programs are told what rules find."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.errors import InvalidWebhook
from widget.domain.events import EventName
from widget.domain.webhooks import MOST_WEBHOOKS, Notice, webhook_problems
from widget.storage import webhooks
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.people import lock_workspace


def add_webhook(
    session: Session, workspace_id: int, name: str, address: str, *, by: int, at: datetime
) -> int:
    """Add a webhook with a secret of its own; returns its id. `by` is a user. Raises
    InvalidWebhook."""
    problems = webhook_problems(name, address)
    if problems:
        raise InvalidWebhook(problems)
    with writing(session):
        lock_workspace(session, workspace_id)
        if len(webhooks.webhooks_of(session, workspace_id)) >= MOST_WEBHOOKS:
            raise InvalidWebhook(
                {"name": f"There are {MOST_WEBHOOKS} webhooks already; remove one."}
            )
        id = webhooks.add_webhook(session, workspace_id, name, address, at)
        _note(session, workspace_id, id, "webhook.added", by, at)
        return id


def change_secret(session: Session, workspace_id: int, id: int, *, by: int, at: datetime) -> None:
    """Sign with a new secret, and for a while with the one before as well. Raises
    UnknownWebhook."""
    with writing(session):
        webhooks.change_secret(session, workspace_id, id, at)
        _note(session, workspace_id, id, "webhook.secret_changed", by, at)


def switch_on(session: Session, workspace_id: int, id: int, *, by: int, at: datetime) -> None:
    """Send again to a webhook that was switched off. Raises UnknownWebhook."""
    with writing(session):
        webhooks.switch(session, workspace_id, id, "")
        _note(session, workspace_id, id, "webhook.switched_on", by, at)


def switch_off(
    session: Session, workspace_id: int, id: int, why: str, *, by: int | None, at: datetime
) -> None:
    """Send nothing more to a webhook; `by` is None where its program asked for that. Raises
    UnknownWebhook."""
    with writing(session):
        webhooks.switch(session, workspace_id, id, why)
        _note(session, workspace_id, id, "webhook.switched_off", by, at)


def remove_webhook(session: Session, workspace_id: int, id: int, *, by: int, at: datetime) -> None:
    """Forget a webhook; rules that name it tell one fewer. Raises UnknownWebhook."""
    with writing(session):
        webhooks.remove_webhook(session, workspace_id, id)
        _note(session, workspace_id, id, "webhook.removed", by, at)


def try_webhook(session: Session, workspace_id: int, id: int, *, home: str, at: datetime) -> None:
    """Queue a test. `home` is the server's public address. Raises UnknownWebhook."""
    with writing(session):
        webhooks.webhook_of(session, workspace_id, id)
        link = f"{home}/console/webhooks/{id}"
        webhooks.queue_notice(session, workspace_id, Notice(id), link, at)


def _note(
    session: Session, workspace_id: int, id: int, name: EventName, by: int | None, at: datetime
) -> None:
    data = {"webhook": id, "by": by}
    append_event(session, name, workspace_id=workspace_id, survey_id=None, at=at, data=data)
