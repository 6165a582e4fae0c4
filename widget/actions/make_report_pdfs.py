"""The worker makes PDFs of reports, one at a time, outside any transaction."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.domain.errors import PdfNotMade, UnknownReport
from widget.domain.reports.view import ReportView
from widget.storage.engine import writing
from widget.storage.report_pdfs import (
    WantedPdf,
    claim_pdf,
    forget_old_pdfs,
    forget_pdf,
    is_any_pdf_wanted,
    pdf_failed,
    pdf_is_made,
)
from widget.storage.report_views import report_view
from widget.storage.reports import find_report
from widget.storage.seats import acting_seat

_log = logging.getLogger(__name__)

_ODD = "Something went wrong while it was made; whoever runs this server finds it in the log."


@dataclass
class MakeReportPdfs:
    """Makes what is wanted. `make` gives a report's PDF and the digest of the page that it was made
    from; it may take seconds, and raises PdfNotMade."""

    make: Callable[[ReportView], tuple[bytes, str]]

    def __call__(self, engine: Engine, now: datetime) -> int:
        """Make one; returns how many were dealt with."""
        with Session(engine) as session:
            if not is_any_pdf_wanted(session, now):
                return 0
            with writing(session):
                wanted = claim_pdf(session, now)
            if wanted is None:
                return 0
            self._make(session, wanted, now)
        return 1

    def _make(self, session: Session, wanted: WantedPdf, now: datetime) -> None:
        try:
            view = _view(session, wanted)
            session.rollback()
            made = self.make(view) if view else None
        except PdfNotMade as error:
            _log.warning("The PDF of report %s could not be made: %s", wanted.report_id, error)
            _failed(session, wanted, str(error), now)
        except Exception:  # noqa: BLE001 - logged
            # Whatever it was, it is tried as often as what is known to go wrong, and no more.
            _log.exception("The PDF of report %s could not be made.", wanted.report_id)
            _failed(session, wanted, _ODD, now)
        else:
            with writing(session):
                if made is None:
                    forget_pdf(session, wanted)
                else:
                    pdf_is_made(session, wanted, *made, now)


def _failed(session: Session, wanted: WantedPdf, problem: str, now: datetime) -> None:
    with writing(session):
        pdf_failed(session, wanted, problem, now)


def _view(session: Session, wanted: WantedPdf) -> ReportView | None:
    """The report as it may be read by whoever wants it; None when it may not, or is a draft."""
    seat = acting_seat(session, wanted.user_id, wanted.workspace_id)
    if seat is None or not seat.may("lead"):
        return None
    try:
        report = find_report(session, wanted.workspace_id, wanted.report_id, seat.scope)
    except UnknownReport:
        return None
    return report_view(session, seat, report) if report.is_finished else None


def forget_report_pdfs(engine: Engine, now: datetime) -> int:
    """Forget PDFs that have been kept long enough; there are no more at once, so it returns 0."""
    with Session(engine) as session, writing(session):
        forget_old_pdfs(session, now)
    return 0
