"""Shares against published numbers, against statsmodels, and by what must hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from widget.domain.scores.shares import Part, part_below, part_from, share

PARTS = st.integers(1, 3_000).flatmap(lambda n: st.integers(0, n).map(lambda hits: Part(hits, n)))


@pytest.mark.parametrize(
    ("part", "value", "low", "high"),
    [
        (Part(5, 5), 100, 57, 100),
        (Part(95, 100), 95, 89, 98),
        (Part(0, 5), 0, 0, 43),
        (Part(74, 107), 69, 60, 77),
    ],
)
def test_published_examples(part: Part, value: int, low: int, high: int) -> None:
    found = share(part)
    assert (round(found.value), round(found.low), round(found.high)) == (value, low, high)
    assert (found.n, found.method) == (part.n, "wilson")


def test_none_of_none_is_no_share() -> None:
    assert share(Part(0, 0)).value is None
    assert share(Part(0, 0)).high is None


@pytest.mark.parametrize(("hits", "n"), [(-1, 5), (6, 5), (1, 0)])
def test_more_than_all_and_fewer_than_none_are_refused(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        Part(hits, n)


@given(PARTS)
def test_it_agrees_with_statsmodels(part: Part) -> None:
    low, high = proportion_confint(part.hits, part.n, alpha=0.05, method="wilson")
    found = share(part)
    assert found.value == pytest.approx(100 * part.hits / part.n)
    assert found.low == pytest.approx(100 * low, abs=1e-9)
    assert found.high == pytest.approx(100 * high, abs=1e-9)


@given(PARTS, st.integers(2, 20))
def test_an_interval_holds_its_share_and_narrows_with_more_answers(part: Part, times: int) -> None:
    few, many = share(part), share(Part(part.hits * times, part.n * times))
    assert 0 <= few.low <= few.value <= few.high <= 100
    assert many.high - many.low < few.high - few.low


def test_the_top_two_of_five_and_the_rest_are_all() -> None:
    counts = {5: 4, 4: 3, 3: 2, 1: 1}
    assert part_from(counts, 4) == Part(7, 10)
    assert part_below(counts, 4) == Part(3, 10)
    assert part_from(counts, 5) == Part(4, 10)
    assert part_from({}, 4) == Part(0, 0)
