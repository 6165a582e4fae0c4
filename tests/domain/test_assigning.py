"""Who is to follow up."""

from widget.domain.assigning import leaders_above, least_busy, next_in_turn
from widget.domain.teams import TeamPlace

TEAMS = [TeamPlace(1, None), TeamPlace(2, 1), TeamPlace(3, 2)]


def test_the_leader_of_ones_own_team_comes_first() -> None:
    assert leaders_above(3, TEAMS, {3: [30], 2: [20], 1: [10]}) == {30}


def test_a_team_without_a_leader_looks_further_up() -> None:
    assert leaders_above(3, TEAMS, {1: [10, 11]}) == {10, 11}


def test_nobody_follows_up_on_what_was_said_of_themselves() -> None:
    assert leaders_above(3, TEAMS, {3: [30], 2: [20]}, but=30) == {20}
    assert leaders_above(3, TEAMS, {3: [30, 31]}, but=30) == {31}


def test_without_a_team_or_a_leader_there_is_nobody() -> None:
    assert leaders_above(None, TEAMS, {1: [10]}) == frozenset()
    assert leaders_above(3, TEAMS, {}) == frozenset()


def test_teams_that_name_each_other_end_all_the_same() -> None:
    assert leaders_above(1, [TeamPlace(1, 2), TeamPlace(2, 1)], {}) == frozenset()


def test_of_two_leaders_the_one_with_less_to_do_gets_it() -> None:
    assert least_busy([10, 11], {10: 3, 11: 1}) == 11
    assert least_busy([10, 11], {}) == 10
    assert least_busy([], {}) is None


def test_a_round_gives_everybody_their_turn() -> None:
    turns, last = [], None
    for _number in range(6):
        last = next_in_turn([7, 3, 5], last)
        turns.append(last)
    assert turns == [3, 5, 7, 3, 5, 7]


def test_whoever_left_is_passed_over_and_whoever_came_has_a_turn() -> None:
    assert next_in_turn([3, 7], 5) == 7
    assert next_in_turn([3, 4, 7], 3) == 4
    assert next_in_turn([], 3) is None
