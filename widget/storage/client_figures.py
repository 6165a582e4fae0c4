"""Numbers by client or by segment: of all of them side by side, and of one over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from widget.domain.clients import Counted
from widget.domain.dashboards import Point
from widget.domain.periods import Period
from widget.domain.roles import Scope
from widget.domain.scales import Kind
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.adding import summed
from widget.domain.scores.metrics import MetricId
from widget.domain.scores.scoring import Counts, score_of
from widget.domain.scores.spans import BucketName, Span, buckets
from widget.domain.strata import Attribute
from widget.storage.campaign_results import answered_counts
from widget.storage.campaigns import baseline_of
from widget.storage.dashboards import CountedSurvey, counts_by, counts_of
from widget.storage.last_answers import last_days_by
from widget.storage.models import Campaign, Request
from widget.storage.request_counts import sent_requests
from widget.storage.waves import waves_of

# Older answers than these are not looked for.
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class About:
    """Whose numbers are wanted: of a workspace's answers to one survey, within a scope."""

    workspace_id: int
    scope: Scope
    time_zone: str
    surveys: Mapping[int, CountedSurvey]
    survey_id: int
    by: Attribute

    def wanted(self, period: Period, name: str | None = None) -> ScoreFilter:
        """The answers of a period, of one client or segment if one is named."""
        return self.wanted_in(Span(period.first, period.last), name)

    def wanted_in(self, span: Span, name: str | None = None) -> ScoreFilter:
        one = () if name is None else (name,)
        return ScoreFilter(
            span.first,
            span.last,
            surveys=(self.survey_id,),
            clients=one if self.by == "client" else (),
            segments=one if self.by == "segment" else (),
        )


@dataclass(frozen=True)
class Baseline:
    """The first wave of the campaign that others are compared with: what was answered to it."""

    name: str
    began_on: date
    counts: Counts
    by_name: Mapping[str, Counts]


def counted_clients(
    session: Session,
    about: About,
    quarter: Period,
    *,
    baseline: Baseline | None,
    follow_ups: Mapping[str, int],
    today: date,
) -> Counted:
    """What there is by client in a quarter and in the one before."""
    everything = about.wanted_in(Span(EARLIEST, max(today, quarter.last)))
    return Counted(
        now=_by_name(session, about, quarter),
        before=_by_name(session, about, quarter.before),
        baseline=baseline.counts if baseline else None,
        follow_ups=follow_ups,
        last_answered=last_days_by(session, about.workspace_id, about.scope, everything, about.by),
    )


def _by_name(session: Session, about: About, period: Period) -> Mapping[str, Counts]:
    return counts_by(
        session,
        *(about.workspace_id, about.scope, about.wanted(period)),
        *(about.by, about.surveys, about.time_zone),
    )


def client_counts(session: Session, about: About, period: Period, name: str) -> Counts:
    """What was counted of one client in a period."""
    wanted = about.wanted(period, name)
    return counts_of(
        session, about.workspace_id, about.scope, wanted, about.surveys, about.time_zone
    )


def counts_by_day(session: Session, about: About, span: Span, name: str) -> dict[date, Counts]:
    """The answers of one client on each day of a span."""
    wanted = about.wanted_in(span, name)
    return counts_by(
        session,
        *(about.workspace_id, about.scope, wanted, "day", about.surveys, about.time_zone),
    )


def course(
    metric: MetricId, span: Span, name: BucketName, by_day: Mapping[date, Counts]
) -> list[Point]:
    """A metric's number in each part of a span."""
    parts = buckets(span, name)
    found = []
    for part in parts:
        of_part = (by_day[day] for day in by_day if part.span.first <= day <= part.span.last)
        found.append(Point(part, score_of(metric, summed(of_part))))
    return found


def baseline_before(session: Session, about: About, kind: Kind, day: date) -> Baseline | None:
    """The baseline of a kind of survey, if its first wave began before a day."""
    marked = baseline_of(session, about.workspace_id, kind)
    waves = waves_of(session, about.workspace_id, marked.id) if marked else []
    if marked is None or not waves or waves[-1].began_at.date() >= day:
        return None
    where = (about.workspace_id, about.scope, [waves[-1].id], about.surveys)
    by_name = answered_counts(session, *where, by=about.by)
    return Baseline(marked.name, waves[-1].began_at.date(), summed(by_name.values()), by_name)


@dataclass(frozen=True)
class AskedIn:
    """A campaign that asked a client: how many were asked, and how many of them answered."""

    id: int
    name: str
    sent: int
    answered: int


def campaigns_that_asked(
    session: Session, about: About, span: Span, name: str
) -> Sequence[AskedIn]:
    """The campaigns that asked a client's customers in a span, the newest first."""
    wanted = replace(about.wanted_in(span, name), surveys=())
    rows = session.execute(
        select(
            Request.campaign_id,
            func.count(),
            func.count(case((Request.answered_at.is_not(None), 1))),
        )
        .where(
            *sent_requests(about.workspace_id, about.scope, wanted, about.time_zone),
            Request.campaign_id.is_not(None),
        )
        .group_by(Request.campaign_id)
    )
    counts = {id: (sent, answered) for id, sent, answered in rows}
    names = session.execute(
        select(Campaign.id, Campaign.name)
        .where(Campaign.workspace_id == about.workspace_id, Campaign.id.in_(counts))
        .order_by(Campaign.created_at.desc(), Campaign.id.desc())
    )
    return [AskedIn(id, name, *counts[id]) for id, name in names]


def days_with_comments(by_day: Mapping[date, Counts], enough: int) -> list[date]:
    """The newest days on which together so many comments were given, or all days with any."""
    found: list[date] = []
    comments = 0
    for day in sorted((day for day in by_day if by_day[day].comments), reverse=True):
        if comments >= enough:
            break
        found.append(day)
        comments += by_day[day].comments
    return found
