"""What rules do with finished responses, and that they do it once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders import Workspace, answer_survey
from tests.following import (
    alerts,
    follow_ups,
    last_alert,
    raise_alerts,
    set_alerts,
    the_follow_up,
    user_id,
)
from tests.ruling import LOW, TAG, acted, add_rule, did, make_webhook
from widget.actions import apply_rules as module
from widget.actions.change_alerts import add_channel
from widget.actions.change_rules import remove_rule, switch_rule
from widget.actions.change_webhooks import switch_off
from widget.actions.delete_response import delete_response
from widget.actions.hide_response import set_hidden
from widget.actions.mark_response import set_mark
from widget.domain.condition_groups import Group
from widget.domain.rules.conditions import Condition
from widget.domain.rules.rule import Acts, Did
from widget.extensions import db
from widget.storage.alert_rules import channels_of
from widget.storage.models import Message
from widget.storage.tags import tags_of

ALWAYS: tuple[Condition, ...] = ()


def tags(acme: Workspace, response: str) -> list[str]:
    with acme.world.app.app_context():
        db.session.rollback()
        id = UUID(response)
        return list(tags_of(db.session(), acme.id, [id]).get(id, ()))


def webhook_messages(acme: Workspace) -> list[Message]:
    with acme.world.app.app_context():
        db.session.rollback()
        rows = list(db.session.scalars(select(Message).where(Message.channel == "webhook")))
        db.session.expunge_all()
        return rows


def test_a_rule_acts_on_a_finished_response_that_it_holds_of(any_acme: Workspace) -> None:
    set_alerts(any_acme, is_on=False)
    rule = add_rule(any_acme, LOW)
    survey = any_acme.survey()
    low, high = answer_survey(any_acme, survey, 2), answer_survey(any_acme, survey, 5)
    raise_alerts(any_acme)
    assert tags(any_acme, low) == ["late"]
    assert did(any_acme, low) == [Did("tagged", "late")]
    [noted] = acted(any_acme, low) or ()
    assert (noted.rule_id, noted.name) == (rule, "Late ones")
    assert tags(any_acme, high) == []
    assert acted(any_acme, high) is None


def test_it_waits_until_the_response_is_finished(acme: Workspace) -> None:
    add_rule(acme, LOW)
    survey = acme.survey()
    id = answer_survey(acme, survey, 1, finished=False)
    raise_alerts(acme)
    assert acted(acme, id) is None
    answer_survey(acme, survey, 1, id=id)
    raise_alerts(acme)
    assert did(acme, id) == [Did("tagged", "late")]


def test_events_that_are_read_twice_are_acted_on_once(
    any_acme: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    hook = make_webhook(any_acme)
    add_rule(any_acme, acts=Acts(mail_to=("desk@c.example",), webhooks=(hook,)))
    set_alerts(any_acme, is_on=False)
    answer_survey(any_acme, any_acme.survey(), 4)
    for _worker in range(3):
        # Each remembers nothing, and looks back.
        raise_alerts(any_acme)
    assert alerts(any_acme, "rule") == [("mail", "desk@c.example")]
    assert len(webhook_messages(any_acme)) == 1
    # Not that the database alone refuses it.
    assert caplog.records == []


def test_many_workers_at_once_act_once_on_each_response(any_acme: Workspace) -> None:
    set_alerts(any_acme, is_on=False)
    add_rule(any_acme, acts=Acts(mail_to=("desk@c.example",), follow_up="nobody"))
    survey = any_acme.survey()
    ids = {answer_survey(any_acme, survey, 3) for _number in range(6)}
    barrier = threading.Barrier(3)

    def work() -> int:
        barrier.wait()
        return raise_alerts(any_acme)

    with ThreadPoolExecutor(3) as workers:
        assert [one.result() for one in [workers.submit(work) for _ in range(3)]] == [6, 6, 6]
    assert alerts(any_acme, "rule") == [("mail", "desk@c.example")] * 6
    assert {str(found.response_id) for found in follow_ups(any_acme)} == ids


def test_a_crash_halfway_leaves_nothing_and_the_next_time_does_it_all(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_alerts(any_acme, is_on=False)
    add_rule(any_acme, acts=Acts(tags=("late",), mail_to=("desk@c.example",)))
    id = answer_survey(any_acme, any_acme.survey(), 1)

    def crash(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(module, "note_acted", crash)
        raise_alerts(any_acme)
    assert (tags(any_acme, id), alerts(any_acme, "rule")) == ([], [])
    raise_alerts(any_acme)
    assert (tags(any_acme, id), alerts(any_acme, "rule")) == (
        ["late"],
        [("mail", "desk@c.example")],
    )


def test_what_was_finished_before_the_rule_or_while_it_was_off_is_left_alone(
    acme: Workspace,
) -> None:
    survey = acme.survey()
    before = answer_survey(acme, survey, 1)
    acme.world.clock.pass_time(minutes=1)
    rule = add_rule(acme, LOW)
    me = {"by": user_id(acme, acme.owner)}
    with acme.world.app.app_context():
        switch_rule(db.session(), acme.id, rule, is_on=False, at=acme.world.clock(), **me)
    off = answer_survey(acme, survey, 1)
    acme.world.clock.pass_time(minutes=1)
    with acme.world.app.app_context():
        switch_rule(db.session(), acme.id, rule, is_on=True, at=acme.world.clock(), **me)
    on = answer_survey(acme, survey, 1)
    raise_alerts(acme)
    assert [acted(acme, id) is not None for id in (before, off, on)] == [False, False, True]


def test_tests_and_hidden_responses_are_left_alone_unless_a_rule_takes_tests(
    acme: Workspace,
) -> None:
    add_rule(acme, LOW)
    add_rule(acme, LOW, name="Trying", with_tests=True, acts=Acts(tags=("tried",)))
    survey = acme.survey()
    test, hidden = answer_survey(acme, survey, 1, is_test=True), answer_survey(acme, survey, 1)
    with acme.world.app.app_context():
        at = acme.world.clock()
        set_hidden(db.session, acme.id, UUID(hidden), hidden=True, at=at)
    raise_alerts(acme)
    assert tags(acme, test) == ["tried"]
    assert acted(acme, hidden) is None
    # No test opens a follow-up by the alert.
    assert follow_ups(acme) == []


def test_rules_act_in_their_order_until_one_stops(acme: Workspace) -> None:
    add_rule(acme, LOW, acts=Acts(tags=("one",)))
    tagged = Condition("tag", "is", "one")
    add_rule(acme, tagged, name="Second", acts=Acts(tags=("two",)), stops=True)
    add_rule(acme, name="Third", acts=Acts(tags=("three",)))
    id = answer_survey(acme, acme.survey(), 1)
    raise_alerts(acme)
    assert tags(acme, id) == ["one", "two"]
    assert [one.name for one in acted(acme, id) or ()] == ["Late ones", "Second"]


def test_conditions_know_client_team_and_survey(any_acme: Workspace) -> None:
    acme = any_acme
    survey, other = acme.survey(), acme.survey(name="Other")
    above = acme.team("Support")
    team = acme.team("Phone", parent=above)
    acme.put_in(team, acme.member("Ana", email="ana@acme.example"))
    of_all = (
        Condition("client", "is", "brumbleford"),
        Condition("team", "is", str(above)),
        Group("none", (Condition("survey", "is", other),)),
    )
    add_rule(acme, *of_all)
    fit = {"attributes": {"client": "Brumbleford"}, "member": "ana@acme.example"}
    ids = [
        answer_survey(acme, survey, 4, **fit),
        answer_survey(acme, other, 4, **fit),
        answer_survey(acme, survey, 4, member="ana@acme.example"),
        answer_survey(acme, survey, 4, attributes={"client": "Brumbleford"}),
    ]
    raise_alerts(acme)
    assert [acted(acme, id) is not None for id in ids] == [True, False, False, False]


def test_a_follow_up_is_opened_for_whose_turn_it_is(any_acme: Workspace) -> None:
    acme = any_acme
    set_alerts(acme, is_on=False)
    people = tuple(
        user_id(acme, email)
        for email in (acme.owner, acme.person("bo@acme.example", "admin") and "bo@acme.example")
    )
    add_rule(acme, acts=Acts(follow_up="in_turn", people=people))
    survey = acme.survey()
    for _number in range(3):
        answer_survey(acme, survey, 4)
    raise_alerts(acme)
    found = follow_ups(acme)
    assert [one.opened_why for one in found] == [["rule"]] * 3
    first, second, third = (one.assignee_id for one in found)
    assert {first, second} == set(people)
    assert third == first


def test_a_rule_gives_the_follow_up_of_the_alert_to_whom_it_says(any_acme: Workspace) -> None:
    acme = any_acme
    acme.person("bo@acme.example", "admin")
    bo = user_id(acme, "bo@acme.example")
    add_rule(acme, LOW, acts=Acts(follow_up="person", people=(bo,)))
    id = answer_survey(acme, acme.survey(), 1)
    raise_alerts(acme)
    found = the_follow_up(acme)
    assert (found.opened_why, found.assignee_id) == (["score"], bo)
    assert did(acme, id) == [Did("assigned", people=(bo,))]
    assert alerts(acme, "assignment") == [("mail", "bo@acme.example")]
    assert last_alert(acme).text == "The rule “Late ones” gave you a follow-up."


def test_chats_and_given_addresses_are_told_without_the_customers_address(
    acme: Workspace,
) -> None:
    set_alerts(acme, is_on=False)
    with acme.world.app.app_context():
        address = "https://hooks.slack.com/services/T0/B0/x"
        add_channel(db.session, acme.id, "slack", "#cs", address, at=acme.world.clock())
        [chat] = channels_of(db.session(), acme.id)
    add_rule(acme, acts=Acts(tags=("late",), channels=(chat.id,), mail_to=("desk@c.example",)))
    kim = {"customer_name": "Kim", "customer_email": "kim@c.example"}
    id = answer_survey(acme, acme.survey(), 5, comment="Fine", **kim)
    raise_alerts(acme)
    assert alerts(acme, "rule") == [("mail", "desk@c.example"), ("slack", address)]
    said = last_alert(acme)
    assert said.subject == "5 of 5 stars: Late ones"
    assert said.quote == "Fine"
    assert ("Customer", "Kim") in said.facts
    assert ("Tags", "late") in said.facts
    assert said.link.endswith(f"/console/responses/{id}")
    assert "kim@c.example" not in str(said)
    assert did(acme, id)[1:] == [Did("chats", number=1), Did("mails", number=1)]


def test_people_of_the_workspace_are_mailed_what_they_may_see_and_nothing_else(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    set_alerts(acme, is_on=False)
    ana, ben = acme.member("Ana", email="ana@acme.example"), acme.member("Ben")
    mine, theirs = acme.team("Mine"), acme.team("Theirs")
    acme.put_in(mine, ana)
    acme.put_in(theirs, ben)
    acme.person("lea@acme.example", "manager", leads=(mine,))
    acme.person("tom@acme.example", "manager", leads=(theirs,))
    lea = user_id(acme, "lea@acme.example")
    # Tom is named by his address, which shows him no more.
    add_rule(acme, acts=Acts(mail_people=(lea,), mail_to=("tom@acme.example",)))
    id = answer_survey(acme, acme.survey(), 4, member="ana@acme.example")
    raise_alerts(acme)
    assert alerts(acme, "rule") == [("mail", "lea@acme.example")]
    assert did(acme, id) == [Did("mails", number=1, people=(lea,)), Did("not_theirs", number=1)]


def test_a_hidden_comment_is_told_to_nobody(acme: Workspace) -> None:
    add_rule(acme, acts=Acts(mail_to=("desk@c.example",)))
    id = answer_survey(acme, acme.survey(), 5, comment="Call me on 0151 555")
    with acme.world.app.app_context():
        at = acme.world.clock()
        set_mark(db.session, acme.id, UUID(id), "comment_hidden_at", is_set=True, at=at)
    raise_alerts(acme)
    assert "0151" not in str(last_alert(acme))


def test_a_webhook_is_queued_once_however_many_rules_send_it_and_holds_no_words(
    acme: Workspace,
) -> None:
    hook = make_webhook(acme)
    add_rule(acme, acts=Acts(webhooks=(hook,)))
    add_rule(acme, name="Too", acts=Acts(webhooks=(hook,)))
    id = answer_survey(acme, acme.survey(), 5, comment="A xylophone", customer_name="Kim")
    raise_alerts(acme)
    [message] = webhook_messages(acme)
    assert message.content["notice"]["rules"] == ["Late ones", "Too"]
    assert UUID(message.content["notice"]["response_id"]) == UUID(id)
    assert "xylophone" not in str(message.content)
    assert "Kim" not in str(message.content)
    assert message.target == str(hook)


def test_a_webhook_that_is_off_is_sent_nothing_and_the_response_says_so(acme: Workspace) -> None:
    hook = make_webhook(acme)
    add_rule(acme, acts=Acts(webhooks=(hook,)))
    with acme.world.app.app_context():
        switch_off(db.session(), acme.id, hook, "Gone.", by=None, at=acme.world.clock())
    id = answer_survey(acme, acme.survey(), 5)
    raise_alerts(acme)
    assert webhook_messages(acme) == []
    assert did(acme, id) == [Did("refused", "The webhook “CRM” is off.")]


def test_a_tag_too_many_is_told_and_keeps_nothing_else_from_being_done(acme: Workspace) -> None:
    for start in range(0, 20, 5):
        names = tuple(f"t{number}" for number in range(start, start + 5))
        add_rule(acme, name=f"Tags {start}", acts=Acts(tags=names))
    add_rule(acme, name="Last", acts=Acts(tags=("late",), mail_to=("desk@c.example",)))
    id = answer_survey(acme, acme.survey(), 5)
    raise_alerts(acme)
    assert did(acme, id)[-2:] == [
        Did("refused", "A response may have 20 tags."),
        Did("mails", number=1),
    ]


def test_what_rules_did_stays_when_they_are_gone_and_goes_with_the_response(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    rule = add_rule(acme, LOW, acts=TAG)
    id = answer_survey(acme, acme.survey(), 1)
    raise_alerts(acme)
    with acme.world.app.app_context():
        at = acme.world.clock()
        remove_rule(db.session(), acme.id, rule, by=user_id(acme, acme.owner), at=at)
    assert [one.name for one in acted(acme, id) or ()] == ["Late ones"]
    with acme.world.app.app_context():
        delete_response(db.session(), acme.id, UUID(id), at=acme.world.clock())
    assert acted(acme, id) is None
