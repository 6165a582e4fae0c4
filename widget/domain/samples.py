"""What a campaign's plan asks of a population: how many in all, and of each stratum."""

from collections.abc import Mapping
from dataclasses import dataclass

from widget.domain.campaigns import CampaignPlan
from widget.domain.sampling import (
    Stratum,
    allocate,
    answers_needed,
    margin_reached,
    spread_of,
    to_ask,
)
from widget.domain.scales import Kind


@dataclass(frozen=True)
class SampleSize:
    """How many are asked, how many answers that is expected to give, and the margin of error then:
    in points for NPS and percentage points otherwise, None where nobody is expected to answer.

    `wanted` is how many answers the wished margin needs; None where none was wished.
    """

    asked: int
    answers: int
    margin: float | None
    wanted: int | None


def sample_size(plan: CampaignPlan, kind: Kind, population: int) -> SampleSize:
    """The size of a plan's sample, or of everybody."""
    spread, rate = spread_of(kind), plan.response_rate / 100
    wanted = None
    asked = population
    if plan.who == "sample" and plan.sized_by == "number":
        asked = min(plan.number, population)
    elif plan.who == "sample":
        wanted = answers_needed(population, plan.margin, spread)
        asked = to_ask(population, wanted, rate)
    answers = round(asked * rate)
    return SampleSize(asked, answers, margin_reached(population, answers, spread), wanted)


def sized(
    plan: CampaignPlan, kind: Kind, population: Mapping[Stratum, int], seed: str = ""
) -> dict[Stratum, int]:
    """How many of each stratum a plan asks; the seed decides where chance has to."""
    size = sample_size(plan, kind, sum(population.values()))
    return allocate(size.asked, population, seed)
