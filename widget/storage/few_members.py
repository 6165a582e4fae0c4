"""The newest responses of a few members or tags, without walking through everything else.

A list goes through all responses, newest first, until a page is full. For a small team that takes
long: most of what it meets is not theirs. So each member's newest are looked up by themselves, in
an index, and put together; and so are those of each of a few tags.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from widget.domain.response_filters import ResponseFilter
from widget.domain.roles import EVERYTHING
from widget.storage.models import Member, Response
from widget.storage.scopes import members_within
from widget.storage.search import Rows

# Of more members a page is full soon.
_FEW = 30
FEW_TAGS = 10


def few_members(
    session: Session, workspace_id: int, wanted: ResponseFilter
) -> Sequence[int] | None:
    """Whose responses alone a filter can want; None when those are many, or nobody's as well."""
    is_of_some = not wanted.scope.everything or wanted.teams is not None or len(wanted.members) > 1
    is_found_otherwise = wanted.search or len(wanted.tags) == 1 or wanted.campaigns
    if not is_of_some or None in wanted.members or is_found_otherwise:
        return None
    query = select(Member.id).where(
        Member.workspace_id == workspace_id, members_within(wanted.scope)
    )
    if wanted.teams is not None:
        query = query.where(Member.team_id.in_(wanted.teams))
    if wanted.members:
        query = query.where(Member.id.in_(wanted.members))
    ids = session.scalars(query.limit(_FEW + 1)).all()
    return ids if len(ids) <= _FEW else None


def without_members(wanted: ResponseFilter) -> ResponseFilter:
    """A filter without what it says of members, for queries that name each."""
    return replace(wanted, scope=EVERYTHING, teams=None, members=())


def next_of_each(
    session: Session, each: Sequence[Rows], limit: int, *, is_newer: bool
) -> Sequence[UUID]:
    """The ids of the first `limit` responses of all that some queries find. The queries are in the
    order of their lists: newest first, or oldest first where newer ones are wanted."""
    columns = (Response.answered_at, Response.id)
    parts = [query.with_only_columns(*columns).limit(limit).subquery() for query in each]
    found = union(*(select(part) for part in parts)).subquery()
    places: Sequence[Any] = (found.c.answered_at, found.c.id)
    order = places if is_newer else [place.desc() for place in places]
    return session.scalars(select(found.c.id).order_by(*order).limit(limit)).all()
