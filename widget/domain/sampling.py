"""Whom a sample asks: how many, how many of each stratum, and exactly whom.

All of it is repeatable. The same seed, customers and strata give the same sample, in whatever order
the customers are read; whoever has the seed can check each choice.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from math import ceil, sqrt

from widget.domain.scales import Kind
from widget.domain.scores.estimates import Z

MOST_STRATA = 500

# The values of a customer for the attributes that a sample is stratified by, in their order.
Stratum = tuple[str, ...]
# Stands for the values of a stratum whose only customer was erased.
ERASED = "(erased)"

# The standard deviation of one answer at its worst: half of all at one end of the scale and half
# at the other. In points for NPS, in percentage points for shares such as that of satisfied ones.
_NPS_SPREAD, _SHARE_SPREAD = 100.0, 50.0


def spread_of(kind: Kind) -> float:
    """How far single answers lie apart at worst, in the unit that a margin of error is given in."""
    return _NPS_SPREAD if kind == "nps" else _SHARE_SPREAD


def answers_needed(population: int, margin: float, spread: float) -> int:
    """How many answers give a margin of error (half of a 95 % interval), at the worst spread.

    `margin` and `spread` are in one unit. Cochran's size with its correction for a finite
    population (W. G. Cochran, 1977, Sampling Techniques, third edition, 4.2 and 4.4):
    n = n₀ / (1 + (n₀ − 1) / N) with n₀ = (z · spread / margin)². Raises ValueError for a margin
    that is not above 0.
    """
    if margin <= 0:
        raise ValueError("A margin of error is above 0.")
    if population <= 0:
        return 0
    infinite = (Z * spread / margin) ** 2
    return min(population, ceil(infinite / (1 + (infinite - 1) / population)))


def margin_reached(population: int, answers: int, spread: float) -> float | None:
    """The margin of error of so many answers, in the unit of `spread`; None without answers."""
    if answers <= 0 or population <= 0:
        return None
    if answers >= population:
        return 0.0
    return Z * spread * sqrt((population - answers) / ((population - 1) * answers))


def to_ask(population: int, answers: int, response_rate: float) -> int:
    """How many to ask for so many answers, of whom a share from 0 to 1 is expected to answer.

    Never more than there are. Raises ValueError for a rate that is not above 0 and up to 1.
    """
    if not 0 < response_rate <= 1:
        raise ValueError("An expected response rate is above 0 and up to 1.")
    # A rate such as 0.07 is not quite that in binary: 7 of 100 are not to become 101.
    return min(population, ceil(answers / response_rate - 1e-9))


# What the smallest strata may cost the others: so large a part of the sample, from 0 to 1.
_MOST_FOR_SMALL = 0.1


def allocate(size: int, population: Mapping[Stratum, int], seed: str = "") -> dict[Stratum, int]:
    """How many of each stratum a sample of `size` asks, in proportion to how many there are.

    By largest remainders, so that each is within one of its share and the sum is exact; of equal
    remainders the seed decides, so that no stratum is left out for its name. A stratum whose share
    is below one is asked for one all the same, and the others share the rest in proportion, as long
    as that takes a tenth of the sample at most: with many of them it would be one of oddities. None
    is asked for more than it has.
    """
    rest = {stratum: number for stratum, number in population.items() if number > 0}
    left = size = min(max(size, 0), sum(rest.values()))
    asked = dict.fromkeys(population, 0)
    small = _small(left, rest)
    if len(small) - size * _share(small, rest) <= size * _MOST_FOR_SMALL:
        asked |= dict.fromkeys(small, 1)
        left -= len(small)
        rest = {stratum: number for stratum, number in rest.items() if stratum not in small}
    return asked | _by_largest_remainder(left, rest, Lot(seed))


def _small(size: int, population: Mapping[Stratum, int]) -> set[Stratum]:
    """Strata whose share of what smaller ones leave, having one each, is below one."""
    rest, found = dict(population), set[Stratum]()
    left = size
    while small := [one for one in rest if left * rest[one] < sum(rest.values())]:
        found.update(small)
        left -= len(small)
        for one in small:
            del rest[one]
    return found


def _share(strata: Collection[Stratum], population: Mapping[Stratum, int]) -> float:
    whole = sum(population.values())
    return sum(population[one] for one in strata) / whole if whole else 0.0


def _by_largest_remainder(
    size: int, population: Mapping[Stratum, int], lot: "Lot"
) -> dict[Stratum, int]:
    total = sum(population.values())
    if not total:
        return {}
    # Whole numbers throughout: shares in binary would round a tie one way or the other.
    quotas = {stratum: divmod(size * number, total) for stratum, number in population.items()}
    asked = {stratum: whole for stratum, (whole, _rest) in quotas.items()}
    # Of equal remainders the greater stratum comes first, and then chance has it.
    by_remainder = sorted(
        population, key=lambda one: (-quotas[one][1], -population[one], lot.number("\0".join(one)))
    )
    for stratum in by_remainder[: size - sum(asked.values())]:
        asked[stratum] += 1
    return asked


class Lot:
    """Draws customers: each has a number that nobody can foresee without the seed.

    The number is BLAKE2b (RFC 7693) of the customer's id, keyed with the seed.
    """

    def __init__(self, seed: str) -> None:
        """The first 64 bytes of the seed count."""
        self._keyed = blake2b(key=seed.encode()[:64], digest_size=16)

    def number(self, customer: str) -> bytes:
        """A customer's number, 16 bytes. `customer` is the id's 32 hexadecimal digits."""
        # A copy has taken in the key already, which is half of the work.
        number = self._keyed.copy()
        number.update(customer.encode())
        return number.digest()


# What is below and above the number of any customer.
NOBODY, EVERYBODY = b"", b"\xff" * 17
# A number of 16 bytes is read as a place from 0 to 1 by its first 8.
_WHOLE = 2**64
# So many standard deviations around the place where a stratum's last number is expected. One draw
# in a thousand million misses; it is then made once more with all numbers in sight.
_SIGHT = 6.0


@dataclass
class _Window:
    """Of one stratum: which numbers are kept in sight, and how many lay below them."""

    wanted: int
    low: bytes
    high: bytes
    below: int = 0
    within: list[bytes] = field(default_factory=list)


class Missed(Exception):
    """A draw did not have the numbers in sight that it needed, and is to be made once more."""


class Draw:
    """Finds for each stratum the number up to which its customers are in the sample.

    Customers are shown one by one, in any order. The smallest numbers of each stratum win; `bars`
    tells the greatest of them. Only numbers near the place where that is expected are kept, so that
    memory grows with the root of how many customers there are: a million leave a few thousand.
    Whoever has a number of `top` or above need not be shown.
    """

    def __init__(
        self, asked: Mapping[Stratum, int], population: Mapping[Stratum, int], *, all_seen: bool
    ) -> None:
        """`all_seen` keeps all numbers, for a draw that missed."""
        self._windows = {
            stratum: _window(wanted, population.get(stratum, 0), all_seen)
            for stratum, wanted in asked.items()
            if wanted
        }
        self.top = max((window.high for window in self._windows.values()), default=NOBODY)

    def show(self, stratum: Stratum, number: bytes) -> None:
        """Tell of one customer. Those of strata that nobody is asked of are passed over."""
        window = self._windows.get(stratum)
        if window is None:
            return
        if number < window.low:
            window.below += 1
        elif number < window.high:
            window.within.append(number)

    def bars(self) -> dict[Stratum, bytes]:
        """The greatest number that is still in the sample, by stratum.

        Raises Missed. A stratum that had fewer customers than were wanted is asked as a whole.
        """
        return {stratum: _bar(window) for stratum, window in self._windows.items()}


def _window(wanted: int, population: int, all_seen: bool) -> _Window:
    if all_seen or wanted >= population:
        return _Window(wanted, NOBODY, EVERYBODY)
    place = wanted / population
    reach = _SIGHT * sqrt(place * (1 - place) / population) + _SIGHT / population
    return _Window(wanted, _at(place - reach), _at(place + reach))


def _at(place: float) -> bytes:
    if place <= 0:
        return NOBODY
    return EVERYBODY if place >= 1 else int(place * _WHOLE).to_bytes(8, "big")


def _bar(window: _Window) -> bytes:
    needed = window.wanted - window.below
    is_all_in_sight = (window.low, window.high) == (NOBODY, EVERYBODY)
    if is_all_in_sight and needed >= len(window.within):
        return EVERYBODY
    if not 0 < needed <= len(window.within):
        raise Missed
    return sorted(window.within)[needed - 1]


def is_drawn(bars: Mapping[Stratum, bytes], stratum: Stratum, number: bytes) -> bool:
    """Whether a customer with this number is in the sample."""
    return number <= bars.get(stratum, NOBODY)
