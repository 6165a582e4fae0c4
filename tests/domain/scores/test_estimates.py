"""What a score says where little or nothing is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from widget.domain.scores.estimates import METHODS, Score, Z, no_score, score_within, two_sided


def test_nobody_is_no_zero() -> None:
    nothing = no_score("wilson")
    assert (nothing.value, nothing.low, nothing.high, nothing.n) == (None, None, None, 0)
    assert not nothing.is_small


def test_a_few_answers_are_said_to_be_few() -> None:
    assert Score(1.0, 0.5, 1.0, 9, "wilson").is_small
    assert not Score(1.0, 0.5, 1.0, 10, "wilson").is_small


def test_an_interval_is_stretched_to_its_value_and_cut_at_the_scale() -> None:
    assert score_within(100, (-48.0, 98.0), 1, "adjusted_wald", (-100, 100)).high == 100
    assert score_within(50, (60.0, 70.0), 1, "adjusted_wald", (-100, 100)).low == 50
    assert score_within(5, (4.0, 5.5), 9, "student_t", (1, 5)).high == 5


@given(st.floats(-38, 38))
def test_the_normal_tails_agree_with_scipys(z: float) -> None:
    assert two_sided(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)


def test_an_interval_reaches_as_far_as_95_per_cent_do() -> None:
    assert pytest.approx(stats.norm.ppf(0.975), rel=1e-12) == Z


def test_every_estimate_names_its_source() -> None:
    for method, note in METHODS.items():
        assert note.name
        assert (note.source == "") == (method == "counted")
