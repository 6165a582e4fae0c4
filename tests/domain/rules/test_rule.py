"""Which rules act, in which order, and what a rule cannot be."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import MONDAY
from widget.domain.condition_groups import Group
from widget.domain.rules.conditions import Answered, Condition
from widget.domain.rules.rule import (
    MOST_MAILS,
    Acted,
    Acts,
    Did,
    Rule,
    acting,
    is_due,
    rule_problems,
)

BAD = Answered(kind="stars", scores={"stars": 1}, positive_from=4)
LOW = Group("all", (Condition("score", "at_most", "2", "stars"),))
HIGH = Group("all", (Condition("score", "at_least", "4", "stars"),))


def rule(name: str = "a", **changes: Any) -> Rule:
    return replace(Rule(name=name, conditions=LOW, acts=Acts(tags=("x",))), **changes)


def names(rules: list[Rule]) -> list[str]:
    return [one.name for one in rules]


def test_all_that_hold_act_in_their_order() -> None:
    rules = [rule("a"), rule("b", conditions=HIGH), rule("c")]
    assert names(acting(rules, BAD)) == ["a", "c"]


def test_a_rule_that_stops_keeps_the_others_from_acting_where_it_holds() -> None:
    rules = [rule("a", stops=True, conditions=HIGH), rule("b", stops=True), rule("c")]
    assert names(acting(rules, BAD)) == ["b"]


def test_a_rule_sees_the_tags_that_those_before_it_give() -> None:
    tagged = Group("all", (Condition("tag", "is", "x"),))
    assert names(acting([rule("a"), rule("b", conditions=tagged)], BAD)) == ["a", "b"]
    assert names(acting([rule("b", conditions=tagged), rule("a")], BAD)) == ["a"]


def test_a_rule_looks_at_what_was_finished_since_it_is_on_and_at_tests_when_told_to() -> None:
    on = rule("a", on_since=MONDAY)
    assert is_due(on, finished_at=MONDAY, is_test=False)
    assert not is_due(on, finished_at=MONDAY - timedelta(seconds=1), is_test=False)
    assert not is_due(on, finished_at=MONDAY, is_test=True)
    assert is_due(replace(on, with_tests=True), finished_at=MONDAY, is_test=True)
    assert not is_due(replace(on, is_on=False), finished_at=MONDAY, is_test=False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"acts": Acts()}, "acts"),
        ({"acts": Acts(follow_up="person")}, "people"),
        ({"acts": Acts(follow_up="in_turn")}, "people"),
        ({"acts": Acts(tags=tuple("abcdef"))}, "tags"),
        ({"acts": Acts(tags=("x" * 51,))}, "tags"),
        ({"acts": Acts(mail_to=("nobody",))}, "mail_to"),
        ({"acts": Acts(mail_people=tuple(range(MOST_MAILS + 1)))}, "mail_to"),
        ({"acts": Acts(channels=tuple(range(11)))}, "channels"),
        ({"acts": Acts(webhooks=tuple(range(6)))}, "webhooks"),
        ({"conditions": Group("all", (Condition("client", "is"),))}, "0"),
    ],
)
def test_what_cannot_be_of_a_rule_is_told_by_its_field(changes: dict[str, Any], field: str) -> None:
    assert list(rule_problems(rule(**changes))) == [field]


def test_acts_and_what_was_done_survive_being_stored() -> None:
    acts = Acts("in_turn", (1, 2), ("late",), (3,), (4,), ("a@b.example",), (5,))
    assert Acts.from_json(acts.to_json()) == acts
    acted = Acted(1, "Late", (Did("tagged", "late"), Did("mails", number=2)))
    assert Acted.from_json(acted.to_json()) == acted
