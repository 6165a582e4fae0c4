"""The bootstrap, without drawing lots.

The bootstrap asks which means would come if as many answers were drawn anew from those given (B.
Efron, 1979, Bootstrap Methods: Another Look at the Jackknife, The Annals of Statistics 7, 1-26).
Commonly it draws thousands of times. Scores are few whole numbers, so the chance of each total of n
draws can be computed outright: it is a coefficient of the n-th power of the polynomial whose
coefficients are the chances of a single draw. The same answers therefore give the same interval,
and it costs less.
"""

from collections.abc import Sequence


def total_chances(chances: Sequence[float], draws: int) -> list[float]:
    """The chance of each total, 0 to draws · (points − 1), of independent draws.

    `chances[i]` is the chance that one draw counts `i`; they sum to 1.
    """
    result, power, left = [1.0], list(chances), draws
    while left:
        if left % 2:
            result = _product(result, power)
        left //= 2
        if left:
            power = _product(power, power)
    return result


def middle_of(chances: Sequence[float], tail: float) -> tuple[int, int]:
    """The least and the greatest total between which all but a `tail` (0 to ½) on each side is."""
    last = len(chances) - 1
    return _beyond(chances, tail), last - _beyond(chances[::-1], tail)


def _beyond(chances: Sequence[float], tail: float) -> int:
    """The first place up to which the chances sum to more than `tail`."""
    reached = 0.0
    for place, chance in enumerate(chances):
        reached += chance
        if reached > tail:
            return place
    return len(chances) - 1


def _product(one: Sequence[float], other: Sequence[float]) -> list[float]:
    result = [0.0] * (len(one) + len(other) - 1)
    for place, factor in enumerate(one):
        for further, second in enumerate(other, place):
            result[further] += factor * second
    return result
