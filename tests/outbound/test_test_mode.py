"""Test mode: no customer gets mail, and nobody answers or unsubscribes for them."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.builders import Workspace, add_request
from tests.outbound.sink import Sink, listening
from tests.outbound.test_sending import (
    change_workspace,
    delivery,
    drain,
    engine_of,
    job_of,
    request,
)
from widget.actions.receive_bounce import receive_bounce
from widget.domain.bounces import BounceReport, Sort
from widget.domain.mail_addresses import DeliveryName
from widget.domain.requests import NO_REMINDER_IN_TEST_MODE, WAITS_IN_TEST_MODE
from widget.extensions import db
from widget.storage import claimed_mails, deliveries
from widget.storage.engine import writing
from widget.storage.models import Delivery, Request, SuppressedAddress

TESTER = "tester@acme.example"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with listening() as made:
        yield made


def change_request(acme: Workspace, id: UUID, **values: object) -> None:
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(Request).where(Request.id == id).values(**values))


def asked_in_earnest(acme: Workspace, at: datetime) -> tuple[UUID, UUID]:
    """A request whose customer has been mailed, and whose reminder is in the queue."""
    asked, reminder = add_request(acme, acme.survey(), purpose="reminder", email="kim@shop.example")
    change_request(acme, asked, status="sent", sent_at=at)
    return asked, reminder


def report(acme: Workspace, id: UUID, sort: Sort) -> None:
    with acme.world.app.app_context():
        receive_bounce(
            db.session,
            BounceReport(sort, "kim@shop.example", "no", DeliveryName(acme.id, id)),
            workspace_id=acme.id,
            key=acme.world.settings.address_key,
            reported_by="test",
            at=acme.world.clock(),
        )


def suppressed(acme: Workspace) -> list[str]:
    with acme.world.app.app_context():
        return list(db.session.scalars(select(SuppressedAddress.why)))


def test_in_test_mode_every_mail_goes_to_one_address_and_its_answer_is_a_test(
    any_acme: Workspace, sink: Sink
) -> None:
    change_workspace(any_acme, test_mail_to=TESTER)
    asked, sent = add_request(any_acme, any_acme.survey(), email="kim@shop.example")
    drain(any_acme, job_of(any_acme, sink.server))
    (mail,) = sink.mails
    parsed = mail.parsed()
    assert (mail.recipient, parsed["To"]) == (TESTER, TESTER)
    assert "kim@shop.example" in parsed["Subject"]
    assert parsed["X-Sayso-Test-For"] == "kim@shop.example"
    assert request(any_acme, asked).is_test
    assert delivery(any_acme, sent).is_test


def test_a_test_request_is_never_mailed_to_its_customer(any_acme: Workspace, sink: Sink) -> None:
    asked, sent = add_request(any_acme, any_acme.survey(), is_test=True)
    drain(any_acme, job_of(any_acme, sink.server))
    assert sink.mails == []
    assert delivery(any_acme, sent).status == "not_sent"
    assert request(any_acme, asked).why == "no_test_address"


def test_a_reminder_of_a_customer_who_was_mailed_is_dropped_and_the_request_stays_live(
    any_acme: Workspace, sink: Sink
) -> None:
    asked, reminder = asked_in_earnest(any_acme, any_acme.world.clock())
    change_workspace(any_acme, test_mail_to=TESTER)
    drain(any_acme, job_of(any_acme, sink.server))
    assert sink.mails == []
    found = delivery(any_acme, reminder)
    assert (found.status, found.is_test) == ("not_sent", False)
    assert found.last_error == NO_REMINDER_IN_TEST_MODE
    row = request(any_acme, asked)
    assert (row.status, row.is_test, row.due_at) == ("sent", False, row.expires_at)


def test_a_first_mail_that_may_have_left_before_test_mode_waits_for_its_end(
    any_acme: Workspace, sink: Sink
) -> None:
    asked, sent = add_request(any_acme, any_acme.survey(), email="kim@shop.example")
    sink.answer = lambda _to: "451 Later"
    job, clock = job_of(any_acme, sink.server), any_acme.world.clock
    drain(any_acme, job)
    sink.answer = lambda _to: None
    change_workspace(any_acme, test_mail_to=TESTER)
    clock.pass_time(minutes=2)
    drain(any_acme, job)
    assert sink.mails == []
    found = delivery(any_acme, sent)
    assert (found.status, found.attempts, found.last_error) == ("due", 1, WAITS_IN_TEST_MODE)
    assert not request(any_acme, asked).is_test
    change_workspace(any_acme, test_mail_to="")
    clock.pass_time(hours=1)
    drain(any_acme, job)
    assert [mail.recipient for mail in sink.mails] == ["kim@shop.example"]
    assert not delivery(any_acme, sent).is_test


def test_a_test_mail_that_is_put_off_is_tried_again_as_a_test(
    any_acme: Workspace, sink: Sink
) -> None:
    _, sent = add_request(any_acme, any_acme.survey())
    change_workspace(any_acme, test_mail_to=TESTER)
    sink.answer = lambda _to: "451 Later"
    job = job_of(any_acme, sink.server)
    drain(any_acme, job)
    sink.answer = lambda _to: None
    any_acme.world.clock.pass_time(minutes=1)
    drain(any_acme, job)
    assert [mail.recipient for mail in sink.mails] == [TESTER]
    assert delivery(any_acme, sent).is_test


def test_a_request_becomes_no_test_once_its_mail_is_reported_as_sent(any_acme: Workspace) -> None:
    asked, _ = add_request(any_acme, any_acme.survey())
    engine, at = engine_of(any_acme), any_acme.world.clock()
    job = job_of(any_acme, Sink(1).server)
    [due] = deliveries.claim(engine, any_acme.id, at, limit=1, lease=job.lease)
    report(any_acme, due.id, "delivered")
    assert not claimed_mails.make_test(engine, due)
    assert not request(any_acme, asked).is_test


def test_who_lost_a_mail_makes_no_test_of_it(any_acme: Workspace) -> None:
    asked, sent = add_request(any_acme, any_acme.survey())
    engine, clock = engine_of(any_acme), any_acme.world.clock
    job = job_of(any_acme, Sink(1).server)
    [due] = deliveries.claim(engine, any_acme.id, clock(), limit=1, lease=job.lease)
    clock.pass_time(minutes=6)
    deliveries.claim(engine, any_acme.id, clock(), limit=1, lease=job.lease)
    assert not claimed_mails.make_test(engine, due)
    assert not request(any_acme, asked).is_test
    assert not delivery(any_acme, sent).is_test


@pytest.mark.parametrize("sort", ["hard", "complaint"])
@pytest.mark.parametrize("is_test_mail", [True, False])
def test_what_is_said_of_a_mail_counts_by_whether_that_mail_was_a_test(
    any_acme: Workspace, sort: Sort, is_test_mail: bool
) -> None:
    asked, sent = add_request(any_acme, any_acme.survey(), email="kim@shop.example")
    with any_acme.world.app.app_context(), writing(db.session):
        values = {"is_test": is_test_mail, "status": "sent"}
        db.session.execute(update(Delivery).where(Delivery.id == sent).values(**values))
    change_request(any_acme, asked, is_test=True, status="sent")
    report(any_acme, sent, sort)
    why = {"hard": "hard_bounce", "complaint": "complaint"}[sort]
    assert suppressed(any_acme) == ([] if is_test_mail else [why])
