"""Differences of shares and of means, against published numbers and other ways to work them out."""

import random
from math import sqrt
from statistics import mean, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.themes.differences import (
    Sample,
    difference_of_means,
    difference_of_shares,
    sample_of,
)

SHARES = st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@pytest.mark.parametrize(
    ("first", "first_of", "second", "second_of", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_intervals_of_shares_are_those_of_newcombe_s_table(
    first: int, first_of: int, second: int, second_of: int, low: float, high: float
) -> None:
    found = difference_of_shares(first, first_of, second, second_of)
    assert found.value == pytest.approx(first / first_of - second / second_of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.00006)


@given(SHARES, SHARES)
def test_turning_shares_round_turns_the_interval_round(
    one: tuple[int, int], two: tuple[int, int]
) -> None:
    found, turned = difference_of_shares(*one, *two), difference_of_shares(*two, *one)
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert found.low == pytest.approx(-turned.high)
    assert found.high == pytest.approx(-turned.low)


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=40))
def test_a_sample_says_what_the_plain_list_says(values: list[int]) -> None:
    counts = {float(value): values.count(value) for value in values}
    found = sample_of(counts)
    assert found.n == len(values)
    assert found.mean == pytest.approx(mean(values))
    assert found.variance == pytest.approx(variance(values), abs=1e-9)


@pytest.mark.parametrize(
    ("n", "quantile"),
    # 2.5 % points of Student's distribution, as printed in tables, for 2(n - 1) degrees of freedom.
    [
        (2, 4.3027),
        (3, 2.7764),
        (6, 2.2281),
        (11, 2.0860),
        (31, 2.0003),
        (61, 1.9799),
        (501, 1.9623),
    ],
)
def test_equal_variances_give_the_textbook_s_interval(n: int, quantile: float) -> None:
    found, _ = difference_of_means(Sample(n, 5.0, 4.0), Sample(n, 3.0, 4.0))
    half = quantile * sqrt(4.0 / n + 4.0 / n)
    assert found.value == 2.0
    assert (found.low, found.high) == pytest.approx((2.0 - half, 2.0 + half), abs=0.0002 * half)


def test_unequal_variances_have_welch_s_degrees_of_freedom() -> None:
    """v = 1 and 0.5: 2.25 / (1/9 + 0.25/19) = 18.1 degrees, whose 2.5 % point is 2.1000."""
    found, chance = difference_of_means(Sample(10, 7.0, 10.0), Sample(20, 4.0, 10.0))
    half = 2.1000 * sqrt(1.5)
    assert (found.low, found.high) == pytest.approx((3 - half, 3 + half), abs=0.001)
    # t = 2.449: between the tables' 2.214 (4 %) and 2.552 (2 %) for 18 degrees.
    assert 0.02 < chance < 0.04


@pytest.mark.parametrize("n", [3, 20, 400, 600, 5_000, 3_000_000])
def test_chance_is_one_in_twenty_where_the_interval_touches_zero(n: int) -> None:
    found, _ = difference_of_means(Sample(n, 0.0, 9.0), Sample(2 * n, 0.0, 1.0))
    _, chance = difference_of_means(Sample(n, found.high, 9.0), Sample(2 * n, 0.0, 1.0))
    assert chance == pytest.approx(0.05, abs=1e-4)


def test_one_in_twenty_intervals_misses_and_no_more() -> None:
    luck = random.Random(29)
    missed = 0
    for _run in range(2_000):
        first = sample_of(_drawn(luck, [1, 2, 3], [1, 2, 3], 25))
        second = sample_of(_drawn(luck, [1, 2, 3], [3, 1, 1], 40))
        found, _ = difference_of_means(first, second)
        missed += not found.low <= 14 / 6 - 8 / 5 <= found.high
    assert missed <= 130


def _drawn(luck: random.Random, scores: list[int], weights: list[int], n: int) -> dict[float, int]:
    values = luck.choices(scores, weights, k=n)
    return {float(score): values.count(score) for score in scores}
