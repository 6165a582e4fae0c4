"""A worker whose lease ran out, or that was overtaken by a report, overwrites nothing."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from tests.builders import Workspace, add_request
from widget.actions.note_delivery import note_bounced, note_delivered, note_failed, note_refused
from widget.extensions import db
from widget.storage import claimed_mails, deliveries
from widget.storage.deliveries import DueMail
from widget.storage.models import Delivery, Request

LEASE = timedelta(minutes=5)


def engine_of(acme: Workspace) -> Engine:
    with acme.world.app.app_context():
        return db.engine


def claim(acme: Workspace) -> DueMail:
    """The one mail of the queue, claimed now."""
    engine, now = engine_of(acme), acme.world.clock()
    [due] = deliveries.claim(engine, acme.id, now, limit=1, lease=LEASE)
    return due


def state(acme: Workspace) -> tuple[str, int, str]:
    """Status, attempts and error of the one delivery."""
    with acme.world.app.app_context():
        db.session.rollback()
        row = db.session.scalars(select(Delivery)).one()
        return row.status, row.attempts, row.last_error


def request_status(acme: Workspace, id: UUID) -> str:
    with acme.world.app.app_context():
        db.session.rollback()
        return db.session.scalars(select(Request).where(Request.id == id)).one().status


def accept(acme: Workspace, due: DueMail) -> None:
    claimed_mails.mark_accepted(engine_of(acme), due, acme.world.clock())


def retry(acme: Workspace, due: DueMail) -> None:
    claimed_mails.retry_later(engine_of(acme), due, due_at=acme.world.clock(), error="too late")


def drop(acme: Workspace, due: DueMail) -> None:
    claimed_mails.mark_not_sent(engine_of(acme), due, "too late")


def let_go(acme: Workspace, due: DueMail) -> None:
    claimed_mails.release(engine_of(acme), [due])


def give_up(acme: Workspace, due: DueMail) -> None:
    at = acme.world.clock()
    with acme.world.app.app_context():
        note_failed(db.session, acme.id, due.id, "too late", at, claim=due.claimed_until)


def refuse(acme: Workspace, due: DueMail) -> None:
    at = acme.world.clock()
    with acme.world.app.app_context():
        note_refused(db.session, acme.id, due.id, "complaint", at, claim=due.claimed_until)


WORDS = [accept, retry, drop, let_go, give_up, refuse]


@pytest.mark.parametrize("say", WORDS)
def test_a_worker_whose_lease_ran_out_does_not_touch_anothers_mail(
    any_acme: Workspace, say: Callable[[Workspace, DueMail], None]
) -> None:
    asked, _ = add_request(any_acme, any_acme.survey())
    mine = claim(any_acme)
    any_acme.world.clock.pass_time(minutes=6)
    claim(any_acme)
    say(any_acme, mine)
    assert state(any_acme) == ("sending", 2, "")
    assert request_status(any_acme, asked) == "scheduled"


@pytest.mark.parametrize("say", WORDS)
def test_a_worker_whose_lease_ran_out_does_not_call_back_what_another_sent(
    any_acme: Workspace, say: Callable[[Workspace, DueMail], None]
) -> None:
    asked, _ = add_request(any_acme, any_acme.survey())
    mine = claim(any_acme)
    any_acme.world.clock.pass_time(minutes=6)
    accept(any_acme, claim(any_acme))
    say(any_acme, mine)
    assert state(any_acme) == ("accepted", 2, "")
    assert request_status(any_acme, asked) == "scheduled"


@pytest.mark.parametrize("say", WORDS)
def test_a_bounce_between_handing_over_and_marking_stays(
    any_acme: Workspace, say: Callable[[Workspace, DueMail], None]
) -> None:
    asked, _ = add_request(any_acme, any_acme.survey())
    mine = claim(any_acme)
    with any_acme.world.app.app_context():
        at = any_acme.world.clock()
        note_bounced(db.session, any_acme.id, mine.id, hard=True, detail="550 gone", at=at)
    say(any_acme, mine)
    assert state(any_acme) == ("bounced", 1, "550 gone")
    assert request_status(any_acme, asked) == "bounced"


def test_a_delivery_report_between_handing_over_and_marking_stays(any_acme: Workspace) -> None:
    asked, _ = add_request(any_acme, any_acme.survey())
    mine = claim(any_acme)
    with any_acme.world.app.app_context():
        note_delivered(db.session, any_acme.id, mine.id, any_acme.world.clock())
    accept(any_acme, mine)
    assert state(any_acme)[0] == "delivered"
    assert request_status(any_acme, asked) == "delivered"


@pytest.mark.parametrize(
    ("say", "becomes"),
    [
        (accept, ("accepted", 1, "")),
        (retry, ("due", 1, "too late")),
        (drop, ("not_sent", 1, "too late")),
        (let_go, ("due", 0, "")),
        (give_up, ("failed", 1, "too late")),
        (refuse, ("not_sent", 1, "")),
    ],
)
def test_whoever_holds_a_mail_may_say_what_became_of_it(
    any_acme: Workspace,
    say: Callable[[Workspace, DueMail], None],
    becomes: tuple[str, int, str],
) -> None:
    add_request(any_acme, any_acme.survey())
    say(any_acme, claim(any_acme))
    assert state(any_acme) == becomes
