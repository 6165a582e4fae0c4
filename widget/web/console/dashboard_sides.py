"""What the dashboard lays beside a number: that of all customers, and what others publish."""

from dataclasses import dataclass, field

from widget.domain.dashboard_sides import Weighted, can_be_weighted, weighted
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import MetricId
from widget.domain.scores.scoring import Counts, score_of
from widget.domain.strata import Reference
from widget.extensions import db
from widget.storage.dashboards import CountedSurvey, counts_by
from widget.storage.strata import references_of, strata_of
from widget.web.console.access import seat
from widget.web.console.dashboard_filters import Asked


@dataclass(frozen=True)
class Sides:
    """One's own number, and beside it the weighted ones and the references; empty for none."""

    own: Score
    weighted: list[Weighted] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    @property
    def lines(self) -> list[dict[str, str | float]]:
        """The references as lines of a chart."""
        return [{"label": f"{one.name}, {one.year}", "value": one.value} for one in self.references]


def sides_of(
    asked: Asked, surveys: dict[int, CountedSurvey], metric: MetricId, counts: Counts
) -> Sides:
    """What a metric's number of `counts` is laid beside.

    Weighted are only the answers about everybody by everybody: the groups' sizes are those of the
    whole workspace.
    """
    place = seat()
    found = Sides(score_of(metric, counts))
    if metric == "nps":
        found.references.extend(references_of(db.session(), place.workspace_id).values())
    wanted = asked.wanted
    is_of_some = (*wanted.members, *wanted.teams, *wanted.clients, *wanted.segments, *wanted.tags)
    if not can_be_weighted(metric) or not place.scope.everything or is_of_some:
        return found
    for attribute, strata in strata_of(db.session(), place.workspace_id).items():
        groups = counts_by(
            db.session(),
            *(place.workspace_id, place.scope, wanted, attribute, surveys, place.time_zone),
        )
        found.weighted.append(weighted(metric, attribute, strata, groups))
    return found
