"""How strongly something belongs to one of two groups, and whether chance could have put it there.

- *The weighted log-odds ratio with an informative Dirichlet prior* (Monroe, Colaresi and Quinn
  2008, Fightin' Words, Political Analysis 16:4, 372-403, equations 15 to 22): with y of n in each
  group, and a prior of a in A that says what is expected of both,
  δ = ln((y₁ + a) / (n₁ + A − y₁ − a)) − ln((y₂ + a) / (n₂ + A − y₂ − a)); its variance is the sum
  of the reciprocals of these four numbers, z is δ divided by its root, and the interval is
  δ ± 1.959964 of it.
- *Fisher's exact test* (Fisher 1935, The Logic of Inductive Inference, J. R. Stat. Soc. 98): of all
  ways to deal the same marks to groups of these sizes, the share in which as many or more fall on
  that side; doubled for two sides, at most 1. With what is rare it holds where normal
  approximations do not.
"""

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

from widget.domain.score_summary import Estimate
from widget.domain.scores.estimates import Z

# The prior weighs a tenth of what was counted: enough to give what one group never says a finite
# log-odds, and too little to outweigh what was counted.
PRIOR_WEIGHT = 0.1
_NEGLIGIBLE = 1e-17


@dataclass(frozen=True)
class LogOdds:
    """A log-odds ratio, above 0 where the first group has more, with its 95 % interval and z."""

    estimate: Estimate
    z: float


def log_odds(first: int, first_of: int, second: int, second_of: int) -> LogOdds:
    """The weighted log-odds ratio of `first` of `first_of` against `second` of `second_of`.

    The prior is the share in both groups together, which is to be above 0 and below 1.
    """
    expected = PRIOR_WEIGHT * (first + second)
    weight = PRIOR_WEIGHT * (first_of + second_of)
    with_first, with_second = first + expected, second + expected
    without_first = first_of + weight - with_first
    without_second = second_of + weight - with_second
    value = log(with_first / without_first) - log(with_second / without_second)
    deviation = sqrt(1 / with_first + 1 / without_first + 1 / with_second + 1 / without_second)
    half = Z * deviation
    return LogOdds(Estimate(value, value - half, value + half), value / deviation)


def chance(first: int, first_of: int, second: int, second_of: int) -> float:
    """The probability that chance alone parts the groups so far: Fisher's exact test, two-sided."""
    marked = first + second
    # The side on which there is more than chance would put there, for what lies beyond is a tail.
    if first * second_of < second * first_of:
        first, first_of, second_of = second, second_of, first_of
    return min(1.0, 2 * _tail(first, marked, first_of, second_of))


def least_chance(marked: int, first_of: int, second_of: int) -> float:
    """The least that `chance` can be when so many of both groups are marked."""
    most, other = min(marked, first_of), min(marked, second_of)
    return min(
        chance(most, first_of, marked - most, second_of),
        chance(marked - other, first_of, other, second_of),
    )


def _tail(least: int, marked: int, inside: int, outside: int) -> float:
    """The probability that at least so many of the marked are inside: the hypergeometric tail.

    `least` is not below what is expected, so that each further number is less probable.
    """
    probability = exp(
        _log_choose(inside, least)
        + _log_choose(outside, marked - least)
        - _log_choose(inside + outside, marked)
    )
    total = term = 1.0
    for number in range(least, min(marked, inside)):
        term *= (marked - number) * (inside - number)
        term /= (number + 1) * (outside - marked + number + 1)
        total += term
        if term < _NEGLIGIBLE * total:
            break
    return probability * total


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
