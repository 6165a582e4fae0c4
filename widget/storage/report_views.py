"""What a report says to whoever reads it: its numbers as they were, its comments as they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.reports.comments import PROPOSED, Comment, proposed
from widget.domain.reports.view import ReportView, ShownComment
from widget.domain.response_filters import ResponseFilter
from widget.domain.scales import Kind
from widget.storage.models import Member, Response, Survey, SurveyVersion
from widget.storage.report_figures import report_responses
from widget.storage.reports import StoredReport
from widget.storage.response_conditions import narrowed
from widget.storage.seats import Seat

# Among so many of the newest comments those are looked for that tell most.
_LOOKED_AT = 400


def report_view(session: Session, seat: Seat, report: StoredReport) -> ReportView:
    """A report, which must be one that its reader sees, as it may be read now."""
    comments = chosen_comments(session, seat, report)
    return ReportView(
        title=report.title,
        workspace=seat.workspace_name,
        plan=report.plan,
        figures=report.figures,
        comments=comments,
        left_out=len(report.comments) - len(comments),
        counted_on=report.figures_at.astimezone(ZoneInfo(seat.time_zone)).date(),
        is_finished=report.is_finished,
    )


def chosen_comments(session: Session, seat: Seat, report: StoredReport) -> list[ShownComment]:
    """The ticked comments in the order they were ticked: those that are still there, within what
    the report is about, and as they were when somebody read them."""
    chosen = {one.response_id: one for one in report.comments}
    if not chosen:
        return []
    query = _comments(session, seat, report).where(Response.id.in_(chosen))
    there = {
        row.id: row for row in session.scalars(query) if chosen[row.id].is_as_read(row.updated_at)
    }
    shows_names = report.plan.shows_names
    return [_shown(there[id], with_name=shows_names) for id in chosen if id in there]


def comments_that_fit(
    session: Session, seat: Seat, report: StoredReport, ids: Collection[UUID]
) -> set[UUID]:
    """Those of some responses whose comments a report may show."""
    query = _comments(session, seat, report).with_only_columns(Response.id)
    return set(session.scalars(query.where(Response.id.in_(ids)))) if ids else set()


@dataclass(frozen=True)
class CommentsToChoose:
    """What is laid before whoever chooses, with customers' names: first those that are `ticked`,
    then those that tell most, or the newest that a search found."""

    comments: Sequence[ShownComment]
    ticked: Collection[UUID]


def comments_to_choose(
    session: Session,
    seat: Seat,
    report: StoredReport,
    *,
    search: str = "",
    ticked: Collection[UUID] | None = None,
) -> CommentsToChoose:
    """The comments that a report could show, of those that `search` finds if there is one.

    `ticked` are those that somebody has ticked on the page; None stands for those that the report
    shows, unless they were changed since. Those of them that may not be shown are left out.
    """
    if ticked is None:
        ticked = [one.response_id for one in chosen_comments(session, seat, report)]
    shown = session.scalars(_comments(session, seat, report).where(Response.id.in_(ticked)))
    rows = {row.id: row for row in shown}
    kept = [id for id in ticked if id in rows]
    newest = session.scalars(
        _comments(session, seat, report, search)
        .order_by(Response.answered_at.desc(), Response.id.desc())
        .limit(PROPOSED if search else _LOOKED_AT)
    ).all()
    rows |= {row.id: row for row in newest}
    order = [*kept, *(id for id in _in_order(newest, report, search) if id not in kept)]
    return CommentsToChoose([_shown(rows[id], with_name=True) for id in order], set(kept))


def _in_order(newest: Sequence[Response], report: StoredReport, search: str) -> list[UUID]:
    if search:
        return [row.id for row in newest]
    positive_from = report.figures.positive_from
    return proposed(
        [Comment(row.id, row.comment or "", row.score, positive_from) for row in newest]
    )


def _comments(session: Session, seat: Seat, report: StoredReport, search: str = "") -> Any:
    """The responses with a comment that a report may show, and that a search finds. Whoever may see
    the report sees all members of the teams that it is within, those who are in them now."""
    wanted = replace(_with_comments(report, seat.time_zone), search=search)
    query = (
        select(Response)
        .join(Survey, Survey.id == Response.survey_id)
        .join(SurveyVersion, SurveyVersion.id == Response.version_id)
        .outerjoin(Member, Member.id == Response.member_id)
        .where(Response.workspace_id == seat.workspace_id)
    )
    return narrowed(session, seat.workspace_id, wanted, query)


def _with_comments(report: StoredReport, time_zone: str) -> ResponseFilter:
    return report_responses(
        report.within, report.plan, report.plan.span, time_zone, has_comment=True
    )


def _shown(row: Response, *, with_name: bool) -> ShownComment:
    return ShownComment(
        response_id=row.id,
        text=(row.comment or "").strip(),
        kind=cast(Kind, row.kind),
        score=row.score,
        day=row.day,
        language=row.language,
        customer=row.customer_name if with_name else "",
    )
