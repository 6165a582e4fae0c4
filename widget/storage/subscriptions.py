"""Subscriptions to the numbers of saved filters: whose, how often, and why some are stopped."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from widget.domain.errors import SubscriptionRefused, UnknownSubscription
from widget.domain.periods import PeriodName
from widget.domain.schedules import Schedule, next_due
from widget.domain.subscriptions import MOST_OF_ONE, Why
from widget.storage.models import (
    Message,
    SavedFilter,
    Subscription,
    SubscriptionMail,
    Workspace,
)


@dataclass(frozen=True)
class ShownSubscription:
    """A subscription as its list shows it. `query` is None once its filter is gone or not theirs to
    see; `last_*` are of the mail that was made last, None and "" before the first."""

    id: int
    name: str
    query: str | None
    schedule: Schedule
    next_due_at: datetime | None
    stopped_why: Why | None
    last_status: str
    last_at: datetime | None
    last_error: str


def subscriptions_of(
    session: Session, workspace_id: int, user_id: int, *, sees_shared: bool
) -> list[ShownSubscription]:
    """Somebody's subscriptions, by name, in one query however many mails there were.
    `sees_shared`: whether they see the filters that others share."""
    newest = (
        select(SubscriptionMail.subscription_id, func.max(SubscriptionMail.created_at).label("at"))
        .where(SubscriptionMail.workspace_id == workspace_id)
        .group_by(SubscriptionMail.subscription_id)
        .subquery()
    )
    rows = session.execute(
        select(Subscription, Workspace.time_zone, SavedFilter, Message)
        .join(Workspace, Workspace.id == Subscription.workspace_id)
        .outerjoin(SavedFilter, SavedFilter.id == Subscription.filter_id)
        .outerjoin(newest, newest.c.subscription_id == Subscription.id)
        .outerjoin(
            SubscriptionMail,
            (SubscriptionMail.workspace_id == workspace_id)
            & (SubscriptionMail.subscription_id == Subscription.id)
            & (SubscriptionMail.created_at == newest.c.at),
        )
        .outerjoin(
            Message,
            (Message.workspace_id == workspace_id) & (Message.id == SubscriptionMail.id),
        )
        .where(Subscription.workspace_id == workspace_id, Subscription.user_id == user_id)
        .order_by(func.lower(Subscription.name), Subscription.id, SubscriptionMail.id.desc())
    )
    found: dict[int, ShownSubscription] = {}
    for row, zone, kept, message in rows:
        # Of two mails that were made in the same moment the later one stands for both.
        is_seen = kept and (kept.user_id == user_id or (kept.is_shared and sees_shared))
        found.setdefault(row.id, _shown(row, zone, kept if is_seen else None, message))
    return list(found.values())


def subscribers_of(session: Session, workspace_id: int, filter_id: int) -> int:
    """How many people get mails of a filter."""
    found = session.scalar(
        select(func.count(func.distinct(Subscription.user_id))).where(
            Subscription.workspace_id == workspace_id,
            Subscription.filter_id == filter_id,
            Subscription.stopped_at.is_(None),
        )
    )
    return found or 0


def add_subscription(
    session: Session,
    workspace_id: int,
    user_id: int,
    filter_id: int,
    name: str,
    schedule: Schedule,
    at: datetime,
) -> int:
    """Subscribe somebody to a filter; returns the subscription's id.

    Where they get it as often already, that one comes at the new time from now on. Raises
    SubscriptionRefused when they have as many as there may be.
    """
    there = session.scalars(
        select(Subscription).where(
            Subscription.workspace_id == workspace_id, Subscription.user_id == user_id
        )
    ).all()
    row = next(
        (one for one in there if (one.filter_id, one.every) == (filter_id, schedule.every)), None
    )
    if row is None:
        if len(there) >= MOST_OF_ONE:
            raise SubscriptionRefused(
                f"You have {MOST_OF_ONE} subscriptions already; remove one first."
            )
        row = Subscription(
            workspace_id=workspace_id, user_id=user_id, filter_id=filter_id, created_at=at
        )
        session.add(row)
    row.name, row.every, row.day, row.hour = name, schedule.every, schedule.day, schedule.hour
    _start(row, schedule, at)
    session.flush()
    return row.id


def start_again(session: Session, workspace_id: int, user_id: int, id: int, at: datetime) -> None:
    """Let a stopped one come again. Raises UnknownSubscription."""
    row = own_subscription(session, workspace_id, user_id, id)
    zone = session.get_one(Workspace, workspace_id).time_zone
    _start(row, schedule_of(row, zone), at)


def own_subscription(session: Session, workspace_id: int, user_id: int, id: int) -> Subscription:
    """One of somebody's subscriptions, which nobody else changes meanwhile. Raises
    UnknownSubscription."""
    found = session.scalar(
        select(Subscription)
        .where(
            Subscription.id == id,
            Subscription.workspace_id == workspace_id,
            Subscription.user_id == user_id,
        )
        .with_for_update()
    )
    if found is None:
        raise UnknownSubscription("There is no such subscription of yours.")
    return found


def stop_subscription(session: Session, workspace_id: int, id: int, why: Why, at: datetime) -> None:
    """Let no more mails come of one, unless it is stopped already."""
    _stop(session, workspace_id, Subscription.id == id, why, at)


def stop_subscriptions_of(session: Session, workspace_id: int, user_id: int, at: datetime) -> None:
    """Stop all of somebody who leaves."""
    _stop(session, workspace_id, Subscription.user_id == user_id, "left", at)


def stop_subscriptions_to(
    session: Session,
    workspace_id: int,
    filter_ids: Collection[int],
    why: Why,
    at: datetime,
    *,
    but_of: int | None = None,
) -> None:
    """Stop those to some filters, whosever they are but one user's."""
    is_theirs = Subscription.filter_id.in_(filter_ids) & (Subscription.user_id != (but_of or 0))
    _stop(session, workspace_id, is_theirs, why, at)


def forget_filters(session: Session, workspace_id: int, filter_ids: Collection[int]) -> None:
    """Let no subscription point to filters that are about to go; each keeps the filter's name."""
    session.execute(
        update(Subscription)
        .where(Subscription.workspace_id == workspace_id, Subscription.filter_id.in_(filter_ids))
        .values(
            filter_id=None,
            name=select(SavedFilter.name)
            .where(SavedFilter.id == Subscription.filter_id)
            .scalar_subquery(),
        )
    )


def remove_subscription(session: Session, workspace_id: int, id: int) -> None:
    """Forget one, and that there were mails."""
    session.execute(
        delete(SubscriptionMail).where(
            SubscriptionMail.workspace_id == workspace_id, SubscriptionMail.subscription_id == id
        )
    )
    session.execute(
        delete(Subscription).where(Subscription.workspace_id == workspace_id, Subscription.id == id)
    )


def reschedule(session: Session, workspace_id: int, time_zone: str, at: datetime) -> None:
    """Let all that come do so by the clocks of another time zone."""
    rows = session.scalars(
        select(Subscription).where(
            Subscription.workspace_id == workspace_id, Subscription.next_due_at.is_not(None)
        )
    )
    for row in rows:
        # What is due already stays due: it is for the worker to say of which days it is.
        if row.next_due_at is not None and row.next_due_at > at:
            row.next_due_at = next_due(schedule_of(row, time_zone), at)


def _stop(session: Session, workspace_id: int, which: object, why: Why, at: datetime) -> None:
    session.execute(
        update(Subscription)
        .where(
            Subscription.workspace_id == workspace_id,
            Subscription.stopped_at.is_(None),
            which,  # type: ignore[arg-type]
        )
        .values(next_due_at=None, stopped_why=why, stopped_at=at)
    )


def _start(row: Subscription, schedule: Schedule, at: datetime) -> None:
    row.next_due_at, row.stopped_why, row.stopped_at = next_due(schedule, at), "", None


def schedule_of(row: Subscription, time_zone: str) -> Schedule:
    """When a subscription comes where its workspace is."""
    return Schedule(cast(PeriodName, row.every), row.day, row.hour, time_zone)


def _shown(
    row: Subscription, time_zone: str, kept: SavedFilter | None, message: Message | None
) -> ShownSubscription:
    return ShownSubscription(
        row.id,
        kept.name if kept else row.name,
        kept.query if kept else None,
        schedule_of(row, time_zone),
        row.next_due_at,
        cast(Why, row.stopped_why) if row.stopped_why else None,
        message.status if message else "",
        (message.sent_at or message.created_at) if message else None,
        message.last_error if message else "",
    )
