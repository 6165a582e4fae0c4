"""Reading events in the order they come, each at least once.

An event's id is made before its transaction commits, so that one may appear after others with
later ids. Who reads looks back some seconds each time, and must bear with seeing an event again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, Table, and_, select
from sqlalchemy.dialects import postgresql, sqlite

from widget.domain.events import EventName
from widget.storage.engine import write_connection
from widget.storage.models import Event, EventCursor, Workspace

_events: Table = Event.__table__  # type: ignore[assignment]
_cursors: Table = EventCursor.__table__  # type: ignore[assignment]

_BEGINNING = UUID(int=0)


@dataclass(frozen=True)
class ReadEvent:
    """An event about a response."""

    workspace_id: int
    id: UUID
    name: str
    response_id: UUID
    at: datetime


def cursors(engine: Engine, reader: str) -> dict[int, UUID]:
    """Where to begin reading, by workspace. One without a cursor is read from its beginning."""
    query = select(Workspace.id, EventCursor.read_from).outerjoin(
        EventCursor, and_(EventCursor.workspace_id == Workspace.id, EventCursor.reader == reader)
    )
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(Workspace.id))
        return {workspace_id: read_from or _BEGINNING for workspace_id, read_from in rows}


def events_after(
    engine: Engine, workspace_id: int, after: UUID, names: Collection[EventName], limit: int
) -> list[ReadEvent]:
    """A workspace's events about responses with ids after one, in the order of their ids."""
    # Workspace by workspace: so each read is a piece of the key, however many events there are.
    query = (
        select(
            _events.c.workspace_id,
            _events.c.id,
            _events.c.name,
            _events.c.response_id,
            _events.c.at,
        )
        .where(
            _events.c.workspace_id == workspace_id,
            _events.c.id > after,
            _events.c.name.in_(names),
            _events.c.response_id.is_not(None),
        )
        .order_by(_events.c.id)
        .limit(limit)
    )
    with engine.connect() as connection:
        return [ReadEvent(**row) for row in connection.execute(query).mappings()]


def move_cursors(engine: Engine, reader: str, read_from: Mapping[int, UUID]) -> None:
    """Begin further on next time, by workspace; never further back than another has moved it."""
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_cursors)
    with write_connection(engine) as connection:
        for workspace_id, id in sorted(read_from.items()):
            connection.execute(
                statement.values(
                    workspace_id=workspace_id, reader=reader, read_from=id
                ).on_conflict_do_update(
                    index_elements=["workspace_id", "reader"],
                    set_={"read_from": id},
                    where=_cursors.c.read_from < id,
                )
            )
