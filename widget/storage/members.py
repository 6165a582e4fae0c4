"""What the members table answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from widget.domain.errors import MemberExists, PersonLinked, UnknownMember, UnknownTeam
from widget.domain.profiles import Entry, Profile
from widget.storage.ids import new_public_id
from widget.storage.models import Member, Membership, Team


@dataclass(frozen=True)
class KnownMember:
    id: int
    name: str
    public_id: str


def member_named(session: Session, workspace_id: int, given: str) -> KnownMember | None:
    """The member a page means by an email, an employee id or a public id; None if unknown."""
    return _named(session, workspace_id, given, archived_too=False)


def member_ever_named(session: Session, workspace_id: int, given: str) -> KnownMember | None:
    """The same, archived members too: whose history is looked up need not be there any more."""
    return _named(session, workspace_id, given, archived_too=True)


def _named(
    session: Session, workspace_id: int, given: str, *, archived_too: bool
) -> KnownMember | None:
    if not given:
        return None
    member = session.scalar(
        select(Member)
        .where(
            Member.workspace_id == workspace_id,
            true() if archived_too else Member.archived_at.is_(None),
            or_(
                Member.email == given.lower(),
                Member.employee_id == given,
                Member.public_id == given,
            ),
        )
        # One person's employee id may be another's public id: the email is the surest.
        .order_by((Member.email == given.lower()).desc(), Member.id)
        .limit(1)
    )
    return KnownMember(member.id, member.name, member.public_id) if member else None


def add_member(
    session: Session,
    workspace_id: int,
    profile: Profile,
    entry: Entry,
    *,
    is_checked: bool = False,
    at: datetime,
) -> Member:
    """Add a member. Raises MemberExists when the email or the employee id is taken, and
    UnknownTeam; not when the caller has checked that itself, and then the id comes later."""
    member = Member(workspace_id=workspace_id, public_id=new_public_id(), created_at=at)
    if not is_checked:
        _refuse_entry(session, member, entry)
    _know_as(member, entry)
    set_profile(member, profile)
    session.add(member)
    if not is_checked:
        session.flush()
    return member


@dataclass(frozen=True)
class MemberName:
    """A member as choices show them."""

    public_id: str
    name: str


def member_names(session: Session, workspace_id: int) -> list[MemberName]:
    """The members who can be rated, by name."""
    rows = session.execute(
        select(Member.public_id, Member.name)
        .where(Member.workspace_id == workspace_id, Member.archived_at.is_(None))
        .order_by(Member.name, Member.id)
    )
    return [MemberName(public_id, name) for public_id, name in rows]


def member_ids(session: Session, workspace_id: int, public_ids: Collection[str]) -> list[int]:
    """The ids of those whom the workspace has, archived ones too."""
    return list(
        session.scalars(
            select(Member.id).where(
                Member.workspace_id == workspace_id, Member.public_id.in_(public_ids)
            )
        )
    )


def change_member(
    session: Session, workspace_id: int, member_id: int, profile: Profile, entry: Entry
) -> None:
    """Change what is known of a member. Raises UnknownMember, MemberExists and UnknownTeam."""
    member = locked_member(session, workspace_id, member_id)
    _refuse_entry(session, member, entry)
    _know_as(member, entry)
    set_profile(member, profile)


def set_profile(member: Member, profile: Profile) -> None:
    """Make a profile what customers see of a member."""
    member.name, member.title, member.bio = profile.name, profile.title, profile.bio
    member.photo, member.languages = profile.photo, list(profile.languages)
    member.answers = dict(profile.answers) or None


def profile_of(member: Member) -> Profile:
    """What customers see of a member once it is approved."""
    return Profile(
        member.name,
        member.title,
        member.bio,
        member.photo,
        tuple(member.languages),
        member.answers or {},
    )


def _refuse_entry(session: Session, member: Member, entry: Entry) -> None:
    refuse_taken(session, member.workspace_id, (entry.email, entry.employee_id), besides=member.id)
    if entry.team_id is not None and entry.team_id != member.team_id:
        team = session.scalar(
            select(Team.id).where(
                Team.workspace_id == member.workspace_id, Team.id == entry.team_id
            )
        )
        if team is None:
            raise UnknownTeam("There is no such team in this workspace.")


def _know_as(member: Member, entry: Entry) -> None:
    member.email, member.employee_id = entry.email, entry.employee_id
    member.team_id, member.tags = entry.team_id, list(entry.tags)


def set_archived(
    session: Session, workspace_id: int, member_id: int, archived_at: datetime | None
) -> None:
    """Archive a member, or bring them back. Raises UnknownMember."""
    locked_member(session, workspace_id, member_id).archived_at = archived_at


def set_photo(session: Session, workspace_id: int, member_id: int, photo: str | None) -> None:
    """Give a member a photo by its image id, or none. Raises UnknownMember."""
    locked_member(session, workspace_id, member_id).photo = photo


def set_approved(session: Session, workspace_id: int, member_id: int, *, is_approved: bool) -> None:
    """Let customers see a member's profile, or no more than the name. Raises UnknownMember."""
    locked_member(session, workspace_id, member_id).is_approved = is_approved


def link_member(session: Session, workspace_id: int, user_id: int, email: str) -> int | None:
    """Make a user the member with their email, inside an action's transaction; returns the
    member's id.

    None, and nothing changes, when no member has the email, when the member is archived or linked
    to somebody already, or when the user is another member of the workspace.
    """
    if _linked_to(session, workspace_id, user_id) is not None:
        return None
    member = session.scalar(
        select(Member)
        .where(
            Member.workspace_id == workspace_id,
            Member.email == email.strip().lower(),
            Member.user_id.is_(None),
            Member.archived_at.is_(None),
        )
        .with_for_update()
    )
    if member is None:
        return None
    member.user_id = user_id
    session.flush()
    return member.id


def set_user(session: Session, workspace_id: int, member_id: int, user_id: int | None) -> None:
    """Say who signs in as a member, or nobody. Raises UnknownMember, and PersonLinked when the
    user is another member or does not sign in to the workspace."""
    member = locked_member(session, workspace_id, member_id)
    if user_id is not None:
        if session.get(Membership, (user_id, workspace_id)) is None:
            raise PersonLinked("This person does not sign in to this workspace.")
        other = _linked_to(session, workspace_id, user_id)
        if other is not None and other.id != member_id:
            raise PersonLinked(f"This person is {other.name} already.")
    member.user_id = user_id


def _linked_to(session: Session, workspace_id: int, user_id: int) -> Member | None:
    return session.scalar(
        select(Member).where(Member.workspace_id == workspace_id, Member.user_id == user_id)
    )


def locked_member(session: Session, workspace_id: int, member_id: int) -> Member:
    """A member to be changed. Raises UnknownMember."""
    member = session.scalar(
        select(Member)
        .where(Member.workspace_id == workspace_id, Member.id == member_id)
        .with_for_update()
    )
    if member is None:
        raise UnknownMember("There is no such member in this workspace.")
    return member


def refuse_taken(
    session: Session, workspace_id: int, names: tuple[str | None, ...], besides: int | None = None
) -> None:
    """Raises MemberExists when somebody else is known by one of the names."""
    for given in names:
        if not given:
            continue
        taken = session.scalar(
            select(Member.id)
            .where(
                Member.workspace_id == workspace_id,
                Member.id != (besides or 0),
                or_(
                    Member.email == given,
                    Member.employee_id == given,
                    Member.public_id == given,
                ),
            )
            .limit(1)
        )
        if taken is not None:
            raise MemberExists(f"Somebody is already known by “{given}”.")
