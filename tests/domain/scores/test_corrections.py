"""Corrections for many comparisons: against statsmodels and scipy, and what they are for."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from widget.domain.scores.comparisons import ALPHA, compare_shares
from widget.domain.scores.corrections import benjamini_hochberg, corrected, holm
from widget.domain.scores.shares import Part

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@settings(max_examples=25)  # statsmodels is slow.
@given(PROBABILITIES)
def test_they_agree_with_statsmodels_and_scipy(ps: list[float]) -> None:
    assert holm(ps) == pytest.approx(list(multipletests(ps, method="holm")[1]))
    assert benjamini_hochberg(ps) == pytest.approx(list(stats.false_discovery_control(ps)))


@given(PROBABILITIES)
def test_they_never_make_anything_surer_and_holm_is_the_stricter(ps: list[float]) -> None:
    for plain, strict, loose in zip(ps, holm(ps), benjamini_hochberg(ps), strict=True):
        assert plain <= loose + 1e-12
        assert loose <= strict + 1e-12
        assert strict <= 1


def test_by_hand() -> None:
    ps = [0.04, 0.01, 0.03, 0.5]
    assert holm(ps) == pytest.approx([0.09, 0.04, 0.09, 0.5])
    assert benjamini_hochberg(ps) == pytest.approx([0.04 * 4 / 3, 0.04, 0.04 * 4 / 3, 0.5])
    assert holm([]) == benjamini_hochberg([]) == []


def test_the_false_discovery_rate_s_first_example() -> None:
    """The fifteen probabilities of Benjamini's and Hochberg's section 3.2: at 5 %, they find four,
    and Holm's method three."""
    ps = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    assert [p < ALPHA for p in benjamini_hochberg(ps)] == [True] * 4 + [False] * 11
    assert [p < ALPHA for p in holm(ps)] == [True] * 3 + [False] * 12


def test_one_of_many_is_no_longer_more_than_chance() -> None:
    lucky = compare_shares(Part(60, 100), Part(74, 100))
    assert lucky.verdict == "higher"
    others = [compare_shares(Part(60, 100), Part(60 + more, 100)) for more in range(-3, 4)]
    found = corrected([*others, lucky])
    assert {one.verdict for one in found} == {"unclear"}
    assert found[-1].p == lucky.p < found[-1].adjusted_p
    assert (found[-1].low, found[-1].high) == (lucky.low, lucky.high)


def test_what_has_too_few_answers_is_no_look() -> None:
    clear = compare_shares(Part(60, 100), Part(74, 100))
    few = compare_shares(Part(1, 9), Part(9, 9))
    found = corrected([few, clear, *[few] * 20], "benjamini_hochberg")
    assert found[1] == clear
    assert found[0] == few


def test_where_nothing_differs_holm_errs_one_time_in_twenty_at_most() -> None:
    chance, wrong = random.Random(2), {"plain": 0, "holm": 0}
    for _ in range(300):
        comparisons = [
            compare_shares(
                *(Part(sum(chance.random() < 0.8 for _ in range(60)), 60) for _side in range(2))
            )
            for _segment in range(12)
        ]
        wrong["plain"] += any(one.verdict != "unclear" for one in comparisons)
        wrong["holm"] += any(one.verdict != "unclear" for one in corrected(comparisons))
    assert wrong["plain"] > 90
    assert wrong["holm"] <= 20
