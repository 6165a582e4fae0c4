"""The pages of rules: their list, one with its dry run, and what stands on a response."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.builders import Workspace, answer_survey, csrf_token, make_workspace, post
from tests.following import raise_alerts, set_alerts, user_id
from tests.ruling import LOW, add_rule, make_webhook, stored_rules
from widget.domain.condition_groups import Group
from widget.domain.rules.conditions import Condition
from widget.domain.rules.rule import MOST_RULES, Acts, Rule
from widget.extensions import db
from widget.storage.models import Event
from widget.storage.rule_trials import LOOKS

LIST, NEW = "/console/rules", "/console/rules/new"
# As the page of a new rule sends it.
FORM = {
    "rule_id": "0",
    "name": "Late ones",
    "is_on": "1",
    "match.": "all",
    "field.0": "score",
    "key.0": "stars",
    "operator.0": "at_most",
    "value.0": "2",
    "tags": "late",
    "look": "400",
}


def swap(client: FlaskClient, path: str, **fields: str) -> str:
    """What htmx is answered."""
    token = csrf_token(client.get(NEW).text)
    answer = client.post(path, data={"csrf_token": token, **fields}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    assert "<html" not in answer.text
    return answer.text


def dry_run(text: str) -> str:
    """What the dry run of a page says, in one line."""
    found = re.search(r'<div id="matches".*?</div>', text, re.S)
    assert found is not None
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split())


def test_a_rule_is_saved_as_it_was_typed(any_acme: Workspace) -> None:
    acme = any_acme
    hook = make_webhook(acme)
    fields = {
        **FORM,
        "stops": "1",
        "match.1": "none",
        "field.1.0": "comment",
        "operator.1.0": "has_words",
        "value.1.0": "refund, my lawyer",
        "tags": "#Late,  At Risk",
        "mail_to": "Desk@C.example",
        "webhooks": str(hook),
    }
    answer = post(acme.signed_in(), NEW, **fields)
    assert (answer.status_code, answer.location) == (303, LIST)
    [found] = stored_rules(acme)
    assert found == Rule(
        id=found.id,
        name="Late ones",
        stops=True,
        conditions=Group(
            "all",
            (LOW, Group("none", (Condition("comment", "has_words", "refund, my lawyer"),))),
        ),
        acts=Acts(tags=("late", "at risk"), mail_to=("desk@c.example",), webhooks=(hook,)),
        on_since=acme.world.clock(),
    )
    page = acme.signed_in().get(LIST).text
    words = "Stars is at most 2 and (not Comment has one of the words “refund, my lawyer”)"
    assert words in page
    assert "sends the webhook CRM" in page


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(acme: Workspace) -> None:
    answer = post(acme.signed_in(), NEW, **{**FORM, "name": "", "value.0": "9", "tags": ""})
    assert answer.status_code == 422
    assert "Give it a name" in answer.text
    assert "Give a score from 1 to 5." in answer.text
    assert 'value="9"' in answer.text
    assert stored_rules(acme) == []
    answer = post(acme.signed_in(), NEW, **{**FORM, "tags": ""})
    assert "Choose at least one thing that is done." in answer.text


def test_conditions_can_be_added_and_taken_away_with_and_without_script(acme: Workspace) -> None:
    client = acme.signed_in()
    more = swap(client, NEW, **FORM, change="rule:")
    assert 'name="field.1"' in more
    grouped = post(client, NEW, **FORM, change="group:")
    assert grouped.status_code == 200
    assert 'name="match.1"' in grouped.text
    assert 'value="Late ones"' in grouped.text
    assert 'name="field.0"' not in swap(client, NEW, **FORM, change="remove:0")


@pytest.mark.parametrize(
    ("field", "seen"),
    [
        ("mood", "bad (detractors, for NPS)"),
        ("survey", "Help"),
        ("campaign", "is any"),
        ("tag", 'list="tags-known"'),
        ("contact", ">yes<"),
        ("client", "contains"),
    ],
)
def test_each_field_offers_what_can_be_said_of_it(acme: Workspace, field: str, seen: str) -> None:
    acme.survey(name="Help")
    assert seen in swap(acme.signed_in(), NEW, **{**FORM, "field.0": field, "change": "look:"})


def test_a_dry_run_says_what_it_looked_at_and_links_what_it_would_have_acted_on(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    survey = acme.survey()
    low = answer_survey(acme, survey, 1, comment="Never again")
    for score in (3, 4, 5):
        answer_survey(acme, survey, score)
    answer_survey(acme, survey, 1, finished=False)
    answer_survey(acme, survey, 1, is_test=True)
    text = swap(acme.signed_in(), "/console/rules/matches", **FORM)
    assert "would have acted on 1 response of the 4 that were looked at" in dry_run(text)
    assert f'href="/console/responses/{low}"' in text
    assert "Never again" in text
    assert stored_rules(acme) == []


def test_a_dry_run_looks_at_no_more_than_it_was_told_to(acme: Workspace) -> None:
    survey = acme.survey()
    for _number in range(LOOKS[0] + 1):
        answer_survey(acme, survey, 1)
    said = dry_run(swap(acme.signed_in(), "/console/rules/matches", **{**FORM, "look": "100"}))
    assert "acted on 100 responses of the 100 that were looked at" in said
    assert "There are older ones" in said
    assert "and 90 more." in said


def test_a_dry_run_keeps_to_its_days(acme: Workspace) -> None:
    survey = acme.survey()
    answer_survey(acme, survey, 1)
    acme.world.clock.pass_time(days=3)
    answer_survey(acme, survey, 2)
    client = acme.signed_in()
    days = {"from": "2026-11-20", "to": "2026-11-24"}
    assert "of the 1 that was looked at" in dry_run(
        swap(client, "/console/rules/matches", **FORM, **days)
    )
    wrong = swap(client, "/console/rules/matches", **FORM, **{"from": "soon"})
    assert "looked at" not in dry_run(wrong)


def test_a_dry_run_counts_what_an_earlier_rule_would_have_kept_from_it(acme: Workspace) -> None:
    add_rule(acme, Condition("score", "is", "1", "stars"), name="First", stops=True)
    survey = acme.survey()
    for score in (1, 2):
        answer_survey(acme, survey, score)
    said = dry_run(swap(acme.signed_in(), "/console/rules/matches", **FORM))
    assert "acted on 1 response" in said
    assert "1 more fits it, but a rule before it stops there." in said


def test_a_dry_run_waits_until_every_condition_is_filled_in(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 1)
    said = dry_run(swap(acme.signed_in(), "/console/rules/matches", **{**FORM, "value.0": ""}))
    assert said == "Fill in every condition to see what it fits."


def test_rules_are_switched_moved_and_removed_and_the_audit_knows(acme: Workspace) -> None:
    first, second = add_rule(acme, LOW, name="One"), add_rule(acme, LOW, name="Two")
    client = acme.signed_in()
    for path in (f"{first}/later", f"{first}/later", f"{second}/off", f"{first}/remove"):
        assert post(client, f"{LIST}/{path}", LIST).status_code == 303
        names = [rule.name for rule in stored_rules(acme)]
        assert names == (["Two"] if path.endswith("remove") else ["Two", "One"])
    [left] = stored_rules(acme)
    assert (left.is_on, left.on_since) == (False, None)
    with acme.world.app.app_context():
        rows = db.session.scalars(select(Event).where(Event.name.startswith("rule.")))
        told = [(row.name, row.data["name"], row.data["is_on"]) for row in rows]
    assert told == [
        ("rule.saved", "One", True),
        ("rule.saved", "Two", True),
        ("rule.moved", "One", True),
        ("rule.saved", "Two", False),
        ("rule.removed", "One", True),
    ]


def test_there_may_be_so_many_rules_and_no_more(acme: Workspace) -> None:
    for number in range(MOST_RULES):
        add_rule(acme, LOW, name=f"Rule {number}")
    answer = post(acme.signed_in(), NEW, **FORM)
    assert answer.status_code == 422
    assert f"There are {MOST_RULES} rules already" in answer.text


def test_people_chats_and_webhooks_of_others_are_left_out(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    theirs = make_webhook(rival)
    fields: dict[str, Any] = {**FORM, "webhooks": str(theirs), "mail_people": "999"}
    post(acme.signed_in(), NEW, **fields)
    assert stored_rules(acme)[0].acts == Acts(tags=("late",))


def test_a_response_says_in_plain_words_what_rules_did(acme: Workspace) -> None:
    set_alerts(acme, is_on=False)
    add_rule(acme, acts=Acts("nobody", (), ("late",), (), (), ("desk@c.example",)))
    id = answer_survey(acme, acme.survey(), 5)
    client = acme.signed_in()
    page = f"/console/responses/{id}"
    assert "What rules did" not in client.get(page).text
    raise_alerts(acme)
    found = re.search(
        r'<section class="card" id="rules">.*?</section>', client.get(page).text, re.S
    )
    assert found is not None
    said = " ".join(re.sub(r"<[^>]*>", " ", found[0]).split())
    assert said == (
        "What rules did The rule “Late ones” : gave the tag “late”; opened a follow-up; "
        "mailed 1 person"
    )


def test_rules_and_what_they_did_name_the_people(acme: Workspace) -> None:
    set_alerts(acme, is_on=False)
    acme.person("sam@acme.example", "manager", sees_all=True)
    sam = user_id(acme, "sam@acme.example")
    alice = user_id(acme, acme.owner)
    mails = {"mail_people": (alice, sam), "mail_to": ("desk@c.example",)}
    add_rule(acme, acts=Acts("person", (sam,), **mails))
    add_rule(acme, acts=Acts("in_turn", (alice, sam)))
    client = acme.signed_in()
    table = " ".join(client.get("/console/rules").text.partition("<tbody>")[2].split())
    everybody = "alice@acme.example, sam@acme.example and desk@c.example"
    assert f"opens a follow-up for sam@acme.example; mails {everybody}" in table
    assert "opens a follow-up for alice@acme.example and sam@acme.example in turn" in table
    id = answer_survey(acme, acme.survey(), 5)
    raise_alerts(acme)
    did = client.get(f"/console/responses/{id}").text.partition('id="rules"')[2]
    assert "opened a follow-up for sam@acme.example" in did
    assert "mailed alice@acme.example, sam@acme.example and 1 other address" in did
    assert "gave the open follow-up to alice@acme.example" in did


def test_a_change_of_conditions_brings_the_dry_run_anew_below_what_is_done(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 1)
    client = acme.signed_in()
    page = client.get(NEW).text
    assert page.index("<legend>Then</legend>") < page.index(">Dry run</h2>")
    part = swap(client, NEW, **FORM, change="look:")
    conditions, _start, matches = part.partition('<div id="matches"')
    assert 'id="conditions"' in conditions
    assert 'hx-swap-oob="outerHTML"' in matches
    assert "acted on 1 response" in matches
