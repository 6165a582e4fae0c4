"""What the worker does when a request is due, and what the mail side reports, on each database."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import (
    BROWSER,
    MONDAY,
    Workspace,
    ask,
    deliveries,
    send_due_requests,
    set_rules,
    stored_request,
)
from widget.actions import send_due_requests as send_due_requests_module
from widget.actions.cancel_request import cancel_request
from widget.actions.change_asking import change_asking_policy
from widget.actions.change_survey import set_closed
from widget.actions.give_answer import give_answer
from widget.actions.note_delivery import (
    note_bounced,
    note_delivered,
    note_failed,
    note_refused,
    note_sent,
)
from widget.actions.receive_answer import receive_answer
from widget.actions.send_due_requests import send_due
from widget.domain.asking import AskingPolicy
from widget.domain.context import Context
from widget.domain.errors import CannotCancel, UnknownRequest
from widget.domain.flow import Answer
from widget.domain.held import Held
from widget.domain.requests import NO_REMINDER_IN_TEST_MODE
from widget.domain.responses import ResponseHead
from widget.domain.suspicion import Client
from widget.extensions import db
from widget.storage.due_requests import DueRequest
from widget.storage.engine import writing
from widget.storage.ids import new_id
from widget.storage.models import Delivery, Event
from widget.storage.surveys import published_survey, survey_of

DAY = timedelta(days=1)


def mails(acme: Workspace) -> list[tuple[str, str]]:
    return [(row.purpose, row.status) for row in deliveries(acme)]


def sent(acme: Workspace) -> None:
    """The mail side sends everything that is due."""
    for row in deliveries(acme):
        if row.status == "due":
            with acme.world.app.app_context():
                note_sent(db.session, acme.id, row.id, acme.world.clock())


def outcome(acme: Workspace, id: UUID) -> tuple[str, str]:
    row = stored_request(acme, id)
    return row.status, row.why


def answer(acme: Workspace, survey: str, id: UUID, source: str = "email") -> None:
    """The customer of a request answers it."""
    with acme.world.app.app_context():
        published = published_survey(db.session(), survey)
        assert published
        assert published.version_id
        db.session.rollback()
        head = ResponseHead(
            workspace_id=acme.id,
            id=id,
            survey_id=published.id,
            version_id=published.version_id,
            kind="stars",
            language="en",
            source=source,
            is_test=False,
            context=Context(),
            member_id=None,
            answered_at=acme.world.clock(),
        )
        said = Answer(scores={"stars": 5})
        if source == "email":
            held = Held(head, said, acme.world.clock())
            receive_answer(db.engine, held, Client("somebody", "", BROWSER, in_data_centre=False))
        else:
            give_answer(db.engine, head, said, time_zone="UTC")


def test_a_due_request_becomes_one_mail(any_acme: Workspace) -> None:
    id = ask(any_acme, any_acme.survey(), delay_s=60)
    assert send_due_requests(any_acme) == 0
    any_acme.world.clock.pass_time(seconds=60)
    assert send_due_requests(any_acme) == 1
    assert send_due_requests(any_acme) == 0
    [mail] = deliveries(any_acme)
    assert (mail.request_id, mail.purpose, mail.status) == (id, "request", "due")
    assert mail.recipient == "kim@c.example"
    assert stored_request(any_acme, id).status == "scheduled"


def test_a_sent_mail_makes_a_sent_request_that_ends_unanswered(any_acme: Workspace) -> None:
    id = ask(any_acme, any_acme.survey())
    send_due_requests(any_acme)
    any_acme.world.clock.pass_time(minutes=2)
    sent(any_acme)
    row = stored_request(any_acme, id)
    assert (row.status, row.sent_at) == ("sent", MONDAY + timedelta(minutes=2))
    any_acme.world.clock.pass_time(days=29, hours=23, minutes=57)
    send_due_requests(any_acme)
    assert outcome(any_acme, id) == ("sent", "")
    any_acme.world.clock.pass_time(minutes=1)
    send_due_requests(any_acme)
    assert outcome(any_acme, id) == ("expired", "unanswered")
    assert mails(any_acme) == [("request", "sent")]


def test_the_window_counts_from_when_the_mail_left(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    ask(any_acme, survey)
    send_due_requests(any_acme)
    any_acme.world.clock.pass_time(days=2)
    sent(any_acme)
    any_acme.world.clock.pass_time(days=29)
    assert outcome(any_acme, ask(any_acme, survey))[1] == "suppressed"
    any_acme.world.clock.pass_time(days=1)
    assert outcome(any_acme, ask(any_acme, survey))[0] == "scheduled"


def test_reminders_come_in_time_and_stop_when_there_were_enough(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=2, reminder_days=3)
    id = ask(any_acme, survey)
    for _ in range(20):
        send_due_requests(any_acme)
        sent(any_acme)
        any_acme.world.clock.pass_time(days=1)
    assert mails(any_acme) == [("request", "sent"), ("reminder", "sent"), ("reminder", "sent")]
    assert [row.sent_at for row in deliveries(any_acme)] == [
        MONDAY,
        MONDAY + 3 * DAY,
        MONDAY + 6 * DAY,
    ]
    assert stored_request(any_acme, id).reminders_sent == 2


def test_any_answer_stops_reminders_and_takes_back_what_waits(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=5, reminder_days=1)
    id = ask(any_acme, survey)
    send_due_requests(any_acme)
    sent(any_acme)
    any_acme.world.clock.pass_time(days=1)
    send_due_requests(any_acme)
    answer(any_acme, survey, id)
    row = stored_request(any_acme, id)
    assert (row.status, row.answered_at, row.due_at) == ("answered", MONDAY + DAY, None)
    assert mails(any_acme) == [("request", "sent"), ("reminder", "not_sent")]
    any_acme.world.clock.pass_time(days=40)
    assert send_due_requests(any_acme) == 0
    assert outcome(any_acme, id) == ("answered", "")


def test_an_answer_that_came_another_way_is_seen_before_a_reminder(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=1, reminder_days=1)
    id = ask(any_acme, survey)
    send_due_requests(any_acme)
    sent(any_acme)
    answer(any_acme, survey, id, source="link")
    any_acme.world.clock.pass_time(days=1)
    send_due_requests(any_acme)
    assert outcome(any_acme, id) == ("answered", "")
    assert stored_request(any_acme, id).answered_at == MONDAY
    assert mails(any_acme) == [("request", "sent")]


def test_a_second_answer_keeps_the_time_of_the_first(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    id = ask(any_acme, survey)
    answer(any_acme, survey, id)
    any_acme.world.clock.pass_time(days=1)
    answer(any_acme, survey, id)
    assert stored_request(any_acme, id).answered_at == MONDAY


def test_an_answer_to_no_request_is_only_a_response(any_acme: Workspace) -> None:
    answer(any_acme, any_acme.survey(), new_id())
    assert len(any_acme.responses()) == 1


def test_the_rules_are_asked_again_at_the_moment_of_sending(any_acme: Workspace) -> None:
    first, second = any_acme.survey(), any_acme.survey()
    set_rules(any_acme, first, suppression_days=0)
    early, late = ask(any_acme, first), ask(any_acme, first, delay_s=3600)
    closed = ask(any_acme, second, "lee@c.example")
    set_rules(any_acme, first, suppression_days=30)
    with any_acme.world.app.app_context():
        set_closed(db.session, any_acme.id, second, closed=True, at=MONDAY)
    any_acme.world.clock.pass_time(hours=2)
    assert send_due_requests(any_acme) == 3
    assert outcome(any_acme, closed) == ("not_sent", "survey_closed")
    assert outcome(any_acme, early)[0] == "scheduled"
    row = stored_request(any_acme, late)
    assert (row.status, row.why, row.why_request_id) == ("not_sent", "suppressed", early)
    assert mails(any_acme) == [("request", "due")]


def test_a_worker_that_slept_keeps_to_sending_hours_and_to_the_end(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, hours_from=8, hours_until=18, expires_days=2)
    id = ask(any_acme, survey)
    any_acme.world.clock.pass_time(hours=12)
    send_due_requests(any_acme)
    assert mails(any_acme) == []
    assert stored_request(any_acme, id).due_at == MONDAY + timedelta(hours=23)
    any_acme.world.clock.pass_time(days=2)
    send_due_requests(any_acme)
    assert outcome(any_acme, id) == ("not_sent", "expired")


def test_a_reminder_waits_for_the_cap_and_for_sending_hours(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=1, reminder_days=1)
    with any_acme.world.app.app_context():
        policy = AskingPolicy(cap=1, cap_days=5)
        change_asking_policy(db.session, any_acme.id, policy, test_mail_to="")
    id = ask(any_acme, survey)
    send_due_requests(any_acme)
    sent(any_acme)
    any_acme.world.clock.pass_time(days=1)
    send_due_requests(any_acme)
    assert mails(any_acme) == [("request", "sent")]
    assert stored_request(any_acme, id).due_at == MONDAY + 5 * DAY
    any_acme.world.clock.pass_time(days=4)
    send_due_requests(any_acme)
    assert mails(any_acme) == [("request", "sent"), ("reminder", "due")]


def test_a_test_never_reaches_its_customer_once_test_mode_has_ended(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=1, reminder_days=1)
    for address in ("test@acme.example", ""):
        with any_acme.world.app.app_context():
            change_asking_policy(db.session, any_acme.id, AskingPolicy(), test_mail_to=address)
        if address:
            reminded = ask(any_acme, survey)
            send_due_requests(any_acme)
            sent(any_acme)
            waiting = ask(any_acme, survey, "lee@c.example", delay_s=60)
    any_acme.world.clock.pass_time(days=1)
    send_due_requests(any_acme)
    assert outcome(any_acme, waiting) == ("not_sent", "no_test_address")
    assert outcome(any_acme, reminded) == ("sent", "")
    assert mails(any_acme) == [("request", "sent")]


def test_who_was_asked_in_earnest_gets_no_reminder_from_test_mode_and_stays_live(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=1, reminder_days=1)
    id = ask(any_acme, survey)
    send_due_requests(any_acme)
    sent(any_acme)
    with any_acme.world.app.app_context():
        change_asking_policy(
            db.session, any_acme.id, AskingPolicy(), test_mail_to="test@acme.example"
        )
    any_acme.world.clock.pass_time(days=1)
    send_due_requests(any_acme)
    [_, reminder] = deliveries(any_acme)
    assert (reminder.purpose, reminder.status) == ("reminder", "not_sent")
    assert reminder.last_error == NO_REMINDER_IN_TEST_MODE
    row = stored_request(any_acme, id)
    assert (row.status, row.is_test, row.due_at) == ("sent", False, row.expires_at)
    assert send_due_requests(any_acme) == 0


def test_the_mails_of_a_test_are_tests(any_acme: Workspace) -> None:
    with any_acme.world.app.app_context():
        change_asking_policy(
            db.session, any_acme.id, AskingPolicy(), test_mail_to="test@acme.example"
        )
    ask(any_acme, any_acme.survey())
    send_due_requests(any_acme)
    assert [row.is_test for row in deliveries(any_acme)] == [True]


def test_several_workers_make_each_mail_once(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    for number in range(60):
        ask(any_acme, survey, f"c{number}@c.example")
    done = []

    def work() -> None:
        with any_acme.world.app.app_context():
            done.append(sum(send_due(db.engine, MONDAY, limit=20) for _ in range(10)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(done) == 60
    assert len({row.request_id for row in deliveries(any_acme)}) == len(deliveries(any_acme)) == 60


def test_a_request_that_fails_holds_up_no_other_and_is_put_off_for_longer_each_time(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    survey = any_acme.survey()
    poisoned, sound = ask(any_acme, survey), ask(any_acme, survey, "lee@c.example")
    deal_with, clock = send_due_requests_module._deal_with, any_acme.world.clock

    def fail_for_one(session: Session, due: DueRequest, *rest: Any) -> None:
        if due.request.id == poisoned:
            due.request.status = None  # type: ignore[assignment]
            session.flush()
        deal_with(session, due, *rest)

    monkeypatch.setattr(send_due_requests_module, "_deal_with", fail_for_one)
    send_due_requests(any_acme)
    assert [row.request_id for row in deliveries(any_acme)] == [sound]
    assert f"Request {poisoned} of workspace {any_acme.id} cannot be dealt with" in caplog.text
    assert f"Request {poisoned} is put off until 2026-11-23 09:01" in caplog.text
    waits = []
    for _ in range(9):
        assert send_due_requests(any_acme) == 0
        due_at = stored_request(any_acme, poisoned).due_at
        assert due_at
        waits.append((due_at - clock()) // timedelta(minutes=1))
        clock.pass_time(minutes=waits[-1])
        send_due_requests(any_acme)
    assert waits == [1, 1, 2, 4, 8, 16, 32, 60, 60]
    monkeypatch.undo()
    clock.pass_time(hours=1)
    send_due_requests(any_acme)
    assert [row.request_id for row in deliveries(any_acme)] == [sound, poisoned]


def test_a_survey_whose_rules_cannot_be_read_holds_up_no_other(any_acme: Workspace) -> None:
    broken, sound = any_acme.survey(), any_acme.survey()
    waits = [ask(any_acme, broken, f"c{number}@c.example") for number in range(3)]
    id = ask(any_acme, sound)
    with any_acme.world.app.app_context(), writing(db.session) as session:
        survey_of(session, any_acme.id, broken).asking = {"suppression_days": "many"}
    send_due_requests(any_acme)
    assert [row.request_id for row in deliveries(any_acme)] == [id]
    assert {stored_request(any_acme, one).due_at for one in waits} == {
        MONDAY + timedelta(minutes=1)
    }


def test_a_mail_that_no_server_takes_is_told(any_acme: Workspace) -> None:
    id = ask(any_acme, any_acme.survey())
    send_due_requests(any_acme)
    [mail] = deliveries(any_acme)
    with any_acme.world.app.app_context():
        note_failed(db.session, any_acme.id, mail.id, "421 try later", MONDAY)
        note_failed(db.session, any_acme.id, mail.id, "421 try later", MONDAY)
    row = stored_request(any_acme, id)
    assert (row.status, row.why, row.why_text) == ("not_sent", "mail_failed", "421 try later")
    assert row.asked_at is None
    assert mails(any_acme) == [("request", "failed")]


def test_a_reminder_that_fails_leaves_the_request_open(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=2, reminder_days=1)
    id = ask(any_acme, survey)
    send_due_requests(any_acme)
    sent(any_acme)
    any_acme.world.clock.pass_time(days=1)
    send_due_requests(any_acme)
    with any_acme.world.app.app_context():
        note_failed(db.session, any_acme.id, deliveries(any_acme)[1].id, "no", MONDAY)
    row = stored_request(any_acme, id)
    assert (row.status, row.due_at) == ("sent", row.expires_at)


@pytest.mark.parametrize("hard", [True, False])
def test_a_bounce_ends_a_request_only_when_it_is_hard(any_acme: Workspace, hard: bool) -> None:
    id = ask(any_acme, any_acme.survey())
    send_due_requests(any_acme)
    sent(any_acme)
    [mail] = deliveries(any_acme)
    with any_acme.world.app.app_context():
        for _ in range(2):
            note_bounced(
                db.session, any_acme.id, mail.id, hard=hard, detail="550 unknown", at=MONDAY
            )
        events = db.session.scalars(select(Event.name).where(Event.name == "request.bounced")).all()
    assert outcome(any_acme, id) == (("bounced", "hard_bounce") if hard else ("sent", ""))
    assert deliveries(any_acme)[0].last_error == "550 unknown"
    assert len(events) == (1 if hard else 0)


def test_a_bounce_before_the_note_of_sending_says_that_it_was_sent(any_acme: Workspace) -> None:
    id = ask(any_acme, any_acme.survey())
    send_due_requests(any_acme)
    [mail] = deliveries(any_acme)
    with any_acme.world.app.app_context():
        note_bounced(db.session, any_acme.id, mail.id, hard=True, detail="550", at=MONDAY)
        note_sent(db.session, any_acme.id, mail.id, MONDAY)
    assert outcome(any_acme, id) == ("bounced", "hard_bounce")
    assert stored_request(any_acme, id).sent_at == MONDAY


def test_a_delivered_mail_makes_a_delivered_request(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=1, reminder_days=1)
    id = ask(any_acme, survey)
    send_due_requests(any_acme)
    [mail] = deliveries(any_acme)
    with any_acme.world.app.app_context():
        note_delivered(db.session, any_acme.id, mail.id, MONDAY)
        note_sent(db.session, any_acme.id, mail.id, MONDAY)
    assert outcome(any_acme, id) == ("delivered", "")
    assert mails(any_acme) == [("request", "delivered")]
    any_acme.world.clock.pass_time(days=1)
    send_due_requests(any_acme)
    assert mails(any_acme)[1] == ("reminder", "due")


def test_an_address_refused_at_the_last_moment_says_why(any_acme: Workspace) -> None:
    id = ask(any_acme, any_acme.survey())
    send_due_requests(any_acme)
    [mail] = deliveries(any_acme)
    with any_acme.world.app.app_context():
        note_refused(db.session, any_acme.id, mail.id, "unsubscribed", MONDAY)
    assert outcome(any_acme, id) == ("not_sent", "unsubscribed")
    assert mails(any_acme) == [("request", "not_sent")]


def test_notes_may_be_part_of_a_larger_transaction(any_acme: Workspace) -> None:
    id = ask(any_acme, any_acme.survey())
    send_due_requests(any_acme)
    [mail] = deliveries(any_acme)

    def note_and(then: Callable[[], object]) -> None:
        with any_acme.world.app.app_context(), writing(db.session):
            note_sent(db.session, any_acme.id, mail.id, MONDAY)
            then()

    with pytest.raises(ZeroDivisionError):
        note_and(lambda: 1 // 0)
    assert outcome(any_acme, id)[0] == "scheduled"
    note_and(lambda: None)
    assert outcome(any_acme, id)[0] == "sent"


def test_an_unknown_delivery_is_no_news(any_acme: Workspace) -> None:
    with any_acme.world.app.app_context(), pytest.raises(UnknownRequest):
        note_sent(db.session, any_acme.id, new_id(), MONDAY)


def test_a_request_is_cancelled_until_its_mail_is_being_sent(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, suppression_days=0)
    ids = [ask(any_acme, survey, delay_s=3600), ask(any_acme, survey), ask(any_acme, survey)]
    send_due_requests(any_acme)
    with any_acme.world.app.app_context():
        with writing(db.session):
            db.session.scalars(
                select(Delivery).where(Delivery.request_id == ids[2])
            ).one().status = "sending"
        for id in ids[:2]:
            cancel_request(db.session, any_acme.id, id, at=MONDAY)
        for id in ids:
            with pytest.raises(CannotCancel):
                cancel_request(db.session, any_acme.id, id, at=MONDAY)
    assert [outcome(any_acme, id) for id in ids] == [
        ("not_sent", "cancelled"),
        ("not_sent", "cancelled"),
        ("scheduled", ""),
    ]
    assert sorted(status for _purpose, status in mails(any_acme)) == ["not_sent", "sending"]


def cancel(acme: Workspace, id: UUID) -> None:
    with acme.world.app.app_context():
        cancel_request(db.session, acme.id, id, at=acme.world.clock())


@pytest.mark.parametrize("is_mail_made", [False, True])
@pytest.mark.parametrize("note", [note_sent, note_delivered])
def test_reminders_are_cancelled_and_the_request_stays_sent(
    any_acme: Workspace, is_mail_made: bool, note: Callable[..., None]
) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=5, reminder_days=1)
    id = ask(any_acme, survey)
    send_due_requests(any_acme)
    with any_acme.world.app.app_context():
        note(db.session, any_acme.id, deliveries(any_acme)[0].id, MONDAY)
    status = stored_request(any_acme, id).status
    if is_mail_made:
        any_acme.world.clock.pass_time(days=1)
        send_due_requests(any_acme)
    cancel(any_acme, id)
    assert outcome(any_acme, id) == (status, "reminders_cancelled")
    assert mails(any_acme) == [("request", status), ("reminder", "not_sent")]
    assert deliveries(any_acme)[1].recipient == "kim@c.example"
    with pytest.raises(CannotCancel):
        cancel(any_acme, id)
    for _ in range(28):
        any_acme.world.clock.pass_time(days=1)
        send_due_requests(any_acme)
    assert len(mails(any_acme)) == 2
    answer(any_acme, survey, id)
    assert outcome(any_acme, id) == ("answered", "")


def test_a_request_without_reminders_to_come_has_nothing_to_cancel(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=1, reminder_days=1)
    plain = any_acme.survey()
    reminded, unreminded = ask(any_acme, survey), ask(any_acme, plain)
    for _ in range(2):
        send_due_requests(any_acme)
        sent(any_acme)
        any_acme.world.clock.pass_time(days=1)
    answered = ask(any_acme, any_acme.survey())
    answer(any_acme, survey, answered)
    for id in (reminded, unreminded, answered):
        before = outcome(any_acme, id)
        with pytest.raises(CannotCancel):
            cancel(any_acme, id)
        assert outcome(any_acme, id) == before


def test_a_reminder_that_is_being_sent_is_not_taken_back(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=2, reminder_days=1)
    id = ask(any_acme, survey)
    send_due_requests(any_acme)
    sent(any_acme)
    any_acme.world.clock.pass_time(days=1)
    send_due_requests(any_acme)
    with any_acme.world.app.app_context(), writing(db.session):
        db.session.scalars(
            select(Delivery).where(Delivery.purpose == "reminder")
        ).one().status = "sending"
    with pytest.raises(CannotCancel, match="being sent"):
        cancel(any_acme, id)
    assert outcome(any_acme, id) == ("sent", "")


def test_cancelled_reminders_are_no_mails_for_the_cap(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, reminders=1, reminder_days=1)
    with any_acme.world.app.app_context():
        policy = AskingPolicy(cap=2, cap_days=5)
        change_asking_policy(db.session, any_acme.id, policy, test_mail_to="")
    id = ask(any_acme, survey)
    send_due_requests(any_acme)
    sent(any_acme)
    cancel(any_acme, id)
    assert outcome(any_acme, ask(any_acme, any_acme.survey()))[0] == "scheduled"


def test_an_answer_before_the_mail_left_is_no_mail_and_suppresses_from_then_on(
    any_acme: Workspace,
) -> None:
    survey, other = any_acme.survey(), any_acme.survey()
    with any_acme.world.app.app_context():
        policy = AskingPolicy(cap=1, cap_days=60)
        change_asking_policy(db.session, any_acme.id, policy, test_mail_to="")
    id = ask(any_acme, survey, delay_s=20 * 24 * 3600)
    any_acme.world.clock.pass_time(hours=1)
    answer(any_acme, survey, id)
    any_acme.world.clock.pass_time(days=30, seconds=-1)
    row = stored_request(any_acme, ask(any_acme, survey))
    assert (row.why, row.why_request_id) == ("suppressed", id)
    assert row.why_until == MONDAY + timedelta(days=30, hours=1)
    # Neither the cap of one mail nor the window knows of it for another survey, or a second later.
    asked = ask(any_acme, other, "kim@c.example")
    assert outcome(any_acme, asked)[0] == "scheduled"
    cancel(any_acme, asked)
    any_acme.world.clock.pass_time(seconds=1)
    assert outcome(any_acme, ask(any_acme, survey))[0] == "scheduled"


def test_a_mail_that_left_before_the_answer_counts_from_when_it_left(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    with any_acme.world.app.app_context():
        policy = AskingPolicy(cap=1, cap_days=7)
        change_asking_policy(db.session, any_acme.id, policy, test_mail_to="")
    id = ask(any_acme, survey)
    send_due_requests(any_acme)
    with any_acme.world.app.app_context(), writing(db.session):
        db.session.scalars(select(Delivery)).one().status = "sending"
    answer(any_acme, survey, id)
    any_acme.world.clock.pass_time(minutes=1)
    with any_acme.world.app.app_context():
        note_sent(db.session, any_acme.id, deliveries(any_acme)[0].id, any_acme.world.clock())
    assert stored_request(any_acme, id).asked_at == MONDAY + timedelta(minutes=1)
    assert outcome(any_acme, ask(any_acme, any_acme.survey()))[1] == "cap_reached"
