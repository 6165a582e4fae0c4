"""What the console and the API ask about responses. Every query stays in one workspace."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, load_only

from widget.domain.response_filters import ResponseFilter
from widget.domain.roles import EVERYTHING, Scope
from widget.domain.surveys import Definition, definition_from_json
from widget.storage.few_members import FEW_TAGS, few_members, next_of_each, without_members
from widget.storage.indexed import out_of_index
from widget.storage.models import Member, Response, ResponseTag, Revision, Survey, SurveyVersion
from widget.storage.rare_responses import Asked, may_be_rare, next_rows
from widget.storage.response_conditions import goes_by_campaign, goes_by_tag, narrowed
from widget.storage.scopes import within
from widget.storage.search import Rows, index_order, index_place


@dataclass(frozen=True)
class Place:
    """A place in the list, newest first: responses are ordered by time, then by id."""

    answered_at: datetime
    id: UUID


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
        # Every response has a survey and a version. Of an outer join the database knows that it
        # drops no row, and leaves it away where nothing of it is asked for.
        .outerjoin(Survey, Survey.id == Response.survey_id)
        .outerjoin(SurveyVersion, SurveyVersion.id == Response.version_id)
        .outerjoin(Member, Member.id == Response.member_id)
        .where(Response.workspace_id == workspace_id)
        # Drafts and definitions are long, and would be read for each of a page's responses.
        .options(
            load_only(Survey.public_id, Survey.name),
            load_only(SurveyVersion.number),
            load_only(Member.public_id, Member.name, Member.email),
        )
    )


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
    rows = _rows(session, workspace_id, wanted, limit + 1, older_than, newer_than)
    more = len(rows) > limit
    items = _all_listed(session, rows[:limit])
    if newer_than is not None:
        return Page(items[::-1], has_older=True, has_newer=more)
    return Page(items, has_older=more, has_newer=older_than is not None)


def _rows(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    limit: int,
    older_than: Place | None,
    newer_than: Place | None,
) -> Sequence[Any]:
    if may_be_rare(wanted):
        every = _all(workspace_id)
        fits = narrowed(session, workspace_id, wanted, every)
        there = _next_to(session, workspace_id, wanted, fits, older_than, newer_than)
        place = newer_than or older_than
        rows = next_rows(
            *(session, workspace_id, wanted, Asked(every, fits, there), limit),
            place=place.answered_at if place else None,
            is_newer=newer_than is not None,
        )
        if rows is not None:
            return rows
    query = page_query(session, workspace_id, wanted, limit, older_than, newer_than)
    return session.execute(query).all() if query is not None else []


def page_query(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    limit: int,
    older_than: Place | None = None,
    newer_than: Place | None = None,
) -> Rows | None:
    """Up to `limit` responses with their surveys, versions and members, from a place in the list
    on: newest first, or oldest first where newer ones are wanted. None where there can be none."""

    def asked(of: ResponseFilter) -> Rows:
        query = narrowed(session, workspace_id, of, _all(workspace_id))
        return _next_to(session, workspace_id, of, query, older_than, newer_than)

    members = few_members(session, workspace_id, wanted)
    if members is not None:
        query = asked(without_members(wanted))
        each = [query.where(Response.member_id == member) for member in members]
    elif 1 < len(wanted.tags) <= FEW_TAGS and not wanted.search and not wanted.campaigns:
        each = [asked(replace(wanted, tags=(tag,))) for tag in dict.fromkeys(wanted.tags)]
    else:
        return asked(wanted).limit(limit)
    if not each:
        return None
    ids = next_of_each(session, each, limit, is_newer=newer_than is not None)
    # As they are, SQLite would rather walk through all responses in this order than sort a few.
    order = [out_of_index(column) for column in (Response.answered_at, Response.id)]
    if newer_than is None:
        order = [column.desc() for column in order]
    there = _all(workspace_id).where(
        Response.id.in_(ids), within(wanted.scope, workspace_id, Response.member_id)
    )
    return there.order_by(*order)


def some_query(workspace_id: int, ids: Collection[UUID]) -> Rows:
    """Those of some responses that are not hidden, with their surveys, versions and members."""
    return _all(workspace_id).where(Response.id.in_(ids), Response.hidden_at.is_(None))


def count_that_fit(
    session: Session, workspace_id: int, wanted: ResponseFilter, at_most: int | None = None
) -> int:
    """How many responses a filter wants; no more are counted than `at_most`."""
    query = narrowed(session, workspace_id, wanted, _all(workspace_id))
    ids = query.with_only_columns(Response.id).limit(at_most).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def _next_to(
    session: Session,
    workspace_id: int,
    wanted: ResponseFilter,
    query: Rows,
    older_than: Place | None,
    newer_than: Place | None,
) -> Rows:
    """The query from a place on: newest first, or oldest first where newer ones are wanted."""
    by_index = index_order(session.get_bind().dialect.name) if wanted.search else None
    columns: tuple[Any, ...] = (Response.answered_at, Response.id)
    if by_index is not None:
        # Sorting all that a search finds takes longer than walking through it.
        columns = (by_index,)
    elif goes_by_campaign(wanted):
        columns = tuple(out_of_index(column) for column in columns)
    elif goes_by_tag(wanted):
        columns = (ResponseTag.answered_at, ResponseTag.response_id)

    def values(place: Place) -> tuple[Any, ...]:
        if by_index is None:
            return place.answered_at, place.id
        return (index_place(workspace_id, place.id, place.answered_at),)

    key = tuple_(*columns)
    if newer_than is not None:
        return query.where(key > tuple_(*values(newer_than))).order_by(*columns)
    if older_than is not None:
        query = query.where(key < tuple_(*values(older_than)))
    return query.order_by(*(column.desc() for column in columns))


def ids_that_fit(
    session: Session, workspace_id: int, wanted: ResponseFilter, limit: int
) -> list[UUID]:
    """The ids of up to `limit` responses, newest first."""
    query = narrowed(session, workspace_id, wanted, _all(workspace_id))
    query = _next_to(session, workspace_id, wanted, query, None, None)
    return list(session.scalars(query.with_only_columns(Response.id).limit(limit)))


def those_in_scope(
    session: Session, workspace_id: int, ids: Collection[UUID], scope: Scope
) -> set[UUID]:
    """Those of some ids that are responses within a scope, hidden and test ones too."""
    query = select(Response.id).where(
        Response.workspace_id == workspace_id,
        Response.id.in_(ids),
        within(scope, workspace_id, Response.member_id),
    )
    return set(session.scalars(query)) if ids else set()


def find_response(
    session: Session, workspace_id: int, id: UUID, scope: Scope = EVERYTHING
) -> ListedResponse | None:
    """One response, hidden and test ones too; None when there is none with this id in the scope."""
    query = _all(workspace_id).where(
        Response.id == id, within(scope, workspace_id, Response.member_id)
    )
    row = session.execute(query).one_or_none()
    return _all_listed(session, [row])[0] if row else None


def responses_by_id(
    session: Session, workspace_id: int, ids: Collection[UUID]
) -> dict[UUID, ListedResponse]:
    """Some responses by their ids, hidden and test ones too."""
    rows = session.execute(_all(workspace_id).where(Response.id.in_(ids))).all() if ids else []
    return {listed.response.id: listed for listed in _all_listed(session, rows)}


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


def _all_listed(session: Session, rows: Sequence[Any]) -> list[ListedResponse]:
    """Rows as they are listed; each version is read once."""
    ids = {version.id for _response, _survey, version, _member in rows}
    read = {
        id: definition_from_json(definition)
        for id, definition in session.execute(
            select(SurveyVersion.id, SurveyVersion.definition).where(SurveyVersion.id.in_(ids))
        )
    }
    return [
        _listed(response, survey, version, member, read[version.id])
        for response, survey, version, member in rows
    ]


def _listed(
    response: Response,
    survey: Survey,
    version: SurveyVersion,
    member: Member | None,
    definition: Definition,
) -> ListedResponse:
    return ListedResponse(
        response=response,
        survey_public_id=survey.public_id,
        survey_name=survey.name,
        version=version.number,
        definition=definition,
        member_public_id=member.public_id if member else None,
        member_name=member.name if member else None,
        member_email=member.email if member else None,
    )
