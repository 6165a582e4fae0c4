"""The ends of scales, and how sure one can be of a share.

*Wilson's score interval* for a share p of n, 95 % (z = 1.959964; E. B. Wilson, 1927, Probable
Inference, the Law of Succession, and Statistical Inference, JASA 22): centre
(p + z²/2n) / (1 + z²/n), half width z·√(p(1−p)/n + z²/4n²) / (1 + z²/n). It stays within 0 and 1
and means something for n = 1 and for p = 0 or 1, where the textbook's interval has no width.
"""

from dataclasses import dataclass
from math import sqrt

from widget.domain.scales import Kind

_Z = 1.959964
# Below this many answers a number is shown, and shown to be small.
FEW = 10

LOWEST: dict[Kind, int] = {"stars": 1, "csat": 1, "nps": 0, "ces": 1}
HIGHEST: dict[Kind, int] = {"stars": 5, "csat": 5, "nps": 10, "ces": 7}


@dataclass(frozen=True)
class Estimate:
    """A number and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


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
