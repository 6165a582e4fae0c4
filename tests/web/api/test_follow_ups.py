"""`/api/v1/follow-ups`: the queues, and what programs do with one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.builders import Workspace, answer_survey
from tests.following import (
    alerts,
    follow_ups,
    last_alert,
    notes,
    raise_alerts,
    set_alerts,
    the_follow_up,
    user_id,
)
from tests.web.api.calling import Program
from tests.web.api.describing import unlike_answer
from widget.actions.hide_response import set_hidden
from widget.actions.mark_response import set_mark
from widget.actions.open_follow_up import open_by_hand
from widget.extensions import db
from widget.storage.models import Request

ONE = "/api/v1/follow-ups/{follow_up_id}"


def opened(acme: Workspace, survey: str | None = None, score: int = 1, **said: Any) -> UUID:
    """A follow-up that a rule opened on a new response, of nobody's; its id."""
    before = {row.id for row in follow_ups(acme)}
    set_alerts(acme, assign="nobody")
    answer_survey(acme, survey or acme.survey(), score, **said)
    raise_alerts(acme)
    [found] = [row.id for row in follow_ups(acme) if row.id not in before]
    id: UUID = found
    return id


def thread(acme: Workspace, id: UUID) -> str:
    """What a follow-up's page says."""
    return acme.signed_in().get(f"/console/follow-ups/{id}").text


def test_a_follow_up_is_told_with_its_response(any_acme: Workspace) -> None:
    acme = any_acme
    acme.member("Ana", email="ana@acme.example")
    id = opened(acme, comment="Too slow", member="ana@acme.example", customer_email="kim@c.example")
    program = Program(acme)
    assert unlike_answer(acme, "/api/v1/follow-ups", "get", program.told("follow-ups")) == []
    [one] = program.items("follow-ups")
    assert one == program.told(f"follow-ups/{id}")
    assert unlike_answer(acme, ONE, "get", one) == []
    assert one["id"] == str(id)
    assert (one["status"], one["why"], one["assignee"]) == ("new", ["score"], None)
    [response] = program.items("responses")
    assert one["response"] == response
    assert one["response_id"] == response["id"]


def test_a_cursor_goes_through_everything_once(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    ids = [str(opened(any_acme, survey)) for _one in range(5)]
    program, seen, query = Program(any_acme), [], "follow-ups?limit=2"
    for _page in range(3):
        page = program.told(query)
        seen += [one["id"] for one in page["items"]]
        query = f"follow-ups?limit=2&cursor={page['next']}"
    assert page["next"] is None
    assert sorted(seen) == sorted(ids)


def test_queues_and_filters_are_those_of_the_page(any_acme: Workspace) -> None:
    acme = any_acme
    first, second = acme.survey(), acme.survey("nps")
    acme.member("Ana", email="ana@acme.example")
    late = opened(acme, first, ref="late", attributes={"client": "Initech"})
    mine = opened(acme, second, ref="mine", member="ana@acme.example")
    over = opened(acme, first, ref="over", attributes={"segment": "Gold"})
    program = Program(acme)
    program.patch(f"follow-ups/{mine}", {"assignee": acme.owner, "status": "waiting"})
    program.patch(f"follow-ups/{over}", {"status": "resolved"})
    due = acme.world.clock() + timedelta(hours=1)
    program.patch(f"follow-ups/{late}", {"due_at": due.isoformat()})
    program.patch(f"follow-ups/{mine}", {"due_at": None})
    acme.world.clock.pass_time(hours=2)

    def refs(query: str) -> set[str]:
        return {one["response"]["ref"] for one in program.items(f"follow-ups?{query}")}

    assert refs("") == {"late", "mine"}
    assert refs("queue=unassigned") == {"late"}
    assert refs("queue=overdue") == {"late"}
    assert refs("queue=waiting") == {"mine"}
    assert refs("queue=all") == {"late", "mine", "over"}
    assert refs("queue=all&status=resolved") == {"over"}
    assert refs("queue=unanswered") == {"late", "mine"}
    assert refs(f"queue=unanswered&survey={second}") == {"mine"}
    assert refs(f"assignee={acme.owner.upper()}") == {"mine"}
    assert refs("assignee=nobody") == {"late"}
    assert refs(f"survey={first}") == {"late"}
    assert refs("member=ana@acme.example") == {"mine"}
    assert refs("member=nobody@acme.example") == set()
    assert refs("client=Initech") == {"late"}
    assert refs("queue=all&segment=Gold") == {"over"}


def test_a_bad_answer_without_a_follow_up_is_among_the_unanswered(acme: Workspace) -> None:
    set_alerts(acme, is_on=False)
    id = answer_survey(acme, acme.survey(), 1)
    raise_alerts(acme)
    told = Program(acme).told("follow-ups?queue=unanswered")
    assert unlike_answer(acme, "/api/v1/follow-ups", "get", told) == []
    [one] = told["items"]
    assert (one["id"], one["status"], one["response_id"]) == (None, None, id)


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("queue=mine", 422, "“queue”: Write one of unassigned"),
        ("status=lost", 422, "“status”: Write one of new"),
        ("queue=unanswered&status=new", 422, "“status”: The queue “unanswered” has no such"),
        ("queue=unanswered&assignee=nobody", 422, "“assignee”: The queue “unanswered” has no"),
        ("assignee=nobody@else.example", 422, "“assignee”: Nobody who may follow up"),
        ("limit=201", 422, "“limit”: Write a number from 1 to 200."),
        ("cursor=made-up", 400, "cursor"),
        ("sort=due", 422, "There is no such parameter."),
    ],
)
def test_a_wrong_query_is_explained(acme: Workspace, query: str, status: int, says: str) -> None:
    answer = Program(acme).get(f"follow-ups?{query}")
    assert answer.status_code == status
    assert says in answer.json["detail"]  # type: ignore[index]


def test_a_program_assigns_dates_and_resolves(any_acme: Workspace) -> None:
    acme = any_acme
    id = opened(acme)
    due = acme.world.clock() + timedelta(days=2)
    program = Program(acme)
    said = {"assignee": acme.owner, "due_at": due.isoformat(), "status": "in_progress"}
    answer = program.patch(f"follow-ups/{id}", said)
    assert answer.status_code == 200, answer.text
    told = answer.json
    assert told is not None
    assert unlike_answer(acme, ONE, "patch", told) == []
    assert told["assignee"]["email"] == acme.owner
    assert (told["status"], told["due_at"]) == ("in_progress", due.isoformat())
    # Whoever gets it hears of it, and the thread says who has done that.
    assert alerts(acme, "assignment") == [("mail", acme.owner)]
    assert "Desk" in str(last_alert(acme).to_json())
    assert "Desk (API)" in thread(acme, id)
    ended = program.patch(f"follow-ups/{id}", {"status": "resolved", "outcome": "Sent a new one"})
    assert ended.json["outcome"] == "Sent a new one"  # type: ignore[index]
    assert the_follow_up(acme).resolved_at == acme.world.clock()
    again = program.patch(f"follow-ups/{id}", {"status": "new", "assignee": None, "due_at": None})
    assert again.status_code == 200, again.text
    row = the_follow_up(acme)
    assert (row.status, row.assignee_id, row.due_at) == ("new", None, None)


@pytest.mark.parametrize(
    ("said", "place", "says"),
    [
        ({}, "body", "Say what is to be another."),
        ({"status": "lost"}, "status", "Write one of"),
        ({"assignee": "nobody@else.example"}, "assignee", "Nobody who may follow up"),
        ({"due_at": "2020-01-01T00:00:00Z"}, "due_at", "still to come"),
        ({"due_at": "2030-01-01T00:00:00"}, "due_at", "datetime"),
        ({"due_at": "9999-12-31T23:59:59-14:00"}, "due_at", "Choose a time"),
        ({"outcome": "Done"}, "outcome", "resolved"),
        ({"status": "waiting", "ask_again": True}, "ask_again", "resolved"),
        ({"status": "resolved", "outcome": "x" * 2001}, "outcome", "2000"),
        ({"opened_at": "2030-01-01T00:00:00Z"}, "opened_at", "cannot be changed"),
    ],
)
def test_what_cannot_be_is_told_by_field_and_nothing_is_changed(
    acme: Workspace, said: dict[str, Any], place: str, says: str
) -> None:
    id = opened(acme)
    before = Program(acme).told(f"follow-ups/{id}")
    answer = Program(acme).patch(f"follow-ups/{id}", said)
    assert answer.status_code == 422, answer.text
    assert says in " ".join(answer.json["errors"][place])  # type: ignore[index]
    assert Program(acme).told(f"follow-ups/{id}") == before


def test_of_several_changes_all_are_made_or_none(any_acme: Workspace) -> None:
    acme = any_acme
    id = opened(acme)
    program = Program(acme)
    program.patch(f"follow-ups/{id}", {"status": "resolved", "outcome": "Done"})
    entries = len(notes(acme, "assignment")), len(notes(acme, "status"))
    said = {"assignee": acme.owner, "status": "resolved", "outcome": "Again"}
    answer = program.patch(f"follow-ups/{id}", said)
    assert answer.status_code == 409
    assert "resolved already" in answer.json["detail"]  # type: ignore[index]
    row = the_follow_up(acme)
    assert (row.assignee_id, row.outcome) == (None, "Done")
    assert (len(notes(acme, "assignment")), len(notes(acme, "status"))) == entries


def test_the_customer_is_asked_again_when_it_is_resolved(acme: Workspace) -> None:
    id = opened(acme, customer_email="kim@c.example")
    program = Program(acme)
    answer = program.patch(f"follow-ups/{id}", {"status": "resolved", "ask_again": True})
    asked = answer.json["asked_again"]  # type: ignore[index]
    assert program.told(f"requests/{asked}")["customer"]["email"] == "kim@c.example"
    with acme.world.app.app_context():
        assert db.session.query(Request).one().made_by == "api"


def test_a_hidden_comment_and_a_hidden_response_are_not_told(acme: Workspace) -> None:
    id = opened(acme, comment="A xylophone")
    program = Program(acme)
    response, at = the_follow_up(acme).response_id, acme.world.clock()
    with acme.world.app.app_context():
        set_mark(db.session(), acme.id, response, "comment_hidden_at", is_set=True, at=at)
    told = program.told(f"follow-ups/{id}")
    assert told["response"]["comment"] is None
    assert "xylophone" not in str(told)
    with acme.world.app.app_context():
        set_hidden(db.session(), acme.id, response, hidden=True, at=at)
    assert program.told(f"follow-ups/{id}")["response"] is None


def test_a_key_for_tests_sees_follow_ups_of_tests_and_no_others(acme: Workspace) -> None:
    real = opened(acme, ref="real")
    trial = UUID(answer_survey(acme, acme.survey(), 1, ref="trial", is_test=True))
    with acme.world.app.app_context():
        owner, at = user_id(acme, acme.owner), acme.world.clock()
        test_one = open_by_hand(db.session(), acme.id, trial, user_id=owner, at=at).id
    program = Program(acme, is_test=True)
    assert [one["id"] for one in program.items("follow-ups")] == [str(test_one)]
    assert program.items("follow-ups?queue=unanswered") == []
    assert program.get(f"follow-ups/{real}").status_code == 404
    assert program.patch(f"follow-ups/{real}", {"status": "waiting"}).status_code == 404
    assert program.patch(f"follow-ups/{test_one}", {"status": "waiting"}).status_code == 200
