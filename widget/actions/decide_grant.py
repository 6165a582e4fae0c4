"""Somebody who leads decides about what a member has earned, and hands it over."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import GrantRefused
from widget.domain.grants import REASON_LIMIT, Status, Verb, check_budget, check_decision, month_of
from widget.domain.messages import Content
from widget.domain.roles import Scope
from widget.storage.engine import writing
from widget.storage.grants import lock_grant
from widget.storage.leaders import email_of_member
from widget.storage.messages import add_message
from widget.storage.models import Grant
from widget.storage.rewards import lock_reward, used_budgets
from widget.storage.votes import note_grant


@dataclass(frozen=True)
class Decider:
    """Who decides, about whose grants, and when. `not_for` is the member that they are themselves,
    about whose grants somebody else decides; None where they may decide about any."""

    user_id: int
    scope: Scope
    not_for: int | None
    at: datetime


def approve_grant(
    session: Session, workspace_id: int, id: UUID, by: Decider, *, time_zone: str, link: str
) -> None:
    """Approve what was earned and tell the member, with a link to their rewards.

    Raises GrantRefused with a sentence, also when this month's budget is used up, and UnknownGrant.
    """
    with writing(session):
        grant = _decided(session, workspace_id, id, by, "approve")
        reward = lock_reward(session, workspace_id, grant.reward_id)
        used = used_budgets(session, workspace_id, *month_of(by.at, time_zone))
        check_budget(reward.budget, used.get(reward.id, 0))
        grant.status, grant.decided_at, grant.decided_by = "approved", by.at, by.user_id
        note_grant(session, "grant.approved", grant, by.at)
        address = email_of_member(session, workspace_id, grant.member_id)
        if address:
            content = _good_news(reward.name, grant.votes, link)
            add_message(session, workspace_id, "mail", address, content, purpose="grant", at=by.at)


def decline_grant(session: Session, workspace_id: int, id: UUID, by: Decider, reason: str) -> None:
    """Decline what was earned or approved. Its votes are used up. Raises GrantRefused, also
    without a reason, and UnknownGrant."""
    with writing(session):
        grant = _decided(session, workspace_id, id, by, "decline")
        if not reason.strip():
            raise GrantRefused("Say why, as the member will read it.")
        if len(reason.strip()) > REASON_LIMIT:
            raise GrantRefused(f"Please shorten the reason to {REASON_LIMIT} characters.")
        grant.status, grant.decided_at, grant.decided_by = "declined", by.at, by.user_id
        grant.reason = reason.strip()
        note_grant(session, "grant.declined", grant, by.at)


def hand_grant_over(
    session: Session, workspace_id: int, id: UUID, by: Decider, *, on: date, note: str
) -> None:
    """Note that an approved grant was handed over on a day. It stays, whatever becomes of its
    votes. Raises GrantRefused and UnknownGrant."""
    with writing(session):
        grant = _decided(session, workspace_id, id, by, "hand-over")
        if len(note.strip()) > REASON_LIMIT:
            raise GrantRefused(f"Please shorten the note to {REASON_LIMIT} characters.")
        grant.status, grant.handed_over_by = "handed_over", by.user_id
        grant.handed_over_on, grant.note = on, note.strip()
        note_grant(session, "grant.handed_over", grant, by.at)


def _good_news(reward: str, votes: int, link: str) -> Content:
    voters = f"{votes} customers" if votes > 1 else "A customer"
    return Content(
        subject=f"Yours: {reward}",
        text=f"{voters} suggested it for you, and it is approved. "
        "Whoever leads your team will hand it over.",
        facts=(("Reward", reward),),
        link=link,
        link_words="See your rewards",
    )


def _decided(session: Session, workspace_id: int, id: UUID, by: Decider, verb: Verb) -> Grant:
    """The grant, held, about which this can be decided."""
    grant = lock_grant(session, workspace_id, id, by.scope)
    if by.not_for is not None and grant.member_id == by.not_for:
        raise GrantRefused("Somebody else decides about what you have earned yourself.")
    check_decision(verb, cast(Status, grant.status))
    # Whoever decides knows of it, and nobody needs to be told any more.
    grant.announced_at = grant.announced_at or by.at
    return grant
