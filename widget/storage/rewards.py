"""A workspace's catalogue of rewards, and how much of each month's budget is used."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.domain import rewards
from widget.domain.errors import UnknownReward
from widget.domain.rewards import Offer, Size, make_offer
from widget.domain.roles import Scope
from widget.storage.ids import new_public_id
from widget.storage.models import Grant, Response, Reward, Survey, SurveyVersion, Vote
from widget.storage.scopes import within


def catalogue(session: Session, workspace_id: int) -> list[rewards.Reward]:
    """Every reward of a workspace in its order, retired ones last."""
    rows = session.scalars(
        select(Reward)
        .where(Reward.workspace_id == workspace_id)
        .order_by(Reward.retired_at.is_not(None), Reward.place, Reward.id)
    )
    return [as_reward(row) for row in rows]


def workspace_offer(session: Session, workspace_id: int) -> Offer:
    """What a workspace's surveys may offer."""
    return make_offer(catalogue(session, workspace_id))


def reward_of(session: Session, workspace_id: int, id: str) -> rewards.Reward:
    """One reward. Raises UnknownReward."""
    return as_reward(_row(session, workspace_id, id))


def put_reward(session: Session, workspace_id: int, reward: rewards.Reward, *, at: datetime) -> str:
    """Store a reward under its id, or a new one where that is ""; returns the id. Whether it is
    active stays as it was. Raises UnknownReward."""
    if reward.id:
        row = _row(session, workspace_id, reward.id)
    else:
        row = Reward(
            id=new_public_id(),
            workspace_id=workspace_id,
            place=_next_place(session, workspace_id),
            created_at=at,
        )
        session.add(row)
    row.texts, row.builtin, row.icon = dict(reward.texts), reward.builtin, reward.icon
    row.size, row.votes, row.budget = reward.size, reward.votes, reward.budget
    session.flush()
    return row.id


def set_retired(session: Session, workspace_id: int, id: str, retired_at: datetime | None) -> None:
    """Offer a reward no more, or again, then as the last. Raises UnknownReward."""
    row = _row(session, workspace_id, id)
    if retired_at is None and row.retired_at is not None:
        row.place = _next_place(session, workspace_id)
    row.retired_at = retired_at


def put_in_order(session: Session, workspace_id: int, ids: Sequence[str]) -> None:
    """Offer rewards in this order."""
    places = {id: place for place, id in enumerate(ids)}
    for row in session.scalars(select(Reward).where(Reward.workspace_id == workspace_id)):
        row.place = places.get(row.id, len(places) + row.place)


def used_budgets(
    session: Session, workspace_id: int, since: datetime, until: datetime
) -> dict[str, int]:
    """How many grants of each reward were approved in a time and still stand, by reward."""
    rows = session.execute(
        select(Grant.reward_id, func.count())
        .where(
            Grant.workspace_id == workspace_id,
            Grant.status.in_(("approved", "handed_over")),
            Grant.decided_at >= since,
            Grant.decided_at < until,
        )
        .group_by(Grant.reward_id)
    )
    return {row[0]: row[1] for row in rows}


def lock_reward(session: Session, workspace_id: int, id: str) -> rewards.Reward:
    """A reward, held so that nobody else spends its budget meanwhile."""
    row = session.scalars(
        select(Reward)
        .where(Reward.workspace_id == workspace_id, Reward.id == id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    return as_reward(row)


def reward_of_responses(
    session: Session, workspace_id: int, ids: Collection[UUID]
) -> dict[UUID, rewards.Reward]:
    """The reward that each of some responses suggests, for those that do.

    A score below the survey's threshold takes its suggestion back, so such responses have none.
    """
    rows = session.execute(
        select(Response.id, Response.score, Response.version_id, Reward)
        .join(
            Reward,
            (Reward.id == Response.reward_id) & (Reward.workspace_id == Response.workspace_id),
        )
        .where(Response.workspace_id == workspace_id, Response.id.in_(ids))
    ).all()
    lowest = lowest_scores(session, {version_id for _id, _score, version_id, _reward in rows})
    return {
        id: as_reward(reward)
        for id, score, version_id, reward in rows
        if score >= lowest[version_id]
    }


def votes_since(
    session: Session,
    workspace_id: int,
    scope: Scope,
    member_id: int,
    since: datetime,
    survey: str | None = None,
) -> list[tuple[rewards.Reward, int]]:
    """How many answers since a moment vote for each reward of a member within a scope, the most
    first. `survey`: only those of this one, by its public id."""
    query = (
        select(Reward, func.count())
        .join(Vote, (Vote.reward_id == Reward.id) & (Vote.workspace_id == Reward.workspace_id))
        .join(
            Response,
            (Response.workspace_id == Vote.workspace_id) & (Response.id == Vote.response_id),
        )
        .where(
            Vote.workspace_id == workspace_id,
            Vote.member_id == member_id,
            within(scope, workspace_id, Response.member_id),
            Response.answered_at >= since,
        )
        .group_by(Reward.id)
        .order_by(func.count().desc(), Reward.place)
    )
    if survey is not None:
        of = select(Survey.id).where(
            Survey.workspace_id == workspace_id, Survey.public_id == survey
        )
        query = query.where(Response.survey_id.in_(of))
    return [(as_reward(row), votes) for row, votes in session.execute(query)]


def lowest_scores(session: Session, version_ids: Collection[int]) -> dict[int, int]:
    """From which score of its main question each of some versions lets a reward be suggested."""
    if not version_ids:
        return {}
    definition = SurveyVersion.definition
    rows = session.execute(
        select(
            SurveyVersion.id,
            definition["positive_from"].as_integer(),
            definition["reward_from"].as_integer(),
        ).where(SurveyVersion.id.in_(version_ids))
    )
    return {id: positive if own is None else own for id, positive, own in rows}


def as_reward(row: Reward) -> rewards.Reward:
    """A stored reward as the domain knows it."""
    return rewards.Reward(
        id=row.id,
        texts=row.texts,
        builtin=row.builtin,
        icon=row.icon,
        size=cast(Size, row.size),
        votes=row.votes,
        budget=row.budget,
        is_active=row.retired_at is None,
    )


def _next_place(session: Session, workspace_id: int) -> int:
    last = session.scalar(select(func.max(Reward.place)).where(Reward.workspace_id == workspace_id))
    return 0 if last is None else last + 1


def _row(session: Session, workspace_id: int, id: str) -> Reward:
    row = session.scalar(select(Reward).where(Reward.workspace_id == workspace_id, Reward.id == id))
    if row is None:
        raise UnknownReward("There is no such reward in this workspace.")
    return row
