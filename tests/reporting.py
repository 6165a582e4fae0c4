"""Reports for tests: a quarter with answers in it, drafts of it, and the worker's jobs."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tests.builders import Workspace, answer_survey
from tests.following import user_id
from widget.actions.finish_report import choose_comments, finish_report
from widget.actions.make_report import make_report
from widget.actions.make_report_pdfs import MakeReportPdfs
from widget.domain.reports.plans import ReportPlan
from widget.domain.reports.view import ReportView
from widget.domain.scores.spans import Span
from widget.extensions import db
from widget.report_pages.page import digest_of, document
from widget.storage.models import Event
from widget.storage.report_pdfs import Pdf, pdf_of
from widget.storage.report_views import report_view
from widget.storage.reports import StoredReport, find_report
from widget.storage.seats import Seat, acting_seat

Q3 = Span(date(2026, 7, 1), date(2026, 9, 30))


def day(month: int, day: int) -> datetime:
    """Noon of a day in 2026."""
    return datetime(2026, month, day, 12, tzinfo=UTC)


@dataclass
class Desk:
    """Somebody who makes reports about one survey; the owner unless an email says who."""

    acme: Workspace
    survey: str
    email: str = ""

    @classmethod
    def of(cls, acme: Workspace, kind: Any = "stars") -> "Desk":
        return cls(acme, acme.survey(kind))

    def as_(self, email: str) -> "Desk":
        return replace(self, email=email)

    def answer(self, score: int, month: int, of_month: int = 10, **details: Any) -> UUID:
        """An answer of 2026; returns its id."""
        at = details.pop("at", day(month, of_month))
        return UUID(answer_survey(self.acme, self.survey, score, at=at, **details))

    def seat(self) -> Seat:
        with self.acme.world.app.app_context():
            who = user_id(self.acme, self.email or self.acme.owner)
            found = acting_seat(db.session(), who, self.acme.id)
            assert found is not None
            return found

    def plan(self, **changes: Any) -> ReportPlan:
        return replace(ReportPlan(self.survey, Q3), **changes)

    def make(self, **changes: Any) -> UUID:
        """A draft about the third quarter."""
        seat = self.seat()
        with self.acme.world.app.app_context():
            return make_report(db.session(), seat, self.plan(**changes), self.acme.world.clock())

    def choose(self, report: UUID, *responses: UUID) -> None:
        seat, at = self.seat(), self.acme.world.clock()
        with self.acme.world.app.app_context():
            choose_comments(db.session(), seat, report, responses, read_at=at, at=at)

    def finish(self, report: UUID) -> None:
        seat = self.seat()
        with self.acme.world.app.app_context():
            finish_report(db.session(), seat, report, self.acme.world.clock())

    def found(self, report: UUID) -> StoredReport:
        seat = self.seat()
        with self.acme.world.app.app_context():
            return find_report(db.session(), self.acme.id, report, seat.scope)

    def view(self, report: UUID) -> ReportView:
        seat, found = self.seat(), self.found(report)
        with self.acme.world.app.app_context():
            return report_view(db.session(), seat, found)

    def make_pdfs(self, content: bytes = b"%PDF-1.7 a report") -> int:
        """The worker makes what is wanted, without the library that takes a second."""

        def make(view: ReportView) -> tuple[bytes, str]:
            return content, digest_of(document(view))

        with self.acme.world.app.app_context():
            return MakeReportPdfs(make)(db.engine, self.acme.world.clock())


def doing(desk: Desk, act: Any, *args: Any, **named: Any) -> Any:
    """An action by whoever sits at the desk."""
    seat = desk.seat()
    with desk.acme.world.app.app_context():
        return act(db.session(), seat, *args, **named)


def events(acme: Workspace) -> list[str]:
    with acme.world.app.app_context():
        names = db.session.scalars(select(Event.name).order_by(Event.at, Event.id))
        return [name for name in names if name.startswith("report.")]


def pdf(desk: Desk, report: UUID) -> Pdf:
    seat = desk.seat()
    with desk.acme.world.app.app_context():
        return pdf_of(db.session(), desk.acme.id, report, seat.user_id)
