"""What themes and areas are found in: the comments and the ticked reasons behind a score.

Tests, hidden responses, answers after a follow-up and comments that the team has hidden are left
out, as everywhere in numbers. Where a side has more comments than are read, a sample is: those
whose ids end in a low number. The ends of ids are random and stay as they are, so that the sample
is a fair one, and is the same each time.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Text, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from widget.domain.flow import sentiment_of
from widget.domain.roles import Scope
from widget.domain.scales import Kind, Sentiment
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.spans import Span, buckets
from widget.domain.themes.areas import Ticks
from widget.domain.themes.findings import Question, Ticked
from widget.domain.themes.table import SIDES
from widget.storage.counted_responses import counted
from widget.storage.models import Response
from widget.storage.response_moods import in_moods
from widget.storage.scopes import within
from widget.storage.surveys import definitions_of

# So many comments of each side are read, about.
MOST_READ = 10_000
# The last four hexadecimal digits of an id.
_ENDS = 1 << 16

Comment = tuple[UUID, str, str, Sentiment]
"""A response's id, language and comment, and the side that it is on."""
Written = dict[tuple[Sentiment, str], int]


def comments_written(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter
) -> Written:
    """How many comments of a filter there are, within a scope, by side and language tag."""
    side = _side(session, workspace_id)
    query = _said(
        session,
        *(workspace_id, scope, wanted),
        select(side, Response.language, func.count()),
    ).group_by(side, Response.language)
    return {(one, language): number for one, language, number in session.execute(query)}


def comments_read(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter, written: Written
) -> Iterator[Comment]:
    """Those comments, or a sample of about `MOST_READ` of each side, oldest days first.

    They are read some days at a time, between which nothing is held: neither a snapshot of the
    database nor the comments. `written` is how many there are.
    """
    side = _side(session, workspace_id)
    query = select(Response.id, Response.language, Response.comment, side)
    sampled = _sampled(session, workspace_id, written)
    for part in buckets(Span(wanted.first, wanted.last)):
        days = replace(wanted, first=part.span.first, last=part.span.last)
        asked = _said(session, workspace_id, scope, days, query).where(*sampled)
        found = session.execute(asked).all()
        session.rollback()
        yield from found


def ticked_in(session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter) -> Ticked:
    """The reasons that were offered and ticked, by question."""
    reasons = cast(Response.reasons, Text)
    columns: list[Any] = [Response.survey_id, Response.version_id, Response.score, reasons]
    query = counted(workspace_id, scope, wanted, select(*columns, func.count()))
    rows = session.execute(query.group_by(*columns)).all()
    definitions = definitions_of(session, {row[1] for row in rows})
    tallies: dict[Question, _Tally] = {}
    for survey_id, version_id, score, text, number in rows:
        definition = definitions[version_id]
        sentiment = sentiment_of(definition, score)
        offered = definition.reasons_for(sentiment)
        if not (definition.ask_reasons and offered):
            continue
        kind: Kind = definition.question.kind
        question = Question(survey_id, kind, sentiment, definition.positive_from)
        tally = tallies.setdefault(question, _Tally())
        said = set(json.loads(text) if text else ())
        tally.add(score, version_id, [one.id for one in offered], said, number)
    return Ticked(
        {question: tally.ticks(question) for question, tally in tallies.items()},
        {question: tally.versions for question, tally in tallies.items()},
    )


def comments_to_quote(
    session: Session, workspace_id: int, scope: Scope, ids: Collection[UUID]
) -> dict[UUID, str]:
    """Those of some comments that may still be read within a scope, by their responses' ids."""
    query = select(Response.id, Response.comment).where(
        Response.workspace_id == workspace_id,
        Response.id.in_(ids),
        Response.comment.is_not(None),
        Response.hidden_at.is_(None),
        Response.comment_hidden_at.is_(None),
        within(scope, workspace_id, Response.member_id),
    )
    return {id: comment for id, comment in session.execute(query) if comment} if ids else {}


class _Tally:
    """The answers to one question as they are counted."""

    def __init__(self) -> None:
        self.asked = Counter[int]()
        self.offered: dict[str, Counter[int]] = {}
        self.ticked: dict[str, Counter[int]] = {}
        self.versions: dict[str, int] = {}

    def add(
        self, score: int, version_id: int, offered: list[str], said: set[str], number: int
    ) -> None:
        self.asked[score] += number
        for reason in offered:
            self.offered.setdefault(reason, Counter())[score] += number
            ticked = self.ticked.setdefault(reason, Counter())
            if reason in said:
                ticked[score] += number
            self.versions[reason] = max(version_id, self.versions.get(reason, 0))

    def ticks(self, question: Question) -> Ticks:
        return Ticks(
            question.kind,
            question.sentiment,
            question.positive_from,
            self.asked,
            self.ticked,
            self.offered,
        )


def _side(session: Session, workspace_id: int) -> ColumnElement[Any]:
    """The side of a response: that of its main score; none for the passives of NPS."""
    return case(*((in_moods(session, workspace_id, [side], ()), side) for side in SIDES))


def _said(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter, query: Select[Any]
) -> Select[Any]:
    """A query of responses narrowed to those with a comment that can be read, of either side."""
    return counted(workspace_id, scope, wanted, query).where(
        Response.comment.is_not(None),
        Response.comment != "",
        Response.comment_hidden_at.is_(None),
        in_moods(session, workspace_id, SIDES, ()),
    )


def _sampled(
    session: Session, workspace_id: int, written: Written
) -> tuple[ColumnElement[bool], ...]:
    """The condition that a comment is among those that are read; none where all are."""
    parts = []
    for side in SIDES:
        total = sum(number for (one, _), number in written.items() if one == side)
        of_side = in_moods(session, workspace_id, [side], ())
        if total > MOST_READ:
            below = max(1, round(_ENDS * MOST_READ / total))
            of_side = and_(of_side, _end(session) < f"{below:04x}")
        parts.append(of_side)
    return (or_(*parts),)


def _end(session: Session) -> ColumnElement[str]:
    """The last four digits of a response's id."""
    # Without the hyphens that PostgreSQL writes, an id has 32 digits.
    start = 33 if session.get_bind().dialect.name == "postgresql" else 29
    return func.substr(cast(Response.id, String(36)), start, 4)
