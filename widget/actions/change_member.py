"""What is known of a member, and whether they can still be rated."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.errors import NotTheirs
from widget.domain.photos import read_photo
from widget.domain.profiles import Entry, Profile, tidy_profile
from widget.domain.roles import EVERYTHING, Scope
from widget.storage import images, members
from widget.storage.engine import writing
from widget.storage.models import Member
from widget.storage.profiles import people_rules

# `scope` is that of who does it, in each of these: NotTheirs for a member of no team within it.


def change_member(
    session: Session,
    workspace_id: int,
    member_id: int,
    profile: Profile,
    entry: Entry,
    *,
    scope: Scope = EVERYTHING,
) -> None:
    """Change all that is known of a member but the photo, which stays.

    Raises UnknownMember, MemberExists when a name is taken, ProfileRefused, UnknownTeam, and
    NotTheirs, also when the team that they are to be in is outside the scope.
    """
    with writing(session):
        photo = _check(session, workspace_id, member_id, scope).photo
        if not scope.leads(entry.team_id):
            raise NotTheirs("Choose one of your teams.")
        questions = people_rules(session, workspace_id).profile_questions
        tidy = replace(tidy_profile(profile, questions), photo=photo)
        email = entry.email.lower() if entry.email else None
        members.change_member(session, workspace_id, member_id, tidy, replace(entry, email=email))


def set_photo(
    session: Session,
    workspace_id: int,
    member_id: int,
    upload: bytes | None,
    *,
    scope: Scope = EVERYTHING,
    at: datetime,
) -> None:
    """Give a member an uploaded photo, or take it away. Raises LogoRefused and UnknownMember."""
    photo = read_photo(upload) if upload is not None else None
    with writing(session):
        _check(session, workspace_id, member_id, scope)
        if photo is not None:
            images.add_logo(session, workspace_id, photo, at)
        members.set_photo(session, workspace_id, member_id, photo.id if photo else None)


def set_archived(
    session: Session,
    workspace_id: int,
    member_id: int,
    *,
    archived: bool,
    scope: Scope = EVERYTHING,
    at: datetime,
) -> None:
    """Archive a member, who then cannot be rated any more, or bring them back."""
    with writing(session):
        _check(session, workspace_id, member_id, scope)
        members.set_archived(session, workspace_id, member_id, at if archived else None)


def set_approved(
    session: Session,
    workspace_id: int,
    member_id: int,
    *,
    is_approved: bool,
    scope: Scope = EVERYTHING,
) -> None:
    """Let customers see a member's profile as it is, or no more than the name."""
    with writing(session):
        _check(session, workspace_id, member_id, scope)
        members.set_approved(session, workspace_id, member_id, is_approved=is_approved)


def set_user(session: Session, workspace_id: int, member_id: int, user_id: int | None) -> None:
    """Say who signs in as a member, or nobody. Raises UnknownMember and PersonLinked."""
    with writing(session):
        members.set_user(session, workspace_id, member_id, user_id)


def _check(session: Session, workspace_id: int, member_id: int, scope: Scope) -> Member:
    member = members.locked_member(session, workspace_id, member_id)
    if not scope.leads(member.team_id):
        raise NotTheirs("This member is in none of your teams.")
    return member
