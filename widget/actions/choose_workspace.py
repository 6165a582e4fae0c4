"""Going to another of one's workspaces."""

from sqlalchemy.orm import Session

from widget.storage import seats
from widget.storage.engine import writing


def choose_workspace(session: Session, user_id: int, workspace_id: int) -> bool:
    """Remember where a user wants to be; False when they have no place there."""
    with writing(session):
        return seats.choose_workspace(session, user_id, workspace_id)
