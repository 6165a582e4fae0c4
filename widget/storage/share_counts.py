"""How often sharing was offered and used: exact, whoever else counts at the same moment."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from widget.domain.roles import Scope
from widget.domain.score_filters import Group, ScoreFilter
from widget.storage.counted_responses import chosen
from widget.storage.models import Member, ShareCount, Survey
from widget.storage.scopes import within

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
    member_id: int | None,
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
            "member_id": member_id or 0,
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


def shares_by(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter, group: Group | None
) -> dict[Any, int]:
    """How often what customers had said was passed on, by each value of `group`; None for nobody's,
    and for all without a group. Groups and filters other than SHARED_BY know nothing of it."""
    member = func.nullif(_counts.c.member_id, 0)
    keys: dict[Group, ColumnElement[Any]] = {
        "day": _counts.c.day,
        "survey": _counts.c.survey_id,
        "member": member,
        "team": select(Member.team_id).where(Member.id == member).scalar_subquery(),
    }
    columns = [keys[group]] if group is not None else []
    query = select(func.sum(_counts.c.used), *columns).where(
        _counts.c.workspace_id == workspace_id,
        _counts.c.day >= wanted.first,
        _counts.c.day <= wanted.last,
        within(scope, workspace_id, ShareCount.member_id),
        *chosen(workspace_id, wanted, _counts.c.survey_id, member, _counts.c.channel),
    )
    rows = session.execute(query.group_by(*columns))
    return {key[0] if key else None: int(used) for used, *key in rows if used}


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
