"""Reports by mail: the PDF goes with it, as its sender may see it when the mail leaves."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.builders import Workspace
from tests.outbound.test_messages import Mails
from tests.reporting import Desk
from widget.actions.finish_report import open_again
from widget.actions.send_report import Sending, send_report
from widget.extensions import db
from widget.outbound.mail.notes import MailNotes
from widget.outbound.mail.report_attachment import ReportAttachments
from widget.outbound.messages import SendMessages
from widget.storage.engine import writing
from widget.storage.models import Membership, Message, Response, User, team_managers

PDF = b"%PDF-1.7 a report"


class Office:
    """A report on its way, and the worker that sends it."""

    def __init__(self, acme: Workspace, email: str = "") -> None:
        self.acme, self.mails = acme, Mails()
        self.desk = Desk.of(acme).as_(email) if email else Desk.of(acme)
        self.said = self.desk.answer(5, 8, comment="Very good", member="ana@a.example")
        self.report = self.desk.make()
        self.desk.choose(self.report, self.said)
        self.desk.finish(self.report)

    def send(self, *recipients: str) -> None:
        seat = self.desk.seat()
        with self.acme.world.app.app_context():
            sending = Sending(recipients or ("kim@c.example",), "Here it is.")
            send_report(db.session(), seat, self.report, sending, self.acme.world.clock())

    def work(self) -> None:
        """What the worker does with messages that are due."""
        with self.acme.world.app.app_context():
            notes = MailNotes(self.mails, "team@sayso.example", ReportAttachments(db.engine))
            SendMessages({"mail": notes}, clock=self.acme.world.clock)(
                db.engine, self.acme.world.clock()
            )

    def taken(self) -> list[EmailMessage]:
        return [
            message_from_bytes(one, policy=policy.default)  # type: ignore[misc]
            for one in self.mails.taken
        ]

    def message(self) -> Message:
        with self.acme.world.app.app_context():
            row = db.session.scalars(select(Message)).one()
            db.session.expunge(row)
            return row


def test_a_report_leaves_with_its_pdf_and_answers_go_to_its_sender(any_acme: Workspace) -> None:
    office = Office(any_acme)
    office.desk.make_pdfs(PDF)
    office.send("kim@c.example", "jo@c.example")
    office.work()
    mails = office.taken()
    assert {mail["To"] for mail in mails} == {"kim@c.example", "jo@c.example"}
    for mail in mails:
        assert mail["Reply-To"] == any_acme.owner
        assert mail["From"] == "Acme <team@sayso.example>"
        assert mail["Subject"] == "Acme, Q3 2026"
        [file] = list(mail.iter_attachments())
        assert (file.get_content_type(), file.get_filename()) == (
            "application/pdf",
            "Acme-Q3-2026.pdf",
        )
        assert file.get_content() == PDF
        text = mail.get_body(("plain",))
        assert text is not None
        assert "Here it is." in text.get_content()


def test_a_mail_waits_for_its_pdf_and_no_attempt_is_counted(acme: Workspace) -> None:
    office = Office(acme)
    office.send()
    office.work()
    assert office.taken() == []
    assert (office.message().status, office.message().attempts) == ("due", 0)
    office.desk.make_pdfs(PDF)
    acme.world.clock.pass_time(seconds=5)
    office.work()
    assert len(office.taken()) == 1
    assert office.message().status == "sent"


def test_words_that_were_erased_meanwhile_do_not_leave(acme: Workspace) -> None:
    office = Office(acme)
    office.desk.make_pdfs(b"%PDF-1.7 with words")
    office.send()
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(Response).values(comment=None))
    office.work()
    assert office.taken() == []
    # It is made anew of what the report says now, and leaves then.
    office.desk.make_pdfs(b"%PDF-1.7 without")
    acme.world.clock.pass_time(seconds=5)
    office.work()
    [file] = list(office.taken()[0].iter_attachments())
    assert file.get_content() == b"%PDF-1.7 without"


def test_who_lost_their_team_sends_nothing_of_it(any_acme: Workspace) -> None:
    team = any_acme.team("Support")
    any_acme.put_in(team, any_acme.member("Ana", email="ana@a.example"))
    any_acme.person("lead@acme.example", "manager", leads=(team,))
    office = Office(any_acme, "lead@acme.example")
    office.desk.make_pdfs(PDF)
    office.send()
    with any_acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(team_managers.delete())
    office.work()
    assert office.taken() == []
    assert office.message().status == "failed"
    assert "may not see it" in office.message().last_error


@pytest.mark.parametrize("role", ["viewer", "member"])
def test_who_leads_nobody_any_more_sends_nothing(acme: Workspace, role: str) -> None:
    acme.person("lead@acme.example", "manager", sees_all=True)
    office = Office(acme, "lead@acme.example")
    office.desk.make_pdfs(PDF)
    office.send()
    with acme.world.app.app_context(), writing(db.session()) as session:
        leads = select(User.id).where(User.email == "lead@acme.example").scalar_subquery()
        session.execute(update(Membership).where(Membership.user_id == leads).values(role=role))
    office.work()
    assert office.taken() == []
    assert "may not send it" in office.message().last_error


def test_a_report_that_is_a_draft_again_does_not_leave(acme: Workspace) -> None:
    office = Office(acme)
    office.desk.make_pdfs(PDF)
    office.send()
    seat = office.desk.seat()
    with acme.world.app.app_context():
        open_again(db.session(), seat, office.report, acme.world.clock())
    office.work()
    assert office.taken() == []
    assert "draft again" in office.message().last_error


@pytest.mark.parametrize("title", ["Bcc: x@evil.example\r\nBcc: y@evil.example", "Ünï ✓"])
def test_a_title_is_one_header_and_no_other(acme: Workspace, title: str) -> None:
    office = Office(acme)
    office.report = UUID(str(office.desk.make(title=title)))
    office.desk.finish(office.report)
    office.desk.make_pdfs(PDF)
    office.desk.make_pdfs(PDF)
    office.send()
    office.work()
    [mail] = office.taken()
    assert mail["Bcc"] is None
    assert mail["Subject"] == " ".join(title.split())
