"""Reports: what they are about, their numbers as they were, and what makes them by itself."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base, UTCDateTime
from widget.storage.models.responses import CLUSTERED

NOT_STOPPED = text("stopped_at IS NULL")
NOT_MADE = text("made_at IS NULL")


class Report(Base):
    """One report. `plan` is `domain.reports.plans.ReportPlan` as JSON, `figures`
    `domain.reports.figures.ReportFigures`, counted at `figures_at`; when it is finished they stay.

    `title` is the plan's, or what stands for it. `made_within` is the scope that they were counted
    in: nobody who does not see all of it sees them. `comments` are
    `domain.reports.comments.ChosenComment`: ids and no words, so that what is erased is gone from
    here as well. `version` counts the changes. What was made by a schedule has its id, and there is
    one of each period.
    """

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_newest", "workspace_id", "created_at", "id"),
        UniqueConstraint(
            "workspace_id", "schedule_id", "first_day", name="uq_reports_schedule_period"
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    title: Mapped[str] = mapped_column(String(150))
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_within: Mapped[dict[str, Any]] = mapped_column(JSON)
    first_day: Mapped[date] = mapped_column(Date)
    comments: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    figures_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    schedule_id: Mapped[UUID | None] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(default=1)


class ReportSchedule(Base):
    """Makes a draft of a report each month or quarter, for the user who asked for it.

    `plan` is as of a report; its days are those of whatever period is over. `every`, `day` and
    `hour` are of `domain.schedules.Schedule`. `last_first_day` is the first day of the period that
    the last draft is of.
    """

    __tablename__ = "report_schedules"
    __table_args__ = (
        Index(
            "ix_report_schedules_due",
            "due_at",
            sqlite_where=NOT_STOPPED,
            postgresql_where=NOT_STOPPED,
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    every: Mapped[str] = mapped_column(String(10))
    day: Mapped[int] = mapped_column(SmallInteger)
    hour: Mapped[int] = mapped_column(SmallInteger)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_first_day: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stopped_why: Mapped[str] = mapped_column(String(200), default="")


class ReportPdf(Base):
    """A report as a PDF for one user, made by the worker and kept for a short time.

    `digest` is of the page it was made from: where the report says something else by now, to this
    user, it is made anew. `problem` says in a sentence why it could not be made.
    """

    __tablename__ = "report_pdfs"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "report_id"], ["reports.workspace_id", "reports.id"]),
        Index(
            "ix_report_pdfs_waiting",
            "wanted_at",
            sqlite_where=NOT_MADE,
            postgresql_where=NOT_MADE,
        ),
        CLUSTERED,
    )

    workspace_id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    wanted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    digest: Mapped[str] = mapped_column(String(64), default="")
    problem: Mapped[str] = mapped_column(String(300), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
