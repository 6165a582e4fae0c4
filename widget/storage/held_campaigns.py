"""Campaigns whose mails are held back: asked where work is claimed, so that a pause holds at once,
however many requests a campaign has."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from widget.storage.models import Campaign, Delivery

# So many mails of one campaign wait to be sent at a time: whoever asks one customer meanwhile waits
# for those alone, and what has changed since is heard of soon before a mail leaves.
MOST_WAITING = 2_000


def halted() -> Select[int]:
    """The ids of campaigns that are paused, or stopped."""
    return select(Campaign.id).where(Campaign.status.in_(("paused", "stopped")))


def is_free(campaign_id: ColumnElement[int | None]) -> ColumnElement[bool]:
    """The condition that a row's campaign is neither paused nor stopped, or that it has none."""
    return or_(campaign_id.is_(None), campaign_id.not_in(halted()))


def held_back(session: Session) -> Sequence[int]:
    """Campaigns no further mails of which are made now: paused ones, those that were stopped and
    are not called off yet, and those with enough mails that wait."""
    held = session.scalars(
        select(Campaign.id).where(
            or_(
                Campaign.status == "paused",
                (Campaign.status == "stopped") & Campaign.finished_at.is_(None),
            )
        )
    ).all()
    crowded = session.scalars(
        select(Delivery.campaign_id)
        .where(Delivery.status == "due", Delivery.campaign_id.is_not(None))
        .group_by(Delivery.campaign_id)
        .having(func.count() >= MOST_WAITING)
    ).all()
    return [*held, *(id for id in crowded if id is not None)]


def is_held_by_nobody(now: datetime) -> ColumnElement[bool]:
    """The condition that a mail waits, or that its worker is gone."""
    # Each status is looked up in the index; as alternatives all mails might be read.
    return and_(
        Delivery.status.in_(("due", "sending")),
        or_(Delivery.status == "due", Delivery.claimed_until <= now),
    )


def not_of(campaign_id: ColumnElement[int | None], held: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a row is of none of these campaigns."""
    return or_(campaign_id.is_(None), not_(campaign_id.in_(held)))
