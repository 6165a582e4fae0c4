"""The rules of an audience: what they are made of, and what is wrong with them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.audiences import (
    FIELDS,
    Rule,
    Rules,
    Trait,
    needs_value,
    operators_of,
    problems,
    rules_from_json,
    rules_to_json,
    trait_named,
)
from widget.domain.condition_groups import (
    MATCHES,
    MOST_DEPTH,
    MOST_ITEMS,
    Group,
    walk,
    with_item,
    without_item,
)
from widget.domain.errors import RulesRefused

RULES = st.sampled_from(FIELDS).flatmap(
    lambda field: st.builds(
        Rule,
        st.just(field),
        st.sampled_from(operators_of(field)),
        st.sampled_from(["", "Acme", "30"]),
        st.sampled_from(["", "plan"]),
    )
)
INNER = st.builds(Group, st.sampled_from(MATCHES), st.lists(RULES, max_size=3).map(tuple))
TREES = st.builds(Group, st.sampled_from(MATCHES), st.lists(RULES | INNER, max_size=4).map(tuple))
ACME = Rule("client", "is", "Acme")


@given(TREES)
def test_rules_survive_being_stored(group: Rules) -> None:
    assert rules_from_json(json.loads(json.dumps(rules_to_json(group)))) == group


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"match": "most", "items": []},
        {"items": 5},
        {"items": [5]},
        {"items": [{"field": "password", "operator": "is", "value": "x"}]},
        {"items": [{"field": "client", "operator": "within", "value": "3"}]},
        {"items": [{"field": "client", "operator": "is", "value": 3}]},
        {"items": [{"field": ["client"], "operator": "is"}]},
        {"items": [{}] * (MOST_ITEMS + 1)},
        {"items": [{"items": [{}] * 20}] * 3},
    ],
)
def test_what_no_rules_are_made_of_is_refused(data: object) -> None:
    with pytest.raises(RulesRefused):
        rules_from_json(data)


def test_groups_go_only_so_deep() -> None:
    data: dict[str, object] = {}
    for _level in range(MOST_DEPTH):
        data = {"items": [data]}
    with pytest.raises(RulesRefused, match="deep"):
        rules_from_json(data)


@pytest.mark.parametrize(
    "rule",
    [
        Rule("client", "is"),
        Rule("attribute", "is", "pro"),
        Rule("attribute", "at_least", "many", "seats"),
        Rule("attribute", "at_most", "1e5", "seats"),
        Rule("attribute", "at_most", "1" * 16, "seats"),
        Rule("attribute", "at_most", "", "seats"),
        Rule("asked", "within", "soon"),
        Rule("asked", "within", "0"),
        Rule("asked", "within", "9999"),
        Rule("asked", "within", "000001" + "9" * 20),
        Rule("last_score", "is", "splendid"),
        Group(),
    ],
)
def test_what_is_not_filled_in_is_told_by_its_place(rule: Rule) -> None:
    assert list(problems(Group("all", (ACME, rule)))) == ["1"]
    assert list(problems(Group("all", (Group("any", (ACME, rule)),)))) == ["0.1"]


@pytest.mark.parametrize(
    "rule",
    [
        ACME,
        Rule("client", "is_unknown"),
        Rule("attribute", "contains", "pro", "plan"),
        Rule("asked", "not_within", "90"),
        Rule("answered", "never"),
        Rule("last_score", "is", "negative"),
    ],
)
def test_what_is_filled_in_has_no_problem(rule: Rule) -> None:
    assert problems(Group("all", (rule,))) == {}


def test_an_item_is_added_to_the_group_at_its_path() -> None:
    group = Group("all", (ACME, Group("any")))
    assert with_item(group, "", ACME).items == (ACME, Group("any"), ACME)
    assert with_item(group, "1", ACME).items == (ACME, Group("any", (ACME,)))


def test_an_item_is_removed_by_its_path() -> None:
    group = Group("all", (ACME, Group("any", (ACME, Rule("asked", "never")))))
    assert without_item(group, "1.0").items[1] == Group("any", (Rule("asked", "never"),))
    assert without_item(group, "0").items == group.items[1:]


@pytest.mark.parametrize("path", ["", "2", "0.1", "1.2", "x", "-1", "1.x"])
def test_a_path_that_leads_nowhere_is_refused(path: str) -> None:
    group = Group("all", (ACME, Group("any", (ACME,))))
    with pytest.raises(RulesRefused):
        without_item(group, path)
    with pytest.raises(RulesRefused):
        with_item(group, path or "0", ACME)


def test_every_item_is_walked_with_its_path() -> None:
    group = Group("all", (ACME, Group("any", (ACME,))))
    assert [path for path, _item in walk(group)] == ["0", "1", "1.0"]


def test_a_trait_is_named_by_its_column_or_its_attribute() -> None:
    assert trait_named("client") == Trait("client")
    assert trait_named("attribute:plan") == Trait("attribute", "plan")
    assert Trait("attribute", "plan").name == "attribute:plan"
    for name in ("", "attribute", "attribute:", "client:x", "email"):
        assert trait_named(name) is None


def test_only_some_operators_need_a_value() -> None:
    assert needs_value("is")
    assert not needs_value("never")


def test_days_of_rules_that_were_stored_before_have_an_end() -> None:
    assert Rule("asked", "within", "9" * 100).days == 3650
