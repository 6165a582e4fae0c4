"""What the console and the API ask about responses. Every query stays in one workspace."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from widget.domain.roles import EVERYTHING, Scope
from widget.domain.scales import Kind
from widget.domain.surveys import Definition, definition_from_json
from widget.storage.models import Member, Response, Revision, Survey, SurveyVersion
from widget.storage.scopes import within


@dataclass(frozen=True)
class Place:
    """A place in the list, newest first: responses are ordered by time, then by id."""

    answered_at: datetime
    id: UUID


@dataclass(frozen=True)
class ResponseFilter:
    """Which responses to list. None means any. `since` is inclusive, `until` exclusive."""

    scope: Scope = EVERYTHING
    survey: str | None = None
    kind: Kind | None = None
    has_comment: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    member_id: int | None = None
    ref: str | None = None
    # Answers of customers who were asked again after a follow-up: only those, or none of them.
    is_recovery: bool | None = None
    with_tests: bool = False
    only_tests: bool = False
    with_hidden: bool = False


@dataclass(frozen=True)
class ListedResponse:
    """A response with what a list shows of its surroundings."""

    response: Response
    survey_public_id: str
    survey_name: str
    version: int
    definition: Definition
    member_public_id: str | None
    member_name: str | None
    member_email: str | None

    @property
    def place(self) -> Place:
        return Place(self.response.answered_at, self.response.id)


@dataclass(frozen=True)
class Page:
    """Some responses, newest first, and whether there are older and newer ones."""

    items: list[ListedResponse]
    has_older: bool
    has_newer: bool


def days(first: date | None, last: date | None, time_zone: str) -> tuple[Any, Any]:
    """The moments from the start of a day to the end of another, in a time zone."""
    zone = ZoneInfo(time_zone)
    since = datetime.combine(first, time(), zone) if first else None
    until = datetime.combine(last + timedelta(days=1), time(), zone) if last else None
    return since, until


def _all(workspace_id: int) -> Select[Response, Survey, SurveyVersion, Member]:
    return (
        select(Response, Survey, SurveyVersion, Member)
        .join(Survey, Survey.id == Response.survey_id)
        .join(SurveyVersion, SurveyVersion.id == Response.version_id)
        .outerjoin(Member, Member.id == Response.member_id)
        .where(Response.workspace_id == workspace_id)
    )


def _filtered(
    workspace_id: int, wanted: ResponseFilter
) -> Select[Response, Survey, SurveyVersion, Member]:
    query = _all(workspace_id)
    if not wanted.scope.everything:
        query = query.where(within(wanted.scope, workspace_id, Response.member_id))
    if wanted.only_tests:
        query = query.where(Response.is_test)
    elif not wanted.with_tests:
        query = query.where(Response.is_test.is_(False))
    if not wanted.with_hidden:
        query = query.where(Response.hidden_at.is_(None))
    if wanted.survey is not None:
        query = query.where(Survey.public_id == wanted.survey)
    if wanted.kind is not None:
        query = query.where(getattr(Response, wanted.kind).is_not(None))
    if wanted.has_comment is not None:
        said = (
            Response.comment.is_not(None)
            & (Response.comment != "")
            & Response.comment_hidden_at.is_(None)
        )
        query = query.where(said if wanted.has_comment else ~said)
    if wanted.since is not None:
        query = query.where(Response.answered_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Response.answered_at < wanted.until)
    if wanted.member_id is not None:
        query = query.where(Response.member_id == wanted.member_id)
    if wanted.is_recovery is not None:
        query = query.where(Response.is_recovery.is_(wanted.is_recovery))
    if wanted.ref is not None:
        query = query.where(Response.ref == wanted.ref)
    return query


def responses_page(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    *,
    limit: int,
    older_than: Place | None = None,
    newer_than: Place | None = None,
) -> Page:
    """Up to `limit` responses, newest first, next to a place in the list."""
    order = tuple_(Response.answered_at, Response.id)
    query = _filtered(workspace_id, wanted)
    if newer_than is not None:
        query = query.where(order > (newer_than.answered_at, newer_than.id))
        query = query.order_by(Response.answered_at, Response.id)
    else:
        if older_than is not None:
            query = query.where(order < (older_than.answered_at, older_than.id))
        query = query.order_by(Response.answered_at.desc(), Response.id.desc())
    rows = session.execute(query.limit(limit + 1)).all()
    more = len(rows) > limit
    items = [_listed(*row) for row in rows[:limit]]
    if newer_than is not None:
        return Page(items[::-1], has_older=True, has_newer=more)
    return Page(items, has_older=more, has_newer=older_than is not None)


def find_response(
    session: Session, workspace_id: int, id: UUID, scope: Scope = EVERYTHING
) -> ListedResponse | None:
    """One response, hidden and test ones too; None when there is none with this id in the scope."""
    query = _all(workspace_id).where(
        Response.id == id, within(scope, workspace_id, Response.member_id)
    )
    row = session.execute(query).one_or_none()
    return _listed(*row) if row else None


def responses_by_id(
    session: Session, workspace_id: int, ids: Collection[UUID]
) -> dict[UUID, ListedResponse]:
    """Some responses by their ids, hidden and test ones too."""
    rows = session.execute(_all(workspace_id).where(Response.id.in_(ids))).all() if ids else []
    return {row[0].id: _listed(*row) for row in rows}


@dataclass(frozen=True)
class ShownRevision:
    """`changes` is a list of `{"field", "old", "new"}`."""

    at: datetime
    changes: list[dict[str, Any]]


def is_stored(session: Session, workspace_id: int, id: UUID) -> bool:
    """Whether there is a response with this id."""
    row = select(Response.id).where(Response.workspace_id == workspace_id, Response.id == id)
    return session.scalar(row) is not None


def revisions_of(session: Session, workspace_id: int, id: UUID) -> list[ShownRevision]:
    """What was said and changed, oldest first."""
    rows = session.scalars(
        select(Revision)
        .where(Revision.workspace_id == workspace_id, Revision.response_id == id)
        .order_by(Revision.at, Revision.id)
    )
    return [ShownRevision(row.at, row.changes) for row in rows]


def _listed(
    response: Response, survey: Survey, version: SurveyVersion, member: Member | None
) -> ListedResponse:
    return ListedResponse(
        response=response,
        survey_public_id=survey.public_id,
        survey_name=survey.name,
        version=version.number,
        definition=definition_from_json(version.definition),
        member_public_id=member.public_id if member else None,
        member_name=member.name if member else None,
        member_email=member.email if member else None,
    )
