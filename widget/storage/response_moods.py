"""Whether a response is a good one, as a condition of queries: the same rule as that of scores."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from widget.domain.response_filters import Mood
from widget.domain.scales import KINDS, POSITIVE_FROM, Kind
from widget.domain.scores.nps import detractors_until
from widget.storage.dashboards import counted_surveys
from widget.storage.models import Response

# Where positive scores begin -> the surveys that say so.
_Thresholds = Mapping[int, Sequence[int]]


def in_moods(
    session: Session, workspace_id: int, moods: Collection[Mood], kinds: Collection[Kind]
) -> ColumnElement[bool]:
    """The condition that a response's score of one of these kinds, or that of its main question
    when there are none, is of one of these moods."""
    own = _own_thresholds(session, workspace_id)
    if kinds:
        return or_(*(_is(moods, kind, getattr(Response, kind), own[kind]) for kind in kinds))
    of_main = (
        and_(Response.kind == kind, _is(moods, kind, Response.score, own[kind])) for kind in KINDS
    )
    return or_(*of_main)


def _own_thresholds(session: Session, workspace_id: int) -> dict[Kind, _Thresholds]:
    """Surveys that call other scores of their main question positive than is usual."""
    found: dict[Kind, dict[int, list[int]]] = {kind: defaultdict(list) for kind in KINDS}
    for id, survey in counted_surveys(session, workspace_id).items():
        if survey.positive_from != POSITIVE_FROM[survey.kind]:
            found[survey.kind][survey.positive_from].append(id)
    return dict(found)


def _is(moods: Collection[Mood], kind: Kind, column: Any, own: _Thresholds) -> ColumnElement[bool]:
    # `x + 0`: a list of surveys is no reason to read and sort all that they have.
    survey_id = Response.survey_id + 0
    unusual = [id for ids in own.values() for id in ids]
    usual = or_(*_ranges(moods, kind, column, POSITIVE_FROM[kind]))
    if not unusual:
        return usual
    parts = [
        and_(survey_id.in_(ids), or_(*_ranges(moods, kind, column, threshold)))
        for threshold, ids in own.items()
    ]
    return or_(and_(survey_id.not_in(unusual), usual), *parts)


def _ranges(
    moods: Collection[Mood], kind: Kind, column: Any, positive_from: int
) -> Iterator[ColumnElement[bool]]:
    """The scores of each mood; scores of neither there are for NPS alone."""
    until = detractors_until(positive_from) if kind == "nps" else positive_from - 1
    if "positive" in moods:
        yield column >= positive_from
    if "negative" in moods:
        yield column <= until
    if "other" in moods:
        yield and_(column > until, column < positive_from)
