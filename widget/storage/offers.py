"""What surveys ask, and what their workspace offers to whoever answers."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from widget.domain.dashboards import Offered
from widget.domain.score_filters import ScoreFilter
from widget.storage.dashboards import CountedSurvey
from widget.storage.rewards import workspace_offer
from widget.storage.shares import sharing_rules


def offered_to(
    session: Session, workspace_id: int, wanted: ScoreFilter, surveys: Mapping[int, CountedSurvey]
) -> Offered:
    """What the surveys of a filter ask, and what is on offer there."""
    chosen = [surveys[id] for id in wanted.surveys or surveys if id in surveys]
    has_reviews = bool(sharing_rules(session, workspace_id).offered_reviews)
    return Offered(
        kinds=frozenset().union(*(one.asks for one in chosen)),
        rewards=bool(workspace_offer(session, workspace_id).rewards),
        shares=has_reviews or any(one.offers_sharing for one in chosen),
    )
