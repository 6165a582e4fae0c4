"""Two periods, or two groups of customers: how far apart, and is that more than chance?

Two intervals that overlap do not answer that: each is made for its own number. The difference has
an interval and a test of its own, and the two always agree: 0 is outside the interval exactly where
p is below one in twenty.

- NPS: z = Δ / √(SE₁² + SE₂²), with Rocks' further answers on either side, as `nps` says.
- Shares: Newcombe's hybrid score interval (R. G. Newcombe, 1998, Interval Estimation for the
  Difference between Independent Proportions: Comparison of Eleven Methods, Statistics in Medicine
  17, 873-890, method 10), and as test the certainty at which one of its ends comes to 0.
- Means: Welch's t (B. L. Welch, 1947, The Generalization of Student's Problem when Several
  Different Population Variances are Involved, Biometrika 34, 28-35), with the further answer of
  `means` on either side.

A difference is always the second minus the first, in the metric's unit; for shares that is
percentage points.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from widget.domain.score_summary import FEW, wilson
from widget.domain.scores.estimates import CONFIDENCE, Method, Score, Z, two_sided
from widget.domain.scores.means import adjusted_mean
from widget.domain.scores.moments import mean_of, moments
from widget.domain.scores.nps import Split, adjusted_nps
from widget.domain.scores.shares import Part
from widget.domain.scores.student import t_quantile, t_two_sided

# How often chance alone may be taken for a difference.
ALPHA = 1 - CONFIDENCE
# Beyond so many standard deviations a probability is 0 in the computer's numbers.
_FURTHEST = 40.0

Verdict = Literal["higher", "lower", "unclear"]


@dataclass(frozen=True)
class Comparison:
    """The second number minus the first, its 95 % interval, and how often chance would do as much.

    `p`, from 0 to 1, is None below ten answers on either side, as is the verdict: there the test is
    not to be relied on, and somebody would rely on it. Everything is None where a side has none.
    `adjusted_p` is `p`, raised where many were compared at once (`corrections`).
    """

    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    adjusted_p: float | None
    n_first: int
    n_second: int
    method: Method

    @property
    def is_too_few(self) -> bool:
        """Whether a side has too few answers for a verdict."""
        return min(self.n_first, self.n_second) < FEW

    @property
    def verdict(self) -> Verdict | None:
        """Whether the second is higher or lower than the first beyond chance.

        None: too few answers, or a number without a test.
        """
        if self.adjusted_p is None or self.difference is None:
            return None
        if self.adjusted_p >= ALPHA:
            return "unclear"
        return "higher" if self.difference > 0 else "lower"


def compare_nps(first: Split, second: Split) -> Comparison:
    """The difference of two net promoter scores, −200 to 200 points."""
    if not first.n or not second.n:
        return _no_comparison(first.n, second.n, "adjusted_wald")
    before, now = adjusted_nps(first), adjusted_nps(second)
    middle = now.mean - before.mean
    error = sqrt(before.variance / before.n + now.variance / now.n)
    return _comparison(
        moments(second.tally).mean - moments(first.tally).mean,
        (middle - Z * error, middle + Z * error),
        two_sided(middle / error),
        (first.n, second.n),
        "adjusted_wald",
        200.0,
    )


def compare_shares(first: Part, second: Part) -> Comparison:
    """The difference of two shares, −100 to 100 percentage points."""
    if not first.n or not second.n:
        return _no_comparison(first.n, second.n, "newcombe")
    low, high = _newcombe(first, second, Z)
    return _comparison(
        100 * (second.share - first.share),
        (100 * low, 100 * high),
        _newcombe_p(first, second),
        (first.n, second.n),
        "newcombe",
        100.0,
    )


def compare_means(
    first: Mapping[int, int], second: Mapping[int, int], points: Sequence[int]
) -> Comparison:
    """The difference of two means in points, from score -> how many have it, of one scale."""
    n_first, n_second = sum(first.values()), sum(second.values())
    if not n_first or not n_second:
        return _no_comparison(n_first, n_second, "welch")
    before, now = adjusted_mean(first, points), adjusted_mean(second, points)
    middle = now.mean - before.mean
    parts = before.variance / n_first, now.variance / n_second
    error = sqrt(sum(parts))
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / n_first + parts[1] ** 2 / n_second)
    reach = t_quantile(1 - ALPHA / 2, freedom) * error
    return _comparison(
        mean_of(second) - mean_of(first),
        (middle - reach, middle + reach),
        t_two_sided(middle / error, freedom),
        (n_first, n_second),
        "welch",
        float(points[-1] - points[0]),
    )


def untested(first: Score, second: Score) -> Comparison:
    """The difference of two numbers of one metric that has no test: without interval or verdict."""
    if first.value is None or second.value is None:
        return _no_comparison(first.n, second.n, second.method)
    difference = second.value - first.value
    return Comparison(difference, None, None, None, None, first.n, second.n, second.method)


def _comparison(
    difference: float,
    ends: tuple[float, float],
    p: float,
    ns: tuple[int, int],
    method: Method,
    widest: float,
) -> Comparison:
    # As for a single number: the interval stays on the scale and holds the difference itself.
    low = max(-widest, min(ends[0], difference))
    high = min(widest, max(ends[1], difference))
    known = p if min(ns) >= FEW else None
    return Comparison(difference, low, high, known, known, ns[0], ns[1], method)


def _no_comparison(n_first: int, n_second: int, method: Method) -> Comparison:
    return Comparison(None, None, None, None, None, n_first, n_second, method)


def _newcombe(first: Part, second: Part, z: float) -> tuple[float, float]:
    """The ends for the second share minus the first, from −1 to 1, `z` deviations to each side."""
    (low1, high1), (low2, high2) = (wilson(part.share, part.n, z) for part in (first, second))
    difference = second.share - first.share
    down = sqrt((second.share - low2) ** 2 + (high1 - first.share) ** 2)
    up = sqrt((high2 - second.share) ** 2 + (first.share - low1) ** 2)
    return difference - down, difference + up


def _newcombe_p(first: Part, second: Part) -> float:
    """One minus the certainty of the widest interval that does not go beyond 0."""
    if first.share == second.share:
        return 1.0
    nearest, furthest = 0.0, _FURTHEST
    while furthest - nearest > 1e-12 * furthest:
        z = (nearest + furthest) / 2
        low, high = _newcombe(first, second, z)
        if low < 0 < high:
            furthest = z
        else:
            nearest = z
    return two_sided(nearest)
