"""A new survey, published at once with the wording that its kind starts with."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.actions.publish_survey import publish
from widget.domain.scales import Kind, Style
from widget.domain.surveys import new_definition
from widget.storage.engine import writing
from widget.storage.surveys import add_survey


def create_survey(
    session: Session,
    workspace_id: int,
    *,
    name: str,
    kind: Kind,
    style: Style | None = None,
    language: str = "en",
    user_id: int | None,
    at: datetime,
) -> str:
    """Make and publish a survey of a kind; returns its public id."""
    with writing(session):
        survey = add_survey(
            session,
            workspace_id,
            name=name,
            definition=new_definition(kind, style, language),
            at=at,
        )
        publish(session, survey, user_id=user_id, at=at)
        return survey.public_id
