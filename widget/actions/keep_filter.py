"""Filters are kept under a name, shared, renamed, and forgotten."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.errors import NotTheirs
from widget.domain.saved_filters import Page, SavedFilter, check_query, tidy_name
from widget.storage import saved_filters as kept
from widget.storage.engine import writing
from widget.storage.subscriptions import forget_filters, stop_subscriptions_to

# `manages`: whether whoever does it manages the workspace. Others change their own filters only,
# which is NotTheirs for them.


def keep_filter(
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
    """Keep a filter, its query as `canonical` writes one; returns its id. Raises FilterRefused."""
    name, query = tidy_name(name), check_query(query)
    with writing(session):
        return kept.add_filter(
            session, workspace_id, user_id, page, name, query, is_shared=is_shared, at=at
        )


def change_filter(
    session: Session,
    workspace_id: int,
    user_id: int,
    id: int,
    name: str,
    *,
    is_shared: bool,
    manages: bool,
    at: datetime,
) -> bool:
    """Rename a filter, and share it or not; those who subscribed to what is not shared any more
    get no more mails. Returns whether it is still there: one that is not shared any more of
    somebody who has left would be nobody's, and is deleted. Raises FilterRefused, UnknownFilter
    and NotTheirs."""
    name = tidy_name(name)
    with writing(session):
        found = _changeable(session, workspace_id, user_id, id, manages)
        if not is_shared and not kept.is_kept_by_somebody(session, workspace_id, found):
            _forget(session, workspace_id, id, at)
            return False
        kept.change_filter(session, workspace_id, id, name, is_shared)
        if not is_shared:
            stop_subscriptions_to(
                session, workspace_id, [id], "not_shared", at, but_of=found.user_id
            )
        return True


def replace_filter(
    session: Session, workspace_id: int, user_id: int, id: int, query: str, *, manages: bool
) -> None:
    """Let a filter hold another query. Raises FilterRefused, UnknownFilter and NotTheirs."""
    check_query(query)
    with writing(session):
        _changeable(session, workspace_id, user_id, id, manages)
        kept.set_query(session, workspace_id, id, query)


def forget_filter(
    session: Session, workspace_id: int, user_id: int, id: int, *, manages: bool, at: datetime
) -> None:
    """Delete a filter; subscriptions to it stop. Raises UnknownFilter and NotTheirs."""
    with writing(session):
        _changeable(session, workspace_id, user_id, id, manages)
        _forget(session, workspace_id, id, at)


def forget_own_filters(session: Session, workspace_id: int, user_id: int) -> None:
    """Delete what somebody who leaves kept for themselves, inside an action's transaction; what
    they shared stays."""
    own = kept.own_filter_ids(session, workspace_id, user_id)
    forget_filters(session, workspace_id, own)
    for id in own:
        kept.remove_filter(session, workspace_id, id)


def _forget(session: Session, workspace_id: int, id: int, at: datetime) -> None:
    stop_subscriptions_to(session, workspace_id, [id], "filter_gone", at)
    forget_filters(session, workspace_id, [id])
    kept.remove_filter(session, workspace_id, id)


def _changeable(
    session: Session, workspace_id: int, user_id: int, id: int, manages: bool
) -> SavedFilter:
    kept.lock_filter(session, workspace_id, id)
    found = kept.seen_filter(session, workspace_id, user_id, id)
    if not found.may_be_changed_by(user_id, manages=manages):
        raise NotTheirs("Only who shares a filter, and admins, may change it.")
    return found
