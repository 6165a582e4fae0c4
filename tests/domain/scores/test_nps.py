"""The net promoter score against numbers worked out by hand, by scipy, and by what must hold."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from widget.domain.scores.nps import Split, adjusted_nps, detractors_until, nps, split_of, together

SPLITS = st.builds(Split, *[st.integers(0, 400)] * 3).filter(lambda split: split.n > 0)


def test_eight_promoters_of_eight_are_somewhere_from_39_to_100() -> None:
    found = nps(Split(8, 0, 0))
    assert found.value == 100
    assert found.low == pytest.approx(38.54, abs=0.01)
    assert found.high == 100
    assert (found.n, found.method) == (8, "adjusted_wald")


def test_the_formula_worked_out_by_hand() -> None:
    """Five promoters, three passives, two detractors. With three more: 5.75, 4.5 and 2.75 of 13, so
    the middle is 3 / 13 = 0.2308, the variance 8.5 / 13 − 0.2308² = 0.6006, its root over 13 is
    0.2149, and 1.96 of that 0.4213."""
    found = nps(Split(5, 3, 2))
    assert found.value == pytest.approx(30)
    assert found.low == pytest.approx(-19.05, abs=0.01)
    assert found.high == pytest.approx(65.20, abs=0.01)


def test_passives_count_among_all() -> None:
    assert nps(Split(1, 8, 1)).value == 0
    assert nps(Split(2, 8, 0)).value == 20


def test_nobody_has_no_score() -> None:
    assert nps(Split(0, 0, 0)).value is None
    assert nps(Split(0, 0, 0)).low is None


def test_scores_are_split_as_usual() -> None:
    counts = {10: 1, 9: 2, 8: 4, 7: 8, 6: 16, 0: 32}
    assert split_of(counts) == Split(3, 12, 48)


@pytest.mark.parametrize(("promoters_from", "until"), [(10, 6), (9, 6), (8, 6), (6, 5), (1, 0)])
def test_promoters_may_begin_elsewhere_and_nobody_is_both(promoters_from: int, until: int) -> None:
    assert detractors_until(promoters_from) == until
    split = split_of(dict.fromkeys(range(11), 1), promoters_from)
    assert split == Split(11 - promoters_from, promoters_from - until - 1, until + 1)


def test_splits_add_up() -> None:
    assert together([Split(1, 2, 3), Split(10, 20, 30)]) == Split(11, 22, 33)
    assert together([]) == Split(0, 0, 0)


@given(SPLITS)
def test_it_agrees_with_the_multinomial_of_scipy(split: Split) -> None:
    """The variance of P − D from the covariances of the three shares."""
    n = split.n + 3
    shares = np.array([split.promoters + 0.75, split.passives + 1.5, split.detractors + 0.75]) / n
    contrast = np.array([100.0, 0.0, -100.0])
    error = sqrt(contrast @ stats.multinomial.cov(n, shares) @ contrast) / n
    low, high = stats.norm.interval(0.95, contrast @ shares, error)
    value = 100 * (split.promoters - split.detractors) / split.n
    found = nps(split)
    assert found.value == pytest.approx(value)
    assert found.low == pytest.approx(max(-100, min(low, value)))
    assert found.high == pytest.approx(min(100, max(high, value)))
    assert adjusted_nps(split).n == n


@given(SPLITS)
def test_an_interval_holds_its_score_and_stays_on_the_scale(split: Split) -> None:
    found = nps(split)
    assert -100 <= found.low <= found.value <= found.high <= 100
    assert found.low < found.high


@given(SPLITS, st.integers(2, 20))
def test_more_answers_make_it_narrower(split: Split, times: int) -> None:
    more = Split(split.promoters * times, split.passives * times, split.detractors * times)
    few, many = nps(split), nps(more)
    assert many.value == pytest.approx(few.value)
    assert many.high - many.low < few.high - few.low


@given(SPLITS)
def test_promoters_and_detractors_mirror_each_other(split: Split) -> None:
    one, other = nps(split), nps(Split(split.detractors, split.passives, split.promoters))
    assert one.value == pytest.approx(-other.value)
    assert one.low == pytest.approx(-other.high)
