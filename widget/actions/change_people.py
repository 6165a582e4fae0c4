"""Who may sign in to a workspace: adding people, changing their roles, taking them out."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.errors import RoleRefused
from widget.domain.roles import Role, may_manage
from widget.storage import people
from widget.storage.engine import writing
from widget.storage.people import Person


def add_person(
    session: Session, workspace_id: int, *, actor: Role, email: str, role: Role, at: datetime
) -> int:
    """Add somebody, who then needs a link to choose a password; returns the user's id.

    `email` is normal (lower case). Raises RoleRefused and PersonExists.
    """
    _check(actor, role)
    with writing(session):
        return people.put_person(session, workspace_id, email, role, at)


def change_role(
    session: Session, workspace_id: int, user_id: int, *, actor: Role, role: Role
) -> None:
    """Give somebody another role. Raises RoleRefused and UnknownPerson."""
    with writing(session):
        before = people.person(session, workspace_id, user_id)
        _check(actor, before.role, role)
        people.set_role(session, workspace_id, user_id, role)
        _keep_an_owner(session, workspace_id)


def remove_person(session: Session, workspace_id: int, user_id: int, *, actor: Role) -> None:
    """Take somebody out; their sessions end at once. Raises RoleRefused and UnknownPerson."""
    with writing(session):
        _check(actor, people.person(session, workspace_id, user_id).role)
        people.remove_person(session, workspace_id, user_id)
        _keep_an_owner(session, workspace_id)


def renew_link(session: Session, workspace_id: int, user_id: int, *, actor: Role) -> Person:
    """Void a person's links and sessions; returns them as a new link needs them.

    Raises RoleRefused and UnknownPerson.
    """
    with writing(session):
        _check(actor, people.person(session, workspace_id, user_id).role)
        people.end_sessions(session, user_id)
        return people.person(session, workspace_id, user_id)


def end_sessions(session: Session, user_id: int) -> None:
    """Sign somebody out everywhere."""
    with writing(session):
        people.end_sessions(session, user_id)


def _check(actor: Role, *roles: Role) -> None:
    if not all(may_manage(actor, role) for role in roles):
        raise RoleRefused("Only an owner may do this for owners.")


def _keep_an_owner(session: Session, workspace_id: int) -> None:
    if not people.owners(session, workspace_id):
        raise RoleRefused("A workspace keeps at least one owner.")
