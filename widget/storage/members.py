"""What the members table answers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from widget.domain.errors import MemberExists
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
    at: datetime,
) -> Member:
    """Add a member. Raises MemberExists when the email or the employee id is taken."""
    for given in (email, employee_id):
        if given and member_named(session, workspace_id, given):
            raise MemberExists(f"Somebody is already known by “{given}”.")
    member = Member(
        workspace_id=workspace_id,
        public_id=new_public_id(),
        name=name,
        title=title,
        email=email,
        employee_id=employee_id,
        created_at=at,
    )
    session.add(member)
    session.flush()
    return member
