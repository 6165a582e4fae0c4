"""What is known of a member, and whether they can still be rated."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.storage import members
from widget.storage.engine import writing


def change_member(
    session: Session,
    workspace_id: int,
    member_id: int,
    *,
    name: str,
    title: str,
    email: str | None,
    employee_id: str | None,
) -> None:
    """Change a member. Raises UnknownMember, and MemberExists when a name is taken."""
    with writing(session):
        members.change_member(
            session,
            workspace_id,
            member_id,
            name=name,
            title=title,
            email=email.lower() if email else None,
            employee_id=employee_id,
        )


def set_archived(
    session: Session, workspace_id: int, member_id: int, *, archived: bool, at: datetime
) -> None:
    """Archive a member, who then cannot be rated any more, or bring them back."""
    with writing(session):
        members.set_archived(session, workspace_id, member_id, at if archived else None)
