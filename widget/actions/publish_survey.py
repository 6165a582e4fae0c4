"""Publishing: the draft becomes an immutable version, and customers see it from now on."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.definition_checks import check_definition
from widget.domain.surveys import definition_from_json
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.models import Survey
from widget.storage.surveys import add_version, survey_of


def publish_survey(
    session: Session, workspace_id: int, public_id: str, *, user_id: int | None, at: datetime
) -> int:
    """Publish a survey's draft; returns the version's number.

    Publishing an unchanged draft makes no new version. Raises UnknownSurvey, and
    InvalidDefinition when the draft cannot be shown as it stands.
    """
    with writing(session):
        return publish(session, survey_of(session, workspace_id, public_id), user_id=user_id, at=at)


def publish(session: Session, survey: Survey, *, user_id: int | None, at: datetime) -> int:
    """The same inside a transaction that another action began."""
    check_definition(definition_from_json(survey.draft))
    before = survey.published_version_id
    number = add_version(session, survey, user_id=user_id, at=at)
    if survey.published_version_id != before:
        append_event(
            session,
            "survey.published",
            workspace_id=survey.workspace_id,
            survey_id=survey.id,
            at=at,
            data={"version": number},
        )
    return number
