"""Changes of profiles that wait for approval, or were declined."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from widget.domain.errors import NotTheirs, ProfileChangeGone
from widget.domain.people_rules import PeopleRules
from widget.domain.profiles import Profile
from widget.domain.roles import Scope
from widget.storage.members import profile_of
from widget.storage.models import Member, ProfileChange, Team, User, Workspace
from widget.storage.scopes import members_led


@dataclass(frozen=True)
class Proposal:
    """What a member wants their profile to say, and what became of it. `reason` is why it was
    declined."""

    profile: Profile
    is_declined: bool
    reason: str
    at: datetime


@dataclass(frozen=True)
class WaitingChange:
    """A change in the queue of those who approve: what customers see now, and what is wanted."""

    member_id: int
    name: str
    team: str | None
    is_approved: bool
    now: Profile
    wanted: Profile
    by: str
    at: datetime


def proposal_of(session: Session, workspace_id: int, member_id: int) -> Proposal | None:
    """A member's change that waits or was declined; None when there is none."""
    row = session.scalar(
        select(ProfileChange).where(
            ProfileChange.workspace_id == workspace_id, ProfileChange.member_id == member_id
        )
    )
    if row is None:
        return None
    return Proposal(
        Profile.from_json(row.proposed), row.status == "declined", row.reason, row.proposed_at
    )


def waiting_changes(
    session: Session, workspace_id: int, scope: Scope, *, limit: int
) -> list[WaitingChange]:
    """Changes that wait for somebody who leads, oldest first."""
    by = aliased(User)
    rows = session.execute(
        select(ProfileChange, Member, Team.name, by)
        .join(Member, Member.id == ProfileChange.member_id)
        .outerjoin(Team, Team.id == Member.team_id)
        .outerjoin(by, by.id == ProfileChange.proposed_by)
        .where(
            ProfileChange.workspace_id == workspace_id,
            ProfileChange.status == "pending",
            Member.archived_at.is_(None),
            members_led(scope),
        )
        .order_by(ProfileChange.proposed_at, ProfileChange.member_id)
        .limit(limit)
    )
    return [
        WaitingChange(
            member.id,
            member.name,
            team,
            member.is_approved,
            profile_of(member),
            Profile.from_json(change.proposed),
            (user.name or user.email) if user else "",
            change.proposed_at,
        )
        for change, member, team, user in rows
    ]


def propose(
    session: Session,
    workspace_id: int,
    member_id: int,
    profile: Profile,
    *,
    user_id: int | None,
    at: datetime,
) -> None:
    """Let a profile wait for approval, in place of what waited before."""
    row = session.get(ProfileChange, member_id)
    if row is None:
        row = ProfileChange(member_id=member_id, workspace_id=workspace_id)
        session.add(row)
    row.proposed, row.status, row.reason = profile.to_json(), "pending", ""
    row.proposed_by, row.proposed_at = user_id, at
    row.decided_by = row.decided_at = None


def drop_proposal(session: Session, workspace_id: int, member_id: int) -> None:
    """Forget a change, whatever became of it."""
    session.execute(
        delete(ProfileChange).where(
            ProfileChange.workspace_id == workspace_id, ProfileChange.member_id == member_id
        )
    )


def locked_change(
    session: Session, workspace_id: int, member_id: int, scope: Scope, proposed_at: datetime
) -> tuple[ProfileChange, Member]:
    """The change that somebody looked at, with its member, to be decided.

    Raises ProfileChangeGone when it does not wait any more, or is a newer one, and NotTheirs when
    the member is of no team within the scope.
    """
    row = session.execute(
        select(ProfileChange, Member)
        .join(Member, Member.id == ProfileChange.member_id)
        .where(
            ProfileChange.workspace_id == workspace_id,
            ProfileChange.member_id == member_id,
            ProfileChange.status == "pending",
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise ProfileChangeGone("This change does not wait any more.")
    change, member = row
    if not scope.leads(member.team_id):
        raise NotTheirs("This member is in none of your teams.")
    if change.proposed_at != proposed_at:
        raise ProfileChangeGone("The profile was changed again meanwhile. Look at it once more.")
    return change, member


def people_rules(session: Session, workspace_id: int) -> PeopleRules:
    """A workspace's rules about its members."""
    return PeopleRules.from_json(session.get_one(Workspace, workspace_id).people)


def set_people_rules(session: Session, workspace_id: int, rules: PeopleRules) -> None:
    """Change a workspace's rules about its members."""
    session.get_one(Workspace, workspace_id).people = rules.to_json()


def mail_of(session: Session, member: Member) -> str | None:
    """Where mail for a member goes: to who signs in as them, else to the member's own address."""
    user = session.get(User, member.user_id) if member.user_id else None
    return user.email if user else member.email
