"""To whom a report was mailed, as the events tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.storage.follow_ups import names_of
from widget.storage.models import Event
from widget.storage.reports import StoredReport

# So many are told of, the newest.
MOST_MAILINGS = 100


@dataclass(frozen=True)
class Mailing:
    """One time that somebody mailed a report. `instead` is the test address that got it in place of
    all recipients; "" when there was none."""

    at: datetime
    by: str
    recipients: Sequence[str]
    instead: str


def mailings_of(session: Session, report: StoredReport) -> list[Mailing]:
    """When, by whom and to whom a report was mailed, the newest first."""
    rows = session.execute(
        select(Event.at, Event.data)
        .where(
            Event.workspace_id == report.workspace_id,
            Event.response_id.is_(None),
            # Ids are in the order of time, and nothing happened to a report before it was there.
            Event.id > report.id,
            Event.name == "report.sent",
            Event.data["report"].as_string() == report.id.hex,
        )
        .order_by(Event.id.desc())
        .limit(MOST_MAILINGS)
    ).all()
    names = names_of(session, {data["by"] for _at, data in rows})
    return [
        Mailing(at, names.get(data["by"], ""), data["to"], data.get("instead", ""))
        for at, data in rows
    ]
