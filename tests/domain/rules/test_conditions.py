"""When a rule holds of a response."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.condition_groups import MATCHES, MOST_ITEMS, Group
from widget.domain.errors import RulesRefused
from widget.domain.rules.conditions import (
    FIELDS,
    Answered,
    Condition,
    Conditions,
    condition_problems,
    conditions_from_json,
    conditions_to_json,
    holds,
    operators_of,
)

KNOWN = Answered(
    kind="nps",
    scores={"nps": 7, "csat": 2},
    positive_from=9,
    comment="My REFUND never came, café closed",
    wants_contact=True,
    client="Acme Ltd",
    segment="Gold",
    channel="email",
    language="de",
    survey="svy1",
    campaign="12",
    member="ana",
    teams=frozenset({"3", "1"}),
    tags=frozenset({"late"}),
)
NOTHING = Answered(kind="stars", scores={"stars": 4}, positive_from=4)


def rule(*conditions: Condition | Conditions, match: Any = "all") -> Conditions:
    return Group(match, conditions)


@pytest.mark.parametrize(
    ("condition", "of_known", "of_nothing"),
    [
        (Condition("score", "at_most", "7", "nps"), True, False),
        (Condition("score", "at_most", "6", "nps"), False, False),
        (Condition("score", "at_least", "7", "nps"), True, False),
        (Condition("score", "is", "2", "csat"), True, False),
        (Condition("score", "is", "4", "stars"), False, True),
        (Condition("mood", "is", "other"), True, False),
        (Condition("mood", "is", "positive"), False, True),
        (Condition("mood", "is_not", "negative"), True, True),
        (Condition("comment", "has_words", "lawyer, refund"), True, False),
        (Condition("comment", "has_words", "fund"), False, False),
        (Condition("comment", "has_words", "cafe\u0301"), True, False),
        (Condition("comment", "has_no_words", "refund"), False, True),
        (Condition("comment", "is_known"), True, False),
        (Condition("comment", "is_unknown"), False, True),
        (Condition("contact", "yes"), True, False),
        (Condition("contact", "no"), False, True),
        (Condition("again", "no"), True, True),
        (Condition("client", "is", "ACME ltd"), True, False),
        (Condition("client", "is", "Acme"), False, False),
        (Condition("client", "contains", "acme"), True, False),
        (Condition("client", "is_not", "Other"), True, True),
        (Condition("segment", "is_unknown"), False, True),
        (Condition("channel", "is", "email"), True, False),
        (Condition("language", "is", "de"), True, False),
        (Condition("survey", "is", "svy1"), True, False),
        (Condition("survey", "is", "SVY1"), False, False),
        (Condition("campaign", "is", "12"), True, False),
        (Condition("campaign", "is_known"), True, False),
        (Condition("member", "is_not", "ana"), False, True),
        (Condition("team", "is", "1"), True, False),
        (Condition("team", "is_not", "1"), False, True),
        (Condition("tag", "is", "late"), True, False),
        (Condition("tag", "is_not", "late"), False, True),
    ],
)
def test_a_condition_is_judged_by_what_is_known_of_the_response(
    condition: Condition, of_known: bool, of_nothing: bool
) -> None:
    assert condition_problems(rule(condition)) == {}
    assert holds(rule(condition), KNOWN) is of_known
    assert holds(rule(condition), NOTHING) is of_nothing


def test_promoters_passives_and_detractors_are_told_apart_as_scores_do() -> None:
    said = {
        score: Answered(kind="nps", scores={"nps": score}, positive_from=9).mood
        for score in range(11)
    }
    assert [score for score, mood in said.items() if mood == "negative"] == list(range(7))
    assert [score for score, mood in said.items() if mood == "other"] == [7, 8]
    assert [score for score, mood in said.items() if mood == "positive"] == [9, 10]


YES, NO = Condition("client", "is", "Acme Ltd"), Condition("client", "is", "Other")


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (rule(), True),
        (rule(match="any"), False),
        (rule(YES, NO), False),
        (rule(YES, NO, match="any"), True),
        (rule(YES, NO, match="none"), False),
        (rule(NO, match="none"), True),
        (rule(YES, rule(NO, match="none")), True),
        (rule(NO, rule(NO, YES, match="any"), match="any"), True),
    ],
)
def test_all_any_and_none_combine_them(conditions: Conditions, expected: bool) -> None:
    assert holds(conditions, KNOWN) is expected


CONDITIONS = st.sampled_from(FIELDS).flatmap(
    lambda field: st.builds(
        Condition,
        st.just(field),
        st.sampled_from(operators_of(field)),
        st.sampled_from(["", "7", "late", "a, b"]),
        st.sampled_from(["", "nps"]),
    )
)
INNER = st.builds(Group, st.sampled_from(MATCHES), st.lists(CONDITIONS, max_size=3).map(tuple))
TREES = st.builds(
    Group, st.sampled_from(MATCHES), st.lists(CONDITIONS | INNER, max_size=4).map(tuple)
)


@given(TREES)
def test_conditions_survive_being_stored(conditions: Conditions) -> None:
    assert (
        conditions_from_json(json.loads(json.dumps(conditions_to_json(conditions)))) == conditions
    )


@given(TREES)
def test_whatever_has_no_problems_can_be_judged(conditions: Conditions) -> None:
    if not condition_problems(conditions):
        assert holds(conditions, KNOWN) in (True, False)


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"match": "most", "items": []},
        {"items": [{"field": "email", "operator": "is"}]},
        {"items": [{"field": "score", "operator": "contains"}]},
        {"items": [{"field": "client", "operator": "is", "value": 3}]},
        {"items": [{}] * (MOST_ITEMS + 1)},
    ],
)
def test_what_conditions_are_not_made_of_is_refused(data: Any) -> None:
    with pytest.raises(RulesRefused):
        conditions_from_json(data)


@pytest.mark.parametrize(
    "condition",
    [
        Condition("score", "at_most", "11", "nps"),
        Condition("score", "at_most", "0", "stars"),
        Condition("score", "at_most", "", "nps"),
        Condition("score", "at_most", "00059999", "nps"),
        Condition("score", "at_least", "5" * 1_999, "stars"),
        Condition("score", "is", "³", "csat"),
        Condition("score", "at_most", "3", ""),
        Condition("mood", "is", "great"),
        Condition("comment", "has_words", " , "),
        Condition("comment", "has_words", "x" * 61),
        Condition("comment", "has_words", ",".join(str(number) for number in range(51))),
        Condition("client", "is", ""),
        Condition("client", "is", "x" * 201),
        Condition("survey", "is", ""),
    ],
)
def test_what_is_not_filled_in_is_told_by_its_path(condition: Condition) -> None:
    assert list(condition_problems(rule(YES, condition))) == ["1"]


def test_a_tag_is_compared_as_tags_are_written() -> None:
    data = {"items": [{"field": "tag", "operator": "is", "value": "#Late  Shop"}]}
    [condition] = conditions_from_json(data).items
    assert condition == Condition("tag", "is", "late shop")
