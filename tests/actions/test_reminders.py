"""Reminders: none at first, five at most, and none after any answer that counts; sending hours by
whose clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.builders import (
    MONDAY,
    AskedByMail,
    Workspace,
    ask,
    deliveries,
    send_due_requests,
    set_rules,
    stored_request,
)
from tests.web.landing.mailing import reader
from widget.actions.change_workspace import change_workspace
from widget.actions.note_delivery import note_sent
from widget.actions.settle_provisional import settle_due
from widget.domain.links import LinkSigner, RequestLink
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import HeldAnswer, Survey


def send_all(acme: Workspace) -> None:
    """The worker deals with what is due, and a mail server takes every mail."""
    send_due_requests(acme)
    for row in deliveries(acme):
        if row.status == "due":
            with acme.world.app.app_context():
                note_sent(db.session, acme.id, row.id, acme.world.clock())


def asked(acme: Workspace, survey: str) -> AskedByMail:
    """A request that was sent just now."""
    id = ask(acme, survey)
    send_all(acme)
    signer = LinkSigner(acme.world.settings.secret_keys, "answer")
    return AskedByMail(id, signer.sign(RequestLink(acme.id, id)), survey)


def by_link(acme: Workspace, mail: AskedByMail) -> None:
    reader(acme, mail).answer(mail, 4)


def in_the_mail(acme: Workspace, mail: AskedByMail) -> None:
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(Survey).values(mail={"texts": {}, "amp": True}))
    answer = acme.world.client().post(
        f"/s/{mail.token}/amp",
        data={"score": 4},
        headers={"AMP-Email-Sender": "feedback@sayso.example"},
    )
    assert answer.status_code == 200


def by_a_touch(acme: Workspace, mail: AskedByMail) -> None:
    somebody = reader(acme, mail)
    somebody.touch(somebody.open(mail.path(4)), 4)
    acme.world.clock.pass_time(minutes=10)
    with acme.world.app.app_context():
        assert settle_due(db.engine, acme.world.clock()) == 1


@pytest.mark.parametrize("answer", [by_link, in_the_mail, by_a_touch])
@pytest.mark.parametrize("reminders_before", [0, 1, 4])
def test_any_answer_that_counts_ends_the_reminders(
    acme: Workspace, answer: Callable[[Workspace, AskedByMail], None], reminders_before: int
) -> None:
    survey = acme.survey()
    set_rules(acme, survey, reminders=5, reminder_days=1)
    mail = asked(acme, survey)
    for _ in range(reminders_before):
        acme.world.clock.pass_time(days=1)
        send_all(acme)
    acme.world.clock.pass_time(hours=1)
    answer(acme, mail)
    assert stored_request(acme, mail.id).status == "answered"
    for _ in range(35):
        acme.world.clock.pass_time(days=1)
        send_all(acme)
    assert len(deliveries(acme)) == 1 + reminders_before
    assert stored_request(acme, mail.id).status == "answered"


@pytest.mark.parametrize("is_clean", [True, False])
def test_nobody_is_reminded_while_their_answer_is_in_quarantine(
    acme: Workspace, is_clean: bool
) -> None:
    survey = acme.survey()
    set_rules(acme, survey, reminders=1, reminder_days=1)
    mail = asked(acme, survey)
    acme.world.clock.pass_time(hours=23, minutes=55)
    somebody = reader(acme, mail)
    somebody.touch(somebody.open(mail.path(4)), 4)
    acme.world.clock.pass_time(minutes=9)
    send_all(acme)
    assert len(deliveries(acme)) == 1
    if not is_clean:
        with acme.world.app.app_context(), writing(db.session):
            db.session.execute(update(HeldAnswer).values(standing="set_aside", due_at=None))
    acme.world.clock.pass_time(minutes=1)
    with acme.world.app.app_context():
        settle_due(db.engine, acme.world.clock())
    acme.world.clock.pass_time(minutes=2)
    send_all(acme)
    assert len(deliveries(acme)) == (1 if is_clean else 2)
    assert stored_request(acme, mail.id).status == ("answered" if is_clean else "sent")


def test_opening_the_link_ends_no_reminder(acme: Workspace) -> None:
    survey = acme.survey()
    set_rules(acme, survey, reminders=1, reminder_days=1)
    mail = asked(acme, survey)
    reader(acme, mail).open(mail.path(4))
    acme.world.clock.pass_time(days=1)
    send_all(acme)
    assert [row.purpose for row in deliveries(acme)] == ["request", "reminder"]


@pytest.mark.parametrize("reminders", [0, 1, 5])
def test_there_are_as_many_reminders_as_wanted_and_not_one_more(
    any_acme: Workspace, reminders: int
) -> None:
    survey = any_acme.survey()
    if reminders:
        set_rules(any_acme, survey, reminders=reminders, reminder_days=2)
    mail = asked(any_acme, survey)
    for _ in range(35):
        any_acme.world.clock.pass_time(days=1)
        send_all(any_acme)
    purposes = [row.purpose for row in deliveries(any_acme)]
    assert purposes == ["request"] + ["reminder"] * reminders
    row = stored_request(any_acme, mail.id)
    assert (row.reminders_sent, row.status) == (reminders, "expired")


def test_sending_hours_are_the_customers_where_known_else_the_workspaces(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, hours_from=9, hours_until=17, suppression_days=0)
    with any_acme.world.app.app_context():
        at = any_acme.world.clock()
        change_workspace(db.session, any_acme.id, name="Acme", time_zone="Asia/Tokyo", at=at)
    tokyo, new_york = datetime(2026, 11, 24, 0, tzinfo=UTC), datetime(2026, 11, 23, 14, tzinfo=UTC)
    assert stored_request(any_acme, ask(any_acme, survey)).due_at == tokyo
    said = ask(any_acme, survey, time_zone="America/New_York")
    assert stored_request(any_acme, said).due_at == new_york
    # Remembered of the customer, and nobody else's.
    assert stored_request(any_acme, ask(any_acme, survey)).due_at == new_york
    assert stored_request(any_acme, ask(any_acme, survey, "lee@c.example")).due_at == tokyo


def test_a_reminder_keeps_sending_hours_by_the_customers_clock(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    set_rules(any_acme, survey, hours_from=9, hours_until=11, reminders=1, reminder_days=1)
    id = ask(any_acme, survey, time_zone="Europe/Lisbon")
    send_due_requests(any_acme)
    # The mail leaves late, after the hours have ended.
    any_acme.world.clock.pass_time(hours=5)
    with any_acme.world.app.app_context():
        note_sent(db.session, any_acme.id, deliveries(any_acme)[0].id, any_acme.world.clock())
    assert stored_request(any_acme, id).due_at == MONDAY + timedelta(days=2)


def test_one_customers_window_holds_nobody_else_and_no_other_survey(any_acme: Workspace) -> None:
    survey, other = any_acme.survey(), any_acme.survey("nps")
    asked(any_acme, survey)
    outcomes = [
        stored_request(any_acme, ask(any_acme, *about)).why
        for about in ((survey,), (survey, "lee@c.example"), (other,))
    ]
    assert outcomes == ["suppressed", "", ""]
