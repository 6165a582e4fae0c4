"""What a metric's number is laid beside: the number of all customers, and what others publish."""

from collections.abc import Mapping
from dataclasses import dataclass

from widget.domain.scores.adding import summed
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import METRICS, MetricId
from widget.domain.scores.poststratified import Poststratified
from widget.domain.scores.scoring import Counts, Group, poststratified, score_of
from widget.domain.strata import Attribute, Strata


@dataclass(frozen=True)
class Weighted:
    """A metric's number of all customers, as far as their groups by an attribute are stated.

    `customers` is how many were stated. `left_out` answers are of no stated group.
    """

    attribute: Attribute
    found: Poststratified
    customers: int
    left_out: int

    @property
    def score(self) -> Score:
        return self.found.score


def can_be_weighted(metric: MetricId) -> bool:
    """Whether it is a number of what was answered: who was not asked has no group."""
    return METRICS[metric].kind is not None


def weighted(
    metric: MetricId, attribute: Attribute, strata: Strata, groups: Mapping[str, Counts]
) -> Weighted:
    """The metric's number with each group weighing as many customers as it has. `groups` are what
    was counted by the attribute's values, of which some may be stated and some not."""
    stated = [Group(name, size, groups.get(name, Counts())) for name, size in strata.items()]
    others = summed(counts for name, counts in groups.items() if name not in strata)
    return Weighted(
        attribute,
        poststratified(metric, stated),
        sum(strata.values()),
        score_of(metric, others).n,
    )
