from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.scales import KINDS, Kind
from widget.domain.score_summary import HIGHEST, LOWEST, summarise, wilson

shares = st.floats(0, 1)
numbers = st.integers(1, 10_000)


@st.composite
def counted(draw: st.DrawFn) -> tuple[Kind, dict[int, int]]:
    kind: Kind = draw(st.sampled_from(KINDS))
    scores = st.integers(LOWEST[kind], HIGHEST[kind])
    return kind, draw(st.dictionaries(scores, st.integers(0, 500)))


def test_wilsons_interval_agrees_with_a_published_example() -> None:
    # 81 of 263, in A. Agresti and B. Coull (1998) and many textbooks: 0.2553 to 0.3662.
    low, high = wilson(81 / 263, 263)
    assert isclose(low, 0.2553, abs_tol=1e-4)
    assert isclose(high, 0.3662, abs_tol=1e-4)


@given(shares, numbers)
def test_an_interval_holds_its_share_and_stays_on_the_scale(share: float, n: int) -> None:
    low, high = wilson(share, n)
    assert 0 <= low <= share <= high <= 1


@given(shares, numbers)
def test_an_interval_mirrors(share: float, n: int) -> None:
    low, high = wilson(share, n)
    mirrored_low, mirrored_high = wilson(1 - share, n)
    assert isclose(low, 1 - mirrored_high, abs_tol=1e-9)
    assert isclose(high, 1 - mirrored_low, abs_tol=1e-9)


@given(shares, numbers)
def test_more_answers_make_it_narrower(share: float, n: int) -> None:
    low, high = wilson(share, n)
    narrow_low, narrow_high = wilson(share, n * 4)
    assert narrow_high - narrow_low < high - low


def test_nothing_is_known_of_nothing() -> None:
    assert wilson(0.5, 0) == (0.0, 1.0)


@given(counted())
def test_a_summary_counts_everything_and_its_mean_is_within(
    given_: tuple[Kind, dict[int, int]],
) -> None:
    kind, counts = given_
    found = summarise(kind, counts)
    assert found.n == sum(counts.values()) == sum(bar.count for bar in found.bars)
    if not found.n:
        assert found.mean is None
        assert found.positive is None
        return
    assert found.mean is not None
    assert found.positive is not None
    lowest, highest = (-100, 100) if kind == "nps" else (LOWEST[kind], HIGHEST[kind])
    assert lowest <= found.mean.low <= found.mean.high <= highest
    assert found.mean.low - 1e-9 <= found.mean.value <= found.mean.high + 1e-9
    assert isclose(sum(bar.share for bar in found.bars), 1)


@pytest.mark.parametrize(
    ("kind", "counts", "mean", "positive"),
    [
        ("stars", {5: 3, 4: 1, 1: 1}, 4.0, 0.8),
        ("csat", {3: 2}, 3.0, 0.0),
        ("nps", {10: 2, 9: 1, 8: 4, 3: 3}, 0.0, 0.3),
        ("ces", {7: 1, 5: 1}, 6.0, 1.0),
    ],
)
def test_the_usual_formulas(
    kind: Kind, counts: dict[int, int], mean: float, positive: float
) -> None:
    found = summarise(kind, counts)
    assert found.mean is not None
    assert found.positive is not None
    assert isclose(found.mean.value, mean)
    assert isclose(found.positive.value, positive)


def test_three_times_five_stars_are_no_certainty() -> None:
    found = summarise("stars", {5: 3})
    assert found.mean is not None
    assert found.mean.value == 5
    assert found.mean.low < 3.5
    assert found.is_small
    assert not summarise("stars", {5: 10}).is_small
