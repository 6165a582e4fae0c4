"""What the surveys tables answer."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from widget.domain.surveys import Definition, definition_from_json
from widget.storage.models import Survey, SurveyVersion, Workspace


@dataclass(frozen=True)
class PublishedSurvey:
    """What serving a survey takes: whose it is, which version is current, where it may stand."""

    id: int
    public_id: str
    name: str
    workspace_id: int
    workspace_name: str
    time_zone: str
    version_id: int | None
    origins: tuple[str, ...]
    is_closed: bool


def published_survey(session: Session, public_id: str) -> PublishedSurvey | None:
    """The survey with this public id, published or not; None when there is none."""
    row = session.execute(
        select(Survey, Workspace)
        .join(Workspace, Workspace.id == Survey.workspace_id)
        .where(Survey.public_id == public_id)
        .options(selectinload(Survey.sites))
    ).one_or_none()
    if row is None:
        return None
    survey, workspace = row
    origins = [origin for site in survey.sites for origin in site.origins]
    return PublishedSurvey(
        id=survey.id,
        public_id=survey.public_id,
        name=survey.name,
        workspace_id=workspace.id,
        workspace_name=workspace.name,
        time_zone=workspace.time_zone,
        version_id=survey.published_version_id,
        origins=tuple(dict.fromkeys(origins)),
        is_closed=survey.closed_at is not None,
    )


def version_definition(session: Session, survey_id: int, version_id: int) -> Definition | None:
    """The definition of one version of a survey; None when the survey has no such version."""
    data: dict[str, Any] | None = session.scalar(
        select(SurveyVersion.definition).where(
            SurveyVersion.id == version_id, SurveyVersion.survey_id == survey_id
        )
    )
    return definition_from_json(data) if data else None
