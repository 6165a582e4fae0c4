"""Grants as pages and mails show them. Every query stays within one workspace and one scope."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from widget.domain import rewards
from widget.domain.errors import UnknownGrant
from widget.domain.grants import Status
from widget.domain.roles import EVERYTHING, Scope
from widget.storage.models import Grant, Member, Reward, User, Vote
from widget.storage.rewards import as_reward, catalogue
from widget.storage.scopes import within
from widget.storage.votes import lock_members


@dataclass(frozen=True)
class ShownGrant:
    """A grant with all that is shown of it. `voters` are the responses that it holds."""

    id: UUID
    member_id: int
    member_name: str
    reward: rewards.Reward
    status: Status
    votes: int
    votes_left: int | None
    earned_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str
    handed_over_on: date | None
    note: str
    withdrawn_at: datetime | None
    voters: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class GrantPlace:
    """A place in the list, newest first."""

    earned_at: datetime
    id: UUID


@dataclass(frozen=True)
class Progress:
    """How far a member is towards the next of a reward, and what they have of it already."""

    reward: rewards.Reward
    votes: int
    earned: int = 0
    approved: int = 0
    handed_over: int = 0


def grants_page(
    session: Session,
    workspace_id: int,
    scope: Scope,
    *,
    statuses: Collection[Status],
    limit: int,
    before: GrantPlace | None = None,
) -> list[ShownGrant]:
    """The newest grants of the members in a scope, at most `limit`, with these statuses."""
    query = _all(workspace_id).where(
        within(scope, workspace_id, _MEMBER), Grant.status.in_(statuses)
    )
    if before is not None:
        query = query.where(tuple_(Grant.earned_at, Grant.id) < (before.earned_at, before.id))
    rows = session.execute(
        query.order_by(Grant.earned_at.desc(), Grant.id.desc()).limit(limit)
    ).all()
    voters = _voters(session, workspace_id, [row[0].id for row in rows])
    return [_shown(*row, voters.get(row[0].id, ())) for row in rows]


def grant_counts(session: Session, workspace_id: int, scope: Scope) -> dict[Status, int]:
    """How many grants of the members in a scope have each status."""
    rows = session.execute(
        select(Grant.status, func.count())
        .where(Grant.workspace_id == workspace_id, within(scope, workspace_id, _MEMBER))
        .group_by(Grant.status)
    )
    return {cast(Status, status): number for status, number in rows}


def grants_of_member(
    session: Session, workspace_id: int, member_id: int, *, limit: int = 50
) -> list[ShownGrant]:
    """A member's newest grants, those left out that were withdrawn before anybody approved them."""
    scope = Scope(member_id=member_id)
    shown = grants_page(
        session,
        workspace_id,
        scope,
        statuses=("earned", "approved", "declined", "handed_over", "withdrawn"),
        limit=limit,
    )
    return [one for one in shown if one.status != "withdrawn" or one.decided_at is not None]


def progress_of(session: Session, workspace_id: int, member_id: int) -> list[Progress]:
    """A member's progress with each reward on offer, and each other that they have something of.

    Needs the same number of queries whatever there is.
    """
    rows = session.execute(
        select(Vote.reward_id, func.count())
        .where(
            Vote.workspace_id == workspace_id,
            Vote.member_id == member_id,
            Vote.grant_id.is_(None),
        )
        .group_by(Vote.reward_id)
    )
    votes = {row[0]: row[1] for row in rows}
    counts: dict[str, dict[str, int]] = {}
    for reward_id, status, number in session.execute(
        select(Grant.reward_id, Grant.status, func.count())
        .where(Grant.workspace_id == workspace_id, Grant.member_id == member_id)
        .group_by(Grant.reward_id, Grant.status)
    ):
        counts.setdefault(reward_id, {})[status] = number
    found = []
    for reward in catalogue(session, workspace_id):
        own = counts.get(reward.id, {})
        progress = Progress(
            reward,
            votes.get(reward.id, 0),
            own.get("earned", 0),
            own.get("approved", 0),
            own.get("handed_over", 0),
        )
        has_some = progress.earned or progress.approved or progress.handed_over
        if reward.is_active or has_some:
            found.append(progress)
    return found


def lock_grant(session: Session, workspace_id: int, id: UUID, scope: Scope = EVERYTHING) -> Grant:
    """A grant, held against votes and other deciders. Raises UnknownGrant."""
    found = select(Grant).where(Grant.workspace_id == workspace_id, Grant.id == id)
    grant = session.scalar(found.where(within(scope, workspace_id, _MEMBER)))
    if grant is None:
        raise UnknownGrant("There is no such grant in this workspace, or it is not yours to see.")
    # Votes are counted under the same lock.
    lock_members(session, workspace_id, {grant.member_id})
    return session.scalars(found.with_for_update().execution_options(populate_existing=True)).one()


def shown_grant(session: Session, workspace_id: int, id: UUID) -> ShownGrant:
    """One grant. Raises UnknownGrant."""
    row = session.execute(_all(workspace_id).where(Grant.id == id)).one_or_none()
    if row is None:
        raise UnknownGrant("There is no such grant in this workspace.")
    return _shown(*row)


def unannounced_grants(
    session: Session, earned_before: datetime, limit: int
) -> list[tuple[int, UUID]]:
    """Grants that wait for approval and of which nobody was told: workspace and id."""
    rows = session.execute(
        select(Grant.workspace_id, Grant.id)
        .where(
            Grant.announced_at.is_(None),
            Grant.earned_at <= earned_before,
            Grant.status == "earned",
        )
        .order_by(Grant.earned_at)
        .limit(limit)
    )
    return [(workspace_id, id) for workspace_id, id in rows]


_MEMBER = cast(InstrumentedAttribute[int | None], Grant.member_id)


def _all(workspace_id: int) -> Select[Grant, str, Reward, str | None]:
    return (
        select(Grant, Member.name, Reward, func.coalesce(func.nullif(User.name, ""), User.email))
        .join(Member, Member.id == Grant.member_id)
        .join(Reward, Reward.id == Grant.reward_id)
        .outerjoin(User, User.id == Grant.decided_by)
        .where(Grant.workspace_id == workspace_id)
    )


def _voters(
    session: Session, workspace_id: int, grant_ids: Collection[UUID]
) -> dict[UUID, tuple[UUID, ...]]:
    voters: dict[UUID, tuple[UUID, ...]] = {}
    rows = session.execute(
        select(Vote.grant_id, Vote.response_id)
        .where(Vote.workspace_id == workspace_id, Vote.grant_id.in_(grant_ids))
        .order_by(Vote.at, Vote.response_id)
    )
    for grant_id, response_id in rows:
        if grant_id is not None:
            voters[grant_id] = (*voters.get(grant_id, ()), response_id)
    return voters


def _shown(
    grant: Grant,
    member_name: str,
    reward: Reward,
    decided_by: str | None,
    voters: tuple[UUID, ...] = (),
) -> ShownGrant:
    return ShownGrant(
        id=grant.id,
        member_id=grant.member_id,
        member_name=member_name,
        reward=as_reward(reward),
        status=cast(Status, grant.status),
        votes=grant.votes,
        votes_left=grant.votes_left,
        earned_at=grant.earned_at,
        decided_at=grant.decided_at,
        decided_by=decided_by or "",
        reason=grant.reason,
        handed_over_on=grant.handed_over_on,
        note=grant.note,
        withdrawn_at=grant.withdrawn_at,
        voters=voters,
    )
