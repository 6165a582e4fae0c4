"""Who or what opened the links of mails. Called inside a write transaction; nothing commits."""

from collections.abc import Collection
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Connection, Engine, Table, and_, case, delete, func, insert, select

from widget.domain.suspicion import ANSWERS, Act, Click, Client
from widget.storage.ids import new_id
from widget.storage.models import Delivery, HeldAnswer, LinkVisit, Request

_visits: Table = LinkVisit.__table__  # type: ignore[assignment]

# The same client doing the same once more tells nothing new, long before it has done so this often.
# Nor can it use up the room for others: all that happens to a mail has a limit of its own.
MOST_ALIKE = 12
MOST_VISITS = 500


def append_visit(
    connection: Connection, workspace_id: int, response_id: UUID, client: Client, click: Click
) -> None:
    """Keep a visit, unless the same happened absurdly often before."""
    is_alike = and_(
        _visits.c.client_digest == click.client,
        _visits.c.act == click.act,
        _visits.c.score.is_not_distinct_from(click.score),
    )
    known = connection.execute(
        select(func.count(), func.count(case((is_alike, 1))))
        .select_from(_visits)
        .where(_visits.c.workspace_id == workspace_id, _visits.c.response_id == response_id)
    ).one()
    in_all, alike = known
    if click.act in ANSWERS:
        # Each is bounded by the limit of answers a minute; the latest are what is judged.
        if alike >= MOST_VISITS:
            return
    elif alike >= MOST_ALIKE or in_all >= MOST_VISITS:
        return
    connection.execute(
        insert(_visits).values(
            workspace_id=workspace_id,
            id=new_id(),
            response_id=response_id,
            at=click.at,
            act=click.act,
            score=click.score,
            network=client.network,
            in_data_centre=click.in_data_centre,
            user_agent=click.user_agent,
            client_digest=click.client,
        )
    )


def visits_by(
    connection: Connection, workspace_id: int, response_id: UUID, client: str
) -> list[Click]:
    """What one client did with the links of one response, in order."""
    rows = connection.execute(
        select(_visits)
        .where(
            _visits.c.workspace_id == workspace_id,
            _visits.c.response_id == response_id,
            _visits.c.client_digest == client,
        )
        .order_by(_visits.c.at, _visits.c.id)
    )
    return [
        Click(
            at=row.at,
            act=cast(Act, row.act),
            client=row.client_digest,
            score=row.score,
            user_agent=row.user_agent,
            in_data_centre=row.in_data_centre,
        )
        for row in rows
    ]


def visits_before(engine: Engine, workspace_id: int, before: datetime, limit: int) -> list[UUID]:
    """The ids of visits older than a moment, the oldest first, that no answer waits to be judged
    by."""
    waiting = select(HeldAnswer.response_id).where(
        HeldAnswer.workspace_id == workspace_id, HeldAnswer.standing == "provisional"
    )
    query = (
        select(_visits.c.id)
        .where(
            _visits.c.workspace_id == workspace_id,
            _visits.c.at < before,
            _visits.c.response_id.not_in(waiting),
        )
        .order_by(_visits.c.id)
        .limit(limit)
    )
    with engine.connect() as connection:
        return list(connection.scalars(query))


def delete_visits(connection: Connection, workspace_id: int, ids: Collection[UUID]) -> int:
    """Delete some visits; returns how many there still were."""
    return connection.execute(
        delete(_visits).where(_visits.c.workspace_id == workspace_id, _visits.c.id.in_(ids))
    ).rowcount


def delivered_at(
    connection: Connection, workspace_id: int, response_id: UUID, before: datetime
) -> datetime | None:
    """When the latest mail of a request had been handed over at a moment; None without one."""
    last: datetime | None = connection.execute(
        select(func.max(Delivery.sent_at)).where(
            Delivery.workspace_id == workspace_id,
            Delivery.request_id == response_id,
            Delivery.sent_at <= before,
        )
    ).scalar()
    if last is not None:
        return last
    sent: datetime | None = connection.execute(
        select(Request.sent_at).where(
            Request.workspace_id == workspace_id, Request.id == response_id
        )
    ).scalar()
    return sent if sent is not None and sent <= before else None
