"""Somebody gets the numbers of a filter by mail, wants one at once, or wants no more."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from widget.actions.send_due_subscriptions import queue_mail
from widget.domain.errors import SubscriptionRefused
from widget.domain.links import RequestLink
from widget.domain.schedules import Schedule, period_before
from widget.storage import subscription_mails as mails
from widget.storage import subscriptions
from widget.storage.accounts import time_zone_of
from widget.storage.engine import writing
from widget.storage.saved_filters import lock_filter, saved_filter, seen_filter

# Whoever presses twice wants one.
_APART = timedelta(minutes=1)


def subscribe(
    session: Session,
    workspace_id: int,
    user_id: int,
    filter_id: int,
    schedule: Schedule,
    *,
    at: datetime,
) -> int:
    """Let somebody get the numbers of a filter of the dashboard; returns the subscription's id.

    Raises UnknownFilter, and SubscriptionRefused also for filters of other pages.
    """
    with writing(session):
        # Who presses twice has one, and nobody deletes it meanwhile.
        lock_filter(session, workspace_id, filter_id)
        found = seen_filter(session, workspace_id, user_id, filter_id)
        if found.page != "dashboard":
            raise SubscriptionRefused("Only filters of the dashboard have numbers to send.")
        return subscriptions.add_subscription(
            session, workspace_id, user_id, filter_id, found.name, schedule, at
        )


def stop(session: Session, workspace_id: int, user_id: int, id: int, *, at: datetime) -> None:
    """Let no more mails come. Raises UnknownSubscription."""
    with writing(session):
        row = subscriptions.own_subscription(session, workspace_id, user_id, id)
        subscriptions.stop_subscription(session, workspace_id, row.id, "unsubscribed", at)


def start_again(
    session: Session, workspace_id: int, user_id: int, id: int, *, at: datetime
) -> None:
    """Let a stopped subscription come again. Raises UnknownSubscription and SubscriptionRefused."""
    with writing(session):
        row = subscriptions.own_subscription(session, workspace_id, user_id, id)
        _check_filter(session, workspace_id, user_id, row.filter_id)
        subscriptions.start_again(session, workspace_id, user_id, id, at)


def remove(session: Session, workspace_id: int, user_id: int, id: int) -> None:
    """Forget a subscription. Raises UnknownSubscription."""
    with writing(session):
        row = subscriptions.own_subscription(session, workspace_id, user_id, id)
        subscriptions.remove_subscription(session, workspace_id, row.id)


def send_now(session: Session, workspace_id: int, user_id: int, id: int, *, at: datetime) -> None:
    """Send a mail about the last whole week or month, whether or not there was one.

    Raises UnknownSubscription, and SubscriptionRefused for a stopped one and within a minute of
    the mail before.
    """
    with writing(session):
        row = subscriptions.own_subscription(session, workspace_id, user_id, id)
        if row.stopped_at is not None:
            raise SubscriptionRefused("It is stopped; start it again first.")
        newest = mails.newest_mail_at(session, workspace_id, id)
        if newest is not None and at - newest < _APART:
            raise SubscriptionRefused("One is on its way; wait a minute for another.")
        address = mails.address_of(session, workspace_id, user_id)
        if address is None:
            raise SubscriptionRefused("You have no place in this workspace any more.")
        schedule = subscriptions.schedule_of(row, time_zone_of(session, workspace_id))
        period = period_before(schedule, at)
        queue_mail(session, workspace_id, id, address, period, at=at, is_extra=True)


def unsubscribe_by_link(
    session: Session, link: RequestLink, *, unsubscribed: bool, at: datetime
) -> None:
    """Stop the subscription that a mail belongs to, or undo that; nothing where it was removed."""
    with writing(session):
        mail = mails.planned_mail(session, link.workspace_id, link.request_id)
        if mail is None:
            return
        if unsubscribed:
            subscriptions.stop_subscription(
                session, link.workspace_id, mail.subscription_id, "unsubscribed", at
            )
            return
        row = subscriptions.own_subscription(
            session, link.workspace_id, mail.user_id, mail.subscription_id
        )
        if row.stopped_why == "unsubscribed":
            subscriptions.start_again(
                session, link.workspace_id, mail.user_id, mail.subscription_id, at
            )


def _check_filter(session: Session, workspace_id: int, user_id: int, filter_id: int | None) -> None:
    found = saved_filter(session, workspace_id, filter_id) if filter_id else None
    if found is None or not found.may_be_seen_by(user_id, sees_shared=True):
        raise SubscriptionRefused("Its filter is gone, or is not shared with you any more.")
