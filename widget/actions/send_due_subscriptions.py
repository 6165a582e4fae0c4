"""Subscriptions that are due lead to one mail for each period, whoever and however many look."""

import logging
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.messages import Content
from widget.domain.periods import Period
from widget.domain.schedules import latest_due, next_due, period_before
from widget.domain.subscriptions import PURPOSE
from widget.storage import subscription_mails as mails
from widget.storage.engine import writing
from widget.storage.messages import add_message
from widget.storage.subscriptions import stop_subscription

_log = logging.getLogger(__name__)

_TOGETHER = 50


def send_due_subscriptions(engine: Engine, now: datetime) -> int:
    """Queue the mails of some subscriptions that are due; returns how many of those there were.

    Where several periods were missed while nobody looked, the last of them alone is sent.
    """
    due = mails.due_subscriptions(engine, now, _TOGETHER)
    if not due:
        return 0
    done = 0
    with Session(engine) as session:
        for workspace_id, id in due:
            try:
                done += _send(session, workspace_id, id, now)
            except Exception:  # noqa: BLE001 - logged, and tried again
                # One that cannot be dealt with must not hold up the others.
                _log.exception("Subscription %s could not be dealt with.", id)
    return done


def queue_mail(
    session: Session,
    workspace_id: int,
    subscription_id: int,
    address: str,
    period: Period,
    *,
    at: datetime,
    is_extra: bool = False,
) -> None:
    """Queue a mail inside an action's transaction. What it says is written when it leaves."""
    content = Content(subject="Numbers", text="")
    id = add_message(session, workspace_id, "mail", address, content, purpose=PURPOSE, at=at)
    occasion = id.hex if is_extra else period.first.isoformat()
    mails.add_mail(session, workspace_id, id, subscription_id, occasion, period, at)


def _send(session: Session, workspace_id: int, id: int, now: datetime) -> bool:
    with writing(session):
        due = mails.lock_due(session, workspace_id, id, now)
        if due is None:
            return False
        if due.address is None:
            stop_subscription(session, workspace_id, id, "left", now)
            return True
        period = period_before(due.schedule, latest_due(due.schedule, now))
        if not mails.has_mail(session, workspace_id, id, period.first.isoformat()):
            queue_mail(session, workspace_id, id, due.address, period, at=now)
        due.row.next_due_at = next_due(due.schedule, now)
        return True
