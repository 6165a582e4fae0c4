"""The catalogue of rewards changes. Surveys follow within a second or two."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from widget.domain.errors import InvalidReward
from widget.domain.rewards import OFFERED_LIMIT, READY_MADE, Reward, check_reward
from widget.storage.engine import writing
from widget.storage.rewards import (
    catalogue,
    put_in_order,
    put_reward,
    reward_of,
    set_retired,
)
from widget.storage.votes import lock_members, members_with_enough, settle_grants


def save_reward(session: Session, workspace_id: int, reward: Reward, *, at: datetime) -> str:
    """Make a reward where its id is "", else change it; returns its id.

    Where it takes fewer votes than before, members who have them earn it at once. Raises
    InvalidReward and UnknownReward.
    """
    check_reward(reward)
    with writing(session):
        if not reward.id:
            _check_room(session, workspace_id, 1)
        id = put_reward(session, workspace_id, reward, at=at)
    # Each in a transaction of its own, as votes lock members first and rewards later.
    for member_id in members_with_enough(session, workspace_id, id):
        with writing(session):
            lock_members(session, workspace_id, {member_id})
            settle_grants(session, workspace_id, member_id, id, at)
    return id


def add_ready_made(session: Session, workspace_id: int, *, at: datetime) -> None:
    """Fill an empty catalogue with what most teams begin with; any other stays as it is."""
    with writing(session):
        if not catalogue(session, workspace_id):
            for reward in READY_MADE:
                put_reward(session, workspace_id, replace(reward, id=""), at=at)


def retire_reward(session: Session, workspace_id: int, id: str, *, at: datetime) -> None:
    """Offer a reward no more. Votes and grants stay. Raises UnknownReward."""
    with writing(session):
        if reward_of(session, workspace_id, id).is_active:
            set_retired(session, workspace_id, id, at)


def bring_reward_back(session: Session, workspace_id: int, id: str) -> None:
    """Offer a retired reward again. Raises InvalidReward and UnknownReward."""
    with writing(session):
        if not reward_of(session, workspace_id, id).is_active:
            _check_room(session, workspace_id, 1)
            set_retired(session, workspace_id, id, None)


def move_reward(
    session: Session, workspace_id: int, id: str, direction: Literal["up", "down"]
) -> None:
    """Let a reward change places with its neighbour, where it has one. Raises UnknownReward."""
    with writing(session):
        reward_of(session, workspace_id, id)
        ids = [reward.id for reward in catalogue(session, workspace_id) if reward.is_active]
        if id not in ids:
            return
        place = ids.index(id)
        target = place + (1 if direction == "down" else -1)
        if 0 <= target < len(ids):
            ids[place], ids[target] = ids[target], ids[place]
        put_in_order(session, workspace_id, ids)


def _check_room(session: Session, workspace_id: int, more: int) -> None:
    active = sum(reward.is_active for reward in catalogue(session, workspace_id))
    if active + more > OFFERED_LIMIT:
        sentence = f"There can be {OFFERED_LIMIT} rewards on offer. Retire one first."
        raise InvalidReward({"name": sentence})
