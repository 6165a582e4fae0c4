"""PDFs of reports: made by the worker for one person, and mailed."""

import pytest
from sqlalchemy import select, update

from tests.builders import Workspace
from tests.reporting import Desk, doing, pdf
from widget.actions.finish_report import order_pdf, remove
from widget.actions.make_report_pdfs import MakeReportPdfs, forget_report_pdfs
from widget.actions.send_report import Sending, send_report
from widget.domain.errors import PdfNotMade, ReportRefused
from widget.domain.reports.view import ReportView
from widget.extensions import db
from widget.report_pages.page import digest_of, document
from widget.storage import models
from widget.storage.engine import writing
from widget.storage.models import (
    Event,
    Message,
    Report,
    ReportPdf,
    Response,
    User,
)


def test_a_pdf_is_made_for_who_finishes_and_for_who_asks(any_acme: Workspace) -> None:
    desk = Desk.of(any_acme)
    report = desk.make()
    with pytest.raises(ReportRefused, match="draft"):
        doing(desk, order_pdf, report, any_acme.world.clock())
    desk.finish(report)
    assert pdf(desk, report).status == "waiting"
    assert desk.make_pdfs() == 1
    assert desk.make_pdfs() == 0
    made = pdf(desk, report)
    assert (made.status, made.size) == ("made", len(b"%PDF-1.7 a report"))
    any_acme.person("other@acme.example", "manager", sees_all=True)
    assert pdf(desk.as_("other@acme.example"), report).status == "none"


def test_a_pdf_of_what_a_report_said_before_is_no_pdf_of_it(acme: Workspace) -> None:
    desk = Desk.of(acme)
    said = desk.answer(5, 8, comment="Good")
    report = desk.make()
    desk.choose(report, said)
    desk.finish(report)
    desk.make_pdfs()
    assert pdf(desk, report).is_of(digest_of(document(desk.view(report))))
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(Response).values(comment=None))
    assert not pdf(desk, report).is_of(digest_of(document(desk.view(report))))


def test_no_pdf_is_made_for_who_leads_nobody_any_more(acme: Workspace) -> None:
    acme.person("lead@acme.example", "manager", sees_all=True)
    desk = Desk.of(acme).as_("lead@acme.example")
    report = desk.make()
    desk.finish(report)
    with acme.world.app.app_context(), writing(db.session()) as session:
        leads = select(User.id).where(User.email == "lead@acme.example").scalar_subquery()
        left = update(models.Membership).where(models.Membership.user_id == leads)
        session.execute(left.values(role="viewer"))
    assert desk.make_pdfs() == 1
    assert pdf(desk, report).status == "none"


@pytest.mark.parametrize(
    ("failure", "said"),
    [(PdfNotMade("Pango is missing."), "Pango is missing."), (MemoryError(), "in the log")],
)
def test_a_pdf_that_cannot_be_made_is_tried_three_times_and_says_why(
    acme: Workspace, failure: Exception, said: str
) -> None:
    desk, clock = Desk.of(acme), acme.world.clock
    report = desk.make()
    desk.finish(report)

    def fails(_view: ReportView) -> tuple[bytes, str]:
        raise failure

    with acme.world.app.app_context():
        job = MakeReportPdfs(fails)
        tries = 0
        for _minute in range(10):
            tries += job(db.engine, clock())
            clock.pass_time(minutes=1)
    assert tries == 3
    failed = pdf(desk, report)
    assert failed.status == "failed"
    assert said in failed.problem
    doing(desk, order_pdf, report, clock())
    assert pdf(desk, report).status == "waiting"


def test_a_worker_that_dies_while_it_makes_a_pdf_holds_nobody_up(acme: Workspace) -> None:
    desk, clock = Desk.of(acme), acme.world.clock
    report = desk.make()
    desk.finish(report)

    def dies(_view: ReportView) -> tuple[bytes, str]:
        raise KeyboardInterrupt

    with acme.world.app.app_context(), pytest.raises(KeyboardInterrupt):
        MakeReportPdfs(dies)(db.engine, clock())
    assert desk.make_pdfs() == 0
    clock.pass_time(minutes=4)
    assert desk.make_pdfs() == 1
    assert pdf(desk, report).status == "made"


def test_a_pdf_that_workers_die_of_is_given_up(any_acme: Workspace) -> None:
    desk, clock = Desk.of(any_acme), any_acme.world.clock
    report = desk.make()
    desk.finish(report)

    def dies(_view: ReportView) -> tuple[bytes, str]:
        raise KeyboardInterrupt

    for _time in range(3):
        with any_acme.world.app.app_context(), pytest.raises(KeyboardInterrupt):
            MakeReportPdfs(dies)(db.engine, clock())
        clock.pass_time(minutes=4)
    with any_acme.world.app.app_context():
        assert MakeReportPdfs(dies)(db.engine, clock()) == 0
    assert pdf(desk, report).status == "failed"


def test_pdfs_are_forgotten_after_a_day_and_with_their_report(any_acme: Workspace) -> None:
    desk, clock = Desk.of(any_acme), any_acme.world.clock
    report = desk.make()
    desk.finish(report)
    desk.make_pdfs()
    clock.pass_time(hours=23)
    with any_acme.world.app.app_context():
        forget_report_pdfs(db.engine, clock())
    assert pdf(desk, report).status == "made"
    clock.pass_time(hours=2)
    with any_acme.world.app.app_context():
        forget_report_pdfs(db.engine, clock())
    assert pdf(desk, report).status == "none"
    doing(desk, order_pdf, report, clock())
    doing(desk, remove, report, clock())
    with any_acme.world.app.app_context():
        assert db.session.scalars(select(ReportPdf)).all() == []
        assert db.session.scalars(select(Report)).all() == []


def test_a_draft_is_not_sent_and_a_finished_report_is_with_who_sent_it_on_record(
    any_acme: Workspace,
) -> None:
    desk, at = Desk.of(any_acme), any_acme.world.clock()
    report = desk.make()
    sending = Sending(["kim@c.example", "jo@c.example"], "Hello!")
    with pytest.raises(ReportRefused, match="draft"):
        doing(desk, send_report, report, sending, at)
    desk.finish(report)
    doing(desk, send_report, report, sending, at)
    with any_acme.world.app.app_context():
        messages = db.session.scalars(select(Message).order_by(Message.target)).all()
        assert [(one.target, one.purpose) for one in messages] == [
            ("jo@c.example", "report"),
            ("kim@c.example", "report"),
        ]
        content = messages[0].content
        assert (content["text"], content["reply_to"]) == ("Hello!", any_acme.owner)
        sent = db.session.scalars(select(Event).where(Event.name == "report.sent")).one()
        assert sent.data["to"] == ["kim@c.example", "jo@c.example"]
        owner = select(User.id).where(User.email == any_acme.owner)
        assert sent.data["by"] == db.session.scalars(owner).one()


def test_in_test_mode_reports_go_to_the_test_address(acme: Workspace) -> None:
    desk = Desk.of(acme)
    report = desk.make()
    desk.finish(report)
    with acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(models.Workspace).values(test_mail_to="tests@acme.example"))
    doing(desk, send_report, report, Sending(["kim@c.example"]), acme.world.clock())
    with acme.world.app.app_context():
        assert db.session.scalars(select(Message.target)).all() == ["tests@acme.example"]
