"""What many scores say together: a mean and a share, each with how sure one can be of it.

Formulas, 95 % throughout (z = 1.959964):

- *Wilson's score interval* for a share p of n (E. B. Wilson, 1927, Probable Inference, the Law of
  Succession, and Statistical Inference, JASA 22): centre (p + z²/2n) / (1 + z²/n), half width
  z·√(p(1−p)/n + z²/4n²) / (1 + z²/n). It stays within 0 and 1 and means something for n = 1 and for
  p = 0 or 1, where the textbook's interval has no width.
- *The mean of bounded scores*: scores are scaled to 0…1, and Wilson's interval is taken for their
  mean. No bounded variable with mean p varies more than yes and no do, whose variance is p(1−p), so
  the interval is at worst too wide (Bhatia and Davis, 2000, A Better Bound on the Variance, The
  American Mathematical Monthly 107: variance ≤ (highest − mean)(mean − lowest)).
- *NPS* is the mean of +1, 0 and −1, times a hundred; its interval is that of such a mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from widget.domain.scales import POSITIVE_FROM, Kind

_Z = 1.959964
# Below this many answers a number is shown, and shown to be small.
FEW = 10

LOWEST: dict[Kind, int] = {"stars": 1, "csat": 1, "nps": 0, "ces": 1}
HIGHEST: dict[Kind, int] = {"stars": 5, "csat": 5, "nps": 10, "ces": 7}
_DETRACTOR_UNTIL = 6


@dataclass(frozen=True)
class Estimate:
    """A number and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Bar:
    """How many gave a score, and their share of all, from 0 to 1."""

    score: int
    count: int
    share: float


@dataclass(frozen=True)
class Summary:
    """What the scores of one kind say. `mean` and `positive` are None when there are none.

    `mean` is in points of the scale, for NPS from −100 to 100; `positive` is a share from 0 to 1.
    """

    kind: Kind
    n: int
    mean: Estimate | None
    positive: Estimate | None
    bars: tuple[Bar, ...]

    @property
    def is_small(self) -> bool:
        return 0 < self.n < FEW

    @property
    def positive_from(self) -> int:
        return POSITIVE_FROM[self.kind]


def wilson(share: float, n: int, z: float = _Z) -> tuple[float, float]:
    """The ends of Wilson's interval for a share from 0 to 1 of `n`. Without any n: 0 and 1.

    `z` is how sure it is, in standard deviations; 95 % unless told.
    """
    if n <= 0:
        return 0.0, 1.0
    z2 = z * z / n
    centre = (share + z2 / 2) / (1 + z2)
    half = z * sqrt(share * (1 - share) / n + z2 / (4 * n)) / (1 + z2)
    # Rounding must not put the ends past the scale's, nor past the share itself.
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def summarise(kind: Kind, counts: Mapping[int, int]) -> Summary:
    """The summary of scores, given as how many responses have each."""
    lowest, highest = LOWEST[kind], HIGHEST[kind]
    known = {score: counts.get(score, 0) for score in range(highest, lowest - 1, -1)}
    n = sum(known.values())
    bars = tuple(Bar(score, count, count / n if n else 0.0) for score, count in known.items())
    if not n:
        return Summary(kind, 0, None, None, bars)
    share = sum(count for score, count in known.items() if score >= POSITIVE_FROM[kind]) / n
    low, high = wilson(share, n)
    return Summary(kind, n, _mean(kind, known, n), Estimate(share, low, high), bars)


def _mean(kind: Kind, counts: Mapping[int, int], n: int) -> Estimate:
    if kind == "nps":
        values = {score: _nps_value(score) for score in counts}
        lowest, highest = -100.0, 100.0
    else:
        values = {score: float(score) for score in counts}
        lowest, highest = float(LOWEST[kind]), float(HIGHEST[kind])
    mean = sum(values[score] * count for score, count in counts.items()) / n
    width = highest - lowest
    share = min(1.0, max(0.0, (mean - lowest) / width))
    low, high = wilson(share, n)
    return Estimate(mean, lowest + width * low, lowest + width * high)


def _nps_value(score: int) -> float:
    if score >= POSITIVE_FROM["nps"]:
        return 100.0
    return -100.0 if score <= _DETRACTOR_UNTIL else 0.0
