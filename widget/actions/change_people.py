"""Who may sign in to a workspace: changing what they may, taking them out, new links for them.

Whoever changes people holds the workspace's row, and what somebody may do is read under that lock:
two owners who demote each other at once are one after the other.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from widget.actions.keep_filter import forget_own_filters
from widget.domain.errors import RoleRefused
from widget.domain.invitations import Place
from widget.domain.messages import Content
from widget.domain.password_links import MADE_LINK_LIFE, PasswordLink
from widget.domain.roles import ROLES, Role, may_manage
from widget.storage import people
from widget.storage.engine import writing
from widget.storage.invitations import revoke_invitations_by
from widget.storage.messages import add_message
from widget.storage.people import Person
from widget.storage.subscriptions import stop_subscriptions_of


def change_place(
    session: Session, workspace_id: int, user_id: int, *, actor: int, place: Place, at: datetime
) -> None:
    """Give somebody another role and scope. `actor` is the user who does.

    Raises RoleRefused and UnknownPerson.
    """
    with writing(session):
        before = _for_change(session, workspace_id, user_id, actor, place.role)
        people.set_place(session, workspace_id, before.user_id, place)
        _keep_an_owner(session, workspace_id)
        # What they could not invite to any more, they have not invited to.
        lost = [role for role in ROLES if not may_manage(place.role, role)]
        revoke_invitations_by(session, workspace_id, user_id, lost, at)


def remove_person(
    session: Session, workspace_id: int, user_id: int, *, actor: int, at: datetime
) -> None:
    """Take somebody out, with immediate effect. Raises RoleRefused and UnknownPerson."""
    with writing(session):
        _for_change(session, workspace_id, user_id, actor)
        _take_out(session, workspace_id, user_id, at)


def leave_workspace(session: Session, workspace_id: int, user_id: int, *, at: datetime) -> None:
    """Take oneself out. Raises RoleRefused for the last owner, and UnknownPerson."""
    with writing(session):
        people.lock_workspace(session, workspace_id)
        people.person(session, workspace_id, user_id)
        _take_out(session, workspace_id, user_id, at)


def renew_link(
    session: Session,
    workspace_id: int,
    user_id: int,
    *,
    actor: int,
    mail_of: Callable[[PasswordLink], Content],
    at: datetime,
) -> PasswordLink | None:
    """Make somebody a link to a new password. Raises RoleRefused and UnknownPerson.

    Returns the link to be shown, once their older links and their sessions are void; but None when
    they belong to other workspaces too. Then nothing of theirs ends, and the link goes to them by
    mail, `mail_of` it, and to nobody else: with it one enters those workspaces as well.
    """
    with writing(session):
        found = _for_change(session, workspace_id, user_id, actor)
        user = people.locked_user(session, user_id)
        assert user is not None
        link = PasswordLink(user_id, user.fs_uniquifier, at + MADE_LINK_LIFE)
        if people.workspaces_of(session, user_id) != {workspace_id}:
            content = mail_of(link)
            add_message(
                session, workspace_id, "mail", found.email, content, purpose="password", at=at
            )
            return None
        people.end_sessions(session, user_id)
        return replace(link, stamp=user.fs_uniquifier, shown_in=workspace_id)


def end_sessions(session: Session, user_id: int) -> None:
    """Sign somebody out everywhere."""
    with writing(session):
        people.end_sessions(session, user_id)


def check_may(session: Session, workspace_id: int, actor: int, *roles: Role) -> None:
    """Raises RoleRefused unless a user may manage people of these roles, as of now."""
    held = people.role_of(session, workspace_id, actor)
    if held is None or not all(may_manage(held, role) for role in roles):
        owners_only = held is not None and may_manage(held, "viewer")
        raise RoleRefused(
            "Only an owner may do this for owners."
            if owners_only
            else "You may not change people of this workspace any more."
        )


def _for_change(
    session: Session, workspace_id: int, user_id: int, actor: int, *roles: Role
) -> Person:
    """Somebody whom the actor may change, under the lock."""
    people.lock_workspace(session, workspace_id)
    found = people.person(session, workspace_id, user_id)
    check_may(session, workspace_id, actor, found.role, *roles)
    return found


def _take_out(session: Session, workspace_id: int, user_id: int, at: datetime) -> None:
    people.remove_person(session, workspace_id, user_id)
    # Filters before subscriptions, as whoever subscribes locks them.
    forget_own_filters(session, workspace_id, user_id)
    stop_subscriptions_of(session, workspace_id, user_id, at)
    _keep_an_owner(session, workspace_id)
    revoke_invitations_by(session, workspace_id, user_id, ROLES, at)


def _keep_an_owner(session: Session, workspace_id: int) -> None:
    if not people.owners(session, workspace_id):
        raise RoleRefused("A workspace keeps at least one owner.")
