"""Who did what with campaigns and audiences, as the events table keeps it."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.events import EventName
from widget.storage.events import append_event
from widget.storage.models import Campaign


def note_campaign(
    session: Session,
    name: EventName,
    campaign: Campaign,
    by: int | None,
    at: datetime,
    by_key: str = "",
) -> None:
    """Keep what a user (an id), or a program with the API key of a name, did with a campaign that
    has an id already."""
    append_event(
        session,
        name,
        workspace_id=campaign.workspace_id,
        survey_id=campaign.survey_id,
        data={"by": by, "campaign": campaign.id, **({"by_key": by_key} if by_key else {})},
        at=at,
    )


def note_audience(
    session: Session, name: EventName, workspace_id: int, id: int, by: int | None, at: datetime
) -> None:
    """The same of an audience."""
    append_event(
        session,
        name,
        workspace_id=workspace_id,
        survey_id=None,
        data={"by": by, "audience": id},
        at=at,
    )
