"""What stands in the threads of follow-ups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.follow_ups import LETTERS
from widget.domain.inbound.mails import stored_attachments
from widget.storage.follow_ups import names_of
from widget.storage.models import FollowUpNote


@dataclass(frozen=True)
class ShownNote:
    """One entry of a thread. `by` is somebody, or a program by its API key, or "" for what happened
    by itself."""

    id: UUID
    kind: str
    text: str
    data: dict[str, Any]
    by: str
    at: datetime


def thread_of(session: Session, workspace_id: int, follow_up_id: UUID) -> list[ShownNote]:
    """What was written and what happened, oldest first."""
    return threads_of(session, workspace_id, [follow_up_id])[follow_up_id]


def threads_of(
    session: Session, workspace_id: int, follow_up_ids: Sequence[UUID]
) -> dict[UUID, list[ShownNote]]:
    """The threads of some follow-ups, each as above."""
    rows = session.scalars(
        select(FollowUpNote)
        .where(
            FollowUpNote.workspace_id == workspace_id,
            FollowUpNote.follow_up_id.in_(follow_up_ids),
        )
        # A reply's id is as old as the form that it was written in.
        .order_by(FollowUpNote.at, FollowUpNote.kind == "reply", FollowUpNote.id)
    ).all()
    # What a reply changes comes after it.
    rows = sorted(rows, key=lambda row: (row.at, "by_reply" in row.data, "by_thanks" in row.data))
    ids = {row.user_id for row in rows if row.user_id}
    ids |= {
        row.data[side]
        for row in rows
        if row.kind == "assignment"
        for side in ("from", "to")
        if row.data.get(side)
    }
    names = names_of(session, ids)
    threads: dict[UUID, list[ShownNote]] = {id: [] for id in follow_up_ids}
    for row in rows:
        told = (row.id, row.kind, row.text, _named(row, names))
        threads[row.follow_up_id].append(ShownNote(*told, by=_by(row, names), at=row.at))
    return threads


def _by(row: FollowUpNote, names: dict[int, str]) -> str:
    """Whose doing an entry is: somebody's, a program's, or a program's in somebody's name."""
    key = row.data.get("by_key")
    return ", ".join(filter(None, [names.get(row.user_id or 0), f"{key} (API)" if key else ""]))


def _named(row: FollowUpNote, names: dict[int, str]) -> dict[str, Any]:
    if row.kind in LETTERS:
        return {**row.data, "attachments": stored_attachments(row.data)}
    if row.kind != "assignment":
        return row.data
    return {side: names.get(row.data.get(side) or 0, "") for side in ("from", "to")}
