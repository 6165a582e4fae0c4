"""Answers weighted by who all customers are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.scores.nps import Split, nps
from widget.domain.scores.poststratified import (
    ENOUGH,
    Poststratified,
    mean_stratum,
    nps_stratum,
    poststratified_mean,
    poststratified_nps,
    poststratified_share,
    share_stratum,
)
from widget.domain.scores.shares import Part

STARS = range(1, 6)
SPLITS = st.builds(Split, *[st.integers(0, 60)] * 3).filter(lambda split: split.n > 0)
LARGE = st.lists(
    st.tuples(st.floats(0.1, 1_000), SPLITS.filter(lambda split: split.n >= ENOUGH)),
    min_size=1,
    max_size=8,
)
GROUPS = st.lists(st.tuples(st.floats(0.1, 1_000), SPLITS), min_size=1, max_size=8)


def from_groups(groups: list[tuple[float, Split]]) -> Poststratified:
    strata = [nps_stratum(str(number), *group) for number, group in enumerate(groups)]
    return poststratified_nps(strata)


def test_a_group_weighs_what_it_weighs_among_all_customers() -> None:
    """Small firms are nine of ten customers and answer seldom: NPS 0 there, 80 among the large."""
    small, large = Split(4, 2, 4), Split(85, 10, 5)
    found = poststratified_nps([nps_stratum("small", 900, small), nps_stratum("large", 100, large)])
    assert found.score.value == pytest.approx(0.9 * 0 + 0.1 * 80)
    assert (found.score.n, found.score.method) == (110, "poststratified")
    assert nps(Split(89, 12, 9)).value > 70
    assert (found.missing, found.missing_share, found.is_refused) == ((), 0, False)


@given(LARGE)
def test_it_agrees_with_numpys_weighted_moments(groups: list[tuple[float, Split]]) -> None:
    total = sum(population for population, _ in groups)
    value = variance = 0.0
    for population, split in groups:
        w = population / total
        answers = [100.0, 0.0, -100.0]
        plain = [split.promoters, split.passives, split.detractors]
        adjusted = np.array(plain) + w * np.array([0.75, 1.5, 0.75])
        spread = np.cov(answers, aweights=adjusted, ddof=0)
        value += w * np.average(answers, weights=plain)
        correction = split.n / (split.n - 1)
        variance += w**2 * spread * correction / adjusted.sum()
    found = from_groups(groups)
    assert found.score.value == pytest.approx(value, abs=1e-9)
    assert found.variance == pytest.approx(variance)


def test_the_variance_is_the_estimates_over_many_surveys() -> None:
    """Three groups, forty to a hundred answers each, two thousand surveys."""
    chance = np.random.default_rng(12)
    groups = [(0.6, 40, [0.5, 0.3, 0.2]), (0.3, 60, [0.7, 0.2, 0.1]), (0.1, 100, [0.2, 0.3, 0.5])]
    values, variances = [], []
    for _ in range(2_000):
        found = from_groups(
            [(w, Split(*map(int, chance.multinomial(n, shares)))) for w, n, shares in groups]
        )
        values.append(found.score.value)
        variances.append(found.variance)
    assert np.mean(values) == pytest.approx(0.6 * 30 + 0.3 * 60 - 0.1 * 30, abs=1)
    assert np.mean(variances) == pytest.approx(np.var(values), rel=0.1)


def coverage(groups: list[tuple[float, int, list[float]]], surveys: int = 400) -> float:
    """How often the interval holds the true score, of so many surveys of groups with a weight, a
    number of answers, and the shares of promoters, passives and detractors."""
    chance = np.random.default_rng(3)
    total = sum(weight for weight, _n, _shares in groups)
    true = sum(100 * (shares[0] - shares[2]) * weight for weight, _n, shares in groups) / total
    held = 0
    for _ in range(surveys):
        score = from_groups(
            [(w, Split(*map(int, chance.multinomial(n, shares)))) for w, n, shares in groups]
        ).score
        held += score.low <= true <= score.high
    return held / surveys


ALIKE, FOND, CROSS = [0.5, 0.2, 0.3], [0.9, 0.08, 0.02], [0.1, 0.2, 0.7]


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param([(1, 1, ALIKE)] * 200, id="two hundred of one answer"),
        pytest.param([(1, 1, ALIKE)] * 50, id="fifty of one answer"),
        pytest.param([(1, 2, ALIKE)] * 50, id="fifty of two answers"),
        pytest.param(
            [(1, 1, ALIKE)] * 60 + [(2, 2, ALIKE)] * 30 + [(5, 5, ALIKE)] * 10, id="mixed"
        ),
        pytest.param([(1, 1, FOND), (1, 1, CROSS)] * 30, id="small ones that differ"),
        pytest.param([(10, 1, ALIKE), (1, 100, ALIKE)], id="one answer that weighs most"),
        pytest.param([(10, 5, FOND), (1, 40, ALIKE), (1, 20, CROSS)], id="few that weigh most"),
    ],
)
def test_the_interval_holds_what_is_true_however_small_groups_are(
    groups: list[tuple[float, int, list[float]]],
) -> None:
    assert coverage(groups) >= 0.92


def test_groups_of_few_answers_share_how_far_answers_lie_apart() -> None:
    """Two groups of five, each of one mind: together they are not."""
    small = from_groups([(1, Split(5, 0, 0)), (1, Split(0, 0, 5))])
    assert small.score.value == 0
    tally = np.array([5 + 0.75, 1.5, 5 + 0.75])
    spread = np.cov([100.0, 0.0, -100.0], aweights=tally, ddof=0) * 10 / 9
    assert small.variance == pytest.approx(2 * 0.25 * spread / (5 + 1.5))
    large = from_groups([(1, Split(10, 0, 0)), (1, Split(0, 0, 10))])
    assert large.variance < small.variance / 5


@given(GROUPS)
def test_an_interval_holds_its_score_and_stays_on_the_scale(
    groups: list[tuple[float, Split]],
) -> None:
    score = from_groups(groups).score
    assert -100 <= score.low <= score.value <= score.high <= 100
    assert score.low < score.high


@given(GROUPS, st.integers(2, 9))
def test_more_answers_of_the_same_sort_make_it_surer(
    groups: list[tuple[float, Split]], times: int
) -> None:
    more = [
        (population, Split(s.promoters * times, s.passives * times, s.detractors * times))
        for population, s in groups
        if s.n > 1
    ]
    few = [group for group in groups if group[1].n > 1]
    if few:
        assert from_groups(more).variance < from_groups(few).variance


@given(SPLITS, st.floats(0.1, 1_000))
def test_one_group_is_nearly_the_plain_score(split: Split, population: float) -> None:
    found, plain = from_groups([(population, split)]).score, nps(split)
    assert found.value == pytest.approx(plain.value)
    if split.n >= 10:
        assert found.low == pytest.approx(plain.low, abs=5)


@given(GROUPS)
def test_sizes_may_be_customers_or_shares(groups: list[tuple[float, Split]]) -> None:
    scaled = [(population * 1_000, split) for population, split in groups]
    one, other = from_groups(groups).score, from_groups(scaled).score
    assert one.value == pytest.approx(other.value, abs=1e-9)
    assert one.low == pytest.approx(other.low, abs=1e-9)


def test_a_group_without_answers_is_named_and_the_others_stand_for_all() -> None:
    found = from_groups([(50, Split(10, 0, 0)), (40, Split(0, 0, 10)), (10, Split(0, 0, 0))])
    assert found.missing == ("2",)
    assert found.missing_share == pytest.approx(0.1)
    assert found.score.value == pytest.approx(100 * 50 / 90 - 100 * 40 / 90)
    assert not found.is_refused


def test_where_too_many_customers_are_in_such_groups_there_is_no_number() -> None:
    found = from_groups([(70, Split(10, 0, 0)), (20, Split(0, 0, 0)), (10, Split(0, 0, 0))])
    assert found.is_refused
    assert (found.score.value, found.score.low, found.variance) == (None, None, None)
    assert found.missing == ("1", "2")
    assert found.score.n == 10


def test_nobody_has_no_number() -> None:
    assert from_groups([(1, Split(0, 0, 0))]).score.value is None


def test_a_group_of_no_customers_weighs_nothing_and_is_not_missed() -> None:
    found = from_groups([(0, Split(0, 0, 0)), (0, Split(0, 0, 9)), (5, Split(9, 0, 0))])
    assert found.score.value == 100
    assert (found.missing, found.score.n) == ((), 9)


@pytest.mark.parametrize("groups", [[], [(0, Split(1, 0, 0))], [(-1, Split(1, 0, 0))]])
def test_unknown_sizes_are_refused(groups: list[tuple[float, Split]]) -> None:
    with pytest.raises(ValueError, match="how many customers"):
        from_groups(groups)


def test_shares_and_means_are_weighted_alike() -> None:
    share = poststratified_share(
        [share_stratum("a", 3, Part(8, 10)), share_stratum("b", 1, Part(0, 50))]
    )
    assert share.score.value == pytest.approx(60)
    assert 0 <= share.score.low < 60 < share.score.high <= 100
    mean = poststratified_mean(
        [mean_stratum("a", 3, {5: 10}), mean_stratum("b", 1, {1: 50})], STARS
    )
    assert mean.score.value == pytest.approx(4)
    assert 1 <= mean.score.low < 4 < mean.score.high <= 5
