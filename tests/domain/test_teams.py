"""How teams nest."""

import pytest

from widget.domain.errors import TeamRefused, TeamsCannotNest
from widget.domain.teams import (
    DEEPEST,
    TeamNames,
    TeamNode,
    TeamPlace,
    check_nesting,
    in_tree_order,
    tidy_team_name,
    with_teams_below,
)

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


def tree() -> list[TeamNode]:
    return in_tree_order(
        [(1, "Support", None), (2, "phone", 1), (3, "Chat", 1), (4, "Sales", None), (5, "Phone", 4)]
    )


def test_a_tree_is_in_reading_order_with_paths() -> None:
    assert [team.full_name for team in tree()] == [
        "Sales",
        "Sales / Phone",
        "Support",
        "Support / Chat",
        "Support / phone",
    ]
    assert [team.depth for team in tree()] == [0, 1, 0, 1, 1]


def test_a_team_whose_parent_is_not_seen_stands_at_the_top() -> None:
    assert [team.path for team in in_tree_order([(2, "Phone", 1)])] == [("Phone",)]


def test_files_name_teams_by_name_or_path() -> None:
    def named(text: str) -> int | None:
        found = TeamNames(tree()).find(text)
        return found.id if found else None

    assert named("chat") == 3
    assert named("Support / Phone") == 2
    assert named("sales/phone") == 5
    assert named("Nowhere") is None
    with pytest.raises(TeamRefused, match="whole path"):
        named("Phone")


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "A / B"])
def test_some_names_are_no_teams(name: str) -> None:
    with pytest.raises(TeamRefused):
        tidy_team_name(name)
