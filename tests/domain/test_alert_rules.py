"""When a response opens a follow-up by itself."""

from dataclasses import replace

import pytest

from widget.domain.alert_rules import NEVER, OFF, AlertRule, Said, is_low, rule_problems, whys
from widget.domain.scales import Kind

SAID = Said("stars", {"stars": 5}, "", wants_contact=False, positive_from=4)


def said(kind: Kind, score: int, positive_from: int, **other: object) -> Said:
    return replace(
        SAID,
        kind=kind,
        scores={kind: score},
        positive_from=positive_from,
        **other,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("kind", "low", "fine", "positive_from"),
    [("stars", 3, 4, 4), ("csat", 3, 4, 4), ("ces", 4, 5, 5), ("nps", 6, 7, 9)],
)
def test_by_default_what_is_not_positive_alarms_and_passives_do_not(
    kind: Kind, low: int, fine: int, positive_from: int
) -> None:
    assert whys(AlertRule(), said(kind, low, positive_from)) == ("score",)
    assert whys(AlertRule(), said(kind, fine, positive_from)) == ()


def test_a_survey_that_calls_only_five_stars_positive_alarms_at_four() -> None:
    assert whys(AlertRule(), said("stars", 4, 5)) == ("score",)


def test_a_rule_may_set_the_threshold_or_none() -> None:
    rule = AlertRule(at_most={"stars": 1, "nps": NEVER})
    assert whys(rule, said("stars", 2, 4)) == ()
    assert whys(rule, said("stars", 1, 4)) == ("score",)
    assert whys(rule, said("nps", 0, 9)) == ()


def test_further_questions_count_too() -> None:
    assert whys(AlertRule(), replace(SAID, scores={"stars": 5, "ces": 2})) == ("score",)


def test_a_keyword_and_the_wish_to_be_contacted_alarm_whatever_the_score() -> None:
    rule = AlertRule(keywords=("refund",))
    found = replace(SAID, comment="Great, but the refund?", wants_contact=True)
    assert whys(rule, found) == ("contact", "keyword")
    assert whys(replace(rule, on_contact=False), found) == ("keyword",)


def test_a_rule_that_is_off_alarms_nobody() -> None:
    assert whys(OFF, said("stars", 1, 4, wants_contact=True)) == ()


def test_whether_a_score_is_low_can_be_asked_of_another_than_the_present_one() -> None:
    assert is_low(AlertRule(), SAID, {"stars": 2})
    assert not is_low(AlertRule(), SAID, {"stars": 4})


def test_a_rule_survives_being_stored() -> None:
    rule = AlertRule(True, {"stars": 2}, ("a", "b"), False, "in_turn", (3, 4), False, ("x",), (9,))
    assert AlertRule.from_json(rule.to_json()) == rule
    assert AlertRule.from_json({"is_on": False, "later": 1}) == OFF


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (AlertRule(at_most={"stars": 6}), "at_most_stars"),
        (AlertRule(at_most={"nps": -2}), "at_most_nps"),
        (AlertRule(keywords=("x" * 61,)), "keywords"),
        (AlertRule(keywords=("x",) * 101), "keywords"),
        (AlertRule(assign="person"), "people"),
        (AlertRule(assign="in_turn"), "people"),
        (AlertRule(mail_to=("nobody",)), "mail_to"),
        (AlertRule(mail_to=("a@b.example",) * 21), "mail_to"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(rule: AlertRule, field: str) -> None:
    assert list(rule_problems(rule)) == [field]


def test_a_rule_as_it_is_at_first_has_no_problem() -> None:
    assert rule_problems(AlertRule()) == {}
