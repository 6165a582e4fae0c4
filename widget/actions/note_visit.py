"""Somebody, or something, opened a link from a mail. That is evidence, and never an answer."""

from uuid import UUID

from sqlalchemy import Engine

from widget.domain.suspicion import Click, Client
from widget.storage.engine import write_connection
from widget.storage.link_visits import append_visit


def note_visit(
    engine: Engine, workspace_id: int, response_id: UUID, client: Client, click: Click
) -> None:
    """Keep what a client did with the links of one response."""
    with write_connection(engine) as connection:
        append_visit(connection, workspace_id, response_id, client, click)
