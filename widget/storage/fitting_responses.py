"""How many responses fit a filter: all of them where that is known, else up to a bound."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from widget.domain.response_filters import ResponseFilter, mood_of
from widget.domain.scales import Kind
from widget.domain.score_filters import ScoreFilter
from widget.storage.columnar.reading import Copy, copy_for, facts_from_copy
from widget.storage.dashboards import CountedSurvey, counted_surveys, versions_by_number
from widget.storage.responses import count_that_fit, days
from widget.storage.score_counts import Facts, facts_by
from widget.storage.time_limits import TookTooLong, within

# Where responses have to be looked at one by one, first no more than the fewer, then no more than
# the many, and no longer than that for both.
BOUNDS = (1_000, 10_000)
_SECONDS = 1.0
_LEAST_SECONDS = 0.01
# Before and after every day that a filter can name.
_FIRST, _LAST = date(1970, 1, 1), date(2999, 12, 31)
# No id of ours: what a filter names and nobody knows.
_UNKNOWN = 0


@dataclass(frozen=True)
class Fitting:
    """So many responses fit; more than these where it is not exact."""

    number: int
    is_exact: bool


def how_many_fit(
    session: Session, workspace_id: int, wanted: ResponseFilter, time_zone: str
) -> Fitting | None:
    """How many responses a filter wants; None where not even the fewer were counted in time, which
    says nothing of how many there are.

    The same counts as the dashboard's say it where they know all that the filter asks for. The time
    zone is that of the workspace, in which the filter's days begin. The session may be rolled back.
    """
    try:
        with within(session, _SECONDS):
            counts = _Counts.of(session, workspace_id, wanted, time_zone)
            first = counts.first_answers() if counts else 0
            again = counts.second_answers() if counts else None
    except TookTooLong:
        return None
    if counts is None:
        return _one_by_one(session, workspace_id, wanted)
    if again is None:
        # Where there is no copy there are few.
        found = _one_by_one(session, workspace_id, replace(wanted, is_recovery=True))
        if found is None:
            return Fitting(first, is_exact=False) if first else None
        return Fitting(first + found.number, found.is_exact)
    return Fitting(first + again, is_exact=True)


def _one_by_one(session: Session, workspace_id: int, wanted: ResponseFilter) -> Fitting | None:
    found, until = None, monotonic() + _SECONDS
    for bound in BOUNDS:
        try:
            with within(session, max(until - monotonic(), _LEAST_SECONDS)):
                number = count_that_fit(session, workspace_id, wanted, at_most=bound + 1)
        except TookTooLong:
            return found
        if number <= bound:
            return Fitting(number, is_exact=True)
        found = Fitting(bound, is_exact=False)
    return found


@dataclass(frozen=True)
class _Counts:
    """What is counted by, where that is all that a filter asks for."""

    session: Session
    workspace_id: int
    wanted: ResponseFilter
    scored: ScoreFilter
    surveys: dict[int, CountedSurvey]
    copy: Copy | None
    time_zone: str

    @classmethod
    def of(
        cls, session: Session, workspace_id: int, wanted: ResponseFilter, time_zone: str
    ) -> "_Counts | None":
        """None where no count knows what the filter asks for."""
        if not _is_of_counts(wanted):
            return None
        surveys = counted_surveys(session, workspace_id)
        scored = _as_scores(session, workspace_id, wanted, time_zone, surveys)
        copy = copy_for(session, workspace_id, scored.first, scored.last)
        if copy is None and not scored.is_rolled_up:
            return None
        return cls(session, workspace_id, wanted, scored, surveys, copy, time_zone)

    def first_answers(self) -> int:
        """All but those that customers gave when they were asked again."""
        if self.wanted.is_recovery:
            return 0
        place = (self.session, self.workspace_id, self.wanted.scope)
        return self._sum(facts_by(*place, self.scored, None))

    def second_answers(self) -> int | None:
        """Those alone; None where the copy does not tell them."""
        if self.wanted.is_recovery is False:
            return 0
        if self.copy is None:
            return None
        facts = facts_from_copy(
            *(self.session, self.copy, self.wanted.scope, self.scored, None), is_recovery=True
        )
        if facts is None:
            return None
        number = self._sum(facts)
        for run in self.copy.changed_runs:
            since, until = days(*run, self.time_zone)
            changed = replace(self.wanted, is_recovery=True, since=since, until=until)
            number += count_that_fit(self.session, self.workspace_id, changed)
        return number

    def _sum(self, found: Mapping[Any, Facts]) -> int:
        """The answers with a score that the filter wants."""
        number = 0
        for survey_id, facts in found.get(None, {}).items():
            survey = self.surveys.get(survey_id)
            if survey is not None:
                kind = next(iter(self.wanted.kinds), survey.kind)
                fits = _fitting_score(self.wanted, kind, survey.threshold(kind))
                number += sum(many for score, many in facts.get(kind, {}).items() if fits(score))
        return number


def _is_of_counts(wanted: ResponseFilter) -> bool:
    """Whether the filter asks for nothing but what answers are counted by."""
    return not (
        wanted.with_tests
        or wanted.only_tests
        or wanted.with_hidden
        or wanted.has_comment is not None
        or wanted.search
        or wanted.tags
        or wanted.reasons
        or wanted.campaigns
        or wanted.ref is not None
        # Who gave scores of two kinds would be counted twice.
        or len(wanted.kinds) > 1
    )


def _as_scores(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    time_zone: str,
    surveys: dict[int, CountedSurvey],
) -> ScoreFilter:
    zone = ZoneInfo(time_zone)
    last = wanted.until - timedelta(microseconds=1) if wanted.until else None
    ids = [id for id, survey in surveys.items() if survey.public_id in wanted.surveys]
    versions = _versions(session, workspace_id, wanted) if wanted.versions else ()
    return ScoreFilter(
        _day(wanted.since, zone) or _FIRST,
        _day(last, zone) or _LAST,
        surveys=ids or ([_UNKNOWN] if wanted.surveys else ()),
        teams=() if wanted.teams is None else (wanted.teams or [_UNKNOWN]),
        members=wanted.members,
        channels=wanted.channels,
        versions=versions,
        languages=wanted.languages,
        sources=wanted.sources,
        clients=wanted.clients,
        segments=wanted.segments,
    )


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(UTC).astimezone(zone).date() if moment else None


def _versions(session: Session, workspace_id: int, wanted: ResponseFilter) -> list[int]:
    by_number = versions_by_number(session, workspace_id, [str(one) for one in wanted.versions])
    return [id for ids in by_number.values() for id in ids] or [_UNKNOWN]


def _fitting_score(wanted: ResponseFilter, kind: Kind, positive_from: int) -> Callable[[int], bool]:
    """Whether a score of a kind is one that the filter wants."""
    return lambda score: (
        (not wanted.scores or score in wanted.scores)
        and (not wanted.moods or mood_of(kind, score, positive_from) in wanted.moods)
    )
