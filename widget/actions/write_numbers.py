"""What a mail of a subscription says: the numbers of its filter, as its subscriber may see them at
the time of writing."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.actions.numbers_breakdown import Breakdown, Names, numbers_breakdown
from widget.domain.dashboard_queries import chosen_of, wanted_in
from widget.domain.dashboards import Point, Tile, all_tiles, looked_at
from widget.domain.filter_words import filter_words
from widget.domain.periods import Period
from widget.domain.saved_filters import SEES_SHARED, SavedFilter
from widget.domain.scores.metrics import MetricId
from widget.domain.scores.spans import Bucket, Span
from widget.domain.scores.summaries import Summary, summaries
from widget.domain.subscriptions import SubscriptionOver, check_scope
from widget.storage.dashboards import (
    counted_surveys,
    counts_of,
    course_of,
    known_of,
    member_names_of,
    versions_by_number,
)
from widget.storage.engine import writing
from widget.storage.offers import offered_to
from widget.storage.saved_filters import saved_filter
from widget.storage.seats import Seat, seat_of
from widget.storage.subscription_mails import PlannedMail, address_of, planned_mail
from widget.storage.subscriptions import stop_subscription
from widget.storage.tags import tags_by_id
from widget.storage.teams import team_tree

_log = logging.getLogger(__name__)

# How many weeks or months a course shows, the mail's own included.
_COURSE = {"week": 8, "month": 6, "quarter": 6}


@dataclass(frozen=True)
class Numbers:
    """The numbers of one period, and the breakdown that the filter looks at. `address` is where
    mail to the subscriber goes; `query` opens the dashboard with the same."""

    address: str
    workspace: str
    name: str
    period: Period
    before: Period
    tiles: list[Tile]
    metric: MetricId
    course: list[Point]
    distributions: list[Summary]
    query: str
    # What the filter narrows the answers to, in words; none where it counts all.
    filter_words: Sequence[tuple[str, str]] = ()
    breakdown: Breakdown | None = None


def write_numbers(engine: Engine, workspace_id: int, mail_id: UUID, now: datetime) -> Numbers:
    """The numbers of a planned mail. Where its subscriber may not have them any more, the
    subscription is stopped; raises SubscriptionOver then, and for one that is stopped."""
    with Session(engine) as session:
        mail = planned_mail(session, workspace_id, mail_id)
        if mail is None or mail.is_stopped:
            raise SubscriptionOver("unsubscribed")
        try:
            return _numbers(session, workspace_id, mail)
        except SubscriptionOver as over:
            with writing(session):
                stop_subscription(session, workspace_id, mail.subscription_id, over.why, now)
            _log.warning("Subscription %s is stopped: %s", mail.subscription_id, over.why)
            raise


def _numbers(session: Session, workspace_id: int, mail: PlannedMail) -> Numbers:
    seat, address = _subscriber(session, workspace_id, mail.user_id)
    kept = _filter(session, seat, mail)
    chosen = chosen_of(kept.parameters)
    surveys = counted_surveys(session, workspace_id)
    names = Names(
        surveys,
        member_names_of(session, workspace_id, seat.scope),
        team_tree(session, workspace_id, seat.scope),
        tags_by_id(session, workspace_id),
    )
    known = known_of(
        surveys,
        names.members,
        names.teams,
        names.tags,
        seat.scope,
        versions_by_number(session, workspace_id, chosen["version"]),
    )
    check_scope(seat.scope, chosen, known)
    place = (session, workspace_id, seat.scope)
    now, before = (
        counts_of(*place, wanted_in(_span(one), chosen, known), surveys, seat.time_zone)
        for one in (mail.period, mail.period.before)
    )
    parts = _parts(mail.period)
    wanted = wanted_in(Span(parts[0].span.first, mail.period.last), chosen, known)
    shown = all_tiles(wanted, offered_to(session, workspace_id, wanted, surveys), now, before)
    answered = [tile.metric for tile in shown if tile.score.n or tile.change.n_first]
    asked_for = next(iter(kept.parameters.get("metric") or answered), None)
    metric = looked_at([tile.metric for tile in shown], asked_for)
    return Numbers(
        address=address,
        workspace=seat.workspace_name,
        name=kept.name,
        period=mail.period,
        before=mail.period.before,
        tiles=shown,
        metric=metric,
        course=course_of(*place, wanted, surveys, seat.time_zone, metric=metric, parts=parts),
        distributions=summaries(now.answers),
        query=_query(kept, mail.period),
        filter_words=filter_words(chosen, names.of_filter()),
        breakdown=numbers_breakdown(
            session,
            seat,
            wanted_in(_span(mail.period), chosen, known),
            metric,
            next(iter(kept.parameters.get("by", ())), "member"),
            names,
        ),
    )


def _subscriber(session: Session, workspace_id: int, user_id: int) -> tuple[Seat, str]:
    address = address_of(session, workspace_id, user_id)
    seat = seat_of(session, user_id, workspace_id)
    # Who has no place there is given that of another workspace.
    if address is None or seat is None or seat.workspace_id != workspace_id:
        raise SubscriptionOver("left")
    return seat, address


def _filter(session: Session, seat: Seat, mail: PlannedMail) -> SavedFilter:
    kept = saved_filter(session, seat.workspace_id, mail.filter_id) if mail.filter_id else None
    if kept is None:
        raise SubscriptionOver("filter_gone")
    if not kept.may_be_seen_by(mail.user_id, sees_shared=seat.may(SEES_SHARED)):
        raise SubscriptionOver("not_shared")
    return kept


def _parts(period: Period) -> list[Bucket]:
    """The period and those before it, the oldest first."""
    found = [period]
    while len(found) < _COURSE[period.name]:
        found.append(found[-1].before)
    return [Bucket(_span(one), is_whole=True) for one in reversed(found)]


def _span(period: Period) -> Span:
    return Span(period.first, period.last)


def _query(kept: SavedFilter, period: Period) -> str:
    days = {"from": [period.first.isoformat()], "to": [period.last.isoformat()]}
    return urlencode({**kept.parameters, "span": [], **days}, doseq=True)
