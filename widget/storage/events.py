"""Appending to the events table from an ORM session, and reading it from end to end; the hot path
has its own statement."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.events import EventName
from widget.storage.ids import floor_id, new_id
from widget.storage.models import Event

# So many are read at a time, so that no reader holds up who tidies the database.
_AT_ONCE = 1_000
# An id is made around the moment of its event.
_SLACK = timedelta(days=1)


def append_event(
    session: Session,
    name: EventName,
    *,
    workspace_id: int,
    survey_id: int | None,
    at: datetime,
    response_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    session.add(
        Event(
            workspace_id=workspace_id,
            id=new_id(),
            name=name,
            survey_id=survey_id,
            response_id=response_id,
            data=dict(data or {}),
            at=at,
        )
    )


def events_since(
    session: Session, workspace_id: int, since: datetime | None, names: Collection[str] = ()
) -> Iterator[Event]:
    """A workspace's events from a moment on, oldest first; of some names only, where there are
    any. The session is rolled back on the way."""
    query = select(Event).where(Event.workspace_id == workspace_id).order_by(Event.id)
    if since is not None:
        lowest = floor_id(int((since - _SLACK).timestamp() * 1000))
        query = query.where(Event.at >= since, Event.id >= lowest)
    if names:
        query = query.where(Event.name.in_(names))
    last: UUID | None = None
    while True:
        found = session.scalars(
            (query if last is None else query.where(Event.id > last)).limit(_AT_ONCE)
        ).all()
        session.expunge_all()
        session.rollback()
        yield from found
        if len(found) < _AT_ONCE:
            return
        last = found[-1].id
