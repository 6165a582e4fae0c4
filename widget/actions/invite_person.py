"""Inviting somebody to a workspace by mail, again if need be, and thinking better of it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from widget.actions.change_people import check_may
from widget.domain.errors import PersonExists
from widget.domain.invitations import Place, invitation_content
from widget.storage import invitations
from widget.storage.engine import writing
from widget.storage.invitations import Invited
from widget.storage.messages import add_message
from widget.storage.people import lock_workspace, person_by_email

# The absolute address of the page to which an invitation's token leads.
LinkOf = Callable[[str], str]


def invite_person(
    session: Session,
    workspace_id: int,
    *,
    email: str,
    place: Place,
    actor: int,
    link_of: LinkOf,
    at: datetime,
) -> str:
    """Invite somebody, by a mail and a link; returns the link. `email` is normal (lower case).

    Nothing told here depends on whether anybody signs in to another workspace with this address.
    Raises RoleRefused, and PersonExists for who is in the workspace or invited already.
    """
    with writing(session):
        lock_workspace(session, workspace_id)
        check_may(session, workspace_id, actor, place.role)
        if person_by_email(session, workspace_id, email) is not None:
            raise PersonExists("Somebody with this address is in this workspace already.")
        waiting = invitations.waiting_invitations(session, workspace_id, at)
        if any(one.email == email for one in waiting):
            raise PersonExists("This address is invited already: send that invitation again.")
        token = invitations.add_invitation(
            session, workspace_id, email=email, place=place, by=actor, at=at
        )
        return _send(session, token, link_of, at)


def send_invitation_again(
    session: Session,
    workspace_id: int,
    invitation_id: int,
    *,
    actor: int,
    link_of: LinkOf,
    at: datetime,
) -> str:
    """Send a new link, which has its whole time and voids the old one; returns it.

    Raises RoleRefused and UnknownInvitation.
    """
    with writing(session):
        _for_change(session, workspace_id, invitation_id, actor, at)
        token = invitations.renew_invitation(session, workspace_id, invitation_id, by=actor, at=at)
        return _send(session, token, link_of, at)


def revoke_invitation(
    session: Session, workspace_id: int, invitation_id: int, *, actor: int, at: datetime
) -> None:
    """Withdraw an invitation: its link ends. Raises RoleRefused and UnknownInvitation."""
    with writing(session):
        _for_change(session, workspace_id, invitation_id, actor, at)
        invitations.revoke_invitation(session, workspace_id, invitation_id, at)


def _for_change(
    session: Session, workspace_id: int, invitation_id: int, actor: int, at: datetime
) -> Invited:
    lock_workspace(session, workspace_id)
    found = invitations.waiting_invitation(session, workspace_id, invitation_id, at)
    check_may(session, workspace_id, actor, found.place.role)
    return found


def _send(session: Session, token: str, link_of: LinkOf, at: datetime) -> str:
    session.flush()
    made = invitations.invitation_of(session, token, at)
    assert made is not None
    link = link_of(token)
    content = invitation_content(
        workspace=made.workspace_name, inviter=made.inviter, role=made.place.role, link=link
    )
    add_message(
        session, made.workspace_id, "mail", made.email, content, purpose="invitation", at=at
    )
    return link
