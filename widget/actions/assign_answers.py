"""Giving the answers of an unknown member to somebody."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.errors import UnknownMember
from widget.storage import themes, unassigned
from widget.storage.engine import writing
from widget.storage.members import locked_member
from widget.storage.models import User


def assign_answers(
    session: Session,
    workspace_id: int,
    given: str,
    member_id: int,
    *,
    user_id: int | None,
    at: datetime,
) -> int:
    """Credit a member with every response and request that names somebody unknown in these words;
    returns how many responses moved.

    Counts, histories and events change with them. What is somebody's already stays theirs. Raises
    UnknownMember, also for an archived one.
    """
    with writing(session):
        member = locked_member(session, workspace_id, member_id)
        if member.archived_at is not None:
            raise UnknownMember("This member is archived; bring them back first.")
        user = session.get(User, user_id) if user_id else None
        by = (user.name or user.email) if user else ""
        responses = unassigned.move_responses(
            session, workspace_id, given, member, user_id=user_id, by=by, at=at
        )
        requests = unassigned.move_requests(session, workspace_id, given, member_id)
        if responses:
            # What was found of nobody's comments, or within a scope, is another thing now.
            themes.forget_all_of(session, workspace_id)
        if responses or requests:
            unassigned.remember_assignment(
                session,
                workspace_id,
                given,
                member_id,
                responses=responses,
                requests=requests,
                user_id=user_id,
                at=at,
            )
        return responses
