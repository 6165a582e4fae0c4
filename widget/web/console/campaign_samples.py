"""Whom a plan would ask now: how many of how many customers, stratum by stratum."""

from dataclasses import dataclass

from widget.domain.audiences import traits_named
from widget.domain.campaigns import CampaignPlan, passes_over_its_own
from widget.domain.samples import SampleSize, sample_size, sized
from widget.domain.sampling import MOST_STRATA
from widget.domain.scales import Kind
from widget.extensions import db
from widget.storage.audiences import Frame, audience_of, count_strata
from widget.storage.waves import StratumRow
from widget.web.clock import now
from widget.web.console.access import seat

SHOWN = 100


@dataclass(frozen=True)
class Sample:
    """Sample against population. `has_too_many`: there are more strata than a plan may have, and
    none are told. `passes_over`: whoever an earlier wave asked is left out of some later ones."""

    population: int
    size: SampleSize
    strata: list[StratumRow]
    has_too_many: bool
    passes_over: bool

    @property
    def shown(self) -> list[StratumRow]:
        """The largest strata."""
        return sorted(self.strata, key=lambda one: (-one.population, one.values))[:SHOWN]

    @property
    def unasked(self) -> int:
        """How many strata are too small for anybody of them to be asked."""
        return sum(1 for one in self.strata if one.population and not one.asked)

    def share(self, number: int, of: int) -> float:
        """Per cent, 0 to 100; of nothing 0."""
        return 100 * number / of if of else 0.0


def sample_of(
    plan: CampaignPlan,
    kind: Kind,
    audience_id: int | None,
    excluded_id: int | None,
    seed: str = "",
) -> Sample:
    """What a plan without problems would ask if it were launched now, by a campaign's seed if it
    has one already. Raises UnknownAudience."""
    session, workspace_id = db.session(), seat().workspace_id
    audience, excluded = (
        None if id is None else audience_of(session, workspace_id, id)
        for id in (audience_id, excluded_id)
    )
    frame = Frame(workspace_id, audience, excluded, now())
    population = count_strata(session, frame, traits_named(plan.traits), MOST_STRATA + 1)
    has_too_many = len(population) > MOST_STRATA
    if has_too_many:
        population = count_strata(session, frame, [], 1)
    asked = sized(plan, kind, population, f"{seed}:1")
    total = sum(population.values())
    strata = [StratumRow(values, number, asked[values]) for values, number in population.items()]
    size = sample_size(plan, kind, total)
    return Sample(total, size, strata, has_too_many, passes_over_its_own(plan))
