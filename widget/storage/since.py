"""Searches in two steps: of all rows before a transaction that others wait for, which takes
seconds, and within it of what is newer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from widget.storage.ids import id_before, new_id
from widget.storage.indexed import out_of_index
from widget.storage.models import Message

# What is committed late has a time, and an id, of when its transaction began or a little before.
_MARGIN = timedelta(hours=1)


@dataclass(frozen=True)
class Since:
    """Rows written at `at` or later, or with an id from `id` on: all that a search which began then
    may not have seen."""

    at: datetime
    id: UUID

    @classmethod
    def before(cls, at: datetime) -> "Since":
        """The mark of a search that begins at this moment, with a margin for what is under way."""
        return cls(at - _MARGIN, id_before(new_id(), _MARGIN.total_seconds()))


def is_since(
    since: Since | None, at: InstrumentedAttribute[datetime], id: InstrumentedAttribute[UUID]
) -> ColumnElement[bool]:
    """The condition that a row is not older than a mark; None is as old as can be."""
    return true() if since is None else or_(at >= since.at, id >= since.id)


def messages_from(
    workspace_id: int, first: datetime | None, since: Since | None
) -> ColumnElement[bool]:
    """The condition that a message was made at a moment or later, None for any, and is not older
    than a mark."""
    here = Message.workspace_id == workspace_id
    if since is None:
        return here if first is None else and_(here, Message.created_at >= first)
    # Each half by an index of its own.
    ids = select(Message.id).where(here)
    at, by_id = since.at, ids.where(Message.id >= since.id)
    if first is not None:
        at, by_id = max(at, first), by_id.where(out_of_index(Message.created_at) >= first)
    newer = ids.where(Message.created_at >= at).union(by_id)
    return and_(here, Message.id.in_(newer))
