"""People's numbers drawn together: against statsmodels and scipy, and against the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from widget.domain.leaderboards import Tally, standings
from widget.domain.scores.moments import moments, tally_of
from widget.domain.scores.nps import NPS_FURTHER, Split
from widget.domain.scores.shares import Part
from widget.domain.scores.shrinkage import (
    everybody,
    shrunken_means,
    shrunken_nps,
    shrunken_shares,
)

STARS = range(1, 6)
SPLITS = st.builds(Split, *[st.integers(0, 60)] * 3)
PEOPLE = st.dictionaries(st.integers(1, 50), SPLITS, max_size=20)


def test_shares_are_those_of_the_leaderboard() -> None:
    parts = {1: Part(5, 5), 2: Part(95, 100), 3: Part(40, 60), 4: Part(70, 100)}
    found = shrunken_shares(parts)
    board = standings({who: Tally(part.hits, part.n) for who, part in parts.items()})
    for one in board:
        assert found[one.member_id].value == pytest.approx(100 * one.estimate)
        assert found[one.member_id].low == pytest.approx(100 * one.low)
        assert found[one.member_id].high == pytest.approx(100 * stats.beta.ppf(0.975, one.a, one.b))
    assert found[1].value < found[2].value


def test_everybodys_mean_agrees_with_dersimonian_and_laird_in_statsmodels() -> None:
    chance = np.random.default_rng(6)
    true = chance.normal(4.2, 0.3, 25)
    people = [
        dict.fromkeys(STARS, 0) | dict(zip(*np.unique(draws, return_counts=True), strict=True))
        for draws in (
            np.clip(np.round(chance.normal(mean, 0.9, chance.integers(8, 90))), 1, 5).astype(int)
            for mean in true
        )
    ]
    known = [moments(tally_of(counts)) for counts in people]
    found = everybody(known, {3.0: 1.0})
    ours = combine_effects(
        np.array([one.mean for one in known]),
        np.array([found.variance / one.n for one in known]),
        method_re="dl",
    )
    assert found.variance / found.weight == pytest.approx(ours.tau2, rel=1e-6)
    assert found.mean == pytest.approx(ours.mean_effect_re, rel=1e-6)
    assert found.mean_variance == pytest.approx(ours.var_eff_w_re, rel=1e-6)


def test_each_person_is_drawn_as_far_as_the_joint_posterior_says() -> None:
    """People's true numbers and everybody's mean at once, solved as linear equations: 1 / vᵢ from
    a person's answers, 1 / τ² between each person and everybody."""
    people = {1: {5: 4, 3: 1}, 2: {5: 30, 2: 12}, 3: {4: 20, 1: 9}, 4: {5: 12, 4: 3}}
    known = [moments(tally_of(counts)) for counts in people.values()]
    expected = everybody(known, dict.fromkeys(map(float, STARS), 0.2))
    errors = [expected.variance / one.n for one in known]
    between = expected.variance / expected.weight
    precision = np.zeros((5, 5))
    precision[:4, :4] = np.diag([1 / error + 1 / between for error in errors])
    precision[:4, 4] = precision[4, :4] = -1 / between
    precision[4, 4] = 4 / between
    covariance = np.linalg.inv(precision)
    told = [one.mean / error for one, error in zip(known, errors, strict=True)]
    centre = covariance @ [*told, 0.0]
    found = shrunken_means(people, STARS)
    for place, one in enumerate(found.values()):
        reach = stats.norm.ppf(0.975) * np.sqrt(covariance[place, place])
        assert one.value == pytest.approx(centre[place])
        assert one.low == pytest.approx(centre[place] - reach)
        assert one.high == pytest.approx(min(5, centre[place] + reach))


def test_the_variance_of_answers_is_pooled_over_people() -> None:
    """With the further answer, 3 at a mean of 4, it is (8 + 18 + 1) / (6 + 6 − 2 + 1)."""
    people = [moments({3.0: 4, 6.0: 2, 3.5: 0}), moments({1.0: 2, 4.0: 2, 7.0: 2})]
    within = sum(one.n * one.variance for one in people)
    assert everybody(people, {3.0: 1.0}).variance == pytest.approx((within + 1) / 11)


def test_few_answers_are_drawn_further_than_many() -> None:
    found = shrunken_means({1: {5: 3}, 2: {5: 300}, 3: {4: 150, 3: 150}, 4: {4: 200}}, STARS)
    assert found[1].value < found[2].value < 5
    assert found[2].high - found[2].low < found[1].high - found[1].low
    assert (found[1].n, found[1].method) == (3, "normal_normal")


def test_where_people_differ_by_chance_alone_all_are_alike() -> None:
    found = shrunken_nps({who: Split(50, 30, 20) for who in range(10)})
    assert {round(one.value, 6) for one in found.values()} == {30}


def test_nobodys_answers_have_no_number() -> None:
    found = shrunken_nps({1: Split(0, 0, 0), 2: Split(5, 0, 0)})
    assert found[1].value is None
    assert found[2].value is not None
    assert shrunken_shares({1: Part(0, 0)})[1].value is None
    assert shrunken_means({1: {}}, STARS)[1].value is None
    assert shrunken_nps({}) == {}


@given(PEOPLE)
def test_an_interval_holds_its_score_which_is_between_the_plain_one_and_everybodys(
    people: dict[int, Split],
) -> None:
    found = shrunken_nps(people)
    known = [moments(split.tally) for split in people.values() if split.n]
    assert set(found) == set(people)
    for who, one in found.items():
        if not people[who].n:
            assert one.value is None
            continue
        assert -100 <= one.low <= one.value <= one.high <= 100
        assert one.low < one.high
        ends = sorted((moments(people[who].tally).mean, everybody(known, NPS_FURTHER).mean))
        assert ends[0] - 1e-9 <= one.value <= ends[1] + 1e-9


@pytest.mark.parametrize("metric", ["nps", "stars"])
def test_the_true_number_is_within_the_interval_as_often_as_it_says(metric: str) -> None:
    """Six hundred people whose customers differ, thirty answers each on average."""
    chance = np.random.default_rng(21)
    people, true = {}, {}
    for who in range(600):
        n = int(chance.integers(10, 51))
        if metric == "nps":
            shares = chance.dirichlet([12, 6, 4])
            people[who] = Split(*map(int, chance.multinomial(n, shares)))
            true[who] = 100 * (shares[0] - shares[2])
        else:
            shares = chance.dirichlet([1, 1, 2, 6, 14])
            drawn = chance.multinomial(n, shares)
            people[who] = {star: int(drawn[star - 1]) for star in STARS}
            true[who] = float(shares @ np.arange(1, 6))
    found = shrunken_nps(people) if metric == "nps" else shrunken_means(people, STARS)
    within = sum(one.low <= true[who] <= one.high for who, one in found.items())
    assert 0.93 <= within / len(true) <= 0.97
