"""Where surveys may be shown."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from widget.storage import sites
from widget.storage.engine import writing
from widget.storage.surveys import survey_of


def save_site(
    session: Session,
    workspace_id: int,
    site_id: int | None,
    *,
    name: str,
    origins: list[str],
    surveys: Collection[str],
    at: datetime,
) -> int:
    """Make or change a site and say which surveys stand on it; returns its id."""
    with writing(session):
        return sites.put_site(
            session, workspace_id, site_id, name=name, origins=origins, surveys=surveys, at=at
        )


def place_survey(
    session: Session, workspace_id: int, public_id: str, site_ids: Collection[int]
) -> None:
    """Say on which sites a survey stands; on none it may stand anywhere. Raises UnknownSurvey."""
    with writing(session):
        survey = survey_of(session, workspace_id, public_id)
        sites.put_survey_on(session, workspace_id, survey, site_ids)


def delete_site(session: Session, workspace_id: int, site_id: int) -> None:
    """Delete a site on which no survey stands. Raises SiteInUse and UnknownSite."""
    with writing(session):
        sites.remove_site(session, workspace_id, site_id)
