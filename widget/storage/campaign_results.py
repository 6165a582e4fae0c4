"""What became of the requests of waves, and what their customers answered."""

from collections.abc import Collection, Mapping
from typing import Any, Literal

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from widget.domain.campaign_results import LEFT, NOT_TAKEN
from widget.domain.roles import Scope
from widget.domain.scales import KINDS, Kind
from widget.domain.scores.scoring import Answers, Counts
from widget.storage.counted_responses import attribute
from widget.storage.dashboards import CountedSurvey
from widget.storage.models import Request, Response
from widget.storage.scopes import within

By = Literal["stratum", "client", "segment"]


def has_left() -> ColumnElement[bool]:
    """The condition that a mail of a request was taken by a mail server."""
    return Request.status.in_(LEFT) & (Request.why != NOT_TAKEN)


def status_counts(
    session: Session, workspace_id: int, scope: Scope, wave_ids: Collection[int]
) -> dict[tuple[str, str], int]:
    """How many requests of waves, within a scope, have each status and reason."""
    rows = session.execute(
        select(Request.status, Request.why, func.count())
        .where(*_of(workspace_id, scope, wave_ids))
        .group_by(Request.status, Request.why)
    )
    return {(status, why): number for status, why, number in rows}


def unsubscribed_count(
    session: Session, workspace_id: int, scope: Scope, wave_ids: Collection[int]
) -> int:
    """How many customers used a wave's mail, within a scope, to unsubscribe."""
    return (
        session.scalar(
            select(func.count()).where(
                *_of(workspace_id, scope, wave_ids), Request.unsubscribed_at.is_not(None)
            )
        )
        or 0
    )


def answered_counts(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wave_ids: Collection[int],
    surveys: Mapping[int, CountedSurvey],
    by: By | None = None,
) -> dict[Any, Counts]:
    """What the customers of waves answered to the main question, within a scope: by stratum (its
    number), client or segment (its text), or all together by None. Tests do not count, and neither
    does what was hidden; by stratum, and all together, it is counted as well who was asked."""
    found = _answers(session, workspace_id, scope, wave_ids, surveys, by)
    if by in (None, "stratum"):
        for key, (sent, answered) in _asked(session, workspace_id, scope, wave_ids, by).items():
            known = found.get(key, Counts())
            found[key] = Counts(known.answers, sent, answered, known.responses)
    return found


def _answers(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wave_ids: Collection[int],
    surveys: Mapping[int, CountedSurvey],
    by: By | None,
) -> dict[Any, Counts]:
    columns: list[Any] = [Response.survey_id, Response.kind, Response.score]
    if by is not None:
        columns.append(Request.stratum if by == "stratum" else attribute(by))
    query = (
        select(func.count(), *columns)
        .select_from(Request)
        .join(
            Response,
            (Response.workspace_id == Request.workspace_id) & (Response.id == Request.id),
        )
        .where(
            Request.workspace_id == workspace_id,
            Request.wave_id.in_(wave_ids),
            Request.status == "answered",
            Response.is_test.is_(False),
            Response.hidden_at.is_(None),
            within(scope, workspace_id, Response.member_id),
        )
        .group_by(*columns)
    )
    scores: dict[Any, dict[tuple[Kind, int], dict[int, int]]] = {}
    for number, survey_id, kind, score, *key in session.execute(query):
        known = next(one for one in KINDS if one == kind)
        threshold = surveys[survey_id].positive_from
        group = scores.setdefault(key[0] if key else None, {})
        counts = group.setdefault((known, threshold), {})
        counts[score] = counts.get(score, 0) + number
    return {
        key: Counts(
            [Answers(kind, counts, threshold) for (kind, threshold), counts in group.items()],
            responses=sum(sum(counts.values()) for counts in group.values()),
        )
        for key, group in scores.items()
    }


def _asked(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wave_ids: Collection[int],
    by: By | None,
) -> dict[Any, tuple[int, int]]:
    """Requests sent and answered."""
    columns: list[Any] = [Request.stratum] if by else []
    answered = func.count(case((Request.status == "answered", 1)))
    query = select(func.count(), answered, *columns).where(
        *_of(workspace_id, scope, wave_ids), has_left()
    )
    return {
        (key[0] if key else None): (sent, replied)
        for sent, replied, *key in session.execute(query.group_by(*columns))
    }


def _of(workspace_id: int, scope: Scope, wave_ids: Collection[int]) -> list[ColumnElement[bool]]:
    # All of it in the index of waves.
    return [
        Request.workspace_id == workspace_id,
        Request.wave_id.in_(wave_ids),
        within(scope, workspace_id, Request.member_id),
    ]
