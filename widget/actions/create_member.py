"""A front-line person whom customers rate."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.storage.engine import writing
from widget.storage.members import add_member


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
    """Add a member; returns the id. Raises MemberExists when email or employee id is taken."""
    with writing(session):
        return add_member(
            session,
            workspace_id,
            name=name,
            title=title,
            email=email.lower() if email else None,
            employee_id=employee_id,
            bio=bio,
            at=at,
        ).id
