"""How teams nest."""

import pytest

from widget.domain.errors import TeamsCannotNest
from widget.domain.teams import DEEPEST, TeamPlace, check_nesting, team_choices, with_teams_below

# 1 ─ 2 ─ 4, 1 ─ 3, and 5 apart.
TREE = [TeamPlace(1, None), TeamPlace(2, 1), TeamPlace(3, 1), TeamPlace(4, 2), TeamPlace(5, None)]


def test_a_team_has_every_team_below_it() -> None:
    assert with_teams_below(TREE, [1]) == {1, 2, 3, 4}
    assert with_teams_below(TREE, [2]) == {2, 4}
    assert with_teams_below(TREE, [3, 5]) == {3, 5}
    assert with_teams_below(TREE, []) == frozenset()


def test_teams_that_stand_in_a_circle_are_walked_once() -> None:
    assert with_teams_below([TeamPlace(1, 2), TeamPlace(2, 1)], [1]) == {1, 2}


@pytest.mark.parametrize("parent", [1, 2, 4])
def test_no_team_stands_below_itself(parent: int) -> None:
    with pytest.raises(TeamsCannotNest, match="part of itself"):
        check_nesting(TREE, 1, parent)


def test_a_team_may_move_beside_and_to_the_top() -> None:
    check_nesting(TREE, 4, 3)
    check_nesting(TREE, 2, 5)
    check_nesting(TREE, 4, None)


def test_teams_nest_as_deep_as_they_may_and_no_deeper() -> None:
    chain = [TeamPlace(id, id - 1 or None) for id in range(1, DEEPEST)]
    apart = [TeamPlace(100, None), TeamPlace(101, 100)]
    check_nesting([*chain, *apart], 101, DEEPEST - 1)
    with pytest.raises(TeamsCannotNest, match="deep at most"):
        check_nesting([*chain, *apart], 100, DEEPEST - 1)


def test_teams_to_choose_from_are_named_by_their_path_and_stand_as_in_a_tree() -> None:
    teams = [(1, None, "support"), (2, 1, "Phone"), (3, 2, "Night"), (4, None, "Sales")]
    assert [(team.id, team.path) for team in team_choices(teams)] == [
        (4, "Sales"),
        (1, "support"),
        (2, "support / Phone"),
        (3, "support / Phone / Night"),
    ]


def test_a_circle_of_teams_is_named_and_ends() -> None:
    assert len(team_choices([(1, 2, "A"), (2, 1, "B")])) == 2
