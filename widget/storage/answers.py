"""Storing answers: the hot path, in Core statements on one connection.

Each function is called inside a write transaction of `storage.engine`; none of them commits.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Dialect, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite

from widget.domain.events import EventName
from widget.domain.flow import Answer
from widget.domain.responses import Change, ResponseHead
from widget.domain.scales import KINDS
from widget.storage.ids import new_id
from widget.storage.models import Event, Response, Revision, Rollup
from widget.storage.prepared import PreparedInsert, Runner

_responses: Table = Response.__table__  # type: ignore[assignment]
_revisions: Table = Revision.__table__  # type: ignore[assignment]
_rollups: Table = Rollup.__table__  # type: ignore[assignment]
_events: Table = Event.__table__  # type: ignore[assignment]

_SHARDS = 16


def _insert(dialect: Dialect, table: Table) -> Any:
    return (postgresql if dialect.name == "postgresql" else sqlite).insert(table)


def _new_response(dialect: Dialect) -> Any:
    statement = _insert(dialect, _responses).on_conflict_do_nothing(
        index_elements=["workspace_id", "id"]
    )
    # Not the row count: psycopg does not report one here.
    return statement.returning(_responses.c.id)


def _count_up(dialect: Dialect) -> Any:
    statement = _insert(dialect, _rollups)
    return statement.on_conflict_do_update(
        index_elements=list(_rollups.primary_key.columns),
        set_={"responses": _rollups.c.responses + statement.excluded.responses},
    )


def _prepared(make: Callable[[Dialect], Any], table: Table) -> PreparedInsert:
    return PreparedInsert(make, tuple(column.name for column in table.columns))


_INSERT_RESPONSE = _prepared(_new_response, _responses)
_COUNT_UP = _prepared(_count_up, _rollups)
_INSERT_REVISION = _prepared(lambda dialect: _insert(dialect, _revisions), _revisions)
_INSERT_EVENT = _prepared(lambda dialect: _insert(dialect, _events), _events)


def insert_response(connection: Runner, head: ResponseHead, answer: Answer, *, day: date) -> bool:
    """Store a first answer; False when a response with this id is there already."""
    context = head.context
    values: dict[str, Any] = {
        "workspace_id": head.workspace_id,
        "id": head.id,
        "survey_id": head.survey_id,
        "version_id": head.version_id,
        "kind": head.kind,
        "score": answer.scores[head.kind],
        "reasons": list(answer.reasons) if answer.reasons else None,
        "comment": answer.comment or None,
        "language": head.language,
        "source": head.source,
        "member_id": head.member_id,
        "member_given": context.member,
        "ref": context.ref,
        "channel": context.channel,
        "customer_email": context.customer_email,
        "customer_name": context.customer_name,
        "customer_id": context.customer_id,
        "page": context.page,
        "attributes": dict(context.attributes) or None,
        "problems": [asdict(problem) for problem in context.problems] or None,
        "is_test": head.is_test,
        "day": day,
        "answered_at": head.answered_at,
        "updated_at": head.answered_at,
        "finished_at": head.answered_at if answer.finished else None,
        "hidden_at": None,
    }
    for kind in KINDS:
        values[kind] = answer.scores.get(kind)
    return _INSERT_RESPONSE.run(connection, values).fetchone() is not None


def find_response(connection: Connection, workspace_id: int, id: UUID) -> Mapping[str, Any] | None:
    """Every column of one response, locked against other writers where the database can."""
    statement = select(_responses).where(
        _responses.c.workspace_id == workspace_id, _responses.c.id == id
    )
    if connection.dialect.name == "postgresql":
        statement = statement.with_for_update()
    row = connection.execute(statement).mappings().one_or_none()
    return dict(row) if row else None


def update_response(
    connection: Connection, workspace_id: int, id: UUID, values: Mapping[str, Any]
) -> None:
    connection.execute(
        update(_responses)
        .where(_responses.c.workspace_id == workspace_id, _responses.c.id == id)
        .values(**values)
    )


def append_revision(
    connection: Runner,
    workspace_id: int,
    response_id: UUID,
    changes: Sequence[Change],
    at: datetime,
) -> None:
    _INSERT_REVISION.run(
        connection,
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "response_id": response_id,
            "changes": [asdict(change) for change in changes],
            "at": at,
        },
    )


def append_event(
    connection: Runner,
    name: EventName,
    *,
    workspace_id: int,
    survey_id: int,
    at: datetime,
    response_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    _INSERT_EVENT.run(
        connection,
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "name": name,
            "survey_id": survey_id,
            "response_id": response_id,
            "data": dict(data or {}),
            "at": at,
        },
    )


def count(
    connection: Runner,
    *,
    workspace_id: int,
    day: date,
    survey_id: int,
    member_id: int | None,
    channel: str,
    scores: Mapping[Any, int],
    by: int,
) -> None:
    """Add `by` (1 or -1) to the rollup of each of a response's scores."""
    spread = connection.dialect.name == "postgresql" and member_id is None
    shard = random.randrange(_SHARDS) if spread else 0  # noqa: S311 - spreads load, guards nothing
    for kind, score in scores.items():
        _COUNT_UP.run(
            connection,
            {
                "workspace_id": workspace_id,
                "day": day,
                "survey_id": survey_id,
                "member_id": member_id or 0,
                "channel": channel,
                "kind": kind,
                "score": score,
                "shard": shard,
                "responses": by,
            },
        )
