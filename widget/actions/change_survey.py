"""Changing a survey: its draft, its name, and whether it is open."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.definition_checks import check_definition
from widget.domain.surveys import Definition, definition_from_json
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.surveys import survey_of


def save_draft(
    session: Session,
    workspace_id: int,
    public_id: str,
    change: Callable[[Definition], Definition],
    *,
    at: datetime,
) -> None:
    """Change a draft; customers see it once it is published.

    `change` is applied to the draft as it is under the write lock, so that two people who edit
    different parts lose nothing. Raises UnknownSurvey, and InvalidDefinition when the result could
    not be published.
    """
    with writing(session):
        survey = survey_of(session, workspace_id, public_id)
        draft = change(definition_from_json(survey.draft))
        check_definition(draft)
        survey.draft = draft.to_json()
        survey.updated_at = at


def rename_survey(
    session: Session, workspace_id: int, public_id: str, name: str, *, at: datetime
) -> None:
    """Give a survey the name that its team sees. Raises UnknownSurvey."""
    with writing(session):
        survey = survey_of(session, workspace_id, public_id)
        survey.name = name
        survey.updated_at = at


def set_closed(
    session: Session, workspace_id: int, public_id: str, *, closed: bool, at: datetime
) -> None:
    """Close a survey to new visitors, or open it again. Raises UnknownSurvey."""
    with writing(session):
        survey = survey_of(session, workspace_id, public_id)
        if (survey.closed_at is not None) == closed:
            return
        survey.closed_at = at if closed else None
        append_event(
            session,
            "survey.closed" if closed else "survey.opened",
            workspace_id=workspace_id,
            survey_id=survey.id,
            at=at,
        )
