"""Every metric from what was counted."""

import pytest

from widget.domain.scores.comparisons import compare_means, compare_nps, compare_shares
from widget.domain.scores.durations import median_time
from widget.domain.scores.means import mean
from widget.domain.scores.metrics import METRIC_IDS, METRICS, MetricId
from widget.domain.scores.nps import Split, nps
from widget.domain.scores.scoring import (
    Answers,
    Counts,
    Group,
    compare,
    poststratified,
    score_of,
    shrunken,
)
from widget.domain.scores.shares import Part, share
from widget.domain.scores.shrinkage import shrunken_nps

COUNTS = Counts(
    answers=(
        Answers("stars", {5: 6, 4: 2, 3: 1, 1: 1}),
        Answers("csat", {5: 3, 4: 1, 3: 4}),
        Answers("nps", {10: 5, 8: 3, 2: 2}),
        Answers("ces", {7: 4, 1: 4}),
    ),
    sent=100,
    answered=36,
    responses=40,
    comments=10,
    times={60: 20, 7_200: 16},
    rewards=7,
    shares=2,
)


@pytest.mark.parametrize(
    ("metric", "value", "n"),
    [
        ("stars", 4.2, 10),
        ("five_star", 60, 10),
        ("positive", 80, 10),
        ("negative", 20, 10),
        ("csat", 50, 8),
        ("nps", 30, 10),
        ("ces", 4, 8),
        ("response_rate", 36, 100),
        ("comment_rate", 25, 40),
        ("time_to_answer", 60, 36),
        ("rewards", 7, 40),
        ("shares", 2, 40),
    ],
)
def test_every_metric_has_its_number(metric: MetricId, value: float, n: int) -> None:
    found = score_of(metric, COUNTS)
    assert found.value == pytest.approx(value)
    assert found.n == n
    assert found.method in METRICS[metric].methods


def test_intervals_are_those_of_their_sort() -> None:
    assert score_of("nps", COUNTS) == nps(Split(5, 3, 2))
    assert score_of("csat", COUNTS) == share(Part(4, 8))
    assert score_of("ces", COUNTS) == mean({7: 4, 1: 4}, range(1, 8))
    assert score_of("time_to_answer", COUNTS) == median_time({60: 20, 7_200: 16})


@pytest.mark.parametrize("metric", METRIC_IDS)
def test_without_answers_no_metric_has_a_number(metric: MetricId) -> None:
    found = score_of(metric, Counts())
    assert (found.value, found.low, found.high, found.n) == (None, None, None, 0)
    compared = compare(metric, Counts(), COUNTS)
    assert (compared.difference, compared.verdict) == (None, None)
    assert shrunken(metric, {1: Counts(), 2: COUNTS})[1].value is None


def test_each_survey_says_what_is_positive() -> None:
    strict, usual = Answers("csat", {5: 2, 4: 8}, 5), Answers("csat", {5: 2, 4: 8})
    assert score_of("csat", Counts((strict,))).value == pytest.approx(20)
    assert score_of("csat", Counts((strict, usual))).value == pytest.approx(60)
    generous = Answers("nps", {8: 5, 7: 5}, 8)
    assert score_of("nps", Counts((generous,))).value == pytest.approx(50)


def test_answers_of_several_surveys_make_one_mean() -> None:
    both = Counts((Answers("stars", {5: 3}), Answers("stars", {5: 1, 1: 2})))
    assert score_of("stars", both) == mean({5: 4, 1: 2}, range(1, 6))


def test_comparing_takes_the_sorts_own_test() -> None:
    later = Counts(
        answers=(
            Answers("stars", {5: 20}),
            Answers("csat", {5: 20, 1: 1}),
            Answers("nps", {10: 30, 0: 5}),
        ),
        responses=50,
        rewards=9,
    )
    assert compare("csat", COUNTS, later) == compare_shares(Part(4, 8), Part(20, 21))
    assert compare("nps", COUNTS, later) == compare_nps(Split(5, 3, 2), Split(30, 0, 5))
    stars = {5: 6, 4: 2, 3: 1, 1: 1}
    assert compare("stars", COUNTS, later) == compare_means(stars, {5: 20}, range(1, 6))
    rewards = compare("rewards", COUNTS, later)
    assert (rewards.difference, rewards.p, rewards.verdict) == (2, None, None)


@pytest.mark.parametrize("metric", ["stars", "csat", "nps", "ces", "response_rate"])
def test_groups_of_one_answering_habit_weigh_as_they_come(metric: MetricId) -> None:
    groups = [Group("small", 10, COUNTS), Group("large", 30, COUNTS)]
    found = poststratified(metric, groups).score
    assert found.value == pytest.approx(score_of(metric, COUNTS).value)
    assert found.n == 2 * score_of(metric, COUNTS).n


@pytest.mark.parametrize("metric", ["time_to_answer", "rewards", "shares"])
def test_times_and_plain_counts_cannot_be_weighted(metric: MetricId) -> None:
    with pytest.raises(ValueError, match="cannot be weighted"):
        poststratified(metric, [Group("all", 1, COUNTS)])


@pytest.mark.parametrize("metric", METRIC_IDS)
def test_people_are_drawn_together_where_that_means_something(metric: MetricId) -> None:
    people = {1: COUNTS, 2: COUNTS, 3: COUNTS}
    found = shrunken(metric, people)
    assert set(found) == {1, 2, 3}
    if METRICS[metric].unit in ("seconds", "count"):
        assert found[1] == score_of(metric, COUNTS)
    assert shrunken("nps", people) == shrunken_nps(dict.fromkeys(people, Split(5, 3, 2)))
