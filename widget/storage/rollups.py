"""Checking and rebuilding the rollups from the responses they count."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, case, delete, func, literal, select

from widget.domain.facts import COMMENT, REWARD
from widget.domain.scales import KINDS
from widget.storage.models import Response, Rollup

_responses: Table = Response.__table__  # type: ignore[assignment]
_rollups: Table = Rollup.__table__  # type: ignore[assignment]

RollupKey = tuple[date, int, int, str, str, int]
_KEY = ("day", "survey_id", "member_id", "channel")


def count_everything_again(connection: Connection, workspace_id: int) -> None:
    """Replace a workspace's rollups by what its responses say, holding up who would count now."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE rollups IN EXCLUSIVE MODE")
    connection.execute(delete(_rollups).where(_rollups.c.workspace_id == workspace_id))
    for kind, value in _facts():
        counted = _counted(workspace_id, value).add_columns(literal(kind), literal(0))
        names = [*_KEY, "score", "responses", "kind", "shard", "workspace_id"]
        counted = counted.add_columns(literal(workspace_id))
        connection.execute(_rollups.insert().from_select(names, counted))


def true_counts(connection: Connection, workspace_id: int) -> dict[RollupKey, int]:
    """What the rollups should say: counts by (day, survey, member or 0, channel, fact, value)."""
    counts: dict[RollupKey, int] = {}
    for kind, value in _facts():
        for *key, score, responses in connection.execute(_counted(workspace_id, value)):
            day, survey_id, member_id, channel = key
            counts[(day, survey_id, member_id, channel, kind, score)] = responses
    return counts


def _counted(workspace_id: int, value: ColumnElement[Any]) -> Select[Any]:
    """The columns of `_KEY`, a fact's value and how many responses have it."""
    member = func.coalesce(_responses.c.member_id, 0)
    group = (_responses.c.day, _responses.c.survey_id, member, _responses.c.channel, value)
    return (
        select(*group, func.count())
        .where(
            _responses.c.workspace_id == workspace_id,
            value.is_not(None),
            _responses.c.is_test.is_(False),
            _responses.c.is_recovery.is_(False),
            _responses.c.hidden_at.is_(None),
        )
        .group_by(*group)
    )


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
