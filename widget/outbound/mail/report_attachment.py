"""The PDF that a mail carries: of a report as its sender may see it when the mail leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownReport
from widget.domain.messages import AttachedReport
from widget.domain.reports.files import file_name
from widget.outbound.messages import NotReadyYet, NotSent
from widget.report_pages.page import digest_of, document
from widget.storage.engine import writing
from widget.storage.report_pdfs import pdf_content, pdf_of, want_pdf
from widget.storage.report_views import report_view
from widget.storage.reports import find_report
from widget.storage.seats import acting_seat


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes


@dataclass
class ReportAttachments:
    """Finds PDFs of reports, and has them made where there is none of what a report says now."""

    engine: Engine

    def __call__(self, workspace_id: int, attached: AttachedReport, now: datetime) -> Attachment:
        """The PDF. Raises NotSent for a report that its sender may not see any more or that is a
        draft again, and NotReadyYet while its PDF is being made."""
        key = (workspace_id, UUID(hex=attached.report_id), attached.user_id)
        with Session(self.engine) as session:
            seat = acting_seat(session, attached.user_id, workspace_id)
            if seat is None or not seat.may("lead"):
                raise NotSent("Who sent this report may not send it any more.", is_final=True)
            try:
                report = find_report(session, workspace_id, key[1], seat.scope)
            except UnknownReport as error:
                said = "The report is gone, or its sender may not see it any more."
                raise NotSent(said, is_final=True) from error
            if not report.is_finished:
                raise NotSent("The report is a draft again.", is_final=True)
            digest = digest_of(document(report_view(session, seat, report)))
            content = pdf_content(session, *key, digest)
            if content is not None:
                return Attachment(file_name(report.title), content)
            pdf = pdf_of(session, *key)
            if pdf.status == "failed":
                raise NotSent(pdf.problem)
            with writing(session):
                want_pdf(session, *key, now)
        raise NotReadyYet("The PDF is being made.")


Attach = Callable[[int, AttachedReport, datetime], Attachment]
