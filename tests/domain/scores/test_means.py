"""Means of scores: by hand, by statsmodels, by drawing, and by what must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.weightstats import DescrStatsW

from widget.domain.scores.means import MANY, mean

STARS = range(1, 6)
COUNTS = st.fixed_dictionaries({star: st.integers(0, 200) for star in STARS}).filter(
    lambda counts: sum(counts.values()) > 0
)
FEW_COUNTS = st.fixed_dictionaries({star: st.integers(0, 5) for star in STARS}).filter(
    lambda counts: 0 < sum(counts.values()) < MANY
)


def test_a_mean_is_the_sum_over_the_number() -> None:
    found = mean({5: 3, 4: 1, 1: 1}, STARS)
    assert found.value == pytest.approx(4)
    assert (found.n, found.method) == (5, "bootstrap")
    assert mean({5: 20, 3: 10}, STARS).method == "student_t"


def test_nobody_has_no_mean() -> None:
    assert mean({}, STARS).value is None
    assert mean({5: 0}, STARS).low is None


def test_a_score_off_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="from 1 to 5"):
        mean({0: 1}, STARS)


@pytest.mark.parametrize(("n", "low"), [(1, 1.0), (3, 3.0), (10, 4.2), (29, 4.72), (300, 4.98)])
def test_all_alike_are_no_certainty_and_the_less_the_fewer(n: int, low: float) -> None:
    for best, found in ((5, mean({5: n}, STARS)), (1, mean({1: n}, STARS))):
        assert found.value == best
        assert found.low < found.high
    assert mean({5: n}, STARS).low == pytest.approx(low, abs=0.005)


def test_one_worse_answer_of_ten_does_not_make_the_mean_surer() -> None:
    """It would, had equal answers a wider interval of their own."""
    all_alike, nearly, worst = (mean(c, STARS) for c in ({5: 10}, {5: 9, 4: 1}, {5: 9, 1: 1}))
    assert worst.low < nearly.low <= all_alike.low < nearly.value


@given(COUNTS.filter(lambda counts: sum(counts.values()) >= MANY))
def test_many_answers_agree_with_the_t_interval_of_statsmodels(counts: dict[int, int]) -> None:
    weights = np.array([counts[star] + 0.2 for star in STARS])
    low, high = DescrStatsW(np.array(STARS, float), weights=weights).tconfint_mean(alpha=0.05)
    found = mean(counts, STARS)
    assert found.low == pytest.approx(max(1, min(low, found.value)), abs=1e-6)
    assert found.high == pytest.approx(min(5, max(high, found.value)), abs=1e-6)


def test_very_many_answers_agree_with_the_textbooks_t_interval() -> None:
    counts = {5: 50_000, 4: 20_000, 3: 10_000, 2: 5_000, 1: 15_000}
    low, high = DescrStatsW(list(counts), weights=list(counts.values())).tconfint_mean()
    found = mean(counts, STARS)
    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)


def test_few_answers_agree_with_drawing_them_anew() -> None:
    counts = {5: 13, 4: 5, 3: 2, 1: 3}
    pool = np.array([counts.get(star, 0) + 0.2 for star in STARS]) / 24
    drawn = np.random.default_rng(8).choice(STARS, (200_000, 23), p=pool).mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    found = mean(counts, STARS)
    assert found.low == pytest.approx(low, abs=0.5 / 23)
    assert found.high == pytest.approx(high, abs=0.5 / 23)


@given(st.one_of(COUNTS, FEW_COUNTS))
def test_an_interval_holds_its_mean_and_stays_on_the_scale(counts: dict[int, int]) -> None:
    found = mean(counts, STARS)
    plain = np.average(list(counts), weights=list(counts.values()))
    assert found.value == pytest.approx(plain)
    assert 1 <= found.low <= found.value <= found.high <= 5
    assert found.low < found.high


@given(st.one_of(COUNTS, FEW_COUNTS))
def test_the_same_answers_give_the_same_interval_and_mirror(counts: dict[int, int]) -> None:
    found, mirrored = mean(counts, STARS), mean({6 - star: n for star, n in counts.items()}, STARS)
    assert found == mean(dict(reversed(counts.items())), STARS)
    assert found.low == pytest.approx(6 - mirrored.high)


@given(st.one_of(COUNTS, FEW_COUNTS), st.integers(4, 20))
def test_more_answers_make_it_narrower(counts: dict[int, int], times: int) -> None:
    few = mean(counts, STARS)
    many = mean({star: n * times for star, n in counts.items()}, STARS)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize("points", [range(11), range(1, 8), range(1, 3)])
def test_any_scale_will_do(points: range) -> None:
    found = mean(dict.fromkeys(points, 2), points)
    assert found.value == pytest.approx((points[0] + points[-1]) / 2)
    assert points[0] <= found.low < found.value < found.high <= points[-1]
