"""How often sharing was offered and used: exact, whoever else counts at the same moment."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from widget.storage.models import ShareCount, Survey

_counts: Table = ShareCount.__table__  # type: ignore[assignment]
_SHARDS = 16


@dataclass(frozen=True)
class Uses:
    """How often something was offered, and how often it was used."""

    offered: int = 0
    used: int = 0


def count_shares(
    connection: Connection,
    workspace_id: int,
    survey_id: int,
    day: date,
    by_channel: Mapping[str, Uses],
) -> None:
    """Add to a day's counts, inside a write transaction."""
    is_postgres = connection.dialect.name == "postgresql"
    statement = (postgresql if is_postgres else sqlite).insert(_counts)
    statement = statement.on_conflict_do_update(
        index_elements=list(_counts.primary_key.columns),
        set_={
            "offered": _counts.c.offered + statement.excluded.offered,
            "used": _counts.c.used + statement.excluded.used,
        },
    )
    shard = random.randrange(_SHARDS) if is_postgres else 0  # noqa: S311 - spreads load only
    rows = [
        {
            "workspace_id": workspace_id,
            "day": day,
            "survey_id": survey_id,
            "channel": channel,
            "shard": shard,
            "offered": uses.offered,
            "used": uses.used,
        }
        # In one order, so that two who count never wait for each other in a circle.
        for channel, uses in sorted(by_channel.items())
    ]
    if rows:
        connection.execute(statement, rows)


def uses_by_channel(
    session: Session, workspace_id: int, *, since: date, survey: str | None = None
) -> dict[str, Uses]:
    """What was offered and used from a day on, by channel; a channel never offered is not there.

    `survey` is a public id; None: all of the workspace's.
    """
    query = (
        select(ShareCount.channel, func.sum(ShareCount.offered), func.sum(ShareCount.used))
        .where(ShareCount.workspace_id == workspace_id, ShareCount.day >= since)
        .group_by(ShareCount.channel)
    )
    if survey is not None:
        query = query.join(Survey, Survey.id == ShareCount.survey_id).where(
            Survey.workspace_id == workspace_id, Survey.public_id == survey
        )
    return {channel: Uses(offered, used) for channel, offered, used in session.execute(query)}
