"""A filter of responses as conditions of a query of responses."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, false, func, or_, select
from sqlalchemy.orm import Session

from widget.domain.response_filters import ResponseFilter
from widget.storage.models import (
    Member,
    Request,
    Response,
    ResponseTag,
    Survey,
    SurveyVersion,
    Tag,
    Wave,
)
from widget.storage.response_moods import in_moods
from widget.storage.scopes import within
from widget.storage.search import Rows, found_in


def narrowed(session: Session, workspace_id: int, wanted: ResponseFilter, query: Rows) -> Rows:
    """A query of responses, joined with their surveys, versions and members, narrowed to what a
    filter wants."""
    conditions = [*_standing(wanted), *_about(wanted), *_said(session, workspace_id, wanted)]
    if not wanted.scope.everything:
        conditions.append(within(wanted.scope, workspace_id, Response.member_id))
    if wanted.surveys:
        conditions.append(_of_surveys(session, workspace_id, wanted.surveys))
    if goes_by_campaign(wanted):
        query = _of_campaigns(session, workspace_id, wanted, query)
    if goes_by_tag(wanted):
        query = _of_tag(workspace_id, wanted, query)
    elif wanted.tags:
        conditions.append(_tagged(workspace_id, wanted.tags))
    query = query.where(*conditions)
    if wanted.search:
        dialect = session.get_bind().dialect.name
        query = found_in(query, wanted.search, dialect, hidden_too=wanted.finds_hidden_comments)
    return query


def _standing(wanted: ResponseFilter) -> Iterator[ColumnElement[bool]]:
    """What is told of a response by when and how it came, and whether it counts."""
    if wanted.only_tests:
        yield Response.is_test.expression
    elif not wanted.with_tests:
        yield Response.is_test.is_(False)
    if not wanted.with_hidden:
        yield Response.hidden_at.is_(None)
    if wanted.is_recovery is not None:
        yield Response.is_recovery.is_(wanted.is_recovery)
    if wanted.since is not None:
        yield Response.answered_at >= wanted.since
    if wanted.until is not None:
        yield Response.answered_at < wanted.until


def _about(wanted: ResponseFilter) -> Iterator[ColumnElement[bool]]:
    """What is told by whom and what it is about."""
    if wanted.members:
        yield _of_members(wanted.members)
    if wanted.teams is not None:
        # Of the joined member: a list of members' ids would have all their answers sorted.
        yield Member.team_id.in_(wanted.teams)
    if wanted.ref is not None:
        yield Response.ref == wanted.ref
    texts: tuple[tuple[Any, Collection[str]], ...] = (
        (Response.channel, wanted.channels),
        (Response.language, wanted.languages),
        (Response.source, wanted.sources),
    )
    for column, values in texts:
        if values:
            yield column.in_(values)
    for name, values in (("client", wanted.clients), ("segment", wanted.segments)):
        if values:
            yield _attribute(name).in_(values)
    if wanted.versions:
        yield SurveyVersion.number.in_(wanted.versions)


def _said(
    session: Session, workspace_id: int, wanted: ResponseFilter
) -> Iterator[ColumnElement[bool]]:
    """What is told by what the customer said."""
    if wanted.kinds:
        yield or_(*(getattr(Response, kind).is_not(None) for kind in wanted.kinds))
    if wanted.scores:
        of_kinds = [getattr(Response, kind) for kind in wanted.kinds] or [Response.score]
        yield or_(*(column.in_(wanted.scores) for column in of_kinds))
    if wanted.moods:
        yield in_moods(session, workspace_id, wanted.moods, wanted.kinds)
    if wanted.reasons:
        ticked = cast(Response.reasons, Text)
        # As the list of ids is written, each between quotation marks.
        yield or_(*(ticked.contains(json.dumps(id), autoescape=True) for id in wanted.reasons))
    if wanted.has_comment is not None:
        said = (
            Response.comment.is_not(None)
            & (Response.comment != "")
            & Response.comment_hidden_at.is_(None)
        )
        yield said if wanted.has_comment else ~said


def _of_surveys(
    session: Session, workspace_id: int, public_ids: Collection[str]
) -> ColumnElement[bool]:
    ids = session.scalars(
        select(Survey.id).where(
            Survey.workspace_id == workspace_id, Survey.public_id.in_(public_ids)
        )
    ).all()
    return _one_of(Response.survey_id, ids)


def _of_members(members: Collection[int | None]) -> ColumnElement[bool]:
    ids = [id for id in members if id is not None]
    if None not in members:
        return _one_of(Response.member_id, ids)
    return or_(Response.member_id.is_(None), _one_of(Response.member_id, ids))


def _one_of(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """One id is looked up in its index, which has it newest first. Of several, SQLite would read
    all rows to sort them, so it is kept from that and goes by time."""
    if not ids:
        return false()
    found: ColumnElement[bool] = column == min(ids) if len(ids) == 1 else (column + 0).in_(ids)
    return found


def _tagged(workspace_id: int, tags: Collection[str]) -> ColumnElement[bool]:
    return Response.id.in_(
        select(ResponseTag.response_id)
        .join(Tag, Tag.id == ResponseTag.tag_id)
        .where(
            ResponseTag.workspace_id == workspace_id,
            Tag.workspace_id == workspace_id,
            Tag.name.in_(tags),
        )
    )


def goes_by_tag(wanted: ResponseFilter) -> bool:
    """Whether those of one tag are walked through, and so ordered by `ResponseTag`: a tag that few
    have would be looked for in all responses."""
    return len(wanted.tags) == 1 and not wanted.search and not goes_by_campaign(wanted)


def goes_by_campaign(wanted: ResponseFilter) -> bool:
    """Whether those who answered a campaign are looked up, and so sorted: they are few of all."""
    return bool(wanted.campaigns)


def _of_campaigns(session: Session, workspace_id: int, wanted: ResponseFilter, query: Rows) -> Rows:
    waves = select(Wave.id).where(
        Wave.workspace_id == workspace_id, Wave.campaign_id.in_(wanted.campaigns)
    )
    if wanted.waves:
        waves = waves.where(Wave.number.in_(wanted.waves))
    # A request has the id of its response.
    return query.join(
        Request, (Request.workspace_id == Response.workspace_id) & (Request.id == Response.id)
    ).where(
        Request.workspace_id == workspace_id,
        Request.wave_id.in_(session.scalars(waves).all()),
        Request.status == "answered",
    )


def _of_tag(workspace_id: int, wanted: ResponseFilter, query: Rows) -> Rows:
    [name] = wanted.tags
    tag_id = select(Tag.id).where(Tag.workspace_id == workspace_id, Tag.name == name)
    return query.join(
        ResponseTag,
        (ResponseTag.workspace_id == Response.workspace_id)
        & (ResponseTag.response_id == Response.id),
    ).where(
        ResponseTag.workspace_id == workspace_id, ResponseTag.tag_id == tag_id.scalar_subquery()
    )


def _attribute(name: str) -> ColumnElement[Any]:
    """An attribute of the context, "" where there is none: as `score_counts` reads it."""
    return func.coalesce(Response.attributes[name].as_string(), "")
