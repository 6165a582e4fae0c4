"""What a workspace's teams do next about answers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.guidance import Guidance
from widget.storage.models import Workspace


def guidance_of(session: Session, workspace_id: int) -> Guidance:
    """A workspace's guidance for each group."""
    return Guidance.from_json(
        session.scalar(select(Workspace.guidance).where(Workspace.id == workspace_id))
    )


def set_guidance(session: Session, workspace_id: int, guidance: Guidance) -> None:
    """Keep a workspace's guidance; called inside an action's transaction."""
    session.get_one(Workspace, workspace_id).guidance = guidance.to_json()
