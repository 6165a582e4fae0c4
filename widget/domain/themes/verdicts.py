"""Which of many comparisons may be spoken of: among enough of them, chance makes some look clear.

- *Holm* (1979, A Simple Sequentially Rejective Multiple Test Procedure, Scand. J. Statist. 6,
  65-70): the probability that any verdict at all is false is at most the level.
- *Benjamini and Hochberg* (1995, Controlling the False Discovery Rate, J. R. Stat. Soc. B 57,
  289-300): of the verdicts given, at most the level's share is false on average. Fit for looking
  through many terms, of which a few false ones do no harm. It holds for comparisons that are
  independent or rise together, as those of terms in the same comments do.
"""

from collections.abc import Sequence

LEVEL = 0.05


def holm(chances: Sequence[float]) -> list[float]:
    """The probabilities adjusted, in the order given: clear is what is at most the level."""
    adjusted = [1.0] * len(chances)
    highest = 0.0
    for place, index in enumerate(_ascending(chances)):
        highest = max(highest, min(1.0, (len(chances) - place) * chances[index]))
        adjusted[index] = highest
    return adjusted


def benjamini_hochberg(chances: Sequence[float]) -> list[float]:
    """The probabilities adjusted, in the order given: clear is what is at most the level."""
    adjusted = [1.0] * len(chances)
    lowest = 1.0
    for place, index in reversed(list(enumerate(_ascending(chances), 1))):
        lowest = min(lowest, len(chances) / place * chances[index])
        adjusted[index] = lowest
    return adjusted


def _ascending(chances: Sequence[float]) -> list[int]:
    return sorted(range(len(chances)), key=chances.__getitem__)
