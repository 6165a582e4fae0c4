"""How many responses fit a filter: all of them where that is known, else up to a bound."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from widget.domain.response_filters import Mood, ResponseFilter
from widget.domain.scales import Kind
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.nps import detractors_until
from widget.storage.columnar.reading import copy_for
from widget.storage.dashboards import CountedSurvey, counted_surveys, versions_by_number
from widget.storage.responses import count_that_fit
from widget.storage.score_counts import facts_by
from widget.storage.time_limits import TookTooLong, within

# Where responses have to be looked at one by one, first no more than the fewer, then no more than
# the many, and no longer than that for each.
BOUNDS = (1_000, 10_000)
_SECONDS = 0.6
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
    """How many responses a filter wants; None where telling would take too long.

    The same counts as the dashboard's say it where they know all that the filter asks for. The time
    zone is that of the workspace, in which the filter's days begin. The session may be rolled back.
    """
    try:
        with within(session, _SECONDS):
            counted = _from_counts(session, workspace_id, wanted, time_zone)
    except TookTooLong:
        return None
    if counted is None:
        return _one_by_one(session, workspace_id, wanted)
    if wanted.is_recovery is False:
        return Fitting(counted, is_exact=True)
    # Of answers after a follow-up there are few, and no counts.
    more = _one_by_one(session, workspace_id, replace(wanted, is_recovery=True))
    if more is None:
        return Fitting(counted, is_exact=False)
    return Fitting(counted + more.number, more.is_exact)


def _one_by_one(session: Session, workspace_id: int, wanted: ResponseFilter) -> Fitting | None:
    found = None
    for bound in BOUNDS:
        try:
            with within(session, _SECONDS):
                number = count_that_fit(session, workspace_id, wanted, at_most=bound + 1)
        except TookTooLong:
            return found
        if number <= bound:
            return Fitting(number, is_exact=True)
        found = Fitting(bound, is_exact=False)
    return found


def _from_counts(
    session: Session, workspace_id: int, wanted: ResponseFilter, time_zone: str
) -> int | None:
    """The answers but those after a follow-up; None where the counts do not know them."""
    if not _is_of_counts(wanted):
        return None
    surveys = counted_surveys(session, workspace_id)
    scored = _as_scores(session, workspace_id, wanted, time_zone, surveys)
    has_copy = copy_for(session, workspace_id, scored.first, scored.last) is not None
    if not has_copy and not scored.is_rolled_up:
        return None
    found = facts_by(session, workspace_id, wanted.scope, scored, None).get(None, {})
    number = 0
    for survey_id, facts in found.items():
        survey = surveys.get(survey_id)
        if survey is not None:
            kind = next(iter(wanted.kinds), survey.kind)
            fits = _fitting_score(wanted, kind, survey.threshold(kind))
            number += sum(many for score, many in facts.get(kind, {}).items() if fits(score))
    return number


def _is_of_counts(wanted: ResponseFilter) -> bool:
    """Whether the filter asks for nothing but what answers are counted by."""
    return not (
        wanted.with_tests
        or wanted.only_tests
        or wanted.with_hidden
        or wanted.is_recovery
        or wanted.has_comment is not None
        or wanted.search
        or wanted.tags
        or wanted.reasons
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

    def mood(score: int) -> Mood:
        if score >= positive_from:
            return "positive"
        until = detractors_until(positive_from) if kind == "nps" else positive_from - 1
        return "negative" if score <= until else "other"

    return lambda score: (
        (not wanted.scores or score in wanted.scores)
        and (not wanted.moods or mood(score) in wanted.moods)
    )
