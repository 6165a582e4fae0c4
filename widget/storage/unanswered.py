"""Bad answers to which nobody has replied: with a follow-up that waits for it, or without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from widget.domain.response_filters import Mood
from widget.storage.counted_responses import attribute
from widget.storage.follow_ups import (
    COUNTED_TO,
    FollowUpFilter,
    Place,
    Reader,
    member_id_of,
    names_of,
    survey_id_of,
)
from widget.storage.indexed import by_index
from widget.storage.models import FollowUp, Response
from widget.storage.response_moods import in_moods
from widget.storage.responses import ListedResponse, responses_by_id
from widget.storage.scopes import within

_BAD: tuple[Mood, ...] = ("negative",)
LOOKED_AT_FOR = timedelta(days=30)
"""Older answers are left out: they are history, and reading through them all takes long."""


@dataclass(frozen=True)
class Unanswered:
    """A response, its open follow-up, None without one, and the name of whose that is."""

    response: ListedResponse
    row: FollowUp | None
    assignee: str | None


@dataclass(frozen=True)
class UnansweredPage:
    """Some of them, the newest first. `next_place` is where the following ones begin."""

    items: list[Unanswered]
    next_place: Place | None


def unanswered_page(
    session: Session,
    reader: Reader,
    wanted: FollowUpFilter,
    *,
    now: datetime,
    limit: int,
    after: Place | None = None,
) -> UnansweredPage:
    """Up to `limit` responses after a place in the list, of a survey, a member, a client and a
    segment where the filter names one."""
    query = _unanswered(session, reader, now)
    if wanted.survey is not None:
        survey_id = survey_id_of(session, reader.workspace_id, wanted.survey)
        query = query.where(Response.survey_id == survey_id)
    if wanted.member is not None:
        member_id = member_id_of(session, reader.workspace_id, wanted.member)
        query = query.where(Response.member_id == member_id)
    for name, value in (("client", wanted.client), ("segment", wanted.segment)):
        if value is not None:
            query = query.where(attribute(name) == value)
    if after is not None:
        here = tuple_(Response.answered_at, Response.id)
        query = query.where(here < (after.moment, after.id))
    query = query.order_by(Response.answered_at.desc(), Response.id.desc()).limit(limit + 1)
    found = session.execute(query).all()
    last = found[limit - 1] if len(found) > limit else None
    return UnansweredPage(
        _listed(session, reader, [row.id for row in found[:limit]]),
        Place(last.answered_at, last.id) if last else None,
    )


def count_unanswered(session: Session, reader: Reader, now: datetime) -> int:
    """How many there are, up to one more than `COUNTED_TO`."""
    some = _unanswered(session, reader, now).limit(COUNTED_TO + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _unanswered(session: Session, reader: Reader, now: datetime) -> Select[UUID, datetime]:
    is_dealt_with = (
        select(FollowUp.id)
        .where(
            FollowUp.workspace_id == Response.workspace_id,
            FollowUp.response_id == Response.id,
            FollowUp.first_reply_at.is_not(None) | FollowUp.resolved_at.is_not(None),
        )
        .correlate(Response)
        .exists()
    )
    return select(Response.id, Response.answered_at).where(
        Response.workspace_id == reader.workspace_id,
        Response.answered_at >= now - LOOKED_AT_FOR,
        Response.is_test.is_(False),
        Response.is_recovery.is_(False),
        Response.hidden_at.is_(None),
        Response.finished_at.is_not(None),
        in_moods(session, reader.workspace_id, _BAD, ()),
        within(reader.scope, reader.workspace_id, Response.member_id),
        ~is_dealt_with,
    )


def _listed(session: Session, reader: Reader, ids: Sequence[UUID]) -> list[Unanswered]:
    responses = responses_by_id(session, reader.workspace_id, set(ids))
    rows = session.scalars(
        select(FollowUp).where(
            by_index(reader.workspace_id, FollowUp.response_id, ids),
            FollowUp.resolved_at.is_(None),
        )
    ).all()
    follow_ups = {row.response_id: row for row in rows}
    names = names_of(session, {row.assignee_id for row in rows if row.assignee_id})
    found = []
    for id in ids:
        row = follow_ups.get(id)
        assignee = names.get(row.assignee_id or 0) if row else None
        found.append(Unanswered(responses[id], row, assignee))
    return found
