"""Follow-ups that open by themselves: when, for whom, and once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.builders import Workspace, answer_survey
from tests.following import (
    HOME,
    alerts,
    follow_ups,
    last_alert,
    notes,
    of,
    raise_alerts,
    set_alerts,
    the_follow_up,
    user_id,
)
from widget.actions import raise_alerts as module
from widget.actions.change_alerts import add_channel
from widget.actions.hide_response import set_hidden
from widget.actions.mark_response import set_mark
from widget.actions.raise_alerts import RaiseAlerts
from widget.actions.work_on_follow_up import resolve
from widget.domain.alert_rules import NEVER
from widget.extensions import db
from widget.storage.alert_rules import channels_of

ALL = ("response.finished", "response.changed")
OWNER = ("mail", "alice@acme.example")


def test_a_bad_finished_rating_opens_a_follow_up_and_tells_the_owner(
    any_acme: Workspace,
) -> None:
    id = answer_survey(any_acme, any_acme.survey(), 2, comment="Too <slow>", customer_name="Kim")
    assert raise_alerts(any_acme) == 1
    found = the_follow_up(any_acme)
    assert (of(found), found.status, found.opened_why) == (id, "new", ["score"])
    assert found.opened_at == any_acme.world.clock()
    assert alerts(any_acme) == [OWNER]
    said = last_alert(any_acme)
    assert said.subject == "2 of 5 stars: a follow-up was opened"
    assert said.quote == "Too <slow>"
    assert said.link == f"{HOME}/console/follow-ups/{found.id}"
    assert ("Customer", "Kim") in said.facts


def test_an_alert_quotes_no_comment_that_was_hidden(any_acme: Workspace) -> None:
    id = answer_survey(any_acme, any_acme.survey(), 2, comment="Call me on 0151 555")
    with any_acme.world.app.app_context():
        at = any_acme.world.clock()
        set_mark(db.session, any_acme.id, UUID(id), "comment_hidden_at", is_set=True, at=at)
    raise_alerts(any_acme)
    assert "0151" not in str(last_alert(any_acme))


def test_a_good_rating_opens_nothing(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 4)
    assert raise_alerts(acme) == 1
    assert follow_ups(acme) == []


def test_a_slip_corrected_before_finishing_alarms_nobody(any_acme: Workspace) -> None:
    survey, worker = any_acme.survey(), RaiseAlerts(HOME)
    id = answer_survey(any_acme, survey, 1, finished=False)
    raise_alerts(any_acme, worker)
    answer_survey(any_acme, survey, 5, finished=False, id=id)
    raise_alerts(any_acme, worker)
    answer_survey(any_acme, survey, 5, finished=True, id=id)
    raise_alerts(any_acme, worker)
    assert follow_ups(any_acme) == []
    assert alerts(any_acme) == []


def test_what_is_not_finished_waits(acme: Workspace) -> None:
    survey = acme.survey()
    id = answer_survey(acme, survey, 1, finished=False)
    raise_alerts(acme)
    assert follow_ups(acme) == []
    answer_survey(acme, survey, 1, finished=True, id=id)
    raise_alerts(acme)
    assert len(follow_ups(acme)) == 1


def test_events_that_are_read_twice_open_one_follow_up_and_send_one_alert(
    any_acme: Workspace,
) -> None:
    answer_survey(any_acme, any_acme.survey(), 1)
    for _worker in range(3):
        # Each remembers nothing, and looks back.
        assert raise_alerts(any_acme) == 1
    assert len(follow_ups(any_acme)) == 1
    assert alerts(any_acme) == [OWNER]


def test_one_worker_deals_with_an_event_once(acme: Workspace) -> None:
    worker = RaiseAlerts(HOME)
    answer_survey(acme, acme.survey(), 5)
    assert [raise_alerts(acme, worker) for _time in range(3)] == [1, 0, 0]


def test_many_workers_at_once_open_one_follow_up_for_each_response(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    ids = {answer_survey(any_acme, survey, 1) for _number in range(8)}
    barrier = threading.Barrier(3)

    def work() -> int:
        barrier.wait()
        return raise_alerts(any_acme)

    with ThreadPoolExecutor(3) as workers:
        assert [one.result() for one in [workers.submit(work) for _ in range(3)]] == [8, 8, 8]
    assert sorted(of(found) for found in follow_ups(any_acme)) == sorted(ids)
    assert alerts(any_acme) == [OWNER] * 8


def test_an_event_that_commits_late_is_not_passed_over(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey, worker = acme.survey(), RaiseAlerts(HOME)
    monkeypatch.setattr(module, "_TOGETHER", 2)
    held: list[Any] = []
    true_read = module.events_after

    def read(*arguments: Any) -> list[Any]:
        # The first event is not to be seen until later ones have been.
        page = true_read(*arguments)
        return [event for event in page if event.id not in held]

    first = answer_survey(acme, survey, 1)
    with acme.world.app.app_context():
        held += [event.id for event in true_read(db.engine, acme.id, UUID(int=0), ALL, 10)]
    monkeypatch.setattr(module, "events_after", read)
    for _number in range(5):
        answer_survey(acme, survey, 5)
    raise_alerts(acme, worker)
    assert follow_ups(acme) == []
    held.clear()
    raise_alerts(acme, worker)
    assert of(the_follow_up(acme)) == first


def test_tests_and_hidden_responses_alarm_nobody(acme: Workspace) -> None:
    survey = acme.survey()
    answer_survey(acme, survey, 1, is_test=True)
    hidden = answer_survey(acme, survey, 1)
    with acme.world.app.app_context():
        set_hidden(db.session, acme.id, UUID(hidden), hidden=True, at=acme.world.clock())
    raise_alerts(acme)
    assert follow_ups(acme) == []


def test_a_later_drop_below_the_threshold_opens_one(any_acme: Workspace) -> None:
    survey, worker = any_acme.survey(), RaiseAlerts(HOME)
    id = answer_survey(any_acme, survey, 5)
    raise_alerts(any_acme, worker)
    any_acme.world.clock.pass_time(hours=1)
    answer_survey(any_acme, survey, 2, id=id)
    raise_alerts(any_acme, worker)
    assert of(the_follow_up(any_acme)) == id
    assert alerts(any_acme) == [OWNER]


def test_what_the_customer_changes_later_stands_in_the_thread_once(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    id = answer_survey(any_acme, survey, 1)
    raise_alerts(any_acme)
    any_acme.world.clock.pass_time(hours=1)
    answer_survey(any_acme, survey, 5, id=id)
    raise_alerts(any_acme)
    raise_alerts(any_acme)
    [note] = notes(any_acme, "change")
    assert note.data["changes"] == [{"field": "stars", "old": 1, "new": 5}]
    assert note.user_id is None
    assert the_follow_up(any_acme).status == "new"
    assert alerts(any_acme) == [OWNER]


def test_a_new_drop_after_the_end_opens_the_same_one_again(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    id = answer_survey(any_acme, survey, 1)
    raise_alerts(any_acme)
    end(any_acme)
    for score in (5, 2):
        any_acme.world.clock.pass_time(hours=1)
        answer_survey(any_acme, survey, score, id=id)
        raise_alerts(any_acme)
    raise_alerts(any_acme)
    found = the_follow_up(any_acme)
    assert (found.status, found.resolved_at) == ("new", None)
    assert len(notes(any_acme, "change")) == 2
    assert alerts(any_acme) == [OWNER, OWNER]
    assert last_alert(any_acme).subject == "2 of 5 stars: a follow-up was opened again"


def test_what_was_dealt_with_opens_nothing_again_when_it_is_read_again(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    id = answer_survey(any_acme, survey, 5)
    answer_survey(any_acme, survey, 1, id=id)
    raise_alerts(any_acme)
    end(any_acme)
    raise_alerts(any_acme)
    assert the_follow_up(any_acme).status == "resolved"
    for score in (5, 1):
        any_acme.world.clock.pass_time(hours=1)
        answer_survey(any_acme, survey, score, id=id)
    raise_alerts(any_acme)
    assert the_follow_up(any_acme).status == "new"
    end(any_acme)
    raise_alerts(any_acme)
    assert the_follow_up(any_acme).status == "resolved"


def test_a_change_that_is_no_new_alarm_leaves_a_resolved_one_resolved(acme: Workspace) -> None:
    survey = acme.survey()
    id = answer_survey(acme, survey, 1)
    raise_alerts(acme)
    end(acme)
    acme.world.clock.pass_time(hours=1)
    answer_survey(acme, survey, 2, id=id)
    raise_alerts(acme)
    assert the_follow_up(acme).status == "resolved"


def test_who_asks_to_be_contacted_is_followed_up_whatever_the_score(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 5, wants_contact=True)
    raise_alerts(acme)
    assert the_follow_up(acme).opened_why == ["contact"]


def test_a_keyword_opens_one(acme: Workspace) -> None:
    set_alerts(acme, keywords=("refund",))
    survey = acme.survey()
    answer_survey(acme, survey, 5, comment="Refundable, I hope")
    answer_survey(acme, survey, 5, comment="But I want a REFUND.")
    raise_alerts(acme)
    assert the_follow_up(acme).opened_why == ["keyword"]


def test_a_survey_may_have_a_rule_of_its_own(acme: Workspace) -> None:
    quiet, loud = acme.survey(), acme.survey()
    set_alerts(acme, quiet, at_most={"stars": NEVER})
    answer_survey(acme, quiet, 1)
    id = answer_survey(acme, loud, 3)
    raise_alerts(acme)
    assert of(the_follow_up(acme)) == id


def test_a_rule_that_is_off_opens_nothing_and_nothing_later_either(acme: Workspace) -> None:
    survey, worker = acme.survey(), RaiseAlerts(HOME)
    set_alerts(acme, is_on=False)
    answer_survey(acme, survey, 1)
    raise_alerts(acme, worker)
    set_alerts(acme, is_on=True)
    raise_alerts(acme, worker)
    assert follow_ups(acme) == []


def test_the_members_manager_gets_it(any_acme: Workspace) -> None:
    acme = any_acme
    top = acme.team("Support")
    team = acme.team("Chat", parent=top)
    acme.person("max@acme.example", "manager", leads=(top,))
    ana = acme.member(email="ana@acme.example")
    acme.put_in(team, ana)
    answer_survey(acme, acme.survey(), 1, member="ana@acme.example")
    raise_alerts(acme)
    assert the_follow_up(acme).assignee_id == user_id(acme, "max@acme.example")
    assert alerts(acme) == [("mail", "max@acme.example")]
    assert ("Member", "Ana Silva") in last_alert(acme).facts


def test_whoever_leads_and_is_rated_does_not_get_their_own(acme: Workspace) -> None:
    top = acme.team("Support")
    team = acme.team("Chat", parent=top)
    lead = acme.member("Lea", email="lea@acme.example")
    acme.put_in(team, lead)
    acme.person("lea@acme.example", "manager", leads=(team,), member=lead)
    acme.person("max@acme.example", "manager", leads=(top,))
    answer_survey(acme, acme.survey(), 1, member="lea@acme.example")
    raise_alerts(acme)
    assert the_follow_up(acme).assignee_id == user_id(acme, "max@acme.example")


def test_turns_are_fair_and_remembered_by_whichever_worker(any_acme: Workspace) -> None:
    acme = any_acme
    people = []
    for name in ("bo", "cy", "di"):
        acme.person(f"{name}@acme.example", "admin")
        people.append(user_id(acme, f"{name}@acme.example"))
    set_alerts(acme, assign="in_turn", people=tuple(people))
    survey = acme.survey()
    for _number in range(6):
        answer_survey(acme, survey, 1)
        raise_alerts(acme)
    given = [found.assignee_id for found in follow_ups(acme)]
    assert given == people * 2


def test_one_person_or_nobody_can_be_assigned(acme: Workspace) -> None:
    acme.person("bo@acme.example", "admin")
    bo = user_id(acme, "bo@acme.example")
    survey, other = acme.survey(), acme.survey()
    set_alerts(acme, survey, assign="person", people=(bo,), mail_to=("desk@acme.example",))
    set_alerts(acme, other, assign="nobody", mail_assignee=False)
    answer_survey(acme, survey, 1)
    answer_survey(acme, other, 1)
    raise_alerts(acme)
    assert {found.assignee_id for found in follow_ups(acme)} == {bo, None}
    assert alerts(acme) == [("mail", "bo@acme.example"), ("mail", "desk@acme.example")]


def test_chats_of_the_rule_are_told_and_no_others(acme: Workspace) -> None:
    address = "https://hooks.slack.com/services/T0/B0/x"
    with acme.world.app.app_context():
        for number, kind in enumerate(("slack", "teams")):
            add_channel(
                db.session,
                acme.id,
                kind,  # type: ignore[arg-type]
                kind,
                f"{address}{number}",
                at=acme.world.clock(),
            )
        slack = channels_of(db.session(), acme.id)[0].id
    set_alerts(acme, mail_assignee=False, channels=(slack, 999))
    answer_survey(acme, acme.survey(), 1, customer_email="kim@c.example", customer_name="Kim")
    raise_alerts(acme)
    assert alerts(acme) == [("slack", f"{address}0")]
    assert "kim@c.example" not in str(last_alert(acme).to_json())


def test_one_that_fails_holds_up_no_other_and_is_tried_again(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey, worker = acme.survey(), RaiseAlerts(HOME)
    bad, good = answer_survey(acme, survey, 1), answer_survey(acme, survey, 2)
    true_open = module.open_by_rule

    def fail(session: Any, response: Any, *rest: Any, **named: Any) -> None:
        if str(response["id"]) == bad:
            raise ValueError("odd")
        true_open(session, response, *rest, **named)

    monkeypatch.setattr(module, "open_by_rule", fail)
    raise_alerts(acme, worker)
    assert of(the_follow_up(acme)) == good
    monkeypatch.setattr(module, "open_by_rule", true_open)
    raise_alerts(acme, worker)
    assert {of(found) for found in follow_ups(acme)} == {bad, good}


def end(acme: Workspace) -> None:
    found = the_follow_up(acme)
    acme.world.clock.pass_time(minutes=1)
    with acme.world.app.app_context():
        resolve(
            db.session,
            acme.id,
            found.id,
            "Called",
            asks_again=False,
            user_id=user_id(acme, acme.owner),
            at=acme.world.clock() + timedelta(seconds=1),
        )
