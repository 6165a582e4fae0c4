"""A member changes their own profile."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from widget.domain.photos import read_photo
from widget.domain.profiles import Profile, tidy_profile
from widget.domain.roles import Scope
from widget.storage import images, profiles
from widget.storage.engine import writing
from widget.storage.members import locked_member, profile_of, set_profile

Outcome = Literal["shown", "waiting", "same"]


def propose_profile(
    session: Session,
    workspace_id: int,
    member_id: int,
    profile: Profile,
    *,
    photo: bytes | None = None,
    leads: Scope | None = None,
    user_id: int | None,
    at: datetime,
) -> Outcome:
    """Change a member's profile, or let the change wait for approval where the workspace wants it.

    `photo` is an uploaded file that takes the place of `profile.photo`. `leads`: the scope of who
    does this, where they may lead; who leads the member waits for nobody. Returns `shown` when
    customers see it now, `waiting`, or `same` when it says what customers see already. Raises
    ProfileRefused, LogoRefused and UnknownMember.
    """
    picture = read_photo(photo) if photo is not None else None
    with writing(session):
        rules = profiles.people_rules(session, workspace_id)
        member = locked_member(session, workspace_id, member_id)
        wanted = tidy_profile(profile, rules.profile_questions)
        if picture is not None:
            images.add_logo(session, workspace_id, picture, at)
            wanted = replace(wanted, photo=picture.id)
        is_theirs = leads is not None and leads.leads(member.team_id)
        if wanted == profile_of(member) and member.is_approved:
            profiles.drop_proposal(session, workspace_id, member_id)
            return "same"
        if rules.review_profiles and not is_theirs:
            profiles.propose(session, workspace_id, member_id, wanted, user_id=user_id, at=at)
            return "waiting"
        set_profile(member, wanted)
        member.is_approved = True
        profiles.drop_proposal(session, workspace_id, member_id)
        return "shown"


def withdraw_proposal(session: Session, workspace_id: int, member_id: int) -> None:
    """Forget what a member wanted their profile to say."""
    with writing(session):
        profiles.drop_proposal(session, workspace_id, member_id)
