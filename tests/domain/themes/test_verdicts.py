"""Verdicts on many comparisons together."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.themes.verdicts import LEVEL, benjamini_hochberg, holm

CHANCES = st.lists(st.floats(0, 1), max_size=30)


def test_holm_multiplies_the_smallest_by_all_and_the_next_by_those_that_are_left() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_the_false_discovery_rate_s_first_example() -> None:
    """The fifteen probabilities of Benjamini and Hochberg's section 3.2: at 5 %, they find four."""
    chances = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    adjusted = benjamini_hochberg(chances)
    assert [chance <= LEVEL for chance in adjusted] == [True] * 4 + [False] * 11
    assert adjusted[:3] == pytest.approx([0.0015, 0.003, 0.0095])
    assert sum(chance <= LEVEL for chance in holm(chances)) == 3


@given(CHANCES)
def test_a_step_up_by_its_definition_finds_the_same(chances: list[float]) -> None:
    """The greatest k such that the k-th smallest is at most k/m of the level."""
    ordered = sorted(chances)
    steps = [k for k, one in enumerate(ordered, 1) if one * len(ordered) / k <= LEVEL]
    found = sum(one <= LEVEL for one in benjamini_hochberg(chances))
    assert found == max(steps, default=0)


@given(CHANCES)
def test_a_step_down_by_its_definition_finds_the_same(chances: list[float]) -> None:
    found = 0
    for place, one in enumerate(sorted(chances)):
        if (len(chances) - place) * one > LEVEL:
            break
        found += 1
    assert sum(one <= LEVEL for one in holm(chances)) == found


@given(CHANCES)
def test_adjusting_never_makes_anything_more_certain_nor_changes_the_order(
    chances: list[float],
) -> None:
    for adjusted in (holm(chances), benjamini_hochberg(chances)):
        assert all(after >= before for before, after in zip(chances, adjusted, strict=True))
        assert all(0 <= after <= 1 for after in adjusted)
        pairs = sorted(zip(chances, adjusted, strict=True))
        assert [after for _, after in pairs] == sorted(adjusted)


def test_where_there_is_nothing_verdicts_are_rare() -> None:
    luck = random.Random(3)
    runs = [[luck.random() for _ in range(50)] for _ in range(1_000)]
    for adjust in (holm, benjamini_hochberg):
        assert sum(min(adjust(run)) <= LEVEL for run in runs) <= 75
