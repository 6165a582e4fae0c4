"""The queue: who may send what when, what a server's answers lead to, on both databases."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.builders import Workspace, add_request, answer_survey, make_workspace
from tests.outbound.sink import Sink, listening
from widget.actions.finish_idle_responses import FinishIdleResponses
from widget.domain.mail_addresses import address_digest
from widget.domain.retries import MOST_ATTEMPTS, RETRY_DELAYS
from widget.domain.surveys import Definition
from widget.extensions import db
from widget.mail_settings import MailServer
from widget.outbound.mail import handed_over
from widget.outbound.mail.compose import Letter
from widget.outbound.mail.letters import Post
from widget.outbound.mail.sending import BATCH, SendMail
from widget.outbound.mail.transport import FileMailer, SmtpMailer
from widget.storage import claimed_mails, deliveries
from widget.storage.deliveries import DueMail
from widget.storage.engine import writing
from widget.storage.models import Delivery, Event, Member, Request, SuppressedAddress
from widget.storage.models import Workspace as WorkspaceRow

LEASE = timedelta(minutes=5)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with listening() as made:
        yield made


def engine_of(acme: Workspace) -> Engine:
    with acme.world.app.app_context():
        return db.engine


def job_of(acme: Workspace, server: MailServer) -> SendMail:
    return SendMail(Post(acme.world.settings), SmtpMailer(server), clock=acme.world.clock)


def drain(acme: Workspace, job: SendMail) -> int:
    """Run the job until it finds nothing to do; how many mails it dealt with."""
    done, engine = 0, engine_of(acme)
    while more := job(engine, acme.world.clock()):
        done += more
    return done


def delivery(acme: Workspace, id: UUID) -> Delivery:
    with acme.world.app.app_context():
        found = db.session.scalars(select(Delivery).where(Delivery.id == id)).one()
        db.session.expunge_all()
        return found


def request(acme: Workspace, id: UUID) -> Request:
    with acme.world.app.app_context():
        found = db.session.scalars(select(Request).where(Request.id == id)).one()
        db.session.expunge_all()
        return found


def change_workspace(acme: Workspace, **values: object) -> None:
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(WorkspaceRow).values(**values))


def test_a_due_mail_is_sent_once_and_noted(any_acme: Workspace, sink: Sink) -> None:
    asked, sent = add_request(any_acme, any_acme.survey(), email="kim@shop.example")
    later = any_acme.world.clock() + timedelta(hours=1)
    _, waiting = add_request(any_acme, any_acme.survey(), due_at=later)
    job = job_of(any_acme, sink.server)
    assert drain(any_acme, job) == 1
    assert drain(any_acme, job) == 0
    assert [mail.recipient for mail in sink.mails] == ["kim@shop.example"]
    assert delivery(any_acme, sent).status == "sent"
    assert delivery(any_acme, sent).sent_at == any_acme.world.clock()
    assert request(any_acme, asked).status == "sent"
    assert delivery(any_acme, waiting).status == "due"


def test_what_one_worker_claimed_another_leaves_alone(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    for _ in range(5):
        add_request(any_acme, survey)
    engine, now = engine_of(any_acme), any_acme.world.clock()
    one = deliveries.claim(engine, any_acme.id, now, limit=3, lease=LEASE)
    other = deliveries.claim(engine, any_acme.id, now, limit=10, lease=LEASE)
    assert (len(one), len(other)) == (3, 2)
    assert not {due.id for due in one} & {due.id for due in other}
    assert deliveries.claim(engine, any_acme.id, now, limit=10, lease=LEASE) == []


def test_a_dead_workers_mails_are_sent_when_its_lease_ends(any_acme: Workspace, sink: Sink) -> None:
    add_request(any_acme, any_acme.survey())
    engine, clock = engine_of(any_acme), any_acme.world.clock
    deliveries.claim(engine, any_acme.id, clock(), limit=1, lease=LEASE)
    job = job_of(any_acme, sink.server)
    clock.pass_time(minutes=4)
    assert drain(any_acme, job) == 0
    clock.pass_time(minutes=2)
    assert drain(any_acme, job) == 1
    assert len(sink.mails) == 1


def test_a_mail_that_was_handed_over_is_noted_and_not_sent_again(
    any_acme: Workspace, sink: Sink
) -> None:
    asked, sent = add_request(any_acme, any_acme.survey())
    engine, clock = engine_of(any_acme), any_acme.world.clock
    [due] = deliveries.claim(engine, any_acme.id, clock(), limit=1, lease=LEASE)
    claimed_mails.mark_accepted(engine, due, clock())
    clock.pass_time(minutes=6)
    drain(any_acme, job_of(any_acme, sink.server))
    assert sink.mails == []
    assert delivery(any_acme, sent).status == "sent"
    assert request(any_acme, asked).status == "sent"


def test_a_mail_whose_mark_fails_is_not_sent_again_by_who_sent_it(
    any_acme: Workspace, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = any_acme.survey()
    asked, sent = add_request(any_acme, survey)
    _, waiting = add_request(any_acme, survey)
    job, clock = job_of(any_acme, sink.server), any_acme.world.clock

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("disk full"))

    with monkeypatch.context() as broken:
        broken.setattr(claimed_mails, "mark_accepted", fail)
        broken.setattr(handed_over, "note_all_sent", fail)
        job(engine_of(any_acme), clock())
        assert len(sink.mails) == 1
        assert (delivery(any_acme, sent).status, delivery(any_acme, sent).attempts) == (
            "sending",
            1,
        )
        # What had not been handed over is given back, so that others may send it.
        assert (delivery(any_acme, waiting).status, delivery(any_acme, waiting).attempts) == (
            "due",
            0,
        )
        clock.pass_time(minutes=6)
        broken.undo()
    assert drain(any_acme, job) == 1
    assert [mail.recipient for mail in sink.mails] == [
        delivery(any_acme, sent).recipient,
        delivery(any_acme, waiting).recipient,
    ]
    assert delivery(any_acme, sent).status == "sent"
    assert request(any_acme, asked).status == "sent"


def test_who_sent_a_mail_knows_it_when_its_lease_ended_before_it_could_be_noted(
    any_acme: Workspace, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sent = add_request(any_acme, any_acme.survey())
    job, clock = job_of(any_acme, sink.server), any_acme.world.clock

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("disk full"))

    monkeypatch.setattr(claimed_mails, "mark_accepted", fail)
    monkeypatch.setattr(handed_over, "note_all_sent", fail)
    for attempts in (1, 2):
        job(engine_of(any_acme), clock())
        assert len(sink.mails) == 1
        assert (delivery(any_acme, sent).status, delivery(any_acme, sent).attempts) == (
            "sending",
            attempts,
        )
        clock.pass_time(minutes=6)
    monkeypatch.undo()
    drain(any_acme, job)
    assert len(sink.mails) == 1
    assert delivery(any_acme, sent).status == "sent"


def test_one_mail_that_cannot_be_noted_keeps_no_other_from_being_noted(
    any_acme: Workspace,
    sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    survey = any_acme.survey()
    _, poisoned = add_request(any_acme, survey)
    _, sound = add_request(any_acme, survey)
    note, clock = handed_over.note_all_sent, any_acme.world.clock
    job = job_of(any_acme, sink.server)
    tries: list[UUID] = []

    def note_some(session: Session, workspace_id: int, sent: Mapping[UUID, datetime]) -> None:
        if poisoned in sent:
            tries.append(poisoned)
            raise RuntimeError("poisoned")
        note(session, workspace_id, sent)

    monkeypatch.setattr(handed_over, "note_all_sent", note_some)
    drain(any_acme, job)
    assert delivery(any_acme, sound).status == "sent"
    assert delivery(any_acme, poisoned).status == "accepted"
    assert "poisoned" in caplog.text
    before = len(tries)
    clock.pass_time(seconds=14)
    drain(any_acme, job)
    assert len(tries) == before
    clock.pass_time(seconds=1)
    monkeypatch.setattr(handed_over, "note_all_sent", note)
    drain(any_acme, job)
    assert delivery(any_acme, poisoned).status == "sent"
    assert len(sink.mails) == 2


def test_attempts_that_nobody_could_note_are_bounded(any_acme: Workspace, sink: Sink) -> None:
    asked, sent = add_request(any_acme, any_acme.survey())
    engine, clock = engine_of(any_acme), any_acme.world.clock
    for _ in range(MOST_ATTEMPTS):
        if not deliveries.claim(engine, any_acme.id, clock(), limit=1, lease=LEASE):
            assert deliveries.claim_suspect(engine, any_acme.id, clock(), lease=LEASE)
        clock.pass_time(minutes=6)
    drain(any_acme, job_of(any_acme, sink.server))
    assert sink.mails == []
    assert delivery(any_acme, sent).status == "failed"
    assert request(any_acme, asked).why == "mail_failed"


def test_a_mail_that_ends_its_workers_takes_none_of_its_batch_with_it(
    any_acme: Workspace, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dead(BaseException):
        """The worker's end, which none of its own code can do anything about."""

    survey = any_acme.survey()
    deadly, *others = [add_request(any_acme, survey)[1] for _ in range(5)]
    job = job_of(any_acme, sink.server)
    send = job._send

    def die(engine: Engine, due: DueMail, refusal: Any) -> bool:
        if due.id == deadly and due.attempts <= MOST_ATTEMPTS:
            raise Dead
        return send(engine, due, refusal)

    monkeypatch.setattr(job, "_send", die)
    # A dead worker releases nothing.
    monkeypatch.setattr(claimed_mails, "release", lambda _engine, _left: None)
    for _ in range(2 * MOST_ATTEMPTS):
        with suppress(Dead):
            drain(any_acme, job)
        any_acme.world.clock.pass_time(minutes=6)
    assert delivery(any_acme, deadly).status == "failed"
    assert [delivery(any_acme, id).status for id in others] == ["sent"] * 4
    assert len(sink.mails) == 4


def test_a_passing_refusal_is_tried_again_with_growing_delays_and_given_up(
    any_acme: Workspace, sink: Sink
) -> None:
    sink.answer = lambda _recipient: "451 Greylisted, come back"
    asked, sent = add_request(any_acme, any_acme.survey())
    job, clock = job_of(any_acme, sink.server), any_acme.world.clock
    for attempt, delay in enumerate(RETRY_DELAYS, 1):
        assert drain(any_acme, job) == 1
        found = delivery(any_acme, sent)
        assert (found.status, found.attempts) == ("due", attempt)
        assert found.due_at == clock() + delay
        assert "451" in found.last_error
        clock.pass_time(seconds=delay.total_seconds() - 1)
        assert drain(any_acme, job) == 0
        clock.pass_time(seconds=1)
    drain(any_acme, job)
    assert delivery(any_acme, sent).status == "failed"
    assert request(any_acme, asked).status == "not_sent"
    assert "7 attempts" in delivery(any_acme, sent).last_error


def test_a_final_refusal_is_final_and_a_dead_address_is_not_written_to_again(
    acme: Workspace, sink: Sink
) -> None:
    sink.answer = lambda to: "550 5.1.1 No such user" if to.startswith("gone") else None
    sink.answer_data = lambda to: "554 5.7.1 Spam" if to.startswith("strict") else None
    survey = acme.survey()
    asked, gone = add_request(acme, survey, email="gone@shop.example")
    _, strict = add_request(acme, survey, email="strict@shop.example")
    _, fine = add_request(acme, survey, email="fine@shop.example")
    drain(acme, job_of(acme, sink.server))
    assert delivery(acme, gone).status == "bounced"
    # No server has had it: it was not sent, and the customer was asked for nothing.
    refused = request(acme, asked)
    assert (refused.status, refused.why) == ("bounced", "address_refused")
    assert (refused.sent_at, refused.asked_at, delivery(acme, gone).sent_at) == (None, None, None)
    assert delivery(acme, strict).status == "failed"
    assert delivery(acme, fine).status == "sent"
    with acme.world.app.app_context():
        rows = db.session.scalars(select(SuppressedAddress)).all()
        key = acme.world.settings.address_key
        assert [(row.address_digest, row.why) for row in rows] == [
            (address_digest(key, "gone@shop.example"), "hard_bounce")
        ]


def test_a_server_that_is_away_costs_one_mail_an_attempt_and_the_queue_waits(
    acme: Workspace, sink: Sink
) -> None:
    ids = [add_request(acme, acme.survey())[1] for _ in range(3)]
    away = job_of(acme, MailServer("127.0.0.1", 1, "none"))
    drain(acme, away)
    assert sorted(delivery(acme, id).attempts for id in ids) == [0, 0, 1]
    assert {delivery(acme, id).status for id in ids} == {"due"}
    assert drain(acme, away) == 0
    acme.world.clock.pass_time(minutes=1)
    assert drain(acme, job_of(acme, sink.server)) == 3


def two_workspaces(acme: Workspace) -> tuple[Workspace, Workspace]:
    """Alice's workspace and one that was made later, each with a mail for each of two customers."""
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    for workspace in (acme, rival):
        survey = workspace.survey()
        for number in range(2):
            add_request(workspace, survey, email=f"c{number}@{workspace.id}.example")
    return acme, rival


def test_trouble_with_one_workspaces_mails_leaves_the_next_turn_to_another(
    any_acme: Workspace, sink: Sink
) -> None:
    acme, rival = two_workspaces(any_acme)
    # The server hangs up on whatever the first workspace sends.
    sink.answer = lambda to: "421 Closing" if to.endswith(f"@{acme.id}.example") else None
    job, clock = job_of(acme, sink.server), acme.world.clock
    drain(acme, job)
    assert sink.mails == []
    clock.pass_time(seconds=16)
    drain(acme, job)
    assert [mail.recipient for mail in sink.mails] == [f"c{n}@{rival.id}.example" for n in range(2)]


def test_a_refusal_is_told_to_the_team_and_the_log_names_no_address(
    acme: Workspace, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    sink.answer = lambda to: f"550 5.7.1 <{to}>: Recipient address rejected"
    _, refused = add_request(acme, acme.survey(), email="kim@shop.example")
    drain(acme, job_of(acme, sink.server))
    assert "<kim@shop.example>: Recipient" in delivery(acme, refused).last_error
    assert "550 5.7.1 <…>: Recipient address rejected" in caplog.text
    assert "kim" not in caplog.text


def test_a_workspace_whose_sender_is_refused_waits_alone_and_says_why(
    any_acme: Workspace, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    acme, rival = two_workspaces(any_acme)
    with acme.world.app.app_context(), writing(db.session):
        row = db.session.get_one(WorkspaceRow, acme.id)
        row.asking = {"sender": "boss@acme.example"}
    sink.answer_sender = lambda sender: "553 Not yours" if "boss" in sender else None
    job, clock = job_of(acme, sink.server), acme.world.clock
    drain(acme, job)
    assert [mail.recipient for mail in sink.mails] == [f"c{n}@{rival.id}.example" for n in range(2)]
    with acme.world.app.app_context():
        rows = db.session.scalars(select(Delivery).where(Delivery.workspace_id == acme.id)).all()
        assert sorted((row.status, row.attempts) for row in rows) == [("due", 0), ("due", 1)]
        error = next(row.last_error for row in rows if row.attempts)
        assert error == "The mail server refuses the sender boss@acme.example: 553 Not yours"
    assert f"workspace {acme.id}, which waits" in caplog.text
    sink.answer_sender = lambda _sender: None
    assert drain(acme, job) == 0
    clock.pass_time(minutes=1)
    assert drain(acme, job) == 2


def test_a_workspace_whose_queue_cannot_be_worked_on_holds_up_no_other(
    any_acme: Workspace, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    acme, rival = two_workspaces(any_acme)
    with acme.world.app.app_context(), writing(db.session):
        db.session.get_one(WorkspaceRow, acme.id).asking = {"mails_per_minute": "many"}
    drain(acme, job_of(acme, sink.server))
    assert [mail.recipient for mail in sink.mails] == [f"c{n}@{rival.id}.example" for n in range(2)]
    assert f"Workspace {acme.id} sends no mail until" in caplog.text


def test_no_more_mails_leave_in_a_minute_than_the_workspace_allows(
    any_acme: Workspace, sink: Sink
) -> None:
    change_workspace(any_acme, asking={"mails_per_minute": 4})
    survey = any_acme.survey()
    for _ in range(BATCH):
        add_request(any_acme, survey)
    job = job_of(any_acme, sink.server)
    assert drain(any_acme, job) == 4
    any_acme.world.clock.pass_time(seconds=59)
    assert drain(any_acme, job) == 0
    any_acme.world.clock.pass_time(seconds=2)
    assert drain(any_acme, job) == 4


def test_what_happened_since_a_mail_was_queued_is_heeded(acme: Workspace, sink: Sink) -> None:
    survey, now = acme.survey(), acme.world.clock()
    _, late = add_request(acme, survey, expires_at=now)
    asked, answered = add_request(acme, survey, purpose="reminder")
    _, refused = add_request(acme, survey, email="no@shop.example")
    with acme.world.app.app_context(), writing(db.session):
        db.session.execute(update(Request).where(Request.id == asked).values(status="answered"))
        digest = address_digest(acme.world.settings.address_key, "No@shop.example")
        db.session.add(
            SuppressedAddress(workspace_id=0, address_digest=digest, why="complaint", at=now)
        )
    drain(acme, job_of(acme, sink.server))
    assert sink.mails == []
    assert {delivery(acme, id).status for id in (late, answered, refused)} == {"not_sent"}


def test_a_mail_that_cannot_be_sent_holds_up_no_other(
    acme: Workspace, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    survey = acme.survey()
    _, foreign = add_request(acme, survey, email="jürgen@shop.example")
    add_request(acme, survey, email="kim@bücher.example")
    _, broken = add_request(acme, survey, language="de")
    job = job_of(acme, sink.server)
    letter = job.post.letter

    def break_german(due: deliveries.DueMail, definition: Definition) -> Letter:
        if due.language == "de":
            raise RuntimeError("broken words")
        return letter(due, definition)

    job.post.letter = break_german  # type: ignore[method-assign]
    drain(acme, job)
    assert [mail.recipient for mail in sink.mails] == ["kim@xn--bcher-kva.example"]
    assert delivery(acme, foreign).status == "failed"
    assert (delivery(acme, broken).status, delivery(acme, broken).attempts) == ("due", 1)
    assert "broken words" in caplog.text


def test_a_sender_of_an_international_domain_is_written_in_ascii(
    acme: Workspace, sink: Sink
) -> None:
    change_workspace(acme, asking={"sender": "hallo@bücher.example"})
    add_request(acme, acme.survey())
    drain(acme, job_of(acme, sink.server))
    [mail] = sink.mails
    assert mail.sender == "hallo@xn--bcher-kva.example"
    assert b"\r\nFrom: Acme <hallo@xn--bcher-kva.example>\r\n" in mail.data
    assert b"@xn--bcher-kva.example>\r\nList-Unsubscribe: " in mail.data


def test_bounces_come_back_to_an_address_that_names_the_delivery(
    acme: Workspace, sink: Sink
) -> None:
    settings = replace(acme.world.settings, bounce_address="bounce@mail.example")
    add_request(acme, acme.survey())
    job = SendMail(Post(settings), SmtpMailer(sink.server), clock=acme.world.clock)
    drain(acme, job)
    local, _, domain = sink.mails[0].sender.partition("@")
    assert domain == "mail.example"
    assert local.startswith("bounce+")
    assert len(local) <= 64


def test_without_a_server_mails_are_files_that_open(acme: Workspace, tmp_path: Path) -> None:
    _, sent = add_request(acme, acme.survey(), language="de")
    folder = tmp_path / "mail"
    job = SendMail(Post(acme.world.settings), FileMailer(folder), clock=acme.world.clock)
    assert drain(acme, job) == 1
    assert sorted(file.name for file in folder.iterdir()) == [
        f"{sent.hex}.eml",
        f"{sent.hex}.html",
    ]
    assert "/s/" in (folder / f"{sent.hex}.html").read_text()


def test_an_answer_that_nobody_finished_is_finished_after_a_while(any_acme: Workspace) -> None:
    survey, clock = any_acme.survey(), any_acme.world.clock
    answer_survey(any_acme, survey, 4, finished=False)
    answer_survey(any_acme, survey, 5, finished=True)
    job, engine = FinishIdleResponses(timedelta(minutes=30)), engine_of(any_acme)
    clock.pass_time(minutes=29)
    assert job(engine, clock()) == 0
    clock.pass_time(minutes=1)
    assert job(engine, clock()) == 1
    assert job(engine, clock()) == 0
    assert all(row.finished_at for row in any_acme.responses())
    with any_acme.world.app.app_context():
        names = list(db.session.scalars(select(Event.name)))
    assert names.count("response.finished") == 2


def test_an_unapproved_profile_is_a_name_in_a_mail(acme: Workspace, sink: Sink) -> None:
    ana = acme.member("Ana Silva")
    profile = {"title": "Engineer", "bio": "Mends bicycles.", "photo": "abc123"}
    for is_approved in (True, False):
        with acme.world.app.app_context(), writing(db.session) as session:
            session.execute(
                update(Member).where(Member.id == ana).values(is_approved=is_approved, **profile)
            )
        add_request(acme, acme.survey(), member_id=ana)
        drain(acme, job_of(acme, sink.server))
    bodies = [mail.parsed().get_body(("html",)) for mail in sink.mails]
    seen = [body.get_content() for body in bodies if body]
    assert ["Ana Silva" in html for html in seen] == [True, True]
    for part in ("Engineer", "Mends bicycles.", "/images/abc123"):
        assert [part in html for html in seen] == [True, False]
