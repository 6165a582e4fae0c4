"""Which workspaces there are."""

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from widget.storage.models import Workspace


def every_workspace(engine: Engine) -> list[int]:
    """The ids of all workspaces, oldest first."""
    with engine.connect() as connection:
        return list(connection.scalars(select(Workspace.id).order_by(Workspace.id)))


def test_address(session: Session, workspace_id: int) -> str:
    """Where every mail of a workspace in test mode goes; "" for one that is in earnest."""
    found = session.scalar(select(Workspace.test_mail_to).where(Workspace.id == workspace_id))
    return found or ""
