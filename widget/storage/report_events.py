"""What becomes of reports, for whoever looks later who did it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from widget.domain.events import EventName
from widget.storage.events import append_event
from widget.storage.models import Report


def note_report(
    session: Session,
    name: EventName,
    row: Report,
    by: int,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append an event about a report: which, by whom (a user's id), and what else is told."""
    append_event(
        session,
        name,
        workspace_id=row.workspace_id,
        survey_id=row.survey_id,
        data={"report": row.id.hex, "title": row.title, "by": by, **(data or {})},
        at=at,
    )
