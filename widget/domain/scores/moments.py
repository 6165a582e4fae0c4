"""The mean and the variance of answers given as how many have each value.

A sample in which all agree looks as if all customers did. So intervals are made as if a few further
answers had been given, spread over the scale (for shares: Agresti and Coull, 1998, Approximate Is
Better than "Exact" for Interval Estimation of Binomial Proportions, The American Statistician 52,
119-126). They move an interval, never the number that is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

Tally = Mapping[float, float]


@dataclass(frozen=True)
class Moments:
    """`n` answers with their mean, and their mean squared distance from it."""

    n: float
    mean: float
    variance: float


def tally_of(counts: Mapping[int, int]) -> dict[float, float]:
    """The tally of whole scores, from score -> how many have it."""
    return {float(score): float(count) for score, count in counts.items()}


def moments(tally: Tally) -> Moments:
    """The moments of answers, given as value -> how many; raises ValueError without any.

    "How many" need not be whole, nor values be scores; the variance is divided by n, not by n − 1.
    """
    n = fsum(tally.values())
    if n <= 0:
        raise ValueError("There are no answers to take a mean of.")
    # fsum, as the same answers give the same number in whatever order they come.
    mean = fsum([value * count for value, count in tally.items()]) / n
    variance = fsum([count * (value - mean) ** 2 for value, count in tally.items()]) / n
    return Moments(n, mean, variance)


def mean_of(counts: Mapping[int, int]) -> float:
    """The mean of whole scores, from score -> how many have it; ZeroDivisionError without any."""
    # Whole numbers add up exactly.
    return sum([score * number for score, number in counts.items()]) / sum(counts.values())


def with_further(tally: Tally, further: Tally, times: float = 1.0) -> dict[float, float]:
    """The answers and `times` the further ones, value by value."""
    values = {**tally, **further}
    return {value: tally.get(value, 0) + times * further.get(value, 0) for value in values}
