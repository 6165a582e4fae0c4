"""Reports as they are kept. Each is seen by who sees all that it was counted from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownReport
from widget.domain.reports.comments import ChosenComment
from widget.domain.reports.figures import ReportFigures
from widget.domain.reports.plans import ReportPlan
from widget.domain.roles import Scope
from widget.storage.ids import new_id
from widget.storage.models import Report, ReportPdf, Survey, User

_AT_ONCE = 100


@dataclass(frozen=True)
class StoredReport:
    """A report with its numbers. `version` changes whenever something of it does."""

    workspace_id: int
    id: UUID
    survey_id: int
    title: str
    plan: ReportPlan
    within: Scope
    comments: tuple[ChosenComment, ...]
    figures: ReportFigures
    figures_at: datetime
    finished_at: datetime | None
    by_schedule: bool
    version: int

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


@dataclass(frozen=True)
class NewReport:
    """What is stored of a report that is made or made anew."""

    survey_id: int
    title: str
    plan: ReportPlan
    within: Scope
    figures: ReportFigures

    def columns(self, at: datetime) -> dict[str, Any]:
        return {
            "survey_id": self.survey_id,
            "title": self.title,
            "plan": self.plan.to_json(),
            "made_within": self.within.to_json(),
            "first_day": self.plan.span.first,
            "figures": self.figures.to_json(),
            "figures_at": at,
        }


@dataclass(frozen=True)
class ListedReport:
    """A report as the list shows it."""

    id: UUID
    title: str
    survey: str
    plan: ReportPlan
    maker: str
    created_at: datetime
    finished_at: datetime | None
    by_schedule: bool


@dataclass(frozen=True)
class ReportPlace:
    """A place in the list, newest first."""

    created_at: datetime
    id: UUID


@dataclass(frozen=True)
class ReportPage:
    """Some reports, newest first, and where older ones go on; None where there are none."""

    items: list[ListedReport]
    older: ReportPlace | None


def add_report(
    session: Session,
    workspace_id: int,
    user_id: int,
    new: NewReport,
    at: datetime,
    schedule_id: UUID | None = None,
) -> UUID:
    """Store a draft; returns its id."""
    row = Report(
        workspace_id=workspace_id,
        id=new_id(),
        user_id=user_id,
        comments=[],
        created_at=at,
        schedule_id=schedule_id,
        **new.columns(at),
    )
    session.add(row)
    session.flush()
    return row.id


def find_report(session: Session, workspace_id: int, id: UUID, scope: Scope) -> StoredReport:
    """A report. Raises UnknownReport for one that a scope does not see all of."""
    return stored(_row(session, workspace_id, id, scope))


def locked_report(session: Session, workspace_id: int, id: UUID, scope: Scope) -> Report:
    """A report's row, to be changed inside a transaction. Raises UnknownReport."""
    row = _row(session, workspace_id, id, scope)
    session.refresh(row, with_for_update=True)
    return row


def _row(session: Session, workspace_id: int, id: UUID, scope: Scope) -> Report:
    row = session.get(Report, (workspace_id, id))
    if row is None or not scope.includes(Scope.from_json(row.made_within)):
        raise UnknownReport("There is no such report for you in this workspace.")
    return row


def stored(row: Report) -> StoredReport:
    """What a row says."""
    return StoredReport(
        row.workspace_id,
        row.id,
        row.survey_id,
        row.title,
        ReportPlan.from_json(row.plan),
        Scope.from_json(row.made_within),
        tuple(ChosenComment.from_json(one) for one in row.comments),
        ReportFigures.from_json(row.figures),
        row.figures_at,
        row.finished_at,
        row.schedule_id is not None,
        row.version,
    )


def is_of_schedule(session: Session, workspace_id: int, schedule_id: UUID, first: date) -> bool:
    """Whether a schedule has made its report of the period that begins on a day."""
    query = select(Report.id).where(
        Report.workspace_id == workspace_id,
        Report.schedule_id == schedule_id,
        Report.first_day == first,
    )
    return session.scalar(query) is not None


def forget_themes_of_drafts(session: Session, workspace_id: int) -> None:
    """Let no draft of a workspace say any more what stood out in comments, inside a transaction:
    some of those comments are gone. Whoever is counting such a draft has to begin anew."""
    drafts = (Report.workspace_id == workspace_id, Report.finished_at.is_(None))
    # Whoever is about to write themes into one is waited for.
    session.execute(select(Report.id).where(*drafts).order_by(Report.id).with_for_update()).all()
    with_themes = Report.figures["themes"].as_string().is_not(None)
    for row in session.scalars(select(Report).where(*drafts, with_themes)):
        row.figures = {**row.figures, "themes": None}
        row.version += 1
    session.flush()


def remove_report(session: Session, row: Report) -> None:
    """Remove a report and what was made of it."""
    session.execute(
        delete(ReportPdf).where(
            ReportPdf.workspace_id == row.workspace_id, ReportPdf.report_id == row.id
        )
    )
    session.delete(row)


def reports_page(
    session: Session,
    workspace_id: int,
    scope: Scope,
    *,
    limit: int,
    older_than: ReportPlace | None = None,
) -> ReportPage:
    """Up to `limit` reports that a scope sees all of, newest first, after a place in the list."""
    found: list[ListedReport] = []
    place = older_than
    while len(found) <= limit:
        rows = _newest(session, workspace_id, place)
        # What a report was counted from is no column that a condition could read.
        found += [
            ListedReport(
                row.id,
                row.title,
                row.survey,
                ReportPlan.from_json(row.plan),
                row.name or row.email,
                row.created_at,
                row.finished_at,
                row.schedule_id is not None,
            )
            for row in rows
            if scope.includes(Scope.from_json(row.made_within))
        ]
        if len(rows) < _AT_ONCE:
            break
        place = ReportPlace(rows[-1].created_at, rows[-1].id)
    shown = found[:limit]
    is_more = len(found) > limit
    return ReportPage(shown, ReportPlace(shown[-1].created_at, shown[-1].id) if is_more else None)


def _newest(session: Session, workspace_id: int, older_than: ReportPlace | None) -> Sequence[Any]:
    query = (
        select(
            Report.id,
            Report.title,
            Report.plan,
            Report.made_within,
            Report.created_at,
            Report.finished_at,
            Report.schedule_id,
            Survey.name.label("survey"),
            User.name,
            User.email,
        )
        .join(Survey, Survey.id == Report.survey_id)
        .join(User, User.id == Report.user_id)
        .where(Report.workspace_id == workspace_id)
        .order_by(Report.created_at.desc(), Report.id.desc())
        .limit(_AT_ONCE)
    )
    if older_than is not None:
        order = tuple_(Report.created_at, Report.id)
        query = query.where(order < (older_than.created_at, older_than.id))
    return session.execute(query).all()
