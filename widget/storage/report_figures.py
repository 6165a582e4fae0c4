"""The numbers of a report, counted by what the dashboard counts with."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.dashboards import Tile, shown_metrics, tiles
from widget.domain.errors import UnknownSurvey
from widget.domain.reports.figures import (
    FollowUpFigures,
    OtherSurvey,
    ReasonFigure,
    ReportFigures,
    bars_of,
)
from widget.domain.reports.plans import ReportPlan
from widget.domain.response_filters import ResponseFilter
from widget.domain.roles import Scope
from widget.domain.scales import Kind
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.corrections import corrected
from widget.domain.scores.metrics import METRIC_IDS, MetricId
from widget.domain.scores.scoring import Counts, compare, score_of
from widget.domain.scores.spans import Span, buckets
from widget.domain.surveys import Definition, definition_from_json
from widget.domain.themes.areas import Area, Ticks, areas_of, score_of_ticked
from widget.storage.dashboards import (
    CountedSurvey,
    answer_counts_by,
    counted_surveys,
    counts_of,
    course_of,
)
from widget.storage.follow_up_figures import follow_up_figures
from widget.storage.models import Survey, SurveyVersion
from widget.storage.reason_names import reason_name
from widget.storage.report_sides import against_baseline, weighted_figures
from widget.storage.report_themes import Counted
from widget.storage.responses import days
from widget.storage.theme_comments import ticked_in

MAIN_METRIC: dict[Kind, MetricId] = {"stars": "stars", "csat": "csat", "nps": "nps", "ces": "ces"}


def report_figures(session: Session, about: Counted, plan: ReportPlan) -> ReportFigures:
    """Every number of a report, and no themes yet. Raises UnknownSurvey."""
    surveys = counted_surveys(session, about.workspace_id)
    survey_id = next((id for id, one in surveys.items() if one.public_id == plan.survey), None)
    if survey_id is None:
        raise UnknownSurvey("There is no such survey in this workspace.")
    survey, metric = surveys[survey_id], MAIN_METRIC[surveys[survey_id].kind]
    now_filter = score_filter(plan, survey_id)
    before_filter = replace(
        now_filter, first=plan.compared_with.first, last=plan.compared_with.last
    )
    now = _counts(session, about, now_filter, surveys)
    before = _counts(session, about, before_filter, surveys)
    metrics = shown_metrics(
        now, before, knows_requests=now_filter.knows_requests, knows_shares=False
    )
    # A row that is missing does not tell that nobody was asked; one with a dash does.
    metrics = [id for id in METRIC_IDS if id in {*metrics, "response_rate", "time_to_answer"}]
    shown = [metric, *(other for other in metrics if other != metric)]
    trend = course_of(
        session,
        *(about.workspace_id, about.scope, now_filter, surveys, about.time_zone),
        metric=metric,
        parts=buckets(plan.span),
    )
    return ReportFigures(
        subject=about.subject,
        survey=survey.name,
        kind=survey.kind,
        positive_from=survey.positive_from,
        metric=metric,
        tiles=tuple(tiles(shown, now, before)),
        baseline=score_of(metric, before),
        trend=tuple(trend),
        bars=bars_of(_points(session, survey_id), _scores(now, survey), _scores(before, survey)),
        follow_ups=_follow_ups(session, about, plan, survey_id, plan.span),
        follow_ups_before=_follow_ups(session, about, plan, survey_id, plan.compared_with),
        reasons=_reasons(session, about, survey_id, now_filter, before_filter),
        others=_others(session, about, survey_id, (before_filter, now_filter), surveys),
        against=against_baseline(session, about, plan, survey_id, surveys, metric, now),
        weighted=weighted_figures(session, about, plan, now_filter, surveys, metric),
    )


def report_responses(
    scope: Scope, plan: ReportPlan, span: Span, time_zone: str, *, has_comment: bool | None = None
) -> ResponseFilter:
    """Which responses a report counts in a span; those with a comment to read where that is
    wanted."""
    since, until = days(span.first, span.last, time_zone)
    return ResponseFilter(
        scope=scope,
        surveys=(plan.survey,),
        clients=(plan.client,) if plan.client else (),
        segments=(plan.segment,) if plan.segment else (),
        is_recovery=False,
        has_comment=has_comment,
        since=since,
        until=until,
    )


def score_filter(plan: ReportPlan, survey_id: int) -> ScoreFilter:
    """What a report counts in its period, as numbers and themes are asked for."""
    return ScoreFilter(
        plan.span.first,
        plan.span.last,
        surveys=(survey_id,),
        clients=(plan.client,) if plan.client else (),
        segments=(plan.segment,) if plan.segment else (),
    )


def _others(
    session: Session,
    about: Counted,
    survey_id: int,
    spans: tuple[ScoreFilter, ScoreFilter],
    surveys: Mapping[int, CountedSurvey],
) -> tuple[OtherSurvey, ...]:
    """What was answered to other surveys in the period, the second of the spans."""
    before, now = (
        answer_counts_by(
            session, *(about.workspace_id, about.scope, replace(one, surveys=())), "survey", surveys
        )
        for one in spans
    )
    found = []
    for id, survey in surveys.items():
        counts = now.get(id, Counts())
        metric = MAIN_METRIC[survey.kind]
        score = score_of(metric, counts)
        if id != survey_id and score.n:
            change = compare(metric, before.get(id, Counts()), counts)
            found.append((survey.name, Tile(metric, score, change)))
    changes = corrected([tile.change for _name, tile in found])
    return tuple(
        OtherSurvey(name, replace(tile, change=change))
        for (name, tile), change in zip(found, changes, strict=True)
    )


def _counts(
    session: Session, about: Counted, wanted: ScoreFilter, surveys: Mapping[int, CountedSurvey]
) -> Counts:
    return counts_of(session, about.workspace_id, about.scope, wanted, surveys, about.time_zone)


def _scores(counts: Counts, survey: CountedSurvey) -> dict[int, int]:
    found: Counter[int] = Counter()
    for answers in counts.answers:
        if answers.kind == survey.kind:
            found.update(answers.counts)
    return dict(found)


def _definition(session: Session, survey_id: int) -> Definition:
    draft, published = session.execute(
        select(Survey.draft, SurveyVersion.definition)
        .outerjoin(SurveyVersion, SurveyVersion.id == Survey.published_version_id)
        .where(Survey.id == survey_id)
    ).one()
    return definition_from_json(published or draft)


def _points(session: Session, survey_id: int) -> tuple[int, ...]:
    return _definition(session, survey_id).question.scale.scores


def _follow_ups(
    session: Session, about: Counted, plan: ReportPlan, survey_id: int, span: Span
) -> FollowUpFigures:
    since, until = days(span.first, span.last, about.time_zone)
    return follow_up_figures(
        session,
        *(about.workspace_id, about.scope, since, until),
        survey_id=survey_id,
        client=plan.client,
        segment=plan.segment,
    )


def _reasons(
    session: Session, about: Counted, survey_id: int, now: ScoreFilter, before: ScoreFilter
) -> tuple[ReasonFigure, ...]:
    """The reasons that somebody ticked, those of a bad score last, the most ticked first."""
    definition = _definition(session, survey_id)
    names = {
        one.id: reason_name(definition, one)
        for one in (*definition.positive_reasons, *definition.negative_reasons)
    }
    ticked = ticked_in(session, about.workspace_id, about.scope, now).ticks
    earlier = ticked_in(session, about.workspace_id, about.scope, before).ticks
    found = []
    for question, ticks in ticked.items():
        before_areas = _areas(earlier[question]) if question in earlier else {}
        for id, area in _areas(ticks).items():
            old = before_areas.get(id)
            # A reason that nobody is offered any more has no name but its id.
            if id in names and (area.ticked or (old and old.ticked)):
                found.append(
                    ReasonFigure(
                        names[id],
                        question.sentiment == "positive",
                        area.ticked,
                        area.ticked + area.unticked,
                        old.ticked if old else 0,
                        old.ticked + old.unticked if old else 0,
                        area.difference,
                        score_of_ticked(ticks, id) if area.ticked else None,
                    )
                )
    return tuple(sorted(found, key=lambda one: (not one.is_positive, -one.ticked, one.name)))


def _areas(ticks: Ticks) -> dict[str, Area]:
    return {area.reason: area for area in areas_of(ticks).areas}
