"""Changing a survey: its draft, its name, and whether it is open."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.definition_checks import check_definition
from widget.domain.logos import Logo
from widget.domain.surveys import Definition, definition_from_json
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.images import add_logo
from widget.storage.models import Survey
from widget.storage.surveys import survey_of

Change = Callable[[Definition], Definition]


def save_draft(
    session: Session,
    workspace_id: int,
    public_id: str,
    change: Change,
    *,
    logo: Logo | None = None,
    at: datetime,
) -> None:
    """Change a draft; customers see it once it is published.

    `change` is applied to the draft as it is under the write lock, so that two people who edit
    different parts lose nothing. `logo` is a picture that the changed draft shows; it is kept only
    when the rest is. Raises UnknownSurvey, and InvalidDefinition when the result could not be
    published.
    """
    with writing(session):
        change_draft(session, survey_of(session, workspace_id, public_id), change, logo, at=at)


def change_draft(
    session: Session, survey: Survey, change: Change, logo: Logo | None, *, at: datetime
) -> None:
    """The same inside a transaction that another action began."""
    before = definition_from_json(survey.draft)
    draft = change(before)
    check_definition(draft)
    if logo is not None:
        add_logo(session, survey.workspace_id, logo, at)
    if draft != before:
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
