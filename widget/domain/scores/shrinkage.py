"""Numbers of people side by side: each drawn towards everybody's, the more the fewer answers.

A list of people by their plain numbers has those with few answers at both of its ends, by luck.
Shares are drawn as `widget.domain.leaderboards` draws them. Means and net promoter scores are
likewise, with normal in place of beta distributions: θ = (n·y + K·μ) / (n + K), where the weight K
of everybody's number μ, in answers, is the variance of one person's answers, σ², over that of
people's true numbers, τ² (B. Efron and C. Morris, 1975, Data Analysis Using Stein's Estimator and
Its Generalizations, Journal of the American Statistical Association 70, 311-319). τ² is found by
moments (R. DerSimonian and N. Laird, 1986, Meta-Analysis in Clinical Trials, Controlled Clinical
Trials 7, 177-188).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

from widget.domain.beta import beta_quantile
from widget.domain.leaderboards import Prior, prior_of
from widget.domain.leaderboards import Tally as Positives
from widget.domain.scores.estimates import CONFIDENCE, Score, Z, no_score, score_within
from widget.domain.scores.means import further_answer
from widget.domain.scores.moments import Moments, Tally, moments, tally_of
from widget.domain.scores.nps import NPS_FURTHER, NPS_LIMITS, Split
from widget.domain.scores.shares import Part

# As for leaderboards: the weight where too few people have answers to find it, and its bounds.
_USUAL_WEIGHT, _LEAST_WEIGHT, _MOST_WEIGHT = 10.0, 2.0, 1_000.0
_ENOUGH_PEOPLE = 3

Who = TypeVar("Who")


@dataclass(frozen=True)
class Everybody:
    """What is expected of somebody of whom nothing is known.

    `mean` and its variance `mean_variance` in the metric's unit; `weight` in answers; `variance` is
    that of one person's answers.
    """

    mean: float
    mean_variance: float
    weight: float
    variance: float


def shrunken_shares(
    parts: Mapping[Who, Part], only: Collection[Who] | None = None
) -> dict[Who, Score]:
    """Everybody's share in per cent, drawn together. No value for whoever has no answers.

    `only`: whose numbers are wanted, which are drawn towards everybody's all the same.
    """
    prior = prior_of([Positives(part.hits, part.n) for part in parts.values()])
    return {who: _shrunken_share(parts[who], prior) for who in _wanted(parts, only)}


def shrunken_nps(
    splits: Mapping[Who, Split], only: Collection[Who] | None = None
) -> dict[Who, Score]:
    """Everybody's net promoter score in points, drawn together; `only` as above."""
    tallies = {who: split.tally for who, split in splits.items()}
    return _shrunken(tallies, NPS_FURTHER, NPS_LIMITS, only)


def shrunken_means(
    counts: Mapping[Who, Mapping[int, int]],
    points: Sequence[int],
    only: Collection[Who] | None = None,
) -> dict[Who, Score]:
    """Everybody's mean in points, drawn together, from score -> how many have it; `only` as
    above."""
    tallies = {who: tally_of(scores) for who, scores in counts.items()}
    return _shrunken(tallies, further_answer(points), (float(points[0]), float(points[-1])), only)


def _wanted(known: Mapping[Who, object], only: Collection[Who] | None) -> Collection[Who]:
    return known.keys() if only is None else only


def everybody(people: Sequence[Moments], further: Tally) -> Everybody:
    """Everybody's mean and its weight, from how much people differ beyond chance.

    `people` have answers, at least one person. The further answers of a metric, put at everybody's
    mean, keep σ² above 0 where all answers are alike.
    """
    answers = sum(person.n for person in people)
    plain = sum(person.n * person.mean for person in people) / answers
    added = sum(count * (value - plain) ** 2 for value, count in further.items())
    freedom = answers - len(people) + sum(further.values())
    variance = (sum(person.n * person.variance for person in people) + added) / freedom
    weight = _weight(people, plain, variance)
    # Everybody counts by how well their own number is known, of which τ² = σ² / K is a part.
    trust = [1 / (variance / person.n + variance / weight) for person in people]
    mean = sum(one * person.mean for one, person in zip(trust, people, strict=True)) / sum(trust)
    return Everybody(mean, 1 / sum(trust), weight, variance)


def _weight(people: Sequence[Moments], plain: float, variance: float) -> float:
    """K = σ² / τ², in answers."""
    if len(people) < _ENOUGH_PEOPLE:
        return _USUAL_WEIGHT
    answers = sum(person.n for person in people)
    apart = sum(person.n * (person.mean - plain) ** 2 for person in people) / variance
    beyond_chance = apart - (len(people) - 1)
    if beyond_chance <= 0:
        return _MOST_WEIGHT
    spread = answers - sum(person.n**2 for person in people) / answers
    return min(max(spread / beyond_chance, _LEAST_WEIGHT), _MOST_WEIGHT)


def _shrunken(
    tallies: Mapping[Who, Tally],
    further: Tally,
    limits: tuple[float, float],
    only: Collection[Who] | None,
) -> dict[Who, Score]:
    known = {who: moments(tally) for who, tally in tallies.items() if any(tally.values())}
    wanted = _wanted(tallies, only)
    if not known:
        return {who: no_score("normal_normal") for who in wanted}
    expected = everybody(list(known.values()), further)
    return {
        who: _drawn(known[who], expected, limits) if who in known else no_score("normal_normal")
        for who in wanted
    }


def _drawn(person: Moments, expected: Everybody, limits: tuple[float, float]) -> Score:
    total = person.n + expected.weight
    value = (person.n * person.mean + expected.weight * expected.mean) / total
    # The second part: everybody's mean is itself only estimated.
    variance = expected.variance / total + (expected.weight / total) ** 2 * expected.mean_variance
    ends = value - Z * sqrt(variance), value + Z * sqrt(variance)
    return score_within(value, ends, round(person.n), "normal_normal", limits)


def _shrunken_share(part: Part, prior: Prior) -> Score:
    if not part.n:
        return no_score("beta_binomial")
    a = prior.share * prior.weight + part.hits
    b = (1 - prior.share) * prior.weight + part.n - part.hits
    tail = (1 - CONFIDENCE) / 2
    low, high = beta_quantile(tail, a, b), beta_quantile(1 - tail, a, b)
    value = a / (a + b)
    return Score(100 * value, 100 * low, 100 * high, part.n, "beta_binomial")
