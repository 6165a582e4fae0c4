"""What a report lays beside its number: the baseline that was marked, and all customers."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from widget.domain.dashboard_sides import can_be_weighted, weighted
from widget.domain.reports.figures import AgainstBaseline, WeightedFigure
from widget.domain.reports.plans import ReportPlan
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.metrics import MetricId
from widget.domain.scores.scoring import Counts, compare, score_of
from widget.domain.strata import Attribute
from widget.storage.client_figures import About, baseline_before
from widget.storage.dashboards import CountedSurvey, counts_by
from widget.storage.report_themes import Counted
from widget.storage.strata import strata_of


def against_baseline(
    session: Session,
    about: Counted,
    plan: ReportPlan,
    survey_id: int,
    surveys: Mapping[int, CountedSurvey],
    metric: MetricId,
    counts: Counts,
) -> AgainstBaseline | None:
    """How far a report's answers are from the baseline; None where no campaign is marked that began
    before the period, or nobody within the scope answered it."""
    by: Attribute = "segment" if plan.segment and not plan.client else "client"
    place = (about.workspace_id, about.scope, about.time_zone)
    kind = surveys[survey_id].kind
    found = baseline_before(session, About(*place, surveys, survey_id, by), kind, plan.span.first)
    if found is None or not score_of(metric, found.counts).n:
        return None
    # Of a client in a segment nobody has counted the answers apart.
    name = "" if plan.client and plan.segment else plan.client or plan.segment
    own = found.by_name.get(name) if name else None
    return AgainstBaseline(
        found.name,
        found.began_on,
        score_of(metric, found.counts),
        compare(metric, found.counts, counts),
        score_of(metric, own) if own else None,
        compare(metric, own, counts) if own else None,
        found.is_recounted,
    )


def weighted_figures(
    session: Session,
    about: Counted,
    plan: ReportPlan,
    wanted: ScoreFilter,
    surveys: Mapping[int, CountedSurvey],
    metric: MetricId,
) -> tuple[WeightedFigure, ...]:
    """The number of all customers by each attribute whose groups are stated; none for a report
    about some of them, as the sizes are those of the whole workspace."""
    is_of_some = plan.client or plan.segment or not about.scope.everything
    if is_of_some or not can_be_weighted(metric):
        return ()
    found = []
    for attribute, strata in strata_of(session, about.workspace_id).items():
        groups = counts_by(
            session,
            *(about.workspace_id, about.scope, wanted, attribute, surveys, about.time_zone),
        )
        one = weighted(metric, attribute, strata, groups)
        found.append(
            WeightedFigure(
                attribute, one.score, one.customers, one.left_out, one.found.missing_share
            )
        )
    return tuple(found)
