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
from widget.storage.baselines import baseline_counts, baseline_wave, is_recounted
from widget.storage.dashboards import CountedSurvey, answer_counts_by
from widget.storage.last_answers import last_days_by
from widget.storage.models import Campaign, Request
from widget.storage.request_counts import asked_by, sent_requests

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
    """The first wave of the campaign that others are compared with: what was answered to it.

    `is_recounted`: its survey calls other answers positive than the one that is compared with it.
    """

    name: str
    began_on: date
    counts: Counts
    by_name: Mapping[str, Counts]
    is_recounted: bool


def counted_clients(
    session: Session,
    about: About,
    quarter: Period,
    *,
    baseline: Baseline | None,
    follow_ups: Mapping[str, int],
    today: date,
) -> Counted:
    """What there is by client in a quarter and in the one before: who was asked, in the quarter."""
    everything = about.wanted_in(Span(EARLIEST, max(today, quarter.last)))
    place = (about.workspace_id, about.scope)
    now, before = (
        answer_counts_by(session, *place, about.wanted(one), about.by, about.surveys)
        for one in (quarter, quarter.before)
    )
    asked = asked_by(session, *place, about.wanted(quarter), about.by, about.time_zone)
    for name, (sent, answered) in asked.items():
        now[name] = replace(now.get(name, Counts()), sent=sent, answered=answered)
    return Counted(
        now=now,
        before=before,
        baseline=baseline.counts if baseline else None,
        follow_ups=follow_ups,
        last_answered=last_days_by(session, about.workspace_id, about.scope, everything, about.by),
    )


def client_counts(session: Session, about: About, period: Period, name: str) -> Counts:
    """What was answered and asked of one client in a period."""
    place, wanted = (about.workspace_id, about.scope), about.wanted(period, name)
    counts = answer_counts_by(session, *place, wanted, None, about.surveys).get(None, Counts())
    asked = asked_by(session, *place, wanted, None, about.time_zone)
    sent, answered = asked.get(None, (0, 0))
    return replace(counts, sent=sent, answered=answered)


def counts_by_day(session: Session, about: About, span: Span, name: str) -> dict[date, Counts]:
    """What one client answered on each day of a span."""
    wanted = about.wanted_in(span, name)
    place = (about.workspace_id, about.scope)
    return answer_counts_by(session, *place, wanted, "day", about.surveys)


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
    """The baseline of a kind of survey, if its first wave began before a day, counted as the survey
    counts that these numbers are about."""
    marked = baseline_wave(session, about.workspace_id, kind)
    began_on = marked.began_on(about.time_zone) if marked else day
    if marked is None or began_on >= day:
        return None
    compared = (marked, about.surveys, about.survey_id)
    by_name = baseline_counts(session, about.scope, *compared, by=about.by)
    everybody = summed(by_name.values())
    return Baseline(marked.campaign.name, began_on, everybody, by_name, is_recounted(*compared))


def baseline_within(session: Session, about: About, kind: Kind, quarter: Period) -> str:
    """The name of the baseline of a kind of survey that began within a quarter, and with which only
    later ones are compared; "" for none."""
    marked = baseline_wave(session, about.workspace_id, kind)
    if marked is None or not quarter.first <= marked.began_on(about.time_zone) <= quarter.last:
        return ""
    return marked.campaign.name


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
