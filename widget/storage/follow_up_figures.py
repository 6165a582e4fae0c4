"""How many follow-ups were opened and resolved, and how long that took."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from widget.domain.reports.figures import FollowUpFigures
from widget.domain.roles import Scope
from widget.domain.scores.durations import median_time
from widget.domain.strata import Attribute
from widget.storage.follow_up_times import waited
from widget.storage.models import FollowUp, Response
from widget.storage.scopes import within

_MINUTE_S = 60


def follow_up_figures(
    session: Session,
    workspace_id: int,
    scope: Scope,
    since: datetime,
    until: datetime,
    *,
    survey_id: int,
    client: str = "",
    segment: str = "",
) -> FollowUpFigures:
    """What was done from a moment to another, the second excluded, about a survey's responses
    within a scope, of one client and segment unless they are "". Times are counted to the
    minute. What was opened only to thank somebody, and resolved by that, is left out: nothing was
    to be done."""
    about = (
        FollowUp.workspace_id == workspace_id,
        FollowUp.survey_id == survey_id,
        FollowUp.opened_at < until,
        or_(FollowUp.resolved_at.is_(None), waited(FollowUp.resolved_at)),
        Response.is_test.is_(False),
        within(scope, workspace_id, Response.member_id),
        *_of("client", client),
        *_of("segment", segment),
    )
    joined = and_(
        Response.workspace_id == FollowUp.workspace_id, Response.id == FollowUp.response_id
    )
    is_resolved = and_(FollowUp.resolved_at >= since, FollowUp.resolved_at < until)
    opened, still_open = session.execute(
        select(
            func.count().filter(FollowUp.opened_at >= since),
            func.count().filter(or_(FollowUp.resolved_at.is_(None), FollowUp.resolved_at >= until)),
        )
        .select_from(FollowUp)
        .join(Response, joined)
        .where(*about)
    ).one()
    times: Counter[int] = Counter()
    for began, ended in session.execute(
        select(FollowUp.opened_at, FollowUp.resolved_at)
        .join(Response, joined)
        .where(*about, is_resolved)
    ):
        assert ended is not None, "the condition says so"
        seconds = (ended - began).total_seconds()
        times[int(seconds // _MINUTE_S) * _MINUTE_S] += 1
    return FollowUpFigures(opened, times.total(), still_open, median_time(times))


def _of(name: Attribute, value: str) -> list[ColumnElement[Any]]:
    return [Response.attributes[name].as_string() == value] if value else []
