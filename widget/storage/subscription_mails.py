"""The mails of subscriptions: which are due, what each is about, and that there is one of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from widget.domain.periods import Period, PeriodName
from widget.domain.schedules import Schedule
from widget.storage.models import (
    Membership,
    SavedFilter,
    Subscription,
    SubscriptionMail,
    User,
    Workspace,
)
from widget.storage.subscriptions import schedule_of


@dataclass(frozen=True)
class PlannedMail:
    """A mail to be written: whose subscription it is, to which filter, and about which days."""

    subscription_id: int
    user_id: int
    filter_id: int | None
    name: str
    period: Period
    stopped_why: str

    @property
    def is_stopped(self) -> bool:
        return bool(self.stopped_why)


def due_subscriptions(engine: Engine, now: datetime, limit: int) -> list[tuple[int, int]]:
    """Workspace and id of subscriptions that are due, the longest due first."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(Subscription.workspace_id, Subscription.id)
            .where(Subscription.next_due_at <= now)
            .order_by(Subscription.next_due_at, Subscription.id)
            .limit(limit)
        )
        return [(workspace_id, id) for workspace_id, id in rows]


@dataclass(frozen=True)
class DueSubscription:
    """One that is locked and due. `address` is the subscriber's, None where they have left."""

    row: Subscription
    schedule: Schedule
    address: str | None


def lock_due(session: Session, workspace_id: int, id: int, now: datetime) -> DueSubscription | None:
    """A subscription that is due; None where another worker has it, or it is due no more."""
    row = session.scalar(
        select(Subscription)
        .where(
            Subscription.workspace_id == workspace_id,
            Subscription.id == id,
            Subscription.next_due_at <= now,
        )
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    zone = session.get_one(Workspace, workspace_id).time_zone
    address = address_of(session, workspace_id, row.user_id)
    return DueSubscription(row, schedule_of(row, zone), address)


def address_of(session: Session, workspace_id: int, user_id: int) -> str | None:
    """Where somebody gets mail; None of who has no place in the workspace any more."""
    return session.scalar(
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id == user_id, User.active.is_(True), Membership.workspace_id == workspace_id)
    )


def has_mail(session: Session, workspace_id: int, subscription_id: int, occasion: str) -> bool:
    """Whether there is a mail for an occasion."""
    found = session.scalar(
        select(SubscriptionMail.id).where(
            SubscriptionMail.workspace_id == workspace_id,
            SubscriptionMail.subscription_id == subscription_id,
            SubscriptionMail.occasion == occasion,
        )
    )
    return found is not None


def newest_mail_at(session: Session, workspace_id: int, subscription_id: int) -> datetime | None:
    """When the last mail was made."""
    return session.scalar(
        select(func.max(SubscriptionMail.created_at)).where(
            SubscriptionMail.workspace_id == workspace_id,
            SubscriptionMail.subscription_id == subscription_id,
        )
    )


def add_mail(
    session: Session,
    workspace_id: int,
    id: UUID,
    subscription_id: int,
    occasion: str,
    period: Period,
    at: datetime,
) -> None:
    """Note a mail whose message is queued under the same id."""
    session.flush()
    session.add(
        SubscriptionMail(
            workspace_id=workspace_id,
            id=id,
            subscription_id=subscription_id,
            occasion=occasion,
            first=period.first,
            last=period.last,
            created_at=at,
        )
    )


def planned_mail(session: Session, workspace_id: int, id: UUID) -> PlannedMail | None:
    """What a mail is about; None when its subscription was removed."""
    row = session.execute(
        select(Subscription, SubscriptionMail, SavedFilter.name)
        .join(SubscriptionMail, SubscriptionMail.subscription_id == Subscription.id)
        .outerjoin(SavedFilter, SavedFilter.id == Subscription.filter_id)
        .where(SubscriptionMail.workspace_id == workspace_id, SubscriptionMail.id == id)
    ).one_or_none()
    if row is None:
        return None
    of, mail, kept_name = row
    return PlannedMail(
        of.id,
        of.user_id,
        of.filter_id,
        kept_name or of.name,
        Period(cast(PeriodName, of.every), mail.first, mail.last),
        of.stopped_why,
    )
