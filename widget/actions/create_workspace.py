"""A workspace, and its owner."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.alert_rules import AlertRule
from widget.domain.invitations import Place
from widget.storage.accounts import add_user, add_workspace, user_for
from widget.storage.alert_rules import put_rule
from widget.storage.engine import writing
from widget.storage.people import add_membership


def create_workspace(
    session: Session,
    *,
    name: str,
    email: str,
    password_hash: str,
    owner_name: str = "",
    time_zone: str = "UTC",
    is_demo: bool = False,
    at: datetime,
) -> int:
    """Make a workspace and its owner; returns the workspace's id. `email` is lower case.

    A bad rating that nobody sees is worse than a mail too many, so alerts are on from the start;
    only a demo mails nobody.
    """
    with writing(session):
        workspace = add_workspace(session, name, time_zone=time_zone, is_demo=is_demo, at=at)
        owner = add_user(
            session, workspace, email=email, password_hash=password_hash, role="owner", at=at
        )
        owner.name = owner_name
        put_rule(session, workspace.id, None, AlertRule(mail_assignee=not is_demo), at)
        return workspace.id


def create_workspace_for(
    session: Session, *, name: str, email: str, time_zone: str = "UTC", at: datetime
) -> bool:
    """Make a workspace for who may sign in to others already; `email` is lower case.

    Returns whether they have a password: somebody new has none, and cannot sign in yet.
    """
    with writing(session):
        workspace = add_workspace(session, name, time_zone=time_zone, is_demo=False, at=at)
        owner = user_for(session, email, at)
        add_membership(session, workspace.id, owner.id, Place("owner"))
        return bool(owner.password)
