"""Mails of campaigns are made ahead, and keep to the campaign's hours and rules when they leave."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from tests.builders import Workspace, deliveries, set_rules
from tests.campaigning import (
    add_customers,
    launched,
    requests_of,
    run,
    send,
    steer,
    stored_campaign,
)
from tests.outbound.sink import Sink, listening
from widget.actions.steer_campaign import pause_campaign, resume_campaign, stop_campaign
from widget.extensions import db
from widget.outbound.mail.letters import Post
from widget.outbound.mail.sending import SendMail
from widget.outbound.mail.transport import SmtpMailer
from widget.storage import claimed_mails
from widget.storage.deliveries import claim, due_workspaces
from widget.storage.engine import writing
from widget.storage.models import Delivery

EVENING, NIGHT = (
    datetime(2026, 11, 23, 19, 59, tzinfo=UTC),
    datetime(2026, 11, 24, 2, 0, tzinfo=UTC),
)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with listening() as made:
        yield made


def engine_of(acme: Workspace) -> Engine:
    with acme.world.app.app_context():
        return db.engine


def deliver(acme: Workspace, sink: Sink) -> int:
    """Let the worker send what is in the queue; returns how many mails a server has had by now."""
    job = SendMail(Post(acme.world.settings), SmtpMailer(sink.server), clock=acme.world.clock)
    while job(engine_of(acme), acme.world.clock()):
        pass
    return len(sink.mails)


def test_mails_in_the_queue_of_a_paused_campaign_keep_to_its_hours(
    any_acme: Workspace, sink: Sink
) -> None:
    add_customers(any_acme, 3)
    any_acme.world.clock.moment = EVENING
    id = launched(any_acme, any_acme.survey("nps"), hours_from=8, hours_until=20)
    assert send(any_acme) == 3
    steer(any_acme, pause_campaign, id)
    assert deliveries(any_acme) == []
    any_acme.world.clock.moment = NIGHT
    steer(any_acme, resume_campaign, id)
    send(any_acme)
    assert deliver(any_acme, sink) == 0
    any_acme.world.clock.moment = NIGHT + timedelta(hours=6)
    send(any_acme)
    assert deliver(any_acme, sink) == 3


def test_a_queue_that_outlasts_the_hours_waits_for_the_next_morning(
    any_acme: Workspace, sink: Sink
) -> None:
    add_customers(any_acme, 2)
    any_acme.world.clock.moment = EVENING
    id = launched(any_acme, any_acme.survey("nps"), hours_from=8, hours_until=20)
    assert send(any_acme) == 2
    any_acme.world.clock.moment = EVENING + timedelta(minutes=2)
    assert deliver(any_acme, sink) == 0
    morning = EVENING.replace(day=24, hour=8, minute=0)
    assert [row.due_at for row in requests_of(any_acme, id)] == [morning, morning]
    assert deliveries(any_acme) == []


def test_a_long_pause_costs_nobody_their_time_for_answering(
    any_acme: Workspace, sink: Sink
) -> None:
    survey = any_acme.survey("nps")
    set_rules(any_acme, survey, expires_days=10)
    add_customers(any_acme, 2)
    id = launched(any_acme, survey)
    send(any_acme)
    steer(any_acme, pause_campaign, id)
    any_acme.world.clock.pass_time(days=31)
    steer(any_acme, resume_campaign, id)
    send(any_acme)
    assert deliver(any_acme, sink) == 2
    until = any_acme.world.clock() + timedelta(days=10)
    assert [(row.status, row.expires_at) for row in requests_of(any_acme, id)] == [
        ("sent", until)
    ] * 2


def test_whoever_was_asked_while_a_mail_waited_is_not_asked_again(
    any_acme: Workspace, sink: Sink
) -> None:
    add_customers(any_acme, 1)
    first = launched(any_acme, any_acme.survey("nps"), quiet_days=7)
    send(any_acme)
    steer(any_acme, pause_campaign, first)
    # Nobody was asked by it, so nothing speaks against asking at once.
    launched(any_acme, any_acme.survey("csat"), name="Other", quiet_days=7)
    send(any_acme)
    assert deliver(any_acme, sink) == 1
    steer(any_acme, resume_campaign, first)
    send(any_acme)
    assert deliver(any_acme, sink) == 1
    assert [row.why for row in requests_of(any_acme, first)] == ["asked_recently"]


def test_a_mail_that_waited_long_is_decided_on_again(any_acme: Workspace, sink: Sink) -> None:
    add_customers(any_acme, 1)
    id = launched(any_acme, any_acme.survey("nps"))
    send(any_acme)
    any_acme.world.clock.pass_time(minutes=29)
    [kept] = deliveries(any_acme)
    any_acme.world.clock.pass_time(minutes=2)
    assert deliver(any_acme, sink) == 0
    assert [row.due_at for row in requests_of(any_acme, id)] == [any_acme.world.clock()]
    send(any_acme)
    [made] = deliveries(any_acme)
    assert made.id != kept.id
    assert deliver(any_acme, sink) == 1


def test_a_mail_that_a_server_may_have_stays_one_and_the_same(
    any_acme: Workspace, sink: Sink
) -> None:
    add_customers(any_acme, 1)
    any_acme.world.clock.moment = EVENING
    launched(any_acme, any_acme.survey("nps"), hours_from=8, hours_until=20)
    send(any_acme)
    now, lease = any_acme.world.clock(), timedelta(minutes=5)
    claim(engine_of(any_acme), any_acme.id, now, limit=1, lease=lease)
    # Its worker is gone.
    any_acme.world.clock.moment = NIGHT
    [before] = deliveries(any_acme)
    assert deliver(any_acme, sink) == 0
    [after] = deliveries(any_acme)
    assert (after.id, after.status, after.attempts) == (before.id, "due", 1)
    any_acme.world.clock.moment = NIGHT + timedelta(hours=6)
    assert deliver(any_acme, sink) == 1


def test_a_mail_that_is_given_back_after_its_campaign_was_stopped_is_withdrawn(
    any_acme: Workspace,
) -> None:
    add_customers(any_acme, 2)
    id = launched(any_acme, any_acme.survey("nps"))
    send(any_acme)
    engine, now = engine_of(any_acme), any_acme.world.clock()
    mails = claim(engine, any_acme.id, now, limit=9, lease=timedelta(minutes=5))
    steer(any_acme, stop_campaign, id)
    run(any_acme)
    finished_at = stored_campaign(any_acme, id).finished_at
    # One is given back, and the worker of the other dies.
    claimed_mails.release(engine, mails[:1])
    any_acme.world.clock.pass_time(hours=1)
    run(any_acme)
    assert [row.status for row in deliveries(any_acme)] == ["not_sent", "not_sent"]
    assert due_workspaces(engine, any_acme.world.clock()) == []
    assert stored_campaign(any_acme, id).finished_at == finished_at


def test_another_workers_claim_is_not_taken_back(any_acme: Workspace, sink: Sink) -> None:
    add_customers(any_acme, 1)
    launched(any_acme, any_acme.survey("nps"))
    send(any_acme)
    any_acme.world.clock.pass_time(hours=1)
    job = SendMail(Post(any_acme.world.settings), SmtpMailer(sink.server), any_acme.world.clock)
    engine, now = engine_of(any_acme), any_acme.world.clock()
    left = claim(engine, any_acme.id, now, limit=1, lease=timedelta(minutes=5))
    with any_acme.world.app.app_context(), writing(db.session) as session:
        session.execute(update(Delivery).values(claimed_until=now + timedelta(minutes=9)))
    job._send_claimed(engine, any_acme.id, left, now)
    assert [row.status for row in deliveries(any_acme)] == ["sending"]


def test_mails_of_campaigns_say_that_their_reader_is_a_customer(
    any_acme: Workspace, sink: Sink
) -> None:
    add_customers(any_acme, 1)
    launched(any_acme, any_acme.survey("nps"))
    run(any_acme, any_acme.world.clock())
    send(any_acme)
    assert deliver(any_acme, sink) == 1
    [mail] = sink.mails
    text = mail.parsed().get_body(("plain",)).get_content()
    assert "You are a customer of Acme, and your opinion matters to us." in text
    assert "You receive this mail because you are a customer of Acme." in text
    assert "in touch" not in text
