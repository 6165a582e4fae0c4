"""Who or what opened the links of mails. Called inside a write transaction; nothing commits."""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Connection, Table, func, insert, select

from widget.domain.suspicion import ANSWERS, Act, Click, Client
from widget.storage.ids import new_id
from widget.storage.models import Delivery, LinkVisit, Request

_visits: Table = LinkVisit.__table__  # type: ignore[assignment]

# A mail's links are opened a handful of times; what is opened after this many tells nothing new.
MOST_VISITS = 500


def append_visit(
    connection: Connection, workspace_id: int, response_id: UUID, client: Client, click: Click
) -> None:
    """Keep a visit, unless the links have merely been opened once more after absurdly often."""
    if click.act not in ANSWERS:
        known = connection.execute(
            select(func.count())
            .select_from(_visits)
            .where(_visits.c.workspace_id == workspace_id, _visits.c.response_id == response_id)
        ).scalar_one()
        if known >= MOST_VISITS:
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
