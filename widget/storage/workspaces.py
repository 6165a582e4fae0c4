"""Which workspaces there are."""

from sqlalchemy import Engine, select

from widget.storage.models import Workspace


def every_workspace(engine: Engine) -> list[int]:
    """The ids of all workspaces, oldest first."""
    with engine.connect() as connection:
        return list(connection.scalars(select(Workspace.id).order_by(Workspace.id)))
