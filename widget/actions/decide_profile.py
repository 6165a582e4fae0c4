"""Somebody who leads a member approves or declines what the member wants their profile to say."""

from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.errors import ProfileRefused
from widget.domain.messages import Content
from widget.domain.profiles import REASON_LIMIT, Profile
from widget.domain.roles import Scope
from widget.storage import profiles
from widget.storage.engine import writing
from widget.storage.members import set_profile
from widget.storage.messages import add_message
from widget.storage.models import Member


def approve_profile(
    session: Session,
    workspace_id: int,
    member_id: int,
    *,
    scope: Scope,
    proposed_at: datetime,
    link: str,
    at: datetime,
) -> None:
    """Make a change that waits the profile that customers see, and tell the member by mail.

    `proposed_at` is that of the change that was looked at; `link` leads to the member's own
    profile. Raises ProfileChangeGone and NotTheirs.
    """
    with writing(session):
        change, member = profiles.locked_change(
            session, workspace_id, member_id, scope, proposed_at
        )
        set_profile(member, Profile.from_json(change.proposed))
        member.is_approved = True
        session.delete(change)
        _tell(
            session,
            member,
            Content(
                subject="Your profile was approved",
                text="Customers see your profile as you changed it.",
                link=link,
                link_words="Your profile",
            ),
            at,
        )


def decline_profile(
    session: Session,
    workspace_id: int,
    member_id: int,
    *,
    scope: Scope,
    proposed_at: datetime,
    reason: str,
    user_id: int | None,
    link: str,
    at: datetime,
) -> None:
    """Decline a change that waits, with a reason that the member reads. Raises ProfileRefused
    without one, ProfileChangeGone and NotTheirs."""
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT:
        raise ProfileRefused({"reason": f"Say why, in at most {REASON_LIMIT} characters."})
    with writing(session):
        change, member = profiles.locked_change(
            session, workspace_id, member_id, scope, proposed_at
        )
        change.status, change.reason = "declined", reason
        change.decided_by, change.decided_at = user_id, at
        _tell(
            session,
            member,
            Content(
                subject="Your profile was not approved",
                text="Customers go on seeing what they saw before. This is why:",
                quote=reason,
                link=link,
                link_words="Your profile",
            ),
            at,
        )


def _tell(session: Session, member: Member, content: Content, at: datetime) -> None:
    target = profiles.mail_of(session, member)
    if target:
        add_message(session, member.workspace_id, "mail", target, content, purpose="profile", at=at)
