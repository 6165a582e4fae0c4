"""Checking and rebuilding the rollups from the responses they count."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, delete, func, select

from widget.domain.facts import COMMENT, REWARD
from widget.domain.scales import KINDS
from widget.storage.models import Response, Rollup

_responses: Table = Response.__table__  # type: ignore[assignment]
_rollups: Table = Rollup.__table__  # type: ignore[assignment]

RollupKey = tuple[date, int, int, str, str, int]


def count_everything_again(connection: Connection, workspace_id: int) -> None:
    """Replace a workspace's rollups by what its responses say, holding up who would count now."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE rollups IN EXCLUSIVE MODE")
    connection.execute(delete(_rollups).where(_rollups.c.workspace_id == workspace_id))
    for key, responses in true_counts(connection, workspace_id).items():
        day, survey_id, member_id, channel, kind, score = key
        connection.execute(
            _rollups.insert(),
            {
                "workspace_id": workspace_id,
                "day": day,
                "survey_id": survey_id,
                "member_id": member_id,
                "channel": channel,
                "kind": kind,
                "score": score,
                "shard": 0,
                "responses": responses,
            },
        )


def true_counts(connection: Connection, workspace_id: int) -> dict[RollupKey, int]:
    """What the rollups should say: counts by (day, survey, member or 0, channel, fact, value)."""
    counts: dict[RollupKey, int] = {}
    member = func.coalesce(_responses.c.member_id, 0)
    for kind, score in _facts():
        group = (_responses.c.day, _responses.c.survey_id, member, _responses.c.channel, score)
        rows = connection.execute(
            select(*group, func.count())
            .where(
                _responses.c.workspace_id == workspace_id,
                score.is_not(None),
                _responses.c.is_test.is_(False),
                _responses.c.is_recovery.is_(False),
                _responses.c.hidden_at.is_(None),
            )
            .group_by(*group)
        )
        for day, survey_id, member_id, channel, value, responses in rows:
            counts[(day, survey_id, member_id, channel, kind, value)] = responses
    return counts


def _facts() -> list[tuple[str, ColumnElement[Any]]]:
    """Each fact's name with its value in SQL, NULL where a response has none: what `facts_of`
    says, written once more so that each checks the other."""
    comment = case((func.coalesce(_responses.c.comment, "") != "", 1))
    reward = case((func.coalesce(_responses.c.reward_id, "") != "", 1))
    return [*((kind, _responses.c[kind]) for kind in KINDS), (COMMENT, comment), (REWARD, reward)]


def rolled_up_counts(connection: Connection, workspace_id: int) -> dict[RollupKey, int]:
    """What the rollups say, shards added up, zero rows left out."""
    counts: dict[RollupKey, int] = {}
    rows = connection.execute(select(_rollups).where(_rollups.c.workspace_id == workspace_id))
    for row in rows:
        key = (row.day, row.survey_id, row.member_id, row.channel, row.kind, row.score)
        counts[key] = counts.get(key, 0) + row.responses
    return {key: responses for key, responses in counts.items() if responses}
