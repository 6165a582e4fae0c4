"""Taking one's place in a workspace: as somebody new, or as who signs in already."""

import secrets
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from widget.domain.errors import InvitationOver, SignInFirst
from widget.storage import invitations, members, people
from widget.storage.accounts import user_for
from widget.storage.engine import writing
from widget.storage.invitations import Invited
from widget.storage.seats import choose_workspace

_ELSEWHERE = "Somebody signs in with this address already. Sign in to join."


def join_as_new(
    session: Session, token: str, *, name: str, password_hash: str, at: datetime
) -> int:
    """Make the user of an invitation, with their place; returns the workspace's id.

    Raises InvitationOver, and SignInFirst when the address is somebody's who signs in: their
    password is theirs, whoever holds the link.
    """
    try:
        with writing(session):
            invited = _open_invitation(session, token, at)
            user = people.locked_user(session, user_for(session, invited.email, at).id)
            assert user is not None
            if invitations.has_account(session, invited.email):
                raise SignInFirst(_ELSEWHERE)
            user.name, user.password = name, password_hash
            user.fs_uniquifier = secrets.token_hex(32)
            _take_place(session, invited, user.id, at)
            return invited.workspace_id
    except IntegrityError as error:
        # Somebody took another invitation to the same address at the same moment.
        raise SignInFirst(_ELSEWHERE) from error


def join(session: Session, token: str, *, user_id: int, stamp: str, at: datetime) -> int:
    """Give the signed-in user of an invitation's address their place; returns the workspace's id.

    `stamp` is that of their session: it must still be theirs under the lock, so that nobody joins
    with an account that was taken over and won back. It changes then: whatever else was signed in
    as them, or could have given them another password, ends here. Raises InvitationOver and
    SignInFirst.
    """
    with writing(session):
        invited = _open_invitation(session, token, at)
        user = people.locked_user(session, user_id)
        if user is None or user.email != invited.email or user.fs_uniquifier != stamp:
            raise SignInFirst(_ELSEWHERE)
        user.fs_uniquifier = secrets.token_hex(32)
        _take_place(session, invited, user_id, at)
        return invited.workspace_id


def _open_invitation(session: Session, token: str, at: datetime) -> Invited:
    """The invitation, locked with its workspace. Raises InvitationOver."""
    found = invitations.invitation_of(session, token, at)
    if found is not None:
        people.lock_workspace(session, found.workspace_id)
        # What it was before the lock may have changed while we waited.
        found = invitations.invitation_of(session, token, at)
    if found is None or found.state != "open":
        raise InvitationOver("This invitation was used, withdrawn, or is too old.")
    return found


def _take_place(session: Session, invited: Invited, user_id: int, at: datetime) -> None:
    if people.role_of(session, invited.workspace_id, user_id) is None:
        people.add_membership(session, invited.workspace_id, user_id, invited.place)
        members.link_member(session, invited.workspace_id, user_id, invited.email)
    invitations.mark_accepted(session, invited.id, by=user_id, at=at)
    choose_workspace(session, user_id, invited.workspace_id)
