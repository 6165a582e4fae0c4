"""What roles may do, and whose responses they see."""

import pytest

from widget.domain.roles import ABILITIES, EVERYTHING, ROLES, Role, Scope, abilities, may_manage


@pytest.mark.parametrize(
    ("role", "sees_all", "may"),
    [
        ("owner", False, set(ABILITIES)),
        ("admin", False, set(ABILITIES)),
        ("manager", True, {"see_own", "read_responses", "lead", "edit_surveys"}),
        ("manager", False, {"see_own", "read_responses", "lead"}),
        ("member", True, {"see_own"}),
        ("viewer", True, {"see_own", "read_responses"}),
    ],
)
def test_each_role_may_do_so_much(role: Role, sees_all: bool, may: set[str]) -> None:
    assert abilities(role, sees_all=sees_all) == may


def test_only_owners_manage_owners() -> None:
    assert [actor for actor in ROLES if may_manage(actor, "owner")] == ["owner"]
    assert [actor for actor in ROLES if may_manage(actor, "viewer")] == ["owner", "admin"]


def test_a_scope_covers_its_teams_and_oneself() -> None:
    scope = Scope(teams=frozenset({7}), member_id=3)
    assert scope.covers(1, 7)
    assert scope.covers(3, None)
    assert not scope.covers(1, 8)
    assert not scope.covers(1, None)
    assert not scope.covers(None, None)
    assert EVERYTHING.covers(None, None)
    assert not Scope().covers(1, None)
