"""How far two groups are apart: in a share, and in a mean.

- *Newcombe's interval* for the difference of two shares (Newcombe 1998, Interval Estimation for the
  Difference Between Independent Proportions, Statistics in Medicine 17, 873-890, method 10): from
  each share and its Wilson interval l…u, the difference d reaches down to
  d − √((p₁ − l₁)² + (u₂ − p₂)²) and up to d + √((u₁ − p₁)² + (p₂ − l₂)²).
- *Welch's interval* for the difference of two means whose variances differ (Welch 1947, The
  Generalization of Student's Problem, Biometrika 34, 28-35): with v = s²/n of each group, the
  difference ± t·√(v₁ + v₂), t of Student's distribution with
  (v₁ + v₂)² / (v₁²/(n₁ − 1) + v₂²/(n₂ − 1)) degrees of freedom.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import erfc, hypot, sqrt

from widget.domain.beta import beta_cdf, beta_quantile
from widget.domain.score_summary import Estimate, wilson

_Z = 1.959964
# From so many degrees of freedom on, Student's distribution is the normal one to four digits.
_LIKE_NORMAL = 1_000.0


@dataclass(frozen=True)
class Sample:
    """How many values there are, their mean, and the variance estimated from them."""

    n: int
    mean: float
    variance: float


def difference_of_shares(first: int, first_of: int, second: int, second_of: int) -> Estimate:
    """The share `first` of `first_of` less `second` of `second_of`. Both groups have somebody."""
    one, two = first / first_of, second / second_of
    low_one, high_one = wilson(one, first_of)
    low_two, high_two = wilson(two, second_of)
    difference = one - two
    return Estimate(
        difference,
        max(-1.0, difference - hypot(one - low_one, high_two - two)),
        min(1.0, difference + hypot(high_one - one, two - low_two)),
    )


def sample_of(counts: Mapping[float, int]) -> Sample:
    """What values say together, given as how often each came. There is at least one."""
    n = sum(counts.values())
    mean = sum(value * count for value, count in counts.items()) / n
    squares = sum(count * (value - mean) ** 2 for value, count in counts.items())
    return Sample(n, mean, squares / (n - 1) if n > 1 else 0.0)


def difference_of_means(first: Sample, second: Sample) -> tuple[Estimate, float]:
    """The mean of the first less that of the second, and how probable so great a difference is by
    chance alone. Both have two values or more, and one of them some variance."""
    one, two = first.variance / first.n, second.variance / second.n
    error = sqrt(one + two)
    freedom = (one + two) ** 2 / (one**2 / (first.n - 1) + two**2 / (second.n - 1))
    difference = first.mean - second.mean
    half = _student_quantile(freedom) * error
    return (
        Estimate(difference, difference - half, difference + half),
        _student_chance(difference / error, freedom),
    )


def _student_quantile(freedom: float) -> float:
    """What 95 % of Student's distribution are within.

    freedom / (freedom + t²) is distributed as Beta(freedom/2, 1/2).
    """
    if freedom > _LIKE_NORMAL:
        return _Z
    share = beta_quantile(0.05, freedom / 2, 0.5)
    return sqrt(freedom * (1 - share) / share)


def _student_chance(t: float, freedom: float) -> float:
    """The probability of being as far from 0 as `t`, on either side."""
    if freedom > _LIKE_NORMAL:
        return erfc(abs(t) / sqrt(2))
    return beta_cdf(freedom / (freedom + t * t), freedom / 2, 0.5)
