"""What a dashboard's numbers are computed from, and what its filters can choose."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.domain.dashboard_queries import Known
from widget.domain.dashboards import Point
from widget.domain.facts import COMMENT, REWARD
from widget.domain.roles import Scope
from widget.domain.scales import KINDS, POSITIVE_FROM, Kind
from widget.domain.score_filters import SHARED_BY, Group, ScoreFilter
from widget.domain.scores.adding import summed
from widget.domain.scores.metrics import MetricId
from widget.domain.scores.scoring import Answers, Counts, score_of
from widget.domain.scores.spans import Bucket, Span
from widget.domain.surveys import definition_from_json
from widget.domain.teams import TeamNode, TeamPlace
from widget.storage.counted_responses import add_facts
from widget.storage.models import Member, Survey, SurveyVersion
from widget.storage.request_counts import requests_by
from widget.storage.scopes import members_within
from widget.storage.score_counts import Facts, facts_by
from widget.storage.share_counts import shares_by

# What requests know, and so response rates can be told by.
ASKED_BY: frozenset[Group] = frozenset({"survey", "member", "team", "channel", "client", "segment"})


@dataclass(frozen=True)
class CountedSurvey:
    """What counting needs to know of a survey: what its main question asks, and from which score
    on its answers are positive. `asks` are the kinds of all questions that it asks by now, none
    where it was never published; `offers_sharing`, whether customers may make a page of theirs."""

    public_id: str
    name: str
    kind: Kind
    positive_from: int
    asks: frozenset[Kind] = frozenset()
    offers_sharing: bool = False

    def threshold(self, kind: Kind) -> int:
        """From where scores of a kind are positive: as the survey says of its own main question,
        as is usual of one that follows."""
        return self.positive_from if kind == self.kind else POSITIVE_FROM[kind]


@dataclass(frozen=True)
class CountedDays:
    """What was counted of a span of days, of each of them (where requests have no day), and of the
    span before."""

    now: Counts
    before: Counts
    by_day: Mapping[date, Counts]


def counted_surveys(session: Session, workspace_id: int) -> dict[int, CountedSurvey]:
    """The surveys of a workspace by id, in order of their names."""
    rows = session.execute(
        select(Survey, SurveyVersion.definition)
        .outerjoin(SurveyVersion, SurveyVersion.id == Survey.published_version_id)
        .where(Survey.workspace_id == workspace_id)
        .order_by(func.lower(Survey.name), Survey.id)
    )
    found = {}
    for survey, published in rows:
        definition = definition_from_json(published or survey.draft)
        kind = definition.question.kind
        found[survey.id] = CountedSurvey(
            survey.public_id,
            survey.name,
            kind,
            definition.positive_from,
            frozenset(one.kind for one in definition.questions) if published else frozenset(),
            bool(published) and definition.share,
        )
    return found


def answers_of(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    surveys: Mapping[int, CountedSurvey],
) -> Sequence[Answers]:
    """The scores of a filter's answers within a scope, and nothing else that was counted."""
    found = facts_by(session, workspace_id, scope, wanted, None)
    return _counts(found.get(None, {}), surveys).answers


def answer_counts_by(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    group: Group | None,
    surveys: Mapping[int, CountedSurvey],
    time_zone: str | None = None,
    only: Collection[str] | None = None,
) -> dict[Any, Counts]:
    """What was answered, for each value of `group` (see `facts_by`, as for the rest): no requests
    and no shares."""
    found = facts_by(session, workspace_id, scope, wanted, group, time_zone, only)
    return {key: _counts(facts, surveys) for key, facts in found.items()}


def counts_of(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    surveys: Mapping[int, CountedSurvey],
    time_zone: str,
) -> Counts:
    """All that was counted of a filter, within a scope. `surveys` are those of the workspace."""
    found = counts_by(session, workspace_id, scope, wanted, None, surveys, time_zone)
    return found.get(None, Counts())


def counts_by_day(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    surveys: Mapping[int, CountedSurvey],
    time_zone: str,
) -> CountedDays:
    """What was counted of a filter, of each of its days and of the span before, read at once."""
    place, span = (session, workspace_id, scope), Span(wanted.first, wanted.last)
    earlier = replace(wanted, first=span.before.first, last=span.before.last)
    days = facts_by(*place, replace(wanted, first=earlier.first), "day")
    now: Facts = {}
    before: Facts = {}
    for day, of_day in days.items():
        add_facts(before if day < wanted.first else now, of_day)

    def whole(facts: Facts, of: ScoreFilter) -> Counts:
        found = {None: _counts(facts, surveys)} if facts else {}
        return _with_the_rest(*place, of, None, time_zone, found).get(None, Counts())

    by_day = {day: _counts(facts, surveys) for day, facts in days.items() if day >= wanted.first}
    return CountedDays(
        now=whole(now, wanted),
        before=whole(before, earlier),
        by_day=_with_the_rest(*place, wanted, "day", time_zone, by_day),
    )


def counts_by(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    group: Group | None,
    surveys: Mapping[int, CountedSurvey],
    time_zone: str,
) -> dict[Any, Counts]:
    """The same for each value of `group` (see `facts_by`).

    Requests and shares are counted as well where the filter and the group are what they know. By
    tag, a response counts in several groups.
    """
    found = answer_counts_by(session, workspace_id, scope, wanted, group, surveys, time_zone)
    return _with_the_rest(session, workspace_id, scope, wanted, group, time_zone, found)


def _with_the_rest(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    group: Group | None,
    time_zone: str,
    found: Mapping[Any, Counts],
) -> dict[Any, Counts]:
    counted = dict(found)
    if wanted.knows_requests and (group is None or group in ASKED_BY):
        asked = requests_by(session, workspace_id, scope, wanted, group, time_zone)
        for key, requests in asked.items():
            counted[key] = replace(
                counted.get(key, Counts()),
                sent=requests.sent,
                answered=requests.answered,
                times=requests.times,
            )
    if wanted.knows_shares and (group is None or group in SHARED_BY):
        shares = shares_by(session, workspace_id, scope, wanted, group)
        for key, number in shares.items():
            counted[key] = replace(counted.get(key, Counts()), shares=number)
    return counted


def course_of(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    surveys: Mapping[int, CountedSurvey],
    time_zone: str,
    *,
    metric: MetricId,
    parts: Sequence[Bucket],
    by_day: Mapping[date, Counts] | None = None,
) -> list[Point]:
    """A metric's number in each of some parts of the filter's span.

    `by_day` are the counts of its days, where somebody has them already.
    """
    place = (session, workspace_id, scope)
    if metric in ("response_rate", "time_to_answer"):
        # Requests are counted by moments, not by days.
        found = [
            counts_of(
                *place,
                replace(wanted, first=one.span.first, last=one.span.last),
                surveys,
                time_zone,
            )
            for one in parts
        ]
    else:
        if by_day is None:
            by_day = counts_by(*place, wanted, "day", surveys, time_zone)
        found = [
            summed(
                counts for day, counts in by_day.items() if one.span.first <= day <= one.span.last
            )
            for one in parts
        ]
    return [Point(one, score_of(metric, counts)) for one, counts in zip(parts, found, strict=True)]


def _counts(facts: Facts, surveys: Mapping[int, CountedSurvey]) -> Counts:
    answers: dict[tuple[Kind, int], dict[int, int]] = {}
    responses = comments = rewards = 0
    for survey_id, of_survey in facts.items():
        survey = surveys.get(survey_id)
        if survey is None:
            # Made, and answered, since the surveys were read: it counts the next time.
            continue
        for kind in KINDS:
            if kind not in of_survey:
                continue
            scores = answers.setdefault((kind, survey.threshold(kind)), {})
            for score, number in of_survey[kind].items():
                scores[score] = scores.get(score, 0) + number
        responses += sum(of_survey.get(survey.kind, {}).values())
        comments += of_survey.get(COMMENT, {}).get(1, 0)
        rewards += of_survey.get(REWARD, {}).get(1, 0)
    return Counts(
        answers=[Answers(kind, scores, threshold) for (kind, threshold), scores in answers.items()],
        responses=responses,
        comments=comments,
        rewards=rewards,
    )


@dataclass(frozen=True)
class NamedMember:
    """A member as breakdowns name one."""

    public_id: str
    name: str


def member_names_of(session: Session, workspace_id: int, scope: Scope) -> dict[int, NamedMember]:
    """Everybody within a scope by id, archived ones too, in order of their names."""
    rows = session.execute(
        select(Member.id, Member.public_id, Member.name)
        .where(Member.workspace_id == workspace_id, members_within(scope))
        .order_by(func.lower(Member.name), Member.id)
    )
    return {id: NamedMember(public_id, name) for id, public_id, name in rows}


def known_of(
    surveys: Mapping[int, CountedSurvey],
    members: Mapping[int, NamedMember],
    teams: Sequence[TeamNode],
    tags: Mapping[int, str],
    scope: Scope,
    versions: Mapping[str, Sequence[int]],
) -> Known:
    """What a filter may name within a scope, given the surveys and tags of the workspace, its
    members and teams within the scope, and versions by their number."""
    return Known(
        surveys={survey.public_id: id for id, survey in surveys.items()},
        members={member.public_id: id for id, member in members.items()},
        teams=[TeamPlace(team.id, team.parent_id) for team in teams],
        tags={name: id for id, name in tags.items()},
        nobodys=scope.everything,
        versions=versions,
    )


def version_numbers(session: Session, workspace_id: int) -> dict[int, tuple[int, int]]:
    """The id of its survey and the number of each version, by its id."""
    rows = session.execute(
        select(SurveyVersion.id, SurveyVersion.survey_id, SurveyVersion.number)
        .join(Survey, Survey.id == SurveyVersion.survey_id)
        .where(Survey.workspace_id == workspace_id)
    )
    return {id: (survey_id, number) for id, survey_id, number in rows}


def versions_by_number(
    session: Session, workspace_id: int, numbers: Collection[str]
) -> dict[str, list[int]]:
    """The ids of the versions that have one of these numbers, of whichever survey."""
    found: dict[str, list[int]] = {}
    if numbers:
        for id, (_survey_id, number) in version_numbers(session, workspace_id).items():
            if str(number) in numbers:
                found.setdefault(str(number), []).append(id)
    return found
