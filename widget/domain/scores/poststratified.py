"""What all customers would say, from answers in which some groups of them are over-represented.

Where it is known how many customers each group (stratum) has, each group's own number weighs what
the group weighs among all customers, not among those who answered: θ = Σ Wₕ·θₕ, with variance
Σ Wₕ²·sₕ²/nₕ, given how many of each answered (W. G. Cochran, 1977, Sampling Techniques, third
edition, 5A.9; D. Holt and T. M. F. Smith, 1979, Post Stratification, Journal of the Royal
Statistical Society A 142, 33-46).

The interval is 1.96 of that variance's roots to each side. As for unweighted numbers a few further
answers keep it honest where all agree: those of `nps` and `means`, and for shares two of each sort
(Agresti and Coull, 1998); each group has as much of them as it weighs.

How far answers of a group lie apart cannot be told from one or two of them. Groups with fewer than
ENOUGH answers therefore share the sₕ² of all their answers together, about their common mean
(collapsed strata: Cochran, 5A.12). It includes how far the groups lie apart, so that intervals are
rather too long than too short. Each still has its own weight and mean in θ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from widget.domain.scores.estimates import Score, Z, score_within
from widget.domain.scores.means import further_answer
from widget.domain.scores.moments import Tally, moments, tally_of, with_further
from widget.domain.scores.nps import NPS_FURTHER, NPS_LIMITS, Split
from widget.domain.scores.shares import SHARE_LIMITS, Part

# Groups without answers may together weigh so much, from 0 to 1; beyond, the number would be
# a guess about people who have said nothing.
MOST_MISSING = 0.2
# So many answers tell by themselves how far those of a group lie apart.
ENOUGH = 10
_SHARE_FURTHER = {100.0: 2.0, 0.0: 2.0}


@dataclass(frozen=True)
class Stratum:
    """A group of customers: how many there are, and value in the metric's unit -> how many said so.

    `population` may be any measure of size, the same for all groups: customers, or their share.
    """

    name: str
    population: float
    tally: Tally

    @property
    def n(self) -> int:
        return round(sum(self.tally.values()))


@dataclass(frozen=True)
class Poststratified:
    """The weighted number, and which groups it does not speak for.

    `variance` is the estimate's, in the metric's unit squared. `missing` names the groups nobody of
    which answered, and `missing_share`, from 0 to 1, says what they weigh; the number is that of
    the others. Where they weigh more than MOST_MISSING there is none: `score.value` is None.
    """

    score: Score
    variance: float | None
    missing: tuple[str, ...]
    missing_share: float

    @property
    def is_refused(self) -> bool:
        return self.missing_share > MOST_MISSING


def nps_stratum(name: str, population: float, split: Split) -> Stratum:
    """A group for `poststratified_nps`."""
    return Stratum(name, population, split.tally)


def share_stratum(name: str, population: float, part: Part) -> Stratum:
    """A group for `poststratified_share`."""
    return Stratum(name, population, {100.0: part.hits, 0.0: part.n - part.hits})


def mean_stratum(name: str, population: float, counts: Mapping[int, int]) -> Stratum:
    """A group for `poststratified_mean`, from score -> how many have it."""
    return Stratum(name, population, tally_of(counts))


def poststratified_nps(strata: Sequence[Stratum]) -> Poststratified:
    """The net promoter score of all customers, −100 to 100 points."""
    return _poststratified(strata, NPS_FURTHER, NPS_LIMITS)


def poststratified_share(strata: Sequence[Stratum]) -> Poststratified:
    """The share among all customers, 0 to 100 per cent."""
    return _poststratified(strata, _SHARE_FURTHER, SHARE_LIMITS)


def poststratified_mean(strata: Sequence[Stratum], points: Sequence[int]) -> Poststratified:
    """The mean of all customers, in points of the scale."""
    limits = float(points[0]), float(points[-1])
    return _poststratified(strata, further_answer(points), limits)


def _poststratified(
    strata: Sequence[Stratum], further: Tally, limits: tuple[float, float]
) -> Poststratified:
    """Raises ValueError for a negative population, and where no group has any."""
    population = sum(one.population for one in strata)
    if population <= 0 or any(one.population < 0 for one in strata):
        raise ValueError("Poststratifying wants to know how many customers each group has.")
    heard = [one for one in strata if one.n and one.population]
    missing = tuple(one.name for one in strata if not one.n and one.population)
    heard_population = sum(one.population for one in heard)
    missing_share = 0.0 if not missing else 1 - heard_population / population
    n = sum(one.n for one in heard)
    if missing_share > MOST_MISSING:
        return Poststratified(
            Score(None, None, None, n, "poststratified"), None, missing, missing_share
        )
    weights = [one.population / heard_population for one in heard]
    spreads = _spreads(heard, weights, further)
    value = middle = variance = 0.0
    for one, weight, spread in zip(heard, weights, spreads, strict=True):
        adjusted = moments(with_further(one.tally, further, weight))
        value += weight * moments(one.tally).mean
        middle += weight * adjusted.mean
        variance += weight**2 * spread / adjusted.n
    ends = middle - Z * sqrt(variance), middle + Z * sqrt(variance)
    score = score_within(value, ends, n, "poststratified", limits)
    return Poststratified(score, variance, missing, missing_share)


def _spreads(strata: Sequence[Stratum], weights: Sequence[float], further: Tally) -> list[float]:
    """The variance of a single answer of each group, that of all small ones together for them.

    Where those have too few answers between them, the next larger groups are among them as well.
    """
    order = sorted(range(len(strata)), key=lambda place: strata[place].n)
    small: list[int] = []
    answers = 0
    for place in order:
        if strata[place].n >= ENOUGH and (not small or answers >= ENOUGH):
            break
        small.append(place)
        answers += strata[place].n
    pooled = set(small)
    shared = _spread([strata[place] for place in small], fsum(weights[p] for p in small), further)
    return [
        shared if place in pooled else _spread([one], weight, further)
        for place, (one, weight) in enumerate(zip(strata, weights, strict=True))
    ]


def _spread(strata: Sequence[Stratum], weight: float, further: Tally) -> float:
    tally: dict[float, float] = {}
    for one in strata:
        tally = with_further(tally, one.tally)
    if not tally:
        return 0.0
    n = round(fsum(tally.values()))
    return moments(with_further(tally, further, weight)).variance * _unbiased(n)


def _unbiased(n: int) -> float:
    """n / (n − 1), by which a sample's variance falls short; for one answer that of two."""
    return max(n, 2) / (max(n, 2) - 1)
