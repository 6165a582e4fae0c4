from dataclasses import replace
from typing import Any

import pytest

from widget.domain.roles import EVERYTHING, Scope
from widget.domain.stream import ANYTHING, Facts, StreamFilter, is_shown, is_within

FACTS = Facts(
    survey="stars",
    kind="stars",
    score=4,
    member_id=1,
    team_id=7,
    has_comment=True,
    is_kudos=False,
)


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (EVERYTHING, True),
        (Scope(member_id=1), True),
        (Scope(member_id=2), False),
        (Scope(teams=frozenset({7})), True),
        (Scope(teams=frozenset({8})), False),
        (Scope(), False),
    ],
)
def test_a_scope_decides_whose_responses_are_heard(scope: Scope, seen: bool) -> None:
    assert is_within(scope, FACTS) is seen
    assert is_shown(scope, ANYTHING, FACTS) is seen


@pytest.mark.parametrize(
    ("wanted", "change", "shown"),
    [
        ({}, {}, True),
        ({}, {"is_test": True}, False),
        ({}, {"is_hidden": True}, False),
        ({"survey": "nps"}, {}, False),
        ({"member_id": 1}, {}, True),
        ({"member_id": 2}, {}, False),
        ({"teams": frozenset({7})}, {}, True),
        ({"teams": frozenset()}, {}, False),
        ({"scores": "positive"}, {}, True),
        ({"scores": "negative"}, {}, False),
        ({"scores": "negative"}, {"score": 3}, True),
        ({"scores": "positive"}, {"kind": "nps", "score": 8}, False),
        ({"with_comment": True}, {}, True),
        ({"with_comment": True}, {"has_comment": False}, False),
        ({"kudos": True}, {}, False),
        ({"kudos": True}, {"is_kudos": True}, True),
    ],
)
def test_a_filter_narrows(wanted: dict[str, Any], change: dict[str, Any], shown: bool) -> None:
    assert is_shown(EVERYTHING, StreamFilter(**wanted), replace(FACTS, **change)) is shown
