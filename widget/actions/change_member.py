"""What is known of a member, and whether they can still be rated."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.photos import read_photo
from widget.storage import images, members
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
    bio: str = "",
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
            bio=bio,
        )


def set_photo(
    session: Session, workspace_id: int, member_id: int, upload: bytes | None, *, at: datetime
) -> None:
    """Give a member an uploaded photo, or take it away. Raises LogoRefused and UnknownMember."""
    photo = read_photo(upload) if upload is not None else None
    with writing(session):
        if photo is not None:
            images.add_logo(session, workspace_id, photo, at)
        members.set_photo(session, workspace_id, member_id, photo.id if photo else None)


def set_archived(
    session: Session, workspace_id: int, member_id: int, *, archived: bool, at: datetime
) -> None:
    """Archive a member, who then cannot be rated any more, or bring them back."""
    with writing(session):
        members.set_archived(session, workspace_id, member_id, at if archived else None)
