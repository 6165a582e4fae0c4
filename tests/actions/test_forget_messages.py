"""Messages that left long ago are forgotten; replies to customers, and what waits, are not."""

import pytest
from sqlalchemy import select, update

from tests.builders import Workspace, answer_survey, make_workspace
from tests.replying import MailServer, queued, reply, send_replies
from tests.subscribing import Mails, keep, mails_made, run, subscribe
from widget.actions import forget_messages as forgetting
from widget.actions.forget_messages import KEPT_FOR, forget_messages
from widget.domain.messages import Content
from widget.extensions import db
from widget.outbound.jobs import make_jobs
from widget.storage.engine import writing
from widget.storage.messages import add_message
from widget.storage.models import Message


def add(acme: Workspace, *statuses: str) -> None:
    at = acme.world.clock()
    with acme.world.app.app_context(), writing(db.session):
        for status in statuses:
            id = add_message(
                *(db.session(), acme.id, "mail", f"{status}@acme.example", Content("One", "Two")),
                purpose="alert",
                at=at,
            )
            db.session.flush()
            db.session.execute(update(Message).where(Message.id == id).values(status=status))


def forget(acme: Workspace) -> int:
    with acme.world.app.app_context():
        db.session.remove()
        return forget_messages(db.engine, acme.world.clock())


def left(acme: Workspace) -> list[str]:
    with acme.world.app.app_context():
        return sorted(
            db.session.scalars(select(Message.status).where(Message.workspace_id == acme.id))
        )


def test_what_is_over_is_forgotten_at_its_age_and_what_waits_never(any_acme: Workspace) -> None:
    acme = any_acme
    add(acme, "sent", "failed", "due", "sending")
    acme.world.clock.pass_time(seconds=KEPT_FOR.total_seconds())
    add(acme, "sent")
    assert forget(acme) == 0
    acme.world.clock.pass_time(seconds=1)
    assert forget(acme) == 2
    assert left(acme) == ["due", "sending", "sent"]


def test_a_reply_stays_as_its_thread_tells_what_became_of_it(acme: Workspace) -> None:
    reply(acme, answer_survey(acme, acme.survey(), 1, customer_email="kim@shop.example"))
    send_replies(acme, MailServer())
    acme.world.clock.pass_time(days=400)
    forget(acme)
    assert [message.status for message in queued(acme)] == ["sent"]


def test_mails_of_subscriptions_go_with_what_is_kept_of_them(any_acme: Workspace) -> None:
    acme = any_acme
    subscribe(acme, keep(acme))
    mails = Mails()
    acme.world.clock.pass_time(days=8)
    run(acme, mails)
    acme.world.clock.pass_time(days=8)
    run(acme, mails)
    first, second = mails_made(acme)
    acme.world.clock.pass_time(seconds=KEPT_FOR.total_seconds() - 7 * 24 * 3600)
    assert forget(acme) == 1
    assert mails_made(acme) == [second]
    run(acme, mails)
    assert first not in mails_made(acme)


def test_they_go_in_batches_from_every_workspace(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_TOGETHER", 2)
    other = make_workspace(acme.world, "Other", "bob@other.example")
    add(acme, *["sent"] * 5)
    add(other, "sent")
    acme.world.clock.pass_time(days=181)
    assert [forget(acme), forget(acme), forget(acme)] == [3, 2, 1]


def test_a_worker_does_it(acme: Workspace) -> None:
    with acme.world.app.app_context():
        jobs = make_jobs(acme.world.settings, db.engine, lambda: False)
    assert forget_messages in [job.run for job in jobs]
