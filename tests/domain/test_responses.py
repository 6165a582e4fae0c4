from typing import Any

import pytest

from widget.domain.flow import Answer
from widget.domain.responses import Change, changes, is_first_said, said_in

BEFORE: dict[str, Any] = {
    "reward_id": None,
    "stars": 2,
    "csat": None,
    "nps": None,
    "ces": None,
    "reasons": ["slow"],
    "comment": "Slow",
    "wants_contact": True,
    "may_publish": None,
    "contact": "kim@c.example",
}
LOW, HIGH = frozenset({"slow", "wants_contact"}), frozenset({"fast", "may_publish"})


def test_a_form_that_did_not_ask_changes_no_tick() -> None:
    assert changes(BEFORE, Answer({"stars": 2})) == []
    assert changes(BEFORE, Answer({"stars": 2}, fitting=LOW)) == []


def test_an_unticked_box_takes_the_wish_and_the_address_back() -> None:
    answer = Answer({"stars": 2}, wants_contact=False, contact="", fitting=LOW)
    assert changes(BEFORE, answer) == [
        Change("wants_contact", True, False),
        Change("contact", "kim@c.example", ""),
    ]


def test_a_box_never_asked_and_one_not_ticked_are_the_same() -> None:
    assert changes(BEFORE, Answer({"stars": 2}, may_publish=False)) == []


def test_ticks_go_with_the_score_that_they_were_asked_with() -> None:
    assert changes(BEFORE, Answer({"stars": 5}, fitting=HIGH)) == [
        Change("stars", 2, 5),
        Change("reasons", ["slow"], []),
        Change("wants_contact", True, False),
        Change("contact", "kim@c.example", ""),
    ]
    happy = {**BEFORE, "stars": 5, "reasons": [], "wants_contact": None, "contact": None}
    happy["may_publish"] = True
    assert changes(happy, Answer({"stars": 1}, fitting=LOW)) == [
        Change("stars", 5, 1),
        Change("may_publish", True, False),
    ]


def test_all_that_was_said_comes_back_as_one_answer() -> None:
    said = said_in(BEFORE)
    assert (said.wants_contact, said.may_publish, said.contact) == (True, False, "kim@c.example")


@pytest.mark.parametrize(
    ("field", "old", "is_first"),
    [
        ("comment", None, True),
        ("comment", "", True),
        ("comment", "Slow", False),
        ("nps", None, True),
        ("nps", 0, False),
        ("reasons", [], True),
        ("wants_contact", False, True),
        ("may_publish", True, False),
        ("member", None, False),
    ],
)
def test_a_first_word_is_said_where_nothing_was_and_zero_is_something(
    field: str, old: Any, is_first: bool
) -> None:
    assert is_first_said(field, old) is is_first
