"""A front-line person whom customers rate."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.errors import NotTheirs
from widget.domain.profiles import Entry, Profile, tidy_profile
from widget.domain.roles import EVERYTHING, Scope
from widget.storage.engine import writing
from widget.storage.members import add_member
from widget.storage.profiles import people_rules


def create_member(
    session: Session,
    workspace_id: int,
    *,
    name: str,
    title: str = "",
    email: str | None,
    employee_id: str | None,
    bio: str = "",
    at: datetime,
) -> int:
    """Add a member of no team; returns the id. Raises MemberExists when email or employee id is
    taken, and ProfileRefused."""
    profile = Profile(name, title, bio)
    return enter_member(session, workspace_id, profile, Entry(email, employee_id), at=at)


def enter_member(
    session: Session,
    workspace_id: int,
    profile: Profile,
    entry: Entry,
    *,
    scope: Scope = EVERYTHING,
    at: datetime,
) -> int:
    """Add a member with all that is known of them; returns the id. `scope` is that of who does it.

    Raises MemberExists, ProfileRefused, UnknownTeam, and NotTheirs for a team outside the scope.
    """
    if not scope.leads(entry.team_id):
        raise NotTheirs("Choose one of your teams.")
    with writing(session):
        questions = people_rules(session, workspace_id).profile_questions
        return add_member(
            session, workspace_id, tidy_profile(profile, questions), _in_lower_case(entry), at=at
        ).id


def _in_lower_case(entry: Entry) -> Entry:
    return replace(entry, email=entry.email.lower() if entry.email else None)
