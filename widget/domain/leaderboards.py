"""Who is ahead, as far as that can be told.

Ranking people by a plain average rewards those with few answers: five of five beats ninety-five of
a hundred. So each share of positive answers is drawn towards everybody's, the more the fewer
answers there are (empirical Bayes); who has too few is not ranked; and two people have different
ranks only where the answers tell them apart.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import NormalDist

from widget.domain.beta import beta_quantile

# Below so many answers nobody is ranked, unless the workspace says otherwise.
MIN_ANSWERS = 10
CONFIDENCE = 0.95
# The weight of everybody's share, in answers, where too few people are rated to estimate it, and
# the least and most that an estimate may be.
_USUAL_WEIGHT, _LEAST_WEIGHT, _MOST_WEIGHT = 10.0, 2.0, 1_000.0
_ENOUGH_PEOPLE = 3


@dataclass(frozen=True)
class Tally:
    """How many answers somebody has, and how many of them are positive."""

    positive: int
    answers: int


@dataclass(frozen=True)
class Prior:
    """What is expected of somebody of whom nothing is known: everybody's share, and how many
    answers that expectation weighs."""

    share: float
    weight: float


@dataclass(frozen=True)
class Standing:
    """One person's line. `rank` is None below the least number of answers.

    What is known of their true share is Beta(`a`, `b`): their own answers and everybody's share.
    """

    member_id: int
    positive: int
    answers: int
    a: float
    b: float
    rank: int | None

    @property
    def share(self) -> float:
        """The plain share of positive answers."""
        return self.positive / self.answers

    @property
    def estimate(self) -> float:
        """The share, drawn towards everybody's."""
        return self.a / (self.a + self.b)

    @property
    def deviation(self) -> float:
        """The standard deviation of the true share."""
        total = self.a + self.b
        return sqrt(self.a * self.b / (total**2 * (total + 1)))

    @property
    def low(self) -> float:
        """The true share is between this and `high` with 95 % probability."""
        return beta_quantile((1 - CONFIDENCE) / 2, self.a, self.b)

    @property
    def high(self) -> float:
        return beta_quantile(1 - (1 - CONFIDENCE) / 2, self.a, self.b)


def prior_of(tallies: Sequence[Tally]) -> Prior:
    """Everybody's share and its weight, from how much people differ beyond chance.

    The beta-binomial's moments with weights by numbers of answers (Kleinman 1973, J. Am. Stat.
    Assoc. 68, 46-54).
    """
    rated = [tally for tally in tallies if tally.answers]
    total = sum(tally.answers for tally in rated)
    # Half an answer of each sort keeps the share off 0 and 1, where nothing could differ.
    share = (sum(tally.positive for tally in rated) + 0.5) / (total + 1)
    people = len(rated)
    spread = total - sum(tally.answers**2 for tally in rated) / total if total else 0.0
    room = share * (1 - share) * (spread - (people - 1))
    if people < _ENOUGH_PEOPLE or room <= 0:
        return Prior(share, _USUAL_WEIGHT)
    apart = sum(tally.answers * (tally.positive / tally.answers - share) ** 2 for tally in rated)
    beyond_chance = (apart - share * (1 - share) * (people - 1)) / room
    if beyond_chance <= 0:
        return Prior(share, _MOST_WEIGHT)
    return Prior(share, min(max(1 / beyond_chance - 1, _LEAST_WEIGHT), _MOST_WEIGHT))


def standings(tallies: Mapping[int, Tally], min_answers: int = MIN_ANSWERS) -> list[Standing]:
    """Everybody with an answer, by member: the ranked ones first, by rank and estimate.

    A rank is one more than the number of people who are clearly better. "Clearly" is where
    intervals made for comparing do not meet: of `z / √2` standard deviations to each side
    (Goldstein and Healy 1995, J. R. Stat. Soc. A 158, 175-177), with `z` such that all comparisons
    of one person together go wrong at most one time in twenty (Bonferroni).
    """
    prior = prior_of(list(tallies.values()))
    found = [_standing(id, tally, prior) for id, tally in tallies.items() if tally.answers]
    ranked = [one for one in found if one.answers >= min_answers]
    comparisons = max(1, len(ranked) - 1)
    reach = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2 / comparisons) / sqrt(2)
    lows = sorted(one.estimate - reach * one.deviation for one in ranked)
    numbered = [
        replace(one, rank=1 + len(lows) - bisect_right(lows, one.estimate + reach * one.deviation))
        for one in ranked
    ]
    numbered.sort(key=lambda one: (one.rank, -one.estimate, -one.answers, one.member_id))
    others = [one for one in found if one.answers < min_answers]
    others.sort(key=lambda one: (-one.answers, one.member_id))
    return [*numbered, *others]


def _standing(member_id: int, tally: Tally, prior: Prior) -> Standing:
    return Standing(
        member_id,
        tally.positive,
        tally.answers,
        a=prior.share * prior.weight + tally.positive,
        b=(1 - prior.share) * prior.weight + tally.answers - tally.positive,
        rank=None,
    )
