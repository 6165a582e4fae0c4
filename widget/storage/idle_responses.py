"""Responses that are not finished."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, Table, select, update

from widget.storage.models import Response

_responses: Table = Response.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Unfinished:
    """A response whose customer has not come to the end."""

    id: UUID
    survey_id: int
    answered_at: datetime
    updated_at: datetime


def unfinished(
    engine: Engine, workspace_id: int, since: datetime, until: datetime
) -> list[Unfinished]:
    """A workspace's unfinished responses that were first given between two times."""
    columns = _responses.c
    with engine.connect() as connection:
        rows = connection.execute(
            select(columns.id, columns.survey_id, columns.answered_at, columns.updated_at).where(
                columns.workspace_id == workspace_id,
                columns.answered_at >= since,
                columns.answered_at <= until,
                columns.finished_at.is_(None),
            )
        ).mappings()
        return [Unfinished(**row) for row in rows]


def finish_if_idle(
    connection: Connection, workspace_id: int, id: UUID, idle_since: datetime, at: datetime
) -> bool:
    """Finish a response unless it was touched after `idle_since` or is finished; whether it was."""
    done = connection.execute(
        update(_responses)
        .where(
            _responses.c.workspace_id == workspace_id,
            _responses.c.id == id,
            _responses.c.finished_at.is_(None),
            _responses.c.updated_at <= idle_since,
        )
        .values(finished_at=at)
    )
    return bool(done.rowcount)
