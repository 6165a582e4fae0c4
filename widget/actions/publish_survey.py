"""Publishing: the draft becomes an immutable version, and customers see it from now on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from widget.actions.change_survey import Change, change_draft
from widget.domain.definition_checks import check_definition
from widget.domain.logos import Logo
from widget.domain.surveys import definition_from_json
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.models import Survey
from widget.storage.surveys import add_version, survey_of


@dataclass(frozen=True)
class Published:
    """The version that customers see now, and whether publishing made it."""

    number: int
    is_new: bool


def publish_survey(
    session: Session,
    workspace_id: int,
    public_id: str,
    *,
    change: Change | None = None,
    logo: Logo | None = None,
    user_id: int | None,
    at: datetime,
) -> Published:
    """Publish a survey's draft, with a last change to it if one is given (see `save_draft`).

    Publishing an unchanged draft makes no new version. Raises UnknownSurvey, and
    InvalidDefinition when the draft cannot be shown as it stands.
    """
    with writing(session):
        survey = survey_of(session, workspace_id, public_id)
        if change is not None:
            change_draft(session, survey, change, logo, at=at)
        return publish(session, survey, user_id=user_id, at=at)


def publish(session: Session, survey: Survey, *, user_id: int | None, at: datetime) -> Published:
    """The same inside a transaction that another action began."""
    check_definition(definition_from_json(survey.draft))
    before = survey.published_version_id
    number = add_version(session, survey, user_id=user_id, at=at)
    is_new = survey.published_version_id != before
    if is_new:
        append_event(
            session,
            "survey.published",
            workspace_id=survey.workspace_id,
            survey_id=survey.id,
            at=at,
            data={"version": number},
        )
    return Published(number, is_new)
