"""Whom a plan would ask now: how many of how many customers, stratum by stratum."""

from dataclasses import dataclass

from flask import current_app

from widget.domain.audiences import traits_named
from widget.domain.campaigns import CampaignPlan, passes_over_its_own
from widget.domain.samples import SampleSize, sample_size, sized
from widget.domain.sampling import MOST_STRATA
from widget.domain.scales import Kind
from widget.extensions import db
from widget.storage.audiences import Frame, audience_of, count_strata
from widget.storage.campaign_forecasts import Refusals, refusals_now
from widget.storage.waves import StratumRow
from widget.web.clock import now
from widget.web.console.access import seat

SHOWN = 100
# Of more customers contact rules are looked up when somebody wants to know.
COUNTED_AT_ONCE = 10_000


@dataclass(frozen=True)
class Sample:
    """Sample against population. `has_too_many`: there are more strata than a plan may have, and
    none are told. `passes_over`: whoever an earlier wave asked is left out of some later ones.
    `refusals`: whom contact rules refuse today; None where that was not counted."""

    population: int
    size: SampleSize
    strata: list[StratumRow]
    has_too_many: bool
    passes_over: bool
    refusals: Refusals | None = None

    @property
    def sent(self) -> int:
        """About how many mails would leave today."""
        if self.refusals is None or not self.population:
            return self.size.asked
        return round(self.size.asked * (1 - self.refusals.all / self.population))

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
    *,
    counts_refusals: bool = False,
) -> Sample:
    """What a plan without problems would ask if it were launched now, by a campaign's seed if it
    has one already. Whom contact rules refuse is counted of few, and of any number if
    `counts_refusals`. Raises UnknownAudience."""
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
    refusals = None
    if counts_refusals or total <= COUNTED_AT_ONCE:
        key = current_app.extensions["sayso_settings"].address_key
        refusals = refusals_now(session, frame, plan.quiet_days, key)
    return Sample(total, size, strata, has_too_many, passes_over_its_own(plan), refusals)
