"""The tags of a workspace, and which responses have them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from widget.domain.errors import TagRefused
from widget.domain.roles import Scope
from widget.domain.tags import MOST_IN_LIST, MOST_TAGS
from widget.storage.models import Member, Response, ResponseTag, Tag
from widget.storage.scopes import members_within


def tag_names(session: Session, workspace_id: int) -> list[str]:
    """Every tag of a workspace, by name."""
    return list(
        session.scalars(select(Tag.name).where(Tag.workspace_id == workspace_id).order_by(Tag.name))
    )


def tags_by_id(session: Session, workspace_id: int) -> dict[int, str]:
    """The same by their ids, in order of their names."""
    rows = session.execute(
        select(Tag.id, Tag.name).where(Tag.workspace_id == workspace_id).order_by(Tag.name)
    )
    return {row.id: row.name for row in rows}


def tags_within(session: Session, workspace_id: int, scope: Scope) -> dict[int, str]:
    """Those of them that responses have which count and are of members within a scope."""
    members = select(Member.id).where(Member.workspace_id == workspace_id, members_within(scope))
    # A member's responses are fewer than those of a tag.
    given = (
        select(ResponseTag.tag_id)
        .select_from(Response)
        .join(
            ResponseTag,
            (ResponseTag.workspace_id == Response.workspace_id)
            & (ResponseTag.response_id == Response.id),
        )
        .where(
            Response.workspace_id == workspace_id,
            Response.member_id.in_(members),
            Response.is_test.is_(False),
            Response.hidden_at.is_(None),
        )
    )
    rows = session.execute(
        select(Tag.id, Tag.name)
        .where(Tag.workspace_id == workspace_id, Tag.id.in_(given))
        .order_by(Tag.name)
    )
    return {row.id: row.name for row in rows}


def tags_of(
    session: Session, workspace_id: int, response_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[str]]:
    """The tags of some responses, by name; those without are not there."""
    if not response_ids:
        return {}
    rows = session.execute(
        select(ResponseTag.response_id, Tag.name)
        .join(Tag, Tag.id == ResponseTag.tag_id)
        .where(ResponseTag.workspace_id == workspace_id, ResponseTag.response_id.in_(response_ids))
        .order_by(Tag.name)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for response_id, name in rows:
        found[response_id].append(name)
    return dict(found)


def tag_id(session: Session, workspace_id: int, name: str) -> int | None:
    """The id of a tag; None when the workspace has no such tag."""
    return session.scalar(select(Tag.id).where(Tag.workspace_id == workspace_id, Tag.name == name))


def tag_to_give(session: Session, workspace_id: int, name: str, at: datetime) -> int:
    """The id of a tag, made where it is missing. Raises TagRefused when the list is full."""
    found = tag_id(session, workspace_id, name)
    if found is not None:
        return found
    of_workspace = select(func.count()).where(Tag.workspace_id == workspace_id)
    if (session.scalar(of_workspace) or 0) >= MOST_IN_LIST:
        raise TagRefused(f"There are {MOST_IN_LIST:,} tags already; use one of them.")
    tag = Tag(workspace_id=workspace_id, name=name, created_at=at)
    try:
        with session.begin_nested():
            session.add(tag)
    except IntegrityError:
        # Somebody else made it meanwhile.
        made = tag_id(session, workspace_id, name)
        assert made is not None
        return made
    return tag.id


def put_tag(
    session: Session, workspace_id: int, response_id: UUID, tag_id: int, answered_at: datetime
) -> bool:
    """Give a response, which is locked, a tag; False when it has it. Raises TagRefused when it has
    as many as there may be."""
    there = set(
        session.scalars(
            select(ResponseTag.tag_id).where(
                ResponseTag.workspace_id == workspace_id, ResponseTag.response_id == response_id
            )
        )
    )
    if tag_id in there:
        return False
    if len(there) >= MOST_TAGS:
        raise TagRefused(f"A response may have {MOST_TAGS} tags.")
    session.add(
        ResponseTag(
            workspace_id=workspace_id,
            response_id=response_id,
            tag_id=tag_id,
            answered_at=answered_at,
        )
    )
    return True


def take_tag(session: Session, workspace_id: int, response_id: UUID, tag_id: int) -> bool:
    """Take a tag from a response; False when it has not got it."""
    taken = session.execute(
        delete(ResponseTag)
        .where(
            ResponseTag.workspace_id == workspace_id,
            ResponseTag.response_id == response_id,
            ResponseTag.tag_id == tag_id,
        )
        .returning(ResponseTag.tag_id)
    )
    return bool(taken.all())
