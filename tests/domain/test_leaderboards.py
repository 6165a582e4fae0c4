"""Leaderboards that luck does not win."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.leaderboards import MIN_ANSWERS, Tally, prior_of, standings

TALLIES = st.dictionaries(
    st.integers(1, 40),
    st.integers(0, 300).flatmap(
        lambda answers: st.integers(0, answers).map(lambda positive: Tally(positive, answers))
    ),
    max_size=30,
)


def test_five_of_five_is_not_ahead_of_ninety_five_of_a_hundred() -> None:
    others = {number: Tally(45, 50) for number in range(10, 20)}
    found = standings({1: Tally(5, 5), 2: Tally(95, 100), **others}, min_answers=1)
    places = [one.member_id for one in found]
    assert places.index(2) < places.index(1)


def test_nobody_is_ranked_below_the_least_number_of_answers() -> None:
    found = {one.member_id: one for one in standings({1: Tally(9, 9), 2: Tally(5, 10)})}
    assert MIN_ANSWERS == 10
    assert found[1].rank is None
    assert found[2].rank == 1


def test_people_whom_the_answers_do_not_tell_apart_share_a_rank() -> None:
    found = standings({1: Tally(18, 20), 2: Tally(17, 20), 3: Tally(19, 20)})
    assert [one.rank for one in found] == [1, 1, 1]


def test_people_whom_the_answers_tell_apart_do_not() -> None:
    tallies = {1: Tally(480, 500), 2: Tally(478, 500), 3: Tally(300, 500), 4: Tally(100, 500)}
    ranks = {one.member_id: one.rank for one in standings(tallies)}
    assert ranks == {1: 1, 2: 1, 3: 3, 4: 4}


def test_where_all_do_equally_well_chance_moves_nobody_far() -> None:
    tallies = {number: Tally(90, 100) for number in range(20)}
    assert prior_of(list(tallies.values())).weight == 1_000
    assert {round(one.estimate, 3) for one in standings(tallies)} == {0.9}


def test_luck_alone_parts_hardly_anybody() -> None:
    """Fifty people who are all the same: of two hundred such boards few name anybody clearly better
    than somebody else, where naive ranking would name one on every board."""
    chance = random.Random(7)
    parted = 0
    for _board in range(200):
        tallies = {
            member: Tally(sum(chance.random() < 0.85 for _ in range(40)), 40)
            for member in range(50)
        }
        parted += any(one.rank != 1 for one in standings(tallies))
    assert parted <= 10


def test_the_estimate_of_everybodys_differences_finds_the_true_ones() -> None:
    """Shares drawn from Beta(18, 2), whose weight is 20."""
    chance = random.Random(11)
    tallies = []
    for _member in range(2_000):
        share = chance.betavariate(18, 2)
        tallies.append(Tally(sum(chance.random() < share for _ in range(60)), 60))
    prior = prior_of(tallies)
    assert prior.share == pytest.approx(0.9, abs=0.01)
    assert prior.weight == pytest.approx(20, rel=0.25)


def test_the_true_share_is_within_the_interval_as_often_as_it_says() -> None:
    chance = random.Random(13)
    true = {member: chance.betavariate(18, 2) for member in range(1_500)}
    tallies = {
        member: Tally(sum(chance.random() < share for _ in range(30)), 30)
        for member, share in true.items()
    }
    inside = sum(one.low <= true[one.member_id] <= one.high for one in standings(tallies))
    assert 0.93 <= inside / len(true) <= 0.97


@given(TALLIES)
def test_every_estimate_is_within_its_interval_and_ranks_follow_estimates(
    tallies: dict[int, Tally],
) -> None:
    found = standings(tallies)
    assert {one.member_id for one in found} == {id for id, one in tallies.items() if one.answers}
    for one in found:
        assert 0 <= one.low <= one.estimate <= one.high <= 1
        assert (one.rank is None) == (one.answers < MIN_ANSWERS)
    ranked = [one for one in found if one.rank is not None]
    assert found[: len(ranked)] == ranked
    places = [(one.rank, -one.estimate) for one in ranked]
    assert places == sorted(places)
    assert all(1 <= one.rank <= len(ranked) for one in ranked if one.rank)


def test_no_answers_are_no_lines() -> None:
    assert standings({}) == []
    assert standings({1: Tally(0, 0)}) == []
