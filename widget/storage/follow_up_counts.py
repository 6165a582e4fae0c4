"""How many follow-ups each queue has.

Where somebody sees all of them, or of many responses, counting ends soon: past so many nobody asks
how many more there are. Whoever sees few would have all that are open looked through for theirs, so
that theirs are found by their responses.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from widget.storage.follow_ups import (
    COUNTED_TO,
    QUEUES,
    Queue,
    Reader,
    all_of,
    of_queue,
    order_of,
)
from widget.storage.models import FollowUp, Member, Response
from widget.storage.scopes import members_within

# Of so many responses, follow-ups are found about as quickly as by looking through those open.
FEW_RESPONSES = 20_000

_COUNTED: tuple[Queue, ...] = tuple(queue for queue in QUEUES if queue != "all")


def follow_up_counts(session: Session, reader: Reader, now: datetime) -> dict[Queue, int]:
    """How many each queue has, up to one more than `COUNTED_TO`. `all` is not counted: it holds
    everything there ever was."""
    if not reader.scope.everything and _sees_few(session, reader):
        return _counts_of_few(session, reader, now)
    numbers = [
        select(func.count())
        .select_from(
            all_of(reader)
            .with_only_columns(FollowUp.id)
            .where(*of_queue(reader, queue, now))
            # Without it SQLite would rather read all there are.
            .order_by(*order_of(queue))
            .limit(COUNTED_TO + 1)
            .subquery()
        )
        .scalar_subquery()
        for queue in _COUNTED
    ]
    return dict(zip(_COUNTED, session.execute(select(*numbers)).one(), strict=True))


def _sees_few(session: Session, reader: Reader) -> bool:
    some = _responses(reader).limit(FEW_RESPONSES + 1).subquery()
    number = session.scalar(select(func.count()).select_from(some)) or 0
    return number <= FEW_RESPONSES


def _counts_of_few(session: Session, reader: Reader, now: datetime) -> dict[Queue, int]:
    is_open = (FollowUp.workspace_id == reader.workspace_id) & FollowUp.resolved_at.is_(None)
    of_responses = select(FollowUp.id).where(is_open, FollowUp.response_id.in_(_responses(reader)))
    mine = (
        select(FollowUp.id)
        .where(is_open, FollowUp.assignee_id == reader.user_id)
        # Without order and end SQLite would rather read all there are.
        .order_by(*order_of("mine"))
        .limit(FEW_RESPONSES)
        .subquery()
    )
    numbers = [
        func.count(case((and_(*of_queue(reader, queue, now)), 1))).label(queue)
        for queue in _COUNTED
    ]
    found = session.execute(
        select(*numbers).where(
            FollowUp.workspace_id == reader.workspace_id,
            FollowUp.id.in_(of_responses.union(select(mine.c.id))),
        )
    ).one()
    return {
        queue: min(number, COUNTED_TO + 1) for queue, number in zip(_COUNTED, found, strict=True)
    }


def _responses(reader: Reader) -> Select[UUID]:
    """The ids of the responses within a reader's scope."""
    members = select(Member.id).where(
        Member.workspace_id == reader.workspace_id, members_within(reader.scope)
    )
    return select(Response.id).where(
        Response.workspace_id == reader.workspace_id, Response.member_id.in_(members)
    )
