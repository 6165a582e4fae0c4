"""What the members table answers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from widget.domain.errors import MemberExists, UnknownMember
from widget.storage.ids import new_public_id
from widget.storage.models import Member


@dataclass(frozen=True)
class KnownMember:
    id: int
    name: str


def member_named(session: Session, workspace_id: int, given: str) -> KnownMember | None:
    """The member a page means by an email, an employee id or a public id; None if unknown."""
    if not given:
        return None
    member = session.scalar(
        select(Member)
        .where(
            Member.workspace_id == workspace_id,
            Member.archived_at.is_(None),
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
    return KnownMember(member.id, member.name) if member else None


def add_member(
    session: Session,
    workspace_id: int,
    *,
    name: str,
    title: str,
    email: str | None,
    employee_id: str | None,
    bio: str = "",
    at: datetime,
) -> Member:
    """Add a member. Raises MemberExists when the email or the employee id is taken."""
    _refuse_taken(session, workspace_id, (email, employee_id))
    member = Member(
        workspace_id=workspace_id,
        public_id=new_public_id(),
        name=name,
        title=title,
        email=email,
        employee_id=employee_id,
        bio=bio,
        created_at=at,
    )
    session.add(member)
    session.flush()
    return member


@dataclass(frozen=True)
class MemberRow:
    id: int
    public_id: str
    name: str
    title: str
    email: str | None
    employee_id: str | None
    is_archived: bool
    bio: str = ""
    photo: str | None = None


def member_rows(session: Session, workspace_id: int) -> list[MemberRow]:
    """A workspace's members by name, archived ones last."""
    rows = session.scalars(
        select(Member)
        .where(Member.workspace_id == workspace_id)
        .order_by(Member.archived_at.is_not(None), Member.name, Member.id)
    )
    return [_row(member) for member in rows]


def member_row(session: Session, workspace_id: int, member_id: int) -> MemberRow:
    """One member. Raises UnknownMember."""
    return _row(_member(session, workspace_id, member_id))


def change_member(
    session: Session,
    workspace_id: int,
    member_id: int,
    *,
    name: str,
    title: str,
    email: str | None,
    employee_id: str | None,
    bio: str = "",
) -> None:
    """Change what is known of a member. Raises UnknownMember and MemberExists."""
    member = _member(session, workspace_id, member_id)
    _refuse_taken(session, workspace_id, (email, employee_id), besides=member_id)
    member.name, member.title = name, title
    member.email, member.employee_id = email, employee_id
    member.bio = bio


def set_archived(
    session: Session, workspace_id: int, member_id: int, archived_at: datetime | None
) -> None:
    """Archive a member, or bring them back. Raises UnknownMember."""
    _member(session, workspace_id, member_id).archived_at = archived_at


def set_photo(session: Session, workspace_id: int, member_id: int, photo: str | None) -> None:
    """Give a member a photo by its image id, or none. Raises UnknownMember."""
    _member(session, workspace_id, member_id).photo = photo


def _member(session: Session, workspace_id: int, member_id: int) -> Member:
    member = session.scalar(
        select(Member).where(Member.workspace_id == workspace_id, Member.id == member_id)
    )
    if member is None:
        raise UnknownMember("There is no such member in this workspace.")
    return member


def _refuse_taken(
    session: Session, workspace_id: int, names: tuple[str | None, ...], besides: int | None = None
) -> None:
    for given in names:
        if not given:
            continue
        taken = session.scalar(
            select(Member.id).where(
                Member.workspace_id == workspace_id,
                or_(
                    Member.email == given,
                    Member.employee_id == given,
                    Member.public_id == given,
                ),
            )
        )
        if taken is not None and taken != besides:
            raise MemberExists(f"Somebody is already known by “{given}”.")


def _row(member: Member) -> MemberRow:
    return MemberRow(
        member.id,
        member.public_id,
        member.name,
        member.title,
        member.email,
        member.employee_id,
        member.archived_at is not None,
        member.bio,
        member.photo,
    )
