from math import isclose

from hypothesis import given
from hypothesis import strategies as st

from widget.domain.score_summary import wilson

shares = st.floats(0, 1)
numbers = st.integers(1, 10_000)


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
