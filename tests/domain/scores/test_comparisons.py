"""Two numbers compared: against statsmodels and scipy, and verdicts that fit their intervals."""

from math import isclose, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from widget.domain.scores.comparisons import (
    ALPHA,
    Comparison,
    compare_means,
    compare_nps,
    compare_shares,
    untested,
)
from widget.domain.scores.estimates import Score, no_score
from widget.domain.scores.nps import Split
from widget.domain.scores.shares import Part

STARS = range(1, 6)
SPLITS = st.builds(Split, *[st.integers(0, 150)] * 3).filter(lambda split: split.n > 0)
PARTS = st.integers(1, 400).flatmap(lambda n: st.integers(0, n).map(lambda hits: Part(hits, n)))
COUNTS = st.fixed_dictionaries({star: st.integers(0, 90) for star in STARS}).filter(
    lambda counts: sum(counts.values()) > 0
)
PAIRS = st.one_of(
    st.tuples(SPLITS, SPLITS).map(lambda pair: compare_nps(*pair)),
    st.tuples(PARTS, PARTS).map(lambda pair: compare_shares(*pair)),
    st.tuples(COUNTS, COUNTS).map(lambda pair: compare_means(*pair, STARS)),
)


def contrast(split: Split) -> tuple[float, float]:
    n = split.n + 3
    shares = np.array([split.promoters + 0.75, split.passives + 1.5, split.detractors + 0.75]) / n
    points = np.array([100.0, 0.0, -100.0])
    return points @ shares, points @ stats.multinomial.cov(n, shares) @ points / n**2


@given(SPLITS, SPLITS)
def test_nps_agrees_with_the_multinomial_of_scipy(first: Split, second: Split) -> None:
    (before, before_variance), (now, now_variance) = contrast(first), contrast(second)
    error = sqrt(before_variance + now_variance)
    low, high = stats.norm.interval(0.95, now - before, error)
    found = compare_nps(first, second)
    assert found.low == pytest.approx(max(-200, min(low, found.difference)))
    assert found.high == pytest.approx(min(200, max(high, found.difference)))
    if min(first.n, second.n) >= 10:
        assert found.p == pytest.approx(2 * stats.norm.sf(abs(now - before) / error))


def test_nps_by_hand() -> None:
    """NPS 30 and 50 of a hundred each: with three more (50.75, 31.5, 20.75 and 60.75, 31.5, 10.75)
    29.13 and 48.54, standard errors 7.692 and 6.672, so z = 19.42 / 10.18 = 1.907."""
    found = compare_nps(Split(50, 30, 20), Split(60, 30, 10))
    assert found.difference == pytest.approx(20)
    assert found.p == pytest.approx(0.0565, abs=5e-4)
    assert found.verdict == "unclear"
    assert compare_nps(Split(500, 300, 200), Split(600, 300, 100)).verdict == "higher"
    assert compare_nps(Split(600, 300, 100), Split(500, 300, 200)).verdict == "lower"


@given(PARTS, PARTS)
def test_shares_agree_with_statsmodels(first: Part, second: Part) -> None:
    low, high = confint_proportions_2indep(
        second.hits, second.n, first.hits, first.n, method="newcomb", compare="diff"
    )
    found = compare_shares(first, second)
    assert found.difference == pytest.approx(100 * (second.share - first.share))
    assert found.low == pytest.approx(100 * low, abs=1e-8)
    assert found.high == pytest.approx(100 * high, abs=1e-8)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        (Part(48, 80), Part(56, 70), 5.24, 33.39),
        (Part(3, 10), Part(9, 10), 17.05, 80.90),
        (Part(0, 29), Part(5, 56), -3.81, 19.26),
        (Part(0, 20), Part(0, 10), -16.11, 27.75),
        (Part(0, 10), Part(10, 10), 60.75, 100.00),
    ],
)
def test_newcombes_own_examples(first: Part, second: Part, low: float, high: float) -> None:
    """Method 10 in his table II."""
    found = compare_shares(first, second)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.006)


@given(PARTS, PARTS)
def test_at_the_certainty_of_its_p_a_shares_interval_just_touches_nothing(
    first: Part, second: Part
) -> None:
    found = compare_shares(first, second)
    assume(found.p is not None and 1e-12 < found.p < 1)
    low, high = confint_proportions_2indep(
        second.hits, second.n, first.hits, first.n, method="newcomb", compare="diff", alpha=found.p
    )
    assert min(abs(low), abs(high)) == pytest.approx(0, abs=1e-7)


@given(COUNTS, COUNTS)
def test_means_agree_with_the_welch_of_statsmodels(
    first: dict[int, int], second: dict[int, int]
) -> None:
    before, now = (
        DescrStatsW(np.array(STARS, float), weights=np.array([c[star] + 0.2 for star in STARS]))
        for c in (first, second)
    )
    compared = CompareMeans(now, before)
    low, high = compared.tconfint_diff(alpha=0.05, usevar="unequal")
    found = compare_means(first, second, STARS)
    assert found.low == pytest.approx(max(-4, min(low, found.difference)), abs=1e-6)
    assert found.high == pytest.approx(min(4, max(high, found.difference)), abs=1e-6)
    if found.p is not None:
        assert found.p == pytest.approx(compared.ttest_ind(usevar="unequal")[1], abs=1e-9)


def test_means_of_very_many_answers_agree_with_the_textbooks_welch() -> None:
    first = {5: 5_000, 4: 2_000, 3: 1_000, 2: 500, 1: 1_500}
    second = {5: 10_300, 4: 4_000, 3: 2_000, 2: 900, 1: 2_800}
    one, other = (np.repeat(list(c), list(c.values())) for c in (first, second))
    expected = stats.ttest_ind(other, one, equal_var=False)
    found = compare_means(first, second, STARS)
    assert found.p == pytest.approx(expected.pvalue, rel=0.02)
    assert found.low == pytest.approx(expected.confidence_interval().low, abs=5e-4)


@pytest.mark.parametrize(
    "found",
    [
        compare_nps(Split(9, 0, 0), Split(0, 0, 5_000)),
        compare_shares(Part(9, 9), Part(0, 5_000)),
        compare_means({5: 9}, {1: 5_000}, STARS),
    ],
)
def test_below_ten_answers_there_is_no_verdict_however_clear_it_looks(found: Comparison) -> None:
    assert found.is_too_few
    assert (found.p, found.verdict) == (None, None)
    assert found.high < 0


@pytest.mark.parametrize(
    "found",
    [
        compare_nps(Split(0, 0, 0), Split(50, 0, 0)),
        compare_shares(Part(5, 50), Part(0, 0)),
        compare_means({}, {5: 50}, STARS),
        untested(no_score("counted"), Score(5.0, None, None, 5, "counted")),
    ],
)
def test_nothing_is_compared_with_nothing(found: Comparison) -> None:
    assert (found.difference, found.low, found.high, found.p) == (None, None, None, None)
    assert found.verdict is None
    assert found.is_too_few


def test_what_has_no_test_has_a_difference_and_no_verdict() -> None:
    one, other = (Score(value, None, None, 80, "counted") for value in (30.0, 45.0))
    found = untested(one, other)
    assert (found.difference, found.low, found.verdict) == (15, None, None)


def test_everybody_content_in_both_is_no_difference() -> None:
    for found in (
        compare_nps(Split(12, 0, 0), Split(4_000, 0, 0)),
        compare_shares(Part(12, 12), Part(4_000, 4_000)),
        compare_means({5: 12}, {5: 4_000}, STARS),
    ):
        assert found.difference == 0
        assert found.verdict == "unclear"


@given(PAIRS)
def test_a_verdict_fits_its_interval_and_its_difference(found: Comparison) -> None:
    assert found.low <= found.difference <= found.high
    assume(found.p is not None and not isclose(found.p, ALPHA, abs_tol=1e-6))
    if found.verdict == "unclear":
        assert found.low <= 0 <= found.high
    else:
        assert found.low > 0 if found.verdict == "higher" else found.high < 0
        assert (found.verdict == "higher") == (found.difference > 0)


@given(SPLITS, SPLITS, PARTS, PARTS, COUNTS, COUNTS)
def test_the_other_way_round_everything_is_reversed(
    split: Split,
    split2: Split,
    part: Part,
    part2: Part,
    counts: dict[int, int],
    counts2: dict[int, int],
) -> None:
    for there, back in (
        (compare_nps(split, split2), compare_nps(split2, split)),
        (compare_shares(part, part2), compare_shares(part2, part)),
        (compare_means(counts, counts2, STARS), compare_means(counts2, counts, STARS)),
    ):
        assert there.difference == pytest.approx(-back.difference)
        assert there.low == pytest.approx(-back.high)
        assert there.p == (None if back.p is None else pytest.approx(back.p))


@given(SPLITS, SPLITS, st.integers(2, 9))
def test_more_answers_make_it_narrower(first: Split, second: Split, times: int) -> None:
    few = compare_nps(first, second)
    more = [
        Split(one.promoters * times, one.passives * times, one.detractors * times)
        for one in (first, second)
    ]
    many = compare_nps(*more)
    assert many.high - many.low < few.high - few.low
