"""The mean of scores on a bounded scale: stars, effort, satisfaction in points.

Scores of customers who like what they get crowd at the top of the scale. There the textbook's
intervals promise too much: with 80 % fives, Student's t holds the true mean of ten answers 73 times
of a hundred, and so does the plain bootstrap, which cannot imagine a score that nobody has given
yet; from ten fives both conclude that everybody gives five. So one further answer is spread evenly
over the points of the scale, as is expected of a customer of whom nothing is known (W. Perks, 1947,
Some Observations on Inverse Probability Including a New Indifference Rule, Journal of the Institute
of Actuaries 73, 285-334). With it:

- below 30 answers, the percentile interval of the exact bootstrap, which never leaves the scale;
- from 30 on, Student's t, cut off where the scale ends.

Then equal answers need no rule of their own: ten fives are from 4.2 to 5.
"""

from collections.abc import Mapping, Sequence
from math import sqrt

from widget.domain.scores.bootstrap import middle_of, total_chances
from widget.domain.scores.estimates import (
    CONFIDENCE,
    Score,
    no_score,
    score_within,
)
from widget.domain.scores.moments import Moments, mean_of, moments, tally_of, with_further
from widget.domain.scores.student import t_quantile

# From so many answers on the mean's errors are near enough to Student's.
MANY = 30
_TAIL = (1 - CONFIDENCE) / 2


def mean(counts: Mapping[int, int], points: Sequence[int]) -> Score:
    """The mean in points, from score -> how many answers have it. None without answers.

    `points` are all scores of the scale, rising by one. Raises ValueError for a score off it.
    """
    if any(count and score not in points for score, count in counts.items()):
        raise ValueError(f"The scale from {points[0]} to {points[-1]} lacks one of {counts}.")
    n = sum(counts.values())
    if not n:
        return no_score("bootstrap")
    value = mean_of(counts)
    limits = float(points[0]), float(points[-1])
    if n < MANY:
        return score_within(value, _bootstrapped(counts, points, n), n, "bootstrap", limits)
    adjusted = adjusted_mean(counts, points)
    reach = t_quantile(1 - _TAIL, n) * sqrt(adjusted.variance / n)
    ends = adjusted.mean - reach, adjusted.mean + reach
    return score_within(value, ends, n, "student_t", limits)


def further_answer(points: Sequence[int]) -> dict[float, float]:
    """The one answer, spread evenly over all points."""
    return {float(point): 1 / len(points) for point in points}


def adjusted_mean(counts: Mapping[int, int], points: Sequence[int]) -> Moments:
    """Mean and variance with the further answer; `n` counts it.

    The variance of that mean is `variance / (n − 1)`, with one answer less as Student has it.
    """
    return moments(with_further(tally_of(counts), further_answer(points)))


def _bootstrapped(counts: Mapping[int, int], points: Sequence[int], n: int) -> tuple[float, float]:
    chances = [(counts.get(point, 0) + 1 / len(points)) / (n + 1) for point in points]
    low, high = middle_of(total_chances(chances, n), _TAIL)
    return points[0] + low / n, points[0] + high / n
