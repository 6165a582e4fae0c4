"""How files of responses end: their day passes, they are taken back, nothing is known of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.orm import Session

from widget.storage.exports import CLAIMED_FOR, WIDE_SIGHTS
from widget.storage.models import Export


def withdraw_all_of(
    session: Session, workspace_id: int, at: datetime, *, keeps_wide: bool = False
) -> None:
    """Take back a workspace's files, inside an action's transaction: what some may read has become
    less. Those that are made are gone, and those under way are begun anew half a minute later.

    `keeps_wide` leaves those made for who sees all responses: one was only given to another member.
    """
    done = Export.status == "done"
    if keeps_wide:
        done &= Export.sight.not_in(WIDE_SIGHTS)
    of_workspace = update(Export).where(Export.workspace_id == workspace_id)
    how = {"synchronize_session": False}
    session.execute(of_workspace.where(done).values(status="over"), execution_options=how)
    # Those that wait are written as well: somebody may be claiming one at this moment, and could
    # read the responses as they were.
    is_begun = Export.attempts > 0
    session.execute(
        of_workspace.where(Export.finished_at.is_(None)).values(
            status="waiting",
            claimed_until=case((is_begun, at + CLAIMED_FOR), else_=Export.claimed_until),
        ),
        execution_options=how,
    )


def exports_to_end(session: Session, now: datetime) -> list[tuple[int, UUID]]:
    """The files, by workspace and id, whose day has passed."""
    rows = session.execute(
        select(Export.workspace_id, Export.id).where(
            Export.status == "done", Export.expires_at <= now
        )
    )
    return [(workspace_id, id) for workspace_id, id in rows]


def end_exports(session: Session, now: datetime) -> None:
    """Say of files whose day has passed that they are gone."""
    rows = session.scalars(select(Export).where(Export.status == "done", Export.expires_at <= now))
    for row in rows:
        row.status = "over"


def forget_exports(session: Session, before: datetime) -> None:
    """Forget files that are gone and were asked for before a moment."""
    session.execute(
        delete(Export).where(
            Export.created_at < before, Export.status.in_(("over", "failed", "cancelled"))
        )
    )


def is_any_to_forget(session: Session, now: datetime, before: datetime) -> bool:
    """Whether `end_exports` or `forget_exports` has something to do."""
    row = select(Export.id).where(
        or_(
            (Export.status == "done") & (Export.expires_at <= now),
            Export.status.in_(("over", "failed", "cancelled")) & (Export.created_at < before),
        )
    )
    return session.scalar(row.limit(1)) is not None


def has_file(session: Session, workspace_id: int, id: UUID) -> bool:
    """Whether a file is one that is done or being made."""
    row = select(Export.id).where(
        Export.workspace_id == workspace_id,
        Export.id == id,
        Export.status.in_(("making", "done")),
    )
    return session.scalar(row) is not None
