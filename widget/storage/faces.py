"""What customers are shown of a member."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from widget.domain.faces import MemberCard, answered
from widget.domain.people_rules import PeopleRules
from widget.storage.models import Member, Workspace


def member_card(session: Session, workspace_id: int, member_id: int) -> MemberCard | None:
    """A member's card, archived or not: whoever helped, helped. None when there is no such member.

    Until somebody has approved the profile there is their name alone.
    """
    row = session.execute(_cards(workspace_id).where(Member.id == member_id)).one_or_none()
    return _card(*row) if row else None


def first_card(session: Session, workspace_id: int) -> MemberCard | None:
    """The member that previews show: the workspace's first; None when it has none."""
    active = _cards(workspace_id).where(Member.archived_at.is_(None))
    row = session.execute(active.order_by(Member.id).limit(1)).one_or_none()
    return _card(*row) if row else None


def _cards(workspace_id: int) -> Select[Member, dict[str, Any] | None]:
    return (
        select(Member, Workspace.people)
        .join(Workspace, Workspace.id == Member.workspace_id)
        .where(Member.workspace_id == workspace_id)
    )


def _card(member: Member, people: dict[str, Any] | None) -> MemberCard:
    if not member.is_approved:
        return MemberCard(member.name)
    questions = PeopleRules.from_json(people).profile_questions
    return MemberCard(
        member.name, member.title, member.bio, member.photo, answered(questions, member.answers)
    )
