"""Appending to the events table from an ORM session; the hot path has its own statement."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.events import EventName
from widget.storage.ids import new_id
from widget.storage.models import Event


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
