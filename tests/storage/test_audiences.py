"""Which customers an audience has, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from tests.builders import Workspace, ask, make_workspace, set_rules
from tests.campaigning import add_customer, answer, audience, customer_list
from widget.domain.audiences import Rule, Rules, Trait
from widget.domain.condition_groups import Group
from widget.extensions import db
from widget.storage.audiences import (
    Frame,
    audience_of,
    count_matching,
    count_strata,
    examples_of,
    move_on_lists,
)
from widget.storage.engine import writing
from widget.storage.models import Customer, Request


def who(acme: Workspace, *rules: Rule | Rules, match: str = "all") -> set[str]:
    """The local parts of the addresses of those whom rules fit."""
    id = audience(acme, *rules, match=match, name=f"{match} {rules}"[:100])
    with acme.world.app.app_context():
        found, now = audience_of(db.session(), acme.id, id), acme.world.clock()
        examples = examples_of(db.session(), acme.id, found, now, 100)
        assert count_matching(db.session(), acme.id, found, now) == len(examples)
        return {one.email.partition("@")[0] for one in examples}


def known(acme: Workspace) -> None:
    add_customer(acme, "ana@c.example", client="Acme", segment="Gold", country="PT")
    add_customer(acme, "bo@c.example", client="Acme & 100% Co", attributes={"plan": "pro"})
    add_customer(acme, "cy@c.example", attributes={"plan": "free", "it's": "odd"}, language="de")


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (Rule("client", "is", "Acme"), {"ana"}),
        (Rule("client", "is", "aCME"), {"ana"}),
        (Rule("client", "is_not", "Acme"), {"bo", "cy"}),
        (Rule("client", "is_not", "acme"), {"bo", "cy"}),
        (Rule("client", "contains", "ACME"), {"ana", "bo"}),
        (Rule("client", "contains", "0% c"), {"bo"}),
        (Rule("client", "contains", "_"), set()),
        (Rule("client", "is_known"), {"ana", "bo"}),
        (Rule("client", "is_unknown"), {"cy"}),
        (Rule("segment", "is", "Gold"), {"ana"}),
        (Rule("country", "is", "PT"), {"ana"}),
        (Rule("language", "is", "de"), {"cy"}),
        (Rule("attribute", "is", "pro", "plan"), {"bo"}),
        (Rule("attribute", "is_not", "pro", "plan"), {"ana", "cy"}),
        (Rule("attribute", "is_unknown", "", "plan"), {"ana"}),
        (Rule("attribute", "is", "odd", "it's"), {"cy"}),
        (Rule("attribute", "is_known", "", "x y.z'$[0]"), set()),
        (Rule("added", "ever"), {"ana", "bo", "cy"}),
        (Rule("added", "not_within", "1"), set()),
    ],
)
def test_a_rule_finds_those_it_fits(any_acme: Workspace, rule: Rule, found: set[str]) -> None:
    known(any_acme)
    assert who(any_acme, rule) == found


NUMBERS = {
    "low": "-3.5",
    "none": "0",
    "some": "9",
    "more": "12.50",
    "many": "100000",
    "text": "12 seats",
    "words": "many",
    "ip": "10.0.0.1",
    "range": "10-20",
    "code": "007",
    "long": "1" * 16,
    "power": "1e5",
    "empty": "",
    "minus": "-",
}


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (Rule("attribute", "at_least", "9", "seats"), {"some", "more", "many"}),
        (Rule("attribute", "at_least", "12.5", "seats"), {"more", "many"}),
        (Rule("attribute", "at_most", "0", "seats"), {"low", "none"}),
        (Rule("attribute", "at_most", "-3.6", "seats"), set()),
        (Rule("attribute", "at_least", "-99999999999999", "seats"), set(list(NUMBERS)[:5])),
    ],
)
def test_numbers_are_compared_as_numbers_and_what_is_none_fits_nothing(
    any_acme: Workspace, rule: Rule, found: set[str]
) -> None:
    for name, seats in NUMBERS.items():
        add_customer(any_acme, f"{name}@c.example", attributes={"seats": seats})
    add_customer(any_acme, "unknown@c.example")
    assert who(any_acme, rule) == found
    everybody = {*NUMBERS, "unknown"}
    assert who(any_acme, rule, match="none") == everybody - found


def test_groups_say_all_any_or_none_of_their_rules(any_acme: Workspace) -> None:
    known(any_acme)
    acme, pro = Rule("client", "contains", "Acme"), Rule("attribute", "is", "pro", "plan")
    assert who(any_acme, acme, pro) == {"bo"}
    assert who(any_acme, acme, pro, match="any") == {"ana", "bo"}
    assert who(any_acme, acme, pro, match="none") == {"cy"}
    assert who(any_acme, acme, Group("none", (pro,))) == {"ana"}
    assert who(any_acme) == {"ana", "bo", "cy"}


def test_when_customers_were_asked_and_answered_is_known(any_acme: Workspace) -> None:
    survey = any_acme.survey("nps")
    set_rules(any_acme, survey, suppression_days=0)
    known(any_acme)
    ask(any_acme, survey, "ana@c.example")
    any_acme.world.clock.pass_time(days=40)
    ask(any_acme, survey, "bo@c.example")
    with any_acme.world.app.app_context(), writing(db.session) as session:
        first = session.query(Request).order_by(Request.id).first()
        first.answered_at = any_acme.world.clock() - timedelta(days=5)
    assert who(any_acme, Rule("asked", "within", "30")) == {"bo"}
    assert who(any_acme, Rule("asked", "not_within", "30")) == {"ana", "cy"}
    assert who(any_acme, Rule("asked", "ever")) == {"ana", "bo"}
    assert who(any_acme, Rule("asked", "never")) == {"cy"}
    assert who(any_acme, Rule("answered", "within", "7")) == {"ana"}
    assert who(any_acme, Rule("answered", "within", "3")) == set()
    assert who(any_acme, Rule("answered", "never")) == {"bo", "cy"}
    assert who(any_acme, Rule("added", "within", "3")) == set()


def test_how_customers_answered_last_is_known_by_their_latest_answer(any_acme: Workspace) -> None:
    survey = any_acme.survey("nps")
    set_rules(any_acme, survey, suppression_days=0)
    known(any_acme)
    for email, score in (("ana", 3), ("ana", 9), ("bo", 2), ("cy", 8)):
        id = ask(any_acme, survey, f"{email}@c.example")
        any_acme.world.clock.pass_time(hours=1)
        answer(any_acme, survey, id, score)
    assert who(any_acme, Rule("last_score", "is", "positive")) == {"ana"}
    assert who(any_acme, Rule("last_score", "is", "negative")) == {"bo"}
    assert who(any_acme, Rule("last_score", "is", "other")) == {"cy"}
    assert who(any_acme, Rule("last_score", "is_not", "negative")) == {"ana", "cy"}


def test_a_list_has_the_customers_who_were_named(any_acme: Workspace) -> None:
    known(any_acme)
    add_customer(any_acme, None, external_id="K-1")
    id = customer_list(any_acme, ["ANA@c.example", "K-1", "nobody@c.example"])
    with any_acme.world.app.app_context():
        found = audience_of(db.session(), any_acme.id, id)
        assert count_matching(db.session(), any_acme.id, found, any_acme.world.clock()) == 2


def test_another_workspaces_customers_are_in_no_audience(any_acme: Workspace) -> None:
    known(any_acme)
    other = make_workspace(any_acme.world, "Other", "o@o.example")
    known(other)
    assert who(any_acme, Rule("client", "is", "Acme")) == {"ana"}
    id = customer_list(other, ["ana@c.example"])
    with any_acme.world.app.app_context():
        found = audience_of(db.session(), other.id, id)
        assert count_matching(db.session(), any_acme.id, found, any_acme.world.clock()) == 0


def test_a_frame_leaves_out_the_excluded_the_late_and_those_without_an_address(
    any_acme: Workspace,
) -> None:
    known(any_acme)
    add_customer(any_acme, None, external_id="K-1", client="Acme")
    late = any_acme.world.clock() + timedelta(seconds=1)
    add_customer(any_acme, "late@c.example", created_at=late)
    excluded = audience(any_acme, Rule("language", "is", "de"))
    with any_acme.world.app.app_context():
        session, now = db.session(), any_acme.world.clock()
        frame = Frame(any_acme.id, None, audience_of(session, any_acme.id, excluded), now)
        traits = [Trait("client"), Trait("attribute", "plan")]
        assert count_strata(session, frame, traits, 10) == {
            ("Acme", ""): 1,
            ("Acme & 100% Co", "pro"): 1,
        }
        assert count_strata(session, frame, [], 10) == {(): 2}
        assert len(count_strata(session, frame, traits, 1)) == 1


def test_a_customer_who_is_erased_is_on_no_list_any_more(any_acme: Workspace) -> None:
    known(any_acme)
    id = customer_list(any_acme, ["ana@c.example", "bo@c.example"])
    with any_acme.world.app.app_context():
        with writing(db.session) as session:
            session.execute(delete(Customer).where(Customer.email == "ana@c.example"))
        found = audience_of(db.session(), any_acme.id, id)
        assert count_matching(db.session(), any_acme.id, found, any_acme.world.clock()) == 1


def test_customers_of_a_list_that_are_merged_stay_on_it_once(any_acme: Workspace) -> None:
    known(any_acme)
    id = customer_list(any_acme, ["ana@c.example"])
    both = customer_list(any_acme, ["ana@c.example", "bo@c.example"], "Both")
    with any_acme.world.app.app_context():
        with writing(db.session) as session:
            ids = {row.email: row.id for row in session.scalars(select(Customer))}
            move_on_lists(session, any_acme.id, ids["ana@c.example"], ids["bo@c.example"])
        for audience_id in (id, both):
            found = audience_of(db.session(), any_acme.id, audience_id)
            examples = examples_of(db.session(), any_acme.id, found, any_acme.world.clock(), 9)
            assert [one.email for one in examples] == ["bo@c.example"]
