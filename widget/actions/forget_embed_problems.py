"""The owner has mended the snippet: forget what was wrong with it."""

from sqlalchemy.orm import Session

from widget.storage.embed_problems import forget_problems
from widget.storage.engine import writing
from widget.storage.surveys import survey_of


def forget_embed_problems(session: Session, workspace_id: int, public_id: str) -> None:
    """Forget a survey's problems; those that still happen come back. Raises UnknownSurvey."""
    with writing(session):
        forget_problems(session, survey_of(session, workspace_id, public_id).id)
