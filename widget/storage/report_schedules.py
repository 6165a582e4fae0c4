"""What makes reports by itself: when it is due, and why it stopped."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from widget.domain.errors import ReportRefused, UnknownReport
from widget.domain.periods import PeriodName
from widget.domain.reports.plans import MOST_SCHEDULES_OF_ONE, ReportPlan
from widget.domain.schedules import Schedule
from widget.storage.ids import new_id
from widget.storage.models import Membership, ReportSchedule, User, Workspace


@dataclass(frozen=True)
class StoredSchedule:
    """A schedule, with the name and the address of whom it makes reports for. `due_at` is when it
    makes the next one, `last_first_day` the first day of the period of the last."""

    workspace_id: int
    id: UUID
    user_id: int
    maker: str
    email: str
    plan: ReportPlan
    schedule: Schedule
    due_at: datetime
    last_first_day: date | None
    stopped_at: datetime | None
    stopped_why: str


@dataclass(frozen=True)
class DueSchedule:
    """Which schedule is due, and since when."""

    workspace_id: int
    id: UUID
    due_at: datetime


def add_schedule(
    session: Session,
    workspace_id: int,
    user_id: int,
    plan: ReportPlan,
    schedule: Schedule,
    due_at: datetime,
    at: datetime,
) -> UUID:
    """Store a schedule inside a transaction; returns its id.

    Where somebody has one of the same answers as often already, that one is as this from now on.
    Raises ReportRefused when they have as many as there may be; of those that are stopped, the
    oldest makes room.
    """
    row = _row_for(session, workspace_id, user_id, plan, schedule)
    if row is None:
        row = ReportSchedule(workspace_id=workspace_id, id=new_id(), user_id=user_id, created_at=at)
        session.add(row)
    row.plan = plan.to_json()
    row.every, row.day, row.hour = schedule.every, schedule.day, schedule.hour
    row.due_at, row.stopped_at, row.stopped_why = due_at, None, ""
    session.flush()
    return row.id


def _row_for(
    session: Session, workspace_id: int, user_id: int, plan: ReportPlan, schedule: Schedule
) -> ReportSchedule | None:
    """The row that a schedule replaces, after room was made for one where there is none."""
    # Whoever presses twice at once is counted one after the other.
    session.get(Membership, (user_id, workspace_id), with_for_update=True)
    there = session.scalars(
        select(ReportSchedule)
        .where(ReportSchedule.workspace_id == workspace_id, ReportSchedule.user_id == user_id)
        .order_by(ReportSchedule.created_at, ReportSchedule.id)
    ).all()
    for row in there:
        if row.every == schedule.every and ReportPlan.from_json(row.plan).is_about_the_same(plan):
            return row
    if len(there) >= MOST_SCHEDULES_OF_ONE:
        stopped = next((row for row in there if row.stopped_at is not None), None)
        if stopped is None:
            raise ReportRefused(
                {"": f"You have {MOST_SCHEDULES_OF_ONE} of these already; stop one first."}
            )
        session.delete(stopped)
    return None


def schedules_of(
    session: Session, workspace_id: int, user_id: int | None = None
) -> list[StoredSchedule]:
    """The schedules of a user, or of everybody, the newest first."""
    query = _all().where(ReportSchedule.workspace_id == workspace_id)
    if user_id is not None:
        query = query.where(ReportSchedule.user_id == user_id)
    rows = session.execute(query.order_by(ReportSchedule.created_at.desc(), ReportSchedule.id))
    return [_stored(*row) for row in rows]


def due_schedules(session: Session, now: datetime, limit: int) -> list[DueSchedule]:
    """Up to `limit` schedules of all workspaces that are due, the longest due first, unread."""
    rows = session.execute(
        select(ReportSchedule.workspace_id, ReportSchedule.id, ReportSchedule.due_at)
        .where(ReportSchedule.due_at <= now, ReportSchedule.stopped_at.is_(None))
        .order_by(ReportSchedule.due_at, ReportSchedule.id)
        .limit(limit)
    )
    return [DueSchedule(*row) for row in rows]


def schedule_as_due(session: Session, due: DueSchedule) -> StoredSchedule | None:
    """What a schedule that was due says; None where somebody has dealt with it meanwhile."""
    row = session.execute(
        _all().where(
            ReportSchedule.workspace_id == due.workspace_id,
            ReportSchedule.id == due.id,
            ReportSchedule.due_at == due.due_at,
            ReportSchedule.stopped_at.is_(None),
        )
    ).one_or_none()
    return _stored(*row) if row else None


def put_schedule_off(session: Session, due: DueSchedule, until: datetime) -> None:
    """Leave a schedule alone until then, unless somebody has dealt with it meanwhile."""
    session.execute(
        update(ReportSchedule)
        .where(
            ReportSchedule.workspace_id == due.workspace_id,
            ReportSchedule.id == due.id,
            ReportSchedule.due_at == due.due_at,
        )
        .values(due_at=until)
    )


def locked_schedule(session: Session, workspace_id: int, id: UUID) -> ReportSchedule:
    """A schedule's row, to be changed inside a transaction. Raises UnknownReport."""
    row = session.get(ReportSchedule, (workspace_id, id), with_for_update=True)
    if row is None:
        raise UnknownReport("There is nothing like this that makes reports in this workspace.")
    return row


def _all() -> Select[ReportSchedule, User, str]:
    return (
        select(ReportSchedule, User, Workspace.time_zone)
        .join(User, User.id == ReportSchedule.user_id)
        .join(Workspace, Workspace.id == ReportSchedule.workspace_id)
    )


def _stored(row: ReportSchedule, user: User, time_zone: str) -> StoredSchedule:
    return StoredSchedule(
        row.workspace_id,
        row.id,
        row.user_id,
        user.name or user.email,
        user.email,
        ReportPlan.from_json(row.plan),
        Schedule(cast(PeriodName, row.every), row.day, row.hour, time_zone),
        row.due_at,
        row.last_first_day,
        row.stopped_at,
        row.stopped_why,
    )
