"""Votes follow their responses, and grants follow the votes.

Each function is called inside a write transaction and locks the member whose votes it changes, so
that two answers at once earn one grant and not two. Nobody waits for that lock who stores a first
answer.
"""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import Session

from widget.domain.events import EventName
from widget.domain.grants import LIVE, SPENT, Standing, Status, settle
from widget.storage.events import append_event
from widget.storage.ids import new_id
from widget.storage.models import Grant, Member, Response, Reward, Vote
from widget.storage.rewards import lowest_scores

Target = tuple[int, str]
"""Whom a vote is for, and which reward: the ids of a member and of a reward."""


def follow_vote(connection: Connection, workspace_id: int, response_id: UUID, at: datetime) -> None:
    """Bring a response's vote in line with what the response says now, and grants with the vote.

    Called after whatever may change that: its score, its reward, its member, whether it is hidden.
    Twice changes nothing. A vote that a declined or handed-over grant has used stays used.
    """
    with Session(connection) as session:
        response = session.get(Response, (workspace_id, response_id))
        wanted = _wanted(session, response) if response else None
        vote = session.get(Vote, (workspace_id, response_id))
        if vote is None and wanted is None:
            return
        targets = {wanted, (vote.member_id, vote.reward_id) if vote else None} - {None}
        lock_members(session, workspace_id, {target[0] for target in targets if target})
        # Another transaction may have used it before the lock was ours.
        vote = session.get(Vote, (workspace_id, response_id), populate_existing=True)
        changed = _move(session, workspace_id, response_id, vote, wanted, at)
        session.flush()
        for member_id, reward_id in sorted(changed):
            settle_grants(session, workspace_id, member_id, reward_id, at)


def _wanted(session: Session, response: Response) -> Target | None:
    """What a response votes for; None when it does not count."""
    if not response.reward_id or response.member_id is None:
        return None
    # Who is asked again after a follow-up counts once: with what they said at first.
    if response.is_test or response.is_recovery or response.hidden_at is not None:
        return None
    if response.score < lowest_scores(session, [response.version_id])[response.version_id]:
        return None
    reward = session.get(Reward, response.reward_id)
    if reward is None or reward.workspace_id != response.workspace_id:
        return None
    return response.member_id, reward.id


def _move(
    session: Session,
    workspace_id: int,
    response_id: UUID,
    vote: Vote | None,
    wanted: Target | None,
    at: datetime,
) -> set[Target]:
    """Make, move or take away a vote; returns what it now counts for, and what no more."""
    if vote is None:
        if wanted is None:
            return set()
        session.add(
            Vote(
                workspace_id=workspace_id,
                response_id=response_id,
                member_id=wanted[0],
                reward_id=wanted[1],
                at=at,
            )
        )
        return {wanted}
    before = (vote.member_id, vote.reward_id)
    if before == wanted or _is_spent(session, vote):
        return set()
    if wanted is None:
        session.delete(vote)
        return {before}
    vote.member_id, vote.reward_id = wanted
    vote.grant_id, vote.at = None, at
    return {before, wanted}


def _is_spent(session: Session, vote: Vote) -> bool:
    if vote.grant_id is None:
        return False
    grant = session.get(Grant, (vote.workspace_id, vote.grant_id), populate_existing=True)
    return grant is not None and grant.status in SPENT


def lock_members(session: Session, workspace_id: int, ids: set[int]) -> None:
    """Hold members' votes and grants until the transaction ends, in one order for everybody."""
    session.execute(
        select(Member.id)
        .where(Member.workspace_id == workspace_id, Member.id.in_(ids))
        .order_by(Member.id)
        .with_for_update(key_share=True)
    )


def settle_grants(
    session: Session, workspace_id: int, member_id: int, reward_id: str, at: datetime
) -> None:
    """Let a member's votes for a reward earn what they are worth. The member must be locked."""
    reward = session.get(Reward, reward_id)
    assert reward is not None
    grants = {
        row.id: row
        for row in session.scalars(
            select(Grant)
            .where(
                Grant.workspace_id == workspace_id,
                Grant.member_id == member_id,
                Grant.reward_id == reward_id,
                Grant.status.in_((*LIVE, "withdrawn")),
            )
            .order_by(Grant.earned_at, Grant.id)
            .execution_options(populate_existing=True)
        )
    }
    votes = {
        vote.response_id: vote
        for vote in session.scalars(
            select(Vote)
            .where(
                Vote.workspace_id == workspace_id,
                Vote.member_id == member_id,
                Vote.reward_id == reward_id,
                # Those of spent grants grow without end, and are of no interest.
                or_(Vote.grant_id.is_(None), Vote.grant_id.in_(list(grants))),
            )
            .order_by(Vote.at, Vote.response_id)
            .execution_options(populate_existing=True)
        )
    }
    held: dict[UUID, list[UUID]] = {id: [] for id in grants}
    for vote in votes.values():
        if vote.grant_id is not None:
            held[vote.grant_id].append(vote.response_id)
    settled = settle(
        reward.votes,
        [id for id, vote in votes.items() if vote.grant_id is None],
        [
            Standing(row.id, cast(Status, row.status), row.votes, tuple(held[row.id]))
            for row in grants.values()
        ],
    )
    holders: dict[UUID, UUID] = {}
    for new_votes in settled.new:
        grant = _new_grant(session, workspace_id, member_id, reward, at)
        holders |= dict.fromkeys(new_votes, grant.id)
    for standing in settled.grants:
        _follow(session, grants[standing.id], standing, len(held[standing.id]), at)
        holders |= dict.fromkeys(standing.votes, standing.id)
    for id, vote in votes.items():
        vote.grant_id = holders.get(id)
    session.flush()


def _new_grant(
    session: Session, workspace_id: int, member_id: int, reward: Reward, at: datetime
) -> Grant:
    grant = Grant(
        workspace_id=workspace_id,
        id=new_id(),
        member_id=member_id,
        reward_id=reward.id,
        status="earned",
        votes=reward.votes,
        earned_at=at,
    )
    session.add(grant)
    # Before the votes that will name it.
    session.flush()
    note_grant(session, "grant.earned", grant, at)
    return grant


def _follow(session: Session, grant: Grant, standing: Standing, left: int, at: datetime) -> None:
    """Write down what a grant has become. `left` is how many votes it had."""
    grant.votes = standing.needed
    if grant.status == standing.status:
        return
    if standing.status == "withdrawn":
        grant.status, grant.withdrawn_at, grant.votes_left = "withdrawn", at, left
        note_grant(session, "grant.withdrawn", grant, at)
        return
    grant.status, grant.earned_at = "earned", at
    grant.withdrawn_at = grant.votes_left = None
    if grant.decided_at is not None:
        # It must be approved anew, so whoever does that is told anew.
        grant.decided_at = grant.decided_by = grant.announced_at = None
    note_grant(session, "grant.earned", grant, at)


def note_grant(session: Session, name: EventName, grant: Grant, at: datetime) -> None:
    """Append what happened to a grant to the events."""
    append_event(
        session,
        name,
        workspace_id=grant.workspace_id,
        survey_id=None,
        at=at,
        data={"grant": grant.id.hex, "member_id": grant.member_id, "reward": grant.reward_id},
    )


def members_with_enough(session: Session, workspace_id: int, reward_id: str) -> list[int]:
    """Members who have the votes for another grant of a reward, which happens when it was made
    cheaper; their ids."""
    needed = select(Reward.votes).where(Reward.id == reward_id).scalar_subquery()
    return list(
        session.scalars(
            select(Vote.member_id)
            .where(
                and_(
                    Vote.workspace_id == workspace_id,
                    Vote.reward_id == reward_id,
                    Vote.grant_id.is_(None),
                )
            )
            .group_by(Vote.member_id)
            .having(func.count() >= needed)
            .order_by(Vote.member_id)
        )
    )
