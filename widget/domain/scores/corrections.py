"""Many comparisons at once: the more one looks at, the more differences chance shows.

Of twenty segments in which nothing happened, one is expected to differ "significantly". Two ways
to allow for that:

- Holm's: at most one time in twenty is *any* verdict wrong (S. Holm, 1979, A Simple Sequentially
  Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6, 65-70).
- Benjamini's and Hochberg's: at most one in twenty *of the verdicts* is wrong, on average, which
  finds more where many are compared (Y. Benjamini and Y. Hochberg, 1995, Controlling the False
  Discovery Rate, Journal of the Royal Statistical Society B 57, 289-300).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Literal

from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.estimates import MethodNote

Correction = Literal["holm", "benjamini_hochberg"]

HOLM = MethodNote(
    "Holm's correction",
    "S. Holm, 1979, A Simple Sequentially Rejective Multiple Test Procedure, "
    "Scandinavian Journal of Statistics 6, 65-70",
)
BONFERRONI = MethodNote(
    "Bonferroni's correction",
    "O. J. Dunn, 1961, Multiple Comparisons among Means, "
    "Journal of the American Statistical Association 56, 52-64",
)


def holm(ps: Sequence[float]) -> list[float]:
    """The adjusted probabilities, in the same order: the smallest times n, the next times n − 1 …,
    none below a smaller one's, none above 1."""
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    raised = [ps[place] * (len(ps) - rank) for rank, place in enumerate(order)]
    return _placed(order, [min(1.0, p) for p in accumulate(raised, max)])


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """The adjusted probabilities, in the same order: the k-th smallest times n / k, none above a
    greater one's, none above 1."""
    order = sorted(range(len(ps)), key=lambda place: ps[place], reverse=True)
    raised = [ps[place] * len(ps) / (len(ps) - rank) for rank, place in enumerate(order)]
    return _placed(order, [min(1.0, p) for p in accumulate(raised, min)])


def corrected(comparisons: Sequence[Comparison], how: Correction = "holm") -> list[Comparison]:
    """The same comparisons, their verdicts made for being looked at together.

    Those with too few answers have no verdict and do not count as looks. Intervals stay as they
    are: each is of 95 % for itself.
    """
    ps = [one.p for one in comparisons if one.p is not None]
    adjusted = iter(holm(ps) if how == "holm" else benjamini_hochberg(ps))
    return [
        one if one.p is None else replace(one, adjusted_p=next(adjusted)) for one in comparisons
    ]


def _placed(order: Sequence[int], values: Sequence[float]) -> list[float]:
    result = [0.0] * len(order)
    for place, value in zip(order, values, strict=True):
        result[place] = value
    return result
