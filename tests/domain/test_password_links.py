"""When a link to a new password holds."""

from datetime import timedelta

import pytest

from tests.builders import MONDAY
from widget.domain.password_links import PasswordLink

LATER = MONDAY + timedelta(hours=1)


@pytest.mark.parametrize(
    ("shown_in", "workspaces", "holds"),
    [
        (None, {1}, True),
        (None, {1, 2}, True),
        (None, set(), True),
        (1, {1}, True),
        (1, {1, 2}, False),
        (1, {2}, False),
        (1, set(), False),
    ],
)
def test_a_link_that_was_shown_holds_for_who_belongs_there_and_nowhere_else(
    shown_in: int | None, workspaces: set[int], holds: bool
) -> None:
    link = PasswordLink(7, "stamp", LATER, shown_in)
    assert link.holds(MONDAY, stamp="stamp", workspaces=frozenset(workspaces)) == holds


def test_a_link_ends_with_its_time_and_with_its_stamp() -> None:
    link = PasswordLink(7, "stamp", LATER)
    assert not link.holds(LATER, stamp="stamp", workspaces=frozenset({1}))
    assert not link.holds(MONDAY, stamp="another", workspaces=frozenset({1}))
