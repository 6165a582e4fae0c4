"""Mailing a finished report as a PDF to addresses that a person typed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import ReportRefused
from widget.domain.messages import AttachedReport, Content
from widget.storage.engine import writing
from widget.storage.messages import add_message
from widget.storage.models import Report
from widget.storage.people import person
from widget.storage.report_events import note_report
from widget.storage.report_pdfs import want_pdf
from widget.storage.reports import locked_report
from widget.storage.seats import Seat
from widget.storage.workspaces import test_address


@dataclass(frozen=True)
class Sending:
    """To whom, and what the mail says beside the report; "" for what is built in."""

    recipients: Sequence[str]
    words: str = ""


def send_report(session: Session, seat: Seat, id: UUID, sending: Sending, at: datetime) -> None:
    """Queue a mail to each address, all of which answer to whoever sends. In test mode all of them
    go to the workspace's test address.

    The PDF is made when the mail leaves, as the report may be seen by its sender then. Raises
    UnknownReport, and ReportRefused for a draft.
    """
    with writing(session):
        row = locked_report(session, seat.workspace_id, id, seat.scope)
        if row.finished_at is None:
            raise ReportRefused({"": "Finish the report first; a draft is not sent."})
        want_pdf(session, seat.workspace_id, id, seat.user_id, at, anew=False)
        content = _content(session, seat, row, sending.words)
        instead = test_address(session, seat.workspace_id)
        for address in sending.recipients:
            add_message(
                session,
                *(seat.workspace_id, "mail", instead or address, content),
                purpose="report",
                at=at,
            )
        to = {"to": list(sending.recipients), **({"instead": instead} if instead else {})}
        note_report(session, "report.sent", row, seat.user_id, at, to)


def _content(session: Session, seat: Seat, row: Report, words: str) -> Content:
    sender = person(session, seat.workspace_id, seat.user_id)
    text = words or f"Here is our report “{row.title}”. It is attached as a PDF."
    return Content(
        subject=row.title,
        text=text,
        facts=(("From", f"{sender.name or sender.email}, {seat.workspace_name}"),),
        reply_to=sender.email,
        sender_name=seat.workspace_name,
        report=AttachedReport(row.id.hex, seat.user_id),
    )
