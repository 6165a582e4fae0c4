"""A report's way from a draft to what is sent: comments ticked, numbers kept, and back again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.actions.make_report import (
    draft_of,
    new_report_again,
    refuse_if_changed,
    refuse_if_outgrown,
    renew,
    renew_themes,
    with_themes,
)
from widget.domain.errors import ReportRefused
from widget.domain.reports.comments import MOST_COMMENTS, ChosenComment
from widget.storage.engine import writing
from widget.storage.report_events import note_report
from widget.storage.report_pdfs import want_pdf
from widget.storage.report_views import comments_that_fit
from widget.storage.reports import find_report, locked_report, remove_report, stored
from widget.storage.seats import Seat


def choose_comments(
    session: Session,
    seat: Seat,
    id: UUID,
    ticked: Sequence[UUID],
    *,
    read_at: datetime,
    at: datetime,
) -> None:
    """Let a draft show some comments, which somebody read at `read_at`, and no others.

    Raises UnknownReport, and ReportRefused for too many, a finished report, and a comment that is
    not there any more or not what the report is about.
    """
    wanted = list(dict.fromkeys(ticked))
    if len(wanted) > MOST_COMMENTS:
        raise ReportRefused({"": f"A report shows {MOST_COMMENTS} comments at most."})
    with writing(session):
        row = draft_of(session, seat, id)
        there = comments_that_fit(session, seat, stored(row), wanted)
        if not there.issuperset(wanted):
            raise ReportRefused({"": "One of these comments is gone. Look at them again."})
        read = min(read_at, at)
        row.comments = [ChosenComment(one, read).to_json() for one in wanted]
        row.version += 1


def finish_report(session: Session, seat: Seat, id: UUID, at: datetime) -> None:
    """Count a draft's numbers a last time and keep them, and have its PDF made.

    Raises UnknownReport and ReportRefused, also while what comments say is out of date.
    """
    before = find_report(session, seat.workspace_id, id, seat.scope)
    new = new_report_again(session, seat, before)
    refuse_if_outgrown(session, seat, before, new, at)
    with writing(session):
        row = draft_of(session, seat, id)
        refuse_if_changed(row, before)
        renew(row, with_themes(session, seat.workspace_id, new, at), at)
        row.finished_at = at
        want_pdf(session, seat.workspace_id, id, seat.user_id, at)
        note_report(session, "report.finished", row, seat.user_id, at)


def open_again(session: Session, seat: Seat, id: UUID, at: datetime) -> None:
    """Make a finished report a draft. Raises UnknownReport."""
    with writing(session):
        row = locked_report(session, seat.workspace_id, id, seat.scope)
        if row.finished_at is not None:
            row.finished_at = None
            renew_themes(session, row, at, by=seat.user_id)
            row.version += 1
            note_report(session, "report.reopened", row, seat.user_id, at)


def remove(session: Session, seat: Seat, id: UUID, at: datetime) -> None:
    """Remove a report and its PDFs. Raises UnknownReport."""
    with writing(session):
        row = locked_report(session, seat.workspace_id, id, seat.scope)
        note_report(session, "report.removed", row, seat.user_id, at)
        remove_report(session, row)


def order_pdf(session: Session, seat: Seat, id: UUID, at: datetime) -> None:
    """Have the PDF of a finished report made for somebody. Raises UnknownReport, ReportRefused."""
    with writing(session):
        row = locked_report(session, seat.workspace_id, id, seat.scope)
        if row.finished_at is None:
            raise ReportRefused({"": "Finish the report first; a draft has no PDF."})
        want_pdf(session, seat.workspace_id, id, seat.user_id, at)


def note_download(session: Session, seat: Seat, id: UUID, at: datetime) -> None:
    """Write down who took a report's PDF. Raises UnknownReport."""
    with writing(session):
        row = locked_report(session, seat.workspace_id, id, seat.scope)
        note_report(session, "report.downloaded", row, seat.user_id, at)
