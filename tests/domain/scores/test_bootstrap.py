"""The bootstrap without lots against all ways to draw, and against drawing."""

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from widget.domain.scores.bootstrap import middle_of, total_chances


def normal(weights: list[float]) -> list[float]:
    return [weight / sum(weights) for weight in weights]


CHANCES = st.lists(st.floats(0.01, 1), min_size=2, max_size=7).map(normal)


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=4).map(normal), st.integers(1, 5))
def test_it_agrees_with_going_through_all_draws(chances: list[float], draws: int) -> None:
    slow = [0.0] * (draws * (len(chances) - 1) + 1)
    for drawn in product(range(len(chances)), repeat=draws):
        slow[sum(drawn)] += prod(chances[place] for place in drawn)
    assert total_chances(chances, draws) == pytest.approx(slow)


@given(st.floats(0.01, 0.99), st.integers(1, 40))
def test_two_points_are_the_binomial(chance: float, draws: int) -> None:
    expected = stats.binom.pmf(range(draws + 1), draws, chance)
    assert total_chances([1 - chance, chance], draws) == pytest.approx(list(expected))


@given(CHANCES, st.integers(1, 30))
def test_chances_sum_to_one(chances: list[float], draws: int) -> None:
    assert sum(total_chances(chances, draws)) == pytest.approx(1)


@given(CHANCES, st.integers(1, 30), st.floats(0.001, 0.4))
def test_a_tail_is_never_more_than_told(chances: list[float], draws: int, tail: float) -> None:
    totals = total_chances(chances, draws)
    low, high = middle_of(totals, tail)
    assert sum(totals[:low]) <= tail < sum(totals[: low + 1]) + 1e-12
    assert sum(totals[high + 1 :]) <= tail < sum(totals[high:]) + 1e-12


def test_drawing_a_hundred_thousand_times_finds_the_same_interval() -> None:
    chances = normal([0.2, 1.2, 0.2, 6.2, 17.2])
    drawn = np.random.default_rng(4).multinomial(24, chances, 100_000) @ np.arange(5)
    low, high = middle_of(total_chances(chances, 24), 0.025)
    assert (low, high) == tuple(np.quantile(drawn, (0.025, 0.975)))
