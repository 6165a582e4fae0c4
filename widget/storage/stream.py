"""What streams ask: cards of responses, and which events are new."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, Table, func, or_, select, tuple_
from sqlalchemy.orm import Session

from widget.domain.rewards import Reward
from widget.domain.roles import EVERYTHING, Scope
from widget.domain.scales import KINDS, POSITIVE_FROM, Kind
from widget.domain.stream import Facts, StreamFilter
from widget.domain.surveys import Definition, definition_from_json
from widget.storage.models import (
    Event,
    Member,
    Request,
    Response,
    ResponseNote,
    Survey,
    SurveyVersion,
)
from widget.storage.responses import Place
from widget.storage.rewards import reward_of_responses
from widget.storage.scopes import within

_events: Table = Event.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Card:
    """A response as a stream shows it. `comment` is "" when there is none or it is hidden."""

    id: UUID
    survey_id: int
    survey_name: str
    definition: Definition
    language: str
    kind: Kind
    scores: dict[Kind, int]
    reasons: tuple[str, ...]
    comment: str
    is_comment_hidden: bool
    channel: str
    ref: str
    ticket: str
    customer: str
    member_name: str
    member_photo: str | None
    answered_at: datetime
    is_finished: bool
    notes: int
    reward: Reward | None
    facts: Facts

    @property
    def place(self) -> Place:
        return Place(self.answered_at, self.id)


@dataclass(frozen=True)
class CardPage:
    """Some cards, newest first, and whether there are older and newer ones."""

    cards: list[Card]
    has_older: bool
    has_newer: bool


def cards_page(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: StreamFilter,
    *,
    limit: int,
    older_than: Place | None = None,
) -> CardPage:
    """Up to `limit` cards of a stream, newest first."""
    query = _cards(workspace_id).where(
        within(scope, workspace_id, Response.member_id), *_conditions(workspace_id, wanted)
    )
    if older_than is not None:
        order = tuple_(Response.answered_at, Response.id)
        query = query.where(order < (older_than.answered_at, older_than.id))
    query = query.order_by(Response.answered_at.desc(), Response.id.desc())
    found = _made(session, query.limit(limit + 1))
    return CardPage(found[:limit], len(found) > limit, older_than is not None)


def cards_by_id(
    session: Session,
    workspace_id: int,
    ids: Collection[UUID],
    scopes: Collection[Scope] = (EVERYTHING,),
) -> list[Card]:
    """The cards of some responses within any of the scopes, hidden and test ones too, newest
    first."""
    query = _cards(workspace_id).where(Response.id.in_(ids))
    if not any(scope.everything for scope in scopes):
        members = {scope.member_id for scope in scopes if scope.member_id is not None}
        teams = frozenset().union(*(scope.teams for scope in scopes))
        query = query.where(Response.member_id.in_(members) | Member.team_id.in_(teams))
    return _made(session, query.order_by(Response.answered_at.desc(), Response.id.desc()))


def card_of(session: Session, workspace_id: int, id: UUID) -> Card | None:
    """One response's card; None when there is no such response."""
    found = cards_by_id(session, workspace_id, [id])
    return found[0] if found else None


def _cards(workspace_id: int) -> Select[Any]:
    notes = (
        select(func.count())
        .where(
            ResponseNote.workspace_id == workspace_id,
            ResponseNote.response_id == Response.id,
            ResponseNote.kind == "note",
        )
        .scalar_subquery()
    )
    return (
        select(
            Response,
            Survey.public_id,
            Survey.name,
            Member.name,
            Member.team_id,
            Member.photo,
            Member.is_approved,
            Request.external_url,
            notes,
        )
        .join(Survey, Survey.id == Response.survey_id)
        .outerjoin(Member, Member.id == Response.member_id)
        .outerjoin(
            Request,
            (Request.workspace_id == Response.workspace_id) & (Request.id == Response.id),
        )
        .where(Response.workspace_id == workspace_id)
    )


def _conditions(workspace_id: int, wanted: StreamFilter) -> list[Any]:
    """The filter as SQL: the same rule as `domain.stream.is_shown`."""
    found: list[Any] = [Response.is_test.is_(False), Response.hidden_at.is_(None)]
    if wanted.survey is not None:
        found.append(Survey.public_id == wanted.survey)
    if wanted.member_id is not None:
        found.append(Response.member_id == wanted.member_id)
    if wanted.teams is not None:
        found.append(Member.team_id.in_(wanted.teams))
    if wanted.scores is not None:
        positive = or_(
            *((Response.kind == kind) & (Response.score >= POSITIVE_FROM[kind]) for kind in KINDS)
        )
        found.append(positive if wanted.scores == "positive" else ~positive)
    if wanted.with_comment:
        found += [
            Response.comment.is_not(None),
            Response.comment != "",
            Response.comment_hidden_at.is_(None),
        ]
    if wanted.kudos:
        found.append(Response.kudos_at.is_not(None))
    return found


def _made(session: Session, query: Select[Any]) -> list[Card]:
    rows = session.execute(query).all()
    # Many cards share a version, and reading one takes longer than all the rest of a card.
    versions = select(SurveyVersion.id, SurveyVersion.definition).where(
        SurveyVersion.id.in_({row[0].version_id for row in rows})
    )
    definitions = (
        {id: definition_from_json(data) for id, data in session.execute(versions)} if rows else {}
    )
    suggesting = [row[0].id for row in rows if row[0].reward_id]
    rewards = (
        reward_of_responses(session, rows[0][0].workspace_id, suggesting) if suggesting else {}
    )
    return [_card(definitions[row[0].version_id], rewards.get(row[0].id), *row) for row in rows]


def _card(
    definition: Definition,
    reward: Reward | None,
    row: Response,
    survey: str,
    survey_name: str,
    member_name: str | None,
    team_id: int | None,
    photo: str | None,
    is_approved: bool | None,
    external_url: str | None,
    notes: int,
) -> Card:
    is_comment_hidden = row.comment_hidden_at is not None and bool(row.comment)
    comment = "" if is_comment_hidden else row.comment or ""
    kind, ticket = cast(Kind, row.kind), external_url or ""
    scores = {name: getattr(row, name) for name in KINDS}
    return Card(
        id=row.id,
        survey_id=row.survey_id,
        survey_name=survey_name,
        definition=definition,
        language=row.language,
        kind=kind,
        scores={name: score for name, score in scores.items() if score is not None},
        reasons=tuple(row.reasons or ()),
        comment=comment,
        is_comment_hidden=is_comment_hidden,
        channel=row.channel,
        ref=row.ref,
        ticket=ticket if ticket.startswith(("https://", "http://")) else "",
        customer=row.customer_name,
        member_name=member_name or "",
        member_photo=photo if is_approved else None,
        answered_at=row.answered_at,
        is_finished=row.finished_at is not None,
        notes=notes,
        reward=reward,
        facts=Facts(
            survey=survey,
            kind=kind,
            score=row.score,
            member_id=row.member_id,
            team_id=team_id,
            has_comment=bool(comment),
            is_kudos=row.kudos_at is not None,
            is_test=row.is_test,
            is_hidden=row.hidden_at is not None,
        ),
    )


@dataclass(frozen=True)
class StreamEvent:
    """Something that happened to a response."""

    workspace_id: int
    id: UUID
    name: str
    response_id: UUID


def events_after(
    session: Session, workspace_ids: Sequence[int], after: UUID, limit: int
) -> list[StreamEvent]:
    """What happened to responses of some workspaces after an event, the newest `limit` of it,
    oldest first."""
    rows = session.execute(
        select(_events.c.workspace_id, _events.c.id, _events.c.name, _events.c.response_id)
        .where(
            _events.c.workspace_id.in_(workspace_ids),
            _events.c.id > after,
            _events.c.response_id.is_not(None),
        )
        .order_by(_events.c.id.desc())
        .limit(limit)
    )
    return [StreamEvent(*row) for row in rows][::-1]
