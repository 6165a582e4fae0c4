"""Messages to people of the team: sent at least once, retried, and given up in the end."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from tests.builders import Clock, Workspace
from widget.domain.messages import Content
from widget.domain.retries import RETRY_DELAYS
from widget.extensions import db
from widget.outbound import messages
from widget.outbound.jobs import make_jobs
from widget.outbound.mail.notes import MailNotes
from widget.outbound.mail.transport import NoMailServer
from widget.outbound.messages import NotReadyYet, NotSent, SendMessages
from widget.storage.engine import writing
from widget.storage.messages import DueMessage, add_message, claim_messages, mark_message_sent
from widget.storage.models import Message

CONTENT = Content("A bad rating", "Somebody is not happy.", (("Score", "1 of 5"),), "Too slow")


class Recorder:
    """Takes messages, unless told to fail."""

    def __init__(self) -> None:
        self.sent: list[DueMessage] = []
        self.failure: Exception | None = None

    def send(self, due: DueMessage, now: datetime) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(due)


class Mails:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.is_away = False

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        if self.is_away:
            raise NoMailServer("away")
        self.taken.append(message)

    def close(self) -> None:
        """Nothing is held."""


def queue(acme: Workspace, content: Content = CONTENT, purpose: str = "alert") -> None:
    with acme.world.app.app_context(), writing(db.session) as session:
        add_message(
            session,
            acme.id,
            "mail",
            "lead@acme.example",
            content,
            purpose=purpose,
            at=acme.world.clock(),
        )


def stored(acme: Workspace) -> Message:
    with acme.world.app.app_context():
        db.session.rollback()
        row = db.session.scalars(select(Message)).one()
        db.session.expunge_all()
        return row


def run(acme: Workspace, sender: object) -> int:
    job = SendMessages({"mail": sender}, clock=acme.world.clock)  # type: ignore[dict-item]
    with acme.world.app.app_context():
        return job(db.engine, acme.world.clock())


def test_a_message_is_sent_once_and_noted(any_acme: Workspace) -> None:
    recorder = Recorder()
    queue(any_acme)
    assert run(any_acme, recorder) == 1
    assert run(any_acme, recorder) == 0
    assert [due.content for due in recorder.sent] == [CONTENT]
    assert stored(any_acme).status == "sent"


def test_a_message_that_cannot_leave_is_tried_again_and_given_up_in_the_end(
    acme: Workspace,
) -> None:
    recorder = Recorder()
    recorder.failure = NotSent("the chat is down")
    queue(acme)
    clock: Clock = acme.world.clock
    for delay in RETRY_DELAYS:
        assert run(acme, recorder) == 1
        assert (stored(acme).status, stored(acme).last_error) == ("due", "the chat is down")
        assert run(acme, recorder) == 0
        clock.pass_time(seconds=delay.total_seconds())
    assert run(acme, recorder) == 1
    assert stored(acme).status == "failed"


def test_what_a_message_carries_is_waited_for_and_not_for_ever(acme: Workspace) -> None:
    recorder = Recorder()
    recorder.failure = NotReadyYet("still being made")
    queue(acme)
    clock: Clock = acme.world.clock
    for _minute in range(59):
        assert run(acme, recorder) == 1
        clock.pass_time(minutes=1)
    assert (stored(acme).status, stored(acme).attempts) == ("due", 0)
    clock.pass_time(minutes=1)
    for delay in RETRY_DELAYS:
        assert run(acme, recorder) == 1
        clock.pass_time(seconds=delay.total_seconds())
    assert run(acme, recorder) == 1
    assert (stored(acme).status, stored(acme).last_error) == ("failed", "still being made")


def test_alerts_do_not_wait_behind_mails_of_numbers_and_reports(any_acme: Workspace) -> None:
    quick, slow = Recorder(), Recorder()
    for purpose in ("subscription", "report") * 3 + ("alert", "report draft"):
        queue(any_acme, purpose=purpose)
    jobs = [
        SendMessages({"mail": recorder}, any_acme.world.clock, lane=lane)
        for recorder, lane in ((quick, "quick"), (slow, "slow"))
    ]
    with any_acme.world.app.app_context():
        done = [job(db.engine, any_acme.world.clock()) for job in jobs]
        assert done == [2, 5]
        assert [job(db.engine, any_acme.world.clock()) for job in jobs] == [0, 1]
    assert {due.purpose for due in quick.sent} == {"alert", "report draft"}
    assert sorted(due.purpose for due in slow.sent) == ["report"] * 3 + ["subscription"] * 3


def test_the_worker_sends_every_message_by_one_of_its_jobs(acme: Workspace) -> None:
    with acme.world.app.app_context():
        jobs = make_jobs(acme.world.settings, db.engine, lambda: False)
    lanes = [job.run.lane for job in jobs if isinstance(job.run, SendMessages)]
    assert sorted(map(str, lanes)) == ["quick", "slow", "webhooks"]


def test_a_final_refusal_is_not_tried_again(acme: Workspace) -> None:
    recorder = Recorder()
    recorder.failure = NotSent("no such address", is_final=True)
    queue(acme)
    run(acme, recorder)
    assert stored(acme).status == "failed"


def test_one_that_cannot_be_written_does_not_hold_up_the_others(acme: Workspace) -> None:
    recorder = Recorder()
    recorder.failure = ValueError("odd")
    queue(acme)
    assert run(acme, recorder) == 1
    assert stored(acme).last_error == "ValueError: odd"


class Slow(Recorder):
    """Takes its time over each message."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__()
        self.clock, self.seconds = clock, seconds

    def send(self, due: DueMessage, now: datetime) -> None:
        super().send(due, now)
        self.clock.pass_time(seconds=self.seconds)


def test_a_slow_server_gets_no_more_than_fit_into_half_the_lease(any_acme: Workspace) -> None:
    acme = any_acme
    for _number in range(5):
        queue(acme)
    slow = Slow(acme.world.clock, 100)
    assert run(acme, slow) == 2
    with acme.world.app.app_context():
        rows = db.session.scalars(select(Message).order_by(Message.due_at, Message.id)).all()
        found = [(row.status, row.attempts, row.claimed_until) for row in rows]
    assert found == [("sent", 1, None)] * 2 + [("due", 0, None)] * 3
    assert (run(acme, slow), run(acme, slow)) == (2, 1)
    assert len({due.id for due in slow.sent}) == len(slow.sent) == 5


def test_when_the_database_fails_the_rest_of_a_batch_is_given_back(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise OSError("the disk is full")

    for _number in range(3):
        queue(acme)
    monkeypatch.setattr(messages, "mark_message_sent", fail)
    with pytest.raises(OSError, match="disk"):
        run(acme, Recorder())
    with acme.world.app.app_context():
        rows = db.session.scalars(select(Message)).all()
        assert sorted((row.status, row.attempts) for row in rows) == [
            ("due", 0),
            ("due", 0),
            ("sending", 1),
        ]


def test_whoever_comes_back_late_does_not_overwrite_what_another_did(
    any_acme: Workspace,
) -> None:
    acme, lease = any_acme, timedelta(minutes=2)
    queue(acme)
    with acme.world.app.app_context():
        [late] = claim_messages(db.engine, acme.world.clock(), limit=1, lease=lease)
        acme.world.clock.pass_time(minutes=3)
        [second] = claim_messages(db.engine, acme.world.clock(), limit=1, lease=lease)
        mark_message_sent(db.engine, late, acme.world.clock())
    assert stored(acme).status == "sending"
    with acme.world.app.app_context():
        mark_message_sent(db.engine, second, acme.world.clock())
    assert (stored(acme).status, stored(acme).attempts) == ("sent", 2)


def test_a_message_as_a_mail_has_text_html_and_nothing_that_runs(acme: Workspace) -> None:
    mails = Mails()
    queue(acme, Content("Hi\r\nBcc: x@y.example", "Text", (), "<script>1</script>", "http://l/x"))
    run(acme, MailNotes(mails, "feedback@sayso.example"))
    [taken] = mails.taken
    mail = message_from_bytes(taken, policy=policy.default)
    assert mail["Subject"] == "Hi Bcc: x@y.example"
    assert mail["Bcc"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()
    text = mail.get_body(("plain",))
    assert text is not None
    assert "> <script>1</script>" in text.get_content()


def test_a_mail_server_that_is_away_is_asked_again(acme: Workspace) -> None:
    mails = Mails()
    mails.is_away = True
    queue(acme)
    run(acme, MailNotes(mails, "feedback@sayso.example"))
    assert stored(acme).status == "due"
    mails.is_away = False
    acme.world.clock.pass_time(minutes=1)
    run(acme, MailNotes(mails, "feedback@sayso.example"))
    assert len(mails.taken) == 1


@pytest.mark.parametrize("failure", [None, NotSent("No such mailbox.", is_final=True)])
@pytest.mark.parametrize(
    ("purpose", "kept"),
    [("invitation", ""), ("password", ""), ("alert", "https://s.example/console/x")],
)
def test_a_link_that_lets_somebody_in_is_forgotten_once_it_has_left_or_never_will(
    acme: Workspace, purpose: str, kept: str, failure: Exception | None
) -> None:
    link = "https://s.example/console/x"
    queue(acme, Content("Welcome", "Come in.", link=link), purpose)
    recorder = Recorder()
    recorder.failure = failure
    send = SendMessages({"mail": recorder}, acme.world.clock)
    with acme.world.app.app_context():
        send(db.engine, acme.world.clock())
    assert [due.content.link for due in recorder.sent] == ([] if failure else [link])
    assert Content.from_json(stored(acme).content).link == kept
    assert stored(acme).status == ("failed" if failure else "sent")
