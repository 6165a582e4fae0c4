"""Log-odds and exact tests, against numbers worked out in other ways."""

from fractions import Fraction
from math import comb, log, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from widget.domain.themes.odds import PRIOR_WEIGHT, chance, least_chance, log_odds

TABLES = st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
    lambda sizes: st.tuples(
        st.integers(0, sizes[0]), st.just(sizes[0]), st.integers(0, sizes[1]), st.just(sizes[1])
    )
)


def exact_chance(first: int, first_of: int, second: int, second_of: int) -> float:
    """Twice the smaller tail, by counting all ways to deal the marks."""
    marked = first + second
    every = comb(first_of + second_of, marked)
    ways = {
        number: comb(first_of, number) * comb(second_of, marked - number)
        for number in range(max(0, marked - second_of), min(marked, first_of) + 1)
    }
    up = Fraction(sum(n for number, n in ways.items() if number >= first), every)
    down = Fraction(sum(n for number, n in ways.items() if number <= first), every)
    return float(min(Fraction(1), 2 * min(up, down)))


def test_the_log_odds_are_those_of_the_paper_s_formula() -> None:
    """30 of 100 against 10 of 100: the prior is 4 of 20, which makes 34 of 120 and 14 of 120."""
    assert PRIOR_WEIGHT == 0.1
    found = log_odds(30, 100, 10, 100)
    value = log(34 / 86) - log(14 / 106)
    deviation = sqrt(1 / 34 + 1 / 86 + 1 / 14 + 1 / 106)
    assert found.estimate.value == pytest.approx(value)
    assert found.z == pytest.approx(value / deviation)
    assert found.estimate.low == pytest.approx(value - 1.959964 * deviation)
    assert found.estimate.high == pytest.approx(value + 1.959964 * deviation)


def test_what_one_group_never_says_has_finite_log_odds() -> None:
    found = log_odds(10, 100, 0, 100)
    assert found.estimate.value == pytest.approx(log(11 / 109) - log(1 / 119))
    assert found.estimate.low > 0


def test_the_same_share_of_both_has_none() -> None:
    found = log_odds(5, 50, 20, 200)
    assert found.z == pytest.approx(0, abs=1e-12)


def test_the_lady_tasting_tea() -> None:
    """Fisher's own: all four of eight cups right is 1 in 70, three right 17 in 70."""
    assert chance(4, 4, 0, 4) == pytest.approx(2 / 70)
    assert chance(3, 4, 1, 4) == pytest.approx(34 / 70)


@given(TABLES)
def test_the_exact_test_counts_all_ways_to_deal_the_marks(table: tuple[int, int, int, int]) -> None:
    assert chance(*table) == pytest.approx(exact_chance(*table), rel=1e-9)


@given(TABLES)
def test_swapping_the_groups_flips_the_sign_and_nothing_else(
    table: tuple[int, int, int, int],
) -> None:
    first, first_of, second, second_of = table
    assert chance(*table) == pytest.approx(chance(second, second_of, first, first_of))
    assume(0 < first + second < first_of + second_of)
    found, swapped = log_odds(*table), log_odds(second, second_of, first, first_of)
    assert found.z == pytest.approx(-swapped.z)
    assert found.estimate.low == pytest.approx(-swapped.estimate.high)


@given(TABLES)
def test_no_deal_of_the_marks_is_less_probable_than_the_least(
    table: tuple[int, int, int, int],
) -> None:
    first, first_of, second, second_of = table
    marked = first + second
    every = [
        chance(number, first_of, marked - number, second_of)
        for number in range(max(0, marked - second_of), min(marked, first_of) + 1)
    ]
    assert least_chance(marked, first_of, second_of) == pytest.approx(min(every))


def test_millions_of_comments_are_no_trouble() -> None:
    assert chance(500_000, 5_000_000, 500_100, 5_000_000) > 0.8
    assert chance(500_000, 5_000_000, 510_000, 5_000_000) < 1e-9
    assert 0 <= chance(4_000_000, 5_000_000, 1_000_000, 5_000_000) < 1e-12
