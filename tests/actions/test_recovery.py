"""Closing a follow-up, asking the customer again, and what their second answer counts for."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders import (
    Workspace,
    answer_survey,
    ask,
    deliveries,
    send_due_requests,
    set_rules,
    stored_request,
)
from tests.following import (
    alerts,
    follow_ups,
    notes,
    of,
    raise_alerts,
    set_alerts,
    the_follow_up,
    user_id,
)
from widget.actions.ask_again import may_ask_again
from widget.actions.change_asking import change_asking_policy
from widget.actions.change_member import set_archived
from widget.actions.decide_testimonial import approve_testimonial
from widget.actions.give_answer import give_answer_within
from widget.actions.hide_response import set_hidden
from widget.actions.note_follow_up import write_note
from widget.actions.open_follow_up import open_by_hand
from widget.actions.restore_answer import restore_answer
from widget.actions.unsubscribe import set_unsubscribed
from widget.actions.work_on_follow_up import assign, resolve, set_status
from widget.domain.asking import AskingPolicy
from widget.domain.context import Context
from widget.domain.errors import FollowUpRefused, UnknownFollowUp
from widget.domain.flow import Answer
from widget.domain.held import Held
from widget.domain.links import RequestLink
from widget.domain.responses import ResponseHead
from widget.domain.roles import EVERYTHING
from widget.domain.scales import KINDS
from widget.extensions import db
from widget.storage import held_answers, rollups
from widget.storage.engine import write_connection
from widget.storage.models import Grant, Response, Vote
from widget.storage.testimonials import shown_testimonials

HOME = "https://sayso.example"


def end(acme: Workspace, *, asks_again: bool = False, outcome: str = "Called, all fine") -> Any:
    found = next(one for one in follow_ups(acme) if one.status != "resolved")
    with acme.world.app.app_context():
        return resolve(
            db.session,
            acme.id,
            found.id,
            outcome,
            asks_again=asks_again,
            user_id=user_id(acme, acme.owner),
            at=acme.world.clock(),
        )


def answer_request(acme: Workspace, id: UUID, score: int, **changes: Any) -> None:
    """Answer a request as its link does."""
    request = stored_request(acme, id)
    with acme.world.app.app_context(), write_connection(db.engine) as connection:
        give_answer_within(
            connection,
            head(acme, request),
            Answer(scores={"stars": score}, finished=True, **changes),
            time_zone="UTC",
        )


def head(acme: Workspace, request: Any) -> ResponseHead:
    first = next(one for one in acme.responses() if one.survey_id == request.survey_id)
    return ResponseHead(
        workspace_id=acme.id,
        id=request.id,
        survey_id=request.survey_id,
        version_id=first.version_id,
        kind="stars",
        language="en",
        source="email",
        is_test=False,
        context=Context(customer_email="kim@c.example"),
        member_id=request.member_id,
        answered_at=acme.world.clock(),
    )


def counted(acme: Workspace) -> dict[int, int]:
    """How many responses the rollups count, by score; they must be what they should be."""
    with acme.world.app.app_context(), db.engine.connect() as connection:
        kept = rollups.rolled_up_counts(connection, acme.id)
        assert kept == rollups.true_counts(connection, acme.id)
    return {value: number for (*_, fact, value), number in kept.items() if fact in KINDS}


def bad_rating(acme: Workspace, **details: Any) -> str:
    """A survey that Kim rated badly, with a follow-up; returns the survey."""
    acme.member(email="ana@acme.example")
    survey = acme.survey()
    context = {"member": "ana@acme.example", "ref": "T-1", "channel": "chat", **details}
    answer_survey(acme, survey, 1, customer_email="kim@c.example", customer_name="Kim", **context)
    raise_alerts(acme)
    return survey


def test_the_end_of_a_follow_up_says_what_came_of_it(any_acme: Workspace) -> None:
    bad_rating(any_acme)
    any_acme.world.clock.pass_time(hours=1)
    assert end(any_acme) is None
    found = the_follow_up(any_acme)
    assert (found.status, found.outcome) == ("resolved", "Called, all fine")
    assert found.resolved_at == any_acme.world.clock()
    assert notes(any_acme, "status")[-1].data == {"from": "new", "to": "resolved", "asked": None}


def test_asking_again_is_a_request_like_the_first_one_to_the_same_customer(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    bad_rating(acme)
    first = acme.responses()[0]
    request = stored_request(acme, end(acme, asks_again=True))
    assert request.status == "scheduled"
    assert request.recovers_response_id == first.id == the_follow_up(acme).response_id
    assert (request.survey_id, request.member_id) == (first.survey_id, first.member_id)
    assert (request.ref, request.channel) == ("T-1", "chat")
    assert the_follow_up(acme).recovery_request_id == request.id
    send_due_requests(acme)
    assert [mail.recipient for mail in deliveries(acme)] == ["kim@c.example"]


def test_the_suppression_window_holds_back_others_and_not_this_one(any_acme: Workspace) -> None:
    acme = any_acme
    survey = bad_rating(acme)
    set_rules(acme, survey, suppression_days=30)
    ask(acme, survey, "kim@c.example")
    send_due_requests(acme)
    assert stored_request(acme, ask(acme, survey, "kim@c.example")).why == "suppressed"
    request = end(acme, asks_again=True)
    send_due_requests(acme)
    assert stored_request(acme, request).why == ""
    assert len(deliveries(acme)) == 2


def test_who_has_unsubscribed_is_not_asked_again_and_the_team_is_told_before(
    acme: Workspace,
) -> None:
    bad_rating(acme)
    response_id = the_follow_up(acme).response_id
    with acme.world.app.app_context():
        assert may_ask_again(db.session(), acme.id, response_id, acme.world.clock()).why is None
    unsubscribe_kim(acme)
    with acme.world.app.app_context():
        decision = may_ask_again(db.session(), acme.id, response_id, acme.world.clock())
    assert (decision.status, decision.why) == ("not_sent", "unsubscribed")
    request = stored_request(acme, end(acme, asks_again=True))
    assert (request.status, request.why) == ("not_sent", "unsubscribed")


def unsubscribe_kim(acme: Workspace) -> None:
    link = RequestLink(acme.id, ask(acme, acme.survey(), "kim@c.example"))
    key = acme.world.settings.address_key
    with acme.world.app.app_context():
        set_unsubscribed(db.session, link, unsubscribed=True, key=key, at=acme.world.clock())


def test_the_cap_holds_for_asking_again(acme: Workspace) -> None:
    survey = bad_rating(acme)
    with acme.world.app.app_context():
        change_asking_policy(db.session, acme.id, AskingPolicy(cap=1), test_mail_to="")
    ask(acme, survey, "kim@c.example")
    send_due_requests(acme)
    assert stored_request(acme, end(acme, asks_again=True)).why == "cap_reached"


def test_a_customer_whose_address_nobody_knows_cannot_be_asked(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 1)
    raise_alerts(acme)
    with acme.world.app.app_context():
        decision = may_ask_again(
            db.session(), acme.id, the_follow_up(acme).response_id, acme.world.clock()
        )
    assert (decision.status, decision.why) == ("not_sent", "bad_address")


def test_a_member_who_has_left_is_still_the_one_whom_it_is_about(acme: Workspace) -> None:
    bad_rating(acme)
    with acme.world.app.app_context():
        member_id = acme.responses()[0].member_id
        assert member_id is not None
        set_archived(db.session, acme.id, member_id, archived=True, at=acme.world.clock())
    request = stored_request(acme, end(acme, asks_again=True))
    assert (request.status, request.member_id) == ("scheduled", acme.responses()[0].member_id)


def test_the_second_answer_counts_nowhere_and_the_first_goes_on_counting(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    survey = bad_rating(acme)
    request = end(acme, asks_again=True)
    answer_request(acme, request, 5)
    assert [row.is_recovery for row in acme.responses()] == [False, True]
    assert counted(acme) == {1: 1}
    answer_request(acme, request, 4)
    assert counted(acme) == {1: 1}
    for hidden in (True, False):
        with acme.world.app.app_context():
            set_hidden(db.session, acme.id, request, hidden=hidden, at=acme.world.clock())
        assert counted(acme) == {1: 1}
    with acme.world.app.app_context(), write_connection(db.engine) as connection:
        rollups.count_everything_again(connection, acme.id)
    assert counted(acme) == {1: 1}
    answer_request(acme, ask(acme, survey, "lou@c.example"), 3)
    assert counted(acme) == {1: 1, 3: 1}


def test_a_second_answer_that_was_set_aside_counts_nowhere_when_it_is_restored(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    bad_rating(acme)
    request = stored_request(acme, end(acme, asks_again=True))
    held = Held(head(acme, request), Answer(scores={"stars": 5}, finished=True), acme.world.clock())
    with acme.world.app.app_context():
        with write_connection(db.engine) as connection:
            held_answers.hold(connection, held, "c" * 16, "set_aside", at=acme.world.clock())
        restore_answer(
            db.engine,
            acme.id,
            held_answers.held_id(request.id, "c" * 16),
            user_id=user_id(acme, acme.owner),
            at=acme.world.clock(),
        )
    assert acme.responses()[-1].is_recovery
    assert counted(acme) == {1: 1}


def test_the_second_answer_is_told_in_the_thread_of_the_first(any_acme: Workspace) -> None:
    acme = any_acme
    bad_rating(acme)
    answer_request(acme, end(acme, asks_again=True), 5)
    raise_alerts(acme)
    raise_alerts(acme)
    [note] = notes(acme, "answer")
    assert note.data == {"kind": "stars", "score": 5}
    assert len(follow_ups(acme)) == 1


def test_whoever_is_still_unhappy_is_followed_up_once_more(acme: Workspace) -> None:
    bad_rating(acme)
    request = end(acme, asks_again=True)
    answer_request(acme, request, 2)
    raise_alerts(acme)
    assert [UUID(of(found)) for found in follow_ups(acme)][-1] == request


def test_a_follow_up_is_resolved_once_and_asks_once(acme: Workspace) -> None:
    bad_rating(acme)
    id = the_follow_up(acme).id
    end(acme, asks_again=True)
    me = {"user_id": user_id(acme, acme.owner), "at": acme.world.clock()}
    with acme.world.app.app_context():
        with pytest.raises(FollowUpRefused, match="resolved already"):
            resolve(db.session, acme.id, id, "", asks_again=True, **me)
        set_status(db.session, acme.id, id, "in_progress", **me)
        with pytest.raises(FollowUpRefused, match="asked again already"):
            resolve(db.session, acme.id, id, "", asks_again=True, **me)
        resolve(db.session, acme.id, id, "", asks_again=False, **me)
    assert the_follow_up(acme).recovery_request_id is not None


def test_a_response_has_one_open_follow_up(any_acme: Workspace) -> None:
    acme = any_acme
    id = UUID(answer_survey(acme, acme.survey(), 5))
    me = {"user_id": user_id(acme, acme.owner), "at": acme.world.clock()}
    with acme.world.app.app_context():
        first = open_by_hand(db.session, acme.id, id, **me)
        again = open_by_hand(db.session, acme.id, id, **me)
        assert (first.is_new, again.is_new, again.id) == (True, False, first.id)
        resolve(db.session, acme.id, first.id, "", asks_again=False, **me)
        second = open_by_hand(db.session, acme.id, id, **me)
        assert second.is_new
        with pytest.raises(FollowUpRefused, match="another follow-up"):
            set_status(db.session, acme.id, first.id, "new", **me)
    assert [found.opened_why for found in follow_ups(acme)] == [["by_hand"], ["by_hand"]]


def test_whoever_is_given_a_follow_up_is_told_and_whoever_takes_it_is_not(
    acme: Workspace,
) -> None:
    bad_rating(acme)
    acme.person("bo@acme.example", "admin")
    acme.person("vi@acme.example", "viewer")
    alice, bo = user_id(acme, acme.owner), user_id(acme, "bo@acme.example")
    id = the_follow_up(acme).id
    with acme.world.app.app_context():
        for to in (alice, bo):
            assign(db.session, acme.id, id, to, user_id=alice, home=HOME, at=acme.world.clock())
        vi = user_id(acme, "vi@acme.example")
        with pytest.raises(FollowUpRefused):
            assign(db.session, acme.id, id, vi, user_id=alice, home=HOME, at=acme.world.clock())
    assert alerts(acme, "assignment") == [("mail", "bo@acme.example")]
    assert [note.data for note in notes(acme, "assignment")] == [
        {"from": None, "to": alice},
        {"from": alice, "to": bo},
    ]


def test_notes_are_kept_as_they_were_written_and_empty_ones_are_refused(acme: Workspace) -> None:
    bad_rating(acme)
    id, me = the_follow_up(acme).id, user_id(acme, acme.owner)
    with acme.world.app.app_context():
        about = {"user_id": me, "home": HOME, "at": acme.world.clock()}
        write_note(db.session, acme.id, id, " Called.\r\n<b>Twice</b> ", **about)
        for text in ("  ", "x" * 5_001):
            with pytest.raises(FollowUpRefused):
                write_note(db.session, acme.id, id, text, **about)
    assert [note.text for note in notes(acme, "note")] == ["Called.\n<b>Twice</b>"]


def test_another_workspaces_follow_up_does_not_exist(acme: Workspace) -> None:
    bad_rating(acme)
    id, me = the_follow_up(acme).id, user_id(acme, acme.owner)
    about = {"user_id": me, "home": HOME, "at": acme.world.clock()}
    with acme.world.app.app_context(), pytest.raises(UnknownFollowUp):
        write_note(db.session, acme.id + 1, id, "x", **about)


def test_tests_stay_tests_when_they_are_asked_again(acme: Workspace) -> None:
    survey = acme.survey()
    id = UUID(answer_survey(acme, survey, 1, is_test=True, customer_email="kim@c.example"))
    set_alerts(acme)
    with acme.world.app.app_context():
        me = {"user_id": user_id(acme, acme.owner), "at": acme.world.clock()}
        open_by_hand(db.session, acme.id, id, **me)
    request = stored_request(acme, end(acme, asks_again=True))
    assert (request.is_test, request.why) == (True, "no_test_address")
    with acme.world.app.app_context():
        assert db.session.scalar(select(Response.id).where(Response.is_recovery)) is None


def test_the_api_leaves_second_answers_out_unless_they_are_asked_for(acme: Workspace) -> None:
    bad_rating(acme)
    answer_request(acme, end(acme, asks_again=True), 5)
    key = {"Authorization": f"Bearer {acme.api_key()}"}
    client = acme.world.client()

    def listed(query: str) -> list[tuple[int, bool]]:
        answer = client.get(f"/api/v1/responses{query}", headers=key)
        assert answer.json is not None
        return [(item["score"], item["recovery"]) for item in answer.json["items"]]

    assert listed("") == [(1, False)]
    assert sorted(listed("?recovery=true")) == [(1, False), (5, True)]


def test_the_list_of_responses_shows_first_or_second_answers(acme: Workspace) -> None:
    bad_rating(acme)
    answer_request(acme, end(acme, asks_again=True), 5)
    client = acme.signed_in()
    first, second = (f"/console/responses/{row.id}" for row in acme.responses())
    for query, shown in (("", (True, True)), ("no", (True, False)), ("yes", (False, True))):
        page = client.get(f"/console/responses?again={query}").text
        assert (first in page, second in page) == shown


def test_a_second_answer_gives_the_member_no_vote(any_acme: Workspace) -> None:
    acme = any_acme
    coffee = acme.reward(votes=1)
    survey = bad_rating(acme)
    request = end(acme, asks_again=True)
    answer_request(acme, request, 5, reward=coffee)
    answer_request(acme, request, 4)
    assert suggested(acme) == (0, 0)
    answer_survey(acme, survey, 5, member="ana@acme.example", reward=coffee)
    assert suggested(acme) == (1, 1)


def test_hiding_takes_the_vote_and_the_testimonial_with_it_and_leaves_the_follow_up(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    coffee = acme.reward(votes=1)
    acme.member(email="ana@acme.example")
    said = {"reward": coffee, "comment": "Thank you!", "may_publish": True, "wants_contact": True}
    id = UUID(answer_survey(acme, acme.survey(), 5, member="ana@acme.example", **said))
    raise_alerts(acme)
    with acme.world.app.app_context():
        by = {"scope": EVERYTHING, "user_id": user_id(acme, acme.owner), "at": acme.world.clock()}
        approve_testimonial(db.session(), acme.id, id, None, **by)
    assert (suggested(acme), published(acme), counted(acme)) == ((1, 1), [id], {5: 1})
    for _ in range(2):
        hide(acme, id, hidden=True)
        assert (suggested(acme), published(acme), counted(acme)) == ((0, 0), [], {})
        assert the_follow_up(acme).status == "new"
    hide(acme, id, hidden=False)
    assert (suggested(acme), published(acme), counted(acme)) == ((1, 1), [], {5: 1})


def hide(acme: Workspace, id: UUID, *, hidden: bool) -> None:
    with acme.world.app.app_context():
        set_hidden(db.session(), acme.id, id, hidden=hidden, at=acme.world.clock())


def suggested(acme: Workspace) -> tuple[int, int]:
    """How many votes there are, and how many grants that nobody withdrew."""
    with acme.world.app.app_context():
        live = select(Grant.id).where(Grant.status != "withdrawn")
        votes = db.session.scalars(select(Vote.response_id)).all()
        return len(votes), len(db.session.scalars(live).all())


def published(acme: Workspace) -> list[UUID]:
    with acme.world.app.app_context():
        rows = shown_testimonials(db.session(), acme.id, survey=None, limit=9)
        return [row.response_id for row in rows]
