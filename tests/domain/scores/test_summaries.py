"""What the scores of one kind say together."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.scales import KINDS, Kind
from widget.domain.score_summary import HIGHEST, LOWEST
from widget.domain.scores.metrics import MetricId
from widget.domain.scores.scoring import Answers, Counts, score_of
from widget.domain.scores.summaries import summaries, summarise


@st.composite
def counted(draw: st.DrawFn) -> tuple[Kind, dict[int, int]]:
    kind: Kind = draw(st.sampled_from(KINDS))
    scores = st.integers(LOWEST[kind], HIGHEST[kind])
    return kind, draw(st.dictionaries(scores, st.integers(0, 500)))


@given(counted())
def test_a_summary_counts_everything_and_its_mean_is_within(
    given_: tuple[Kind, dict[int, int]],
) -> None:
    kind, counts = given_
    found = summarise(kind, [Answers(kind, counts)])
    assert found.n == sum(counts.values()) == sum(bar.count for bar in found.bars)
    if not found.n:
        assert found.mean.value is None
        assert found.positive.value is None
        return
    lowest, highest = (-100, 100) if kind == "nps" else (LOWEST[kind], HIGHEST[kind])
    assert lowest <= found.mean.low <= found.mean.value <= found.mean.high <= highest
    assert isclose(sum(bar.share for bar in found.bars), 1)


@pytest.mark.parametrize(
    ("kind", "mean", "positive"),
    [("stars", "stars", "positive"), ("nps", "nps", None), ("ces", "ces", None)],
)
@given(st.data())
def test_a_summary_and_the_metrics_say_the_same(
    kind: Kind, mean: MetricId, positive: MetricId | None, data: st.DataObject
) -> None:
    scores = st.integers(LOWEST[kind], HIGHEST[kind])
    answers = [
        Answers(kind, data.draw(st.dictionaries(scores, st.integers(0, 60))), threshold)
        for threshold in (None, HIGHEST[kind])
    ]
    counts = Counts(answers=answers)
    found = summarise(kind, answers)
    assert found.mean == score_of(mean, counts)
    if positive:
        assert found.positive == score_of(positive, counts)


def test_each_survey_is_counted_by_its_own_threshold() -> None:
    found = summarise("csat", [Answers("csat", {4: 10}), Answers("csat", {4: 10}, 5)])
    assert found.positive.value == 50
    assert found.thresholds == (4, 5)


@pytest.mark.parametrize(
    ("kind", "counts", "mean", "positive"),
    [
        ("stars", {5: 3, 4: 1, 1: 1}, 4.0, 80),
        ("csat", {3: 2}, 3.0, 0),
        ("nps", {10: 2, 9: 1, 8: 4, 3: 3}, 0.0, 30),
        ("ces", {7: 1, 5: 1}, 6.0, 100),
    ],
)
def test_the_usual_formulas(
    kind: Kind, counts: dict[int, int], mean: float, positive: float
) -> None:
    found = summarise(kind, [Answers(kind, counts)])
    assert isclose(found.mean.value, mean)
    assert isclose(found.positive.value, positive)


def test_three_times_five_stars_are_no_certainty() -> None:
    found = summarise("stars", [Answers("stars", {5: 3})])
    assert found.mean.value == 5
    assert found.mean.low < 4
    assert found.is_small
    assert not summarise("stars", [Answers("stars", {5: 10})]).is_small


def test_kinds_keep_their_order_whatever_was_answered_most_and_one_without_any_is_left_out() -> (
    None
):
    answers = [Answers("nps", {9: 2}), Answers("ces", {1: 0}), Answers("stars", {5: 1})]
    assert [one.kind for one in summaries(answers)] == ["stars", "nps"]
