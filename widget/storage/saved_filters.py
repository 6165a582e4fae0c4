"""Filters that people keep, for themselves or for everybody in their workspace."""

from datetime import datetime
from typing import cast

from sqlalchemy import Select, and_, delete, func, literal, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from widget.domain import saved_filters as rules
from widget.domain.errors import FilterRefused, UnknownFilter
from widget.domain.saved_filters import MOST_OF_ONE, Page
from widget.storage import models
from widget.storage.models import Membership, User


def saved_filters(
    session: Session,
    workspace_id: int,
    user_id: int,
    page: Page | None = None,
    *,
    sees_shared: bool = True,
) -> list[rules.SavedFilter]:
    """Somebody's own filters and, where they see such, those that others share, by name; of one
    page or of all."""
    is_shared = and_(models.SavedFilter.is_shared.is_(True), literal(sees_shared))
    query = _filters(workspace_id).where(or_(models.SavedFilter.user_id == user_id, is_shared))
    if page is not None:
        query = query.where(models.SavedFilter.page == page)
    by_name = query.order_by(func.lower(models.SavedFilter.name), models.SavedFilter.id)
    return [_shown(row, user) for row, user in session.execute(by_name)]


def saved_filter(session: Session, workspace_id: int, id: int) -> rules.SavedFilter | None:
    """A filter, whoever keeps it; None where there is none."""
    found = session.execute(_filters(workspace_id).where(models.SavedFilter.id == id)).one_or_none()
    return _shown(found[0], found[1]) if found else None


def seen_filter(
    session: Session, workspace_id: int, user_id: int, id: int, *, sees_shared: bool = True
) -> rules.SavedFilter:
    """One of one's own or, where they see such, of those shared. Raises UnknownFilter."""
    found = saved_filter(session, workspace_id, id)
    if found is None or not found.may_be_seen_by(user_id, sees_shared=sees_shared):
        raise UnknownFilter("There is no such filter, or it is not shared with you any more.")
    return found


def lock_filter(session: Session, workspace_id: int, id: int) -> None:
    """Let nobody else subscribe to a filter, share, unshare or delete it until this transaction
    ends. Raises UnknownFilter."""
    found = session.scalar(
        select(models.SavedFilter.id)
        .where(models.SavedFilter.workspace_id == workspace_id, models.SavedFilter.id == id)
        .with_for_update()
    )
    if found is None:
        raise UnknownFilter("There is no such filter any more.")


def is_kept_by_somebody(session: Session, workspace_id: int, found: rules.SavedFilter) -> bool:
    """Whether who keeps a filter still has a place in the workspace."""
    return session.get(Membership, (found.user_id, workspace_id)) is not None


def add_filter(
    session: Session,
    workspace_id: int,
    user_id: int,
    page: Page,
    name: str,
    query: str,
    *,
    is_shared: bool,
    at: datetime,
) -> int:
    """Keep a filter; returns its id. Raises FilterRefused for a name that one has used, and when
    one has as many as there may be."""
    own = select(func.count()).where(
        models.SavedFilter.workspace_id == workspace_id, models.SavedFilter.user_id == user_id
    )
    if (session.scalar(own) or 0) >= MOST_OF_ONE:
        raise FilterRefused(f"You keep {MOST_OF_ONE} filters already; delete one first.")
    row = models.SavedFilter(
        workspace_id=workspace_id,
        user_id=user_id,
        page=page,
        name=name,
        query=query,
        is_shared=is_shared,
        created_at=at,
    )
    _flush_named(session, row)
    return row.id


def change_filter(session: Session, workspace_id: int, id: int, name: str, is_shared: bool) -> None:
    """Give a filter, which is there, another name, and share it or not. Raises FilterRefused."""
    row = _row(session, workspace_id, id)
    row.name, row.is_shared = name, is_shared
    _flush_named(session, row)


def set_query(session: Session, workspace_id: int, id: int, query: str) -> None:
    """Let a filter, which is there, hold another."""
    _row(session, workspace_id, id).query = query


def remove_filter(session: Session, workspace_id: int, id: int) -> None:
    """Forget a filter that nobody subscribes to any more."""
    session.execute(
        delete(models.SavedFilter).where(
            models.SavedFilter.workspace_id == workspace_id, models.SavedFilter.id == id
        )
    )


def own_filter_ids(session: Session, workspace_id: int, user_id: int) -> list[int]:
    """The filters that somebody keeps for themselves alone, locked like by `lock_filter`."""
    return list(
        session.scalars(
            select(models.SavedFilter.id)
            .where(
                models.SavedFilter.workspace_id == workspace_id,
                models.SavedFilter.user_id == user_id,
                models.SavedFilter.is_shared.is_(False),
            )
            .order_by(models.SavedFilter.id)
            .with_for_update()
        )
    )


def _row(session: Session, workspace_id: int, id: int) -> models.SavedFilter:
    found = session.get(models.SavedFilter, id)
    if found is None or found.workspace_id != workspace_id:
        raise UnknownFilter("There is no such filter any more.")
    return found


def _flush_named(session: Session, row: models.SavedFilter) -> None:
    name = row.name
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise FilterRefused(f"There is a filter “{name}” of this page already.") from error


def _filters(workspace_id: int) -> Select[models.SavedFilter, User]:
    return (
        select(models.SavedFilter, User)
        .join(User, User.id == models.SavedFilter.user_id)
        .where(models.SavedFilter.workspace_id == workspace_id)
    )


def _shown(row: models.SavedFilter, user: User) -> rules.SavedFilter:
    return rules.SavedFilter(
        row.id,
        row.user_id,
        user.name or user.email,
        cast(Page, row.page),
        row.name,
        row.query,
        row.is_shared,
    )
