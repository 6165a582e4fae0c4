"""How teams nest."""

import pytest

from widget.domain.errors import TeamsCannotNest
from widget.domain.teams import DEEPEST, TeamPlace, check_nesting, with_teams_below

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
