"""How many answers each survey has, to choose the one that a page is about."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from widget.domain.roles import Scope
from widget.domain.score_filters import ScoreFilter
from widget.storage.dashboards import CountedSurvey
from widget.storage.score_counts import facts_by


def answers_by_survey(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    surveys: Mapping[int, CountedSurvey],
) -> dict[int, int]:
    """How many answered the main question of each survey, by a filter and within a scope."""
    found = facts_by(session, workspace_id, scope, wanted, "survey")
    return {
        id: sum(facts[id].get(surveys[id].kind, {}).values())
        for id, facts in found.items()
        if id in surveys
    }
