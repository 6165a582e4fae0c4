"""Storing answers: the hot path, in Core statements on one connection.

Each function is called inside a write transaction of `storage.engine`; none of them commits.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
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


@dataclass(frozen=True)
class FirstAnswer:
    """A response as its first answer makes it. `day` is the workspace's calendar day.

    `is_recovery`: its customer was asked again after a follow-up.
    """

    head: ResponseHead
    answer: Answer
    day: date
    is_recovery: bool = False

    @property
    def counts(self) -> bool:
        """Whether the rollups count it."""
        return not (self.head.is_test or self.is_recovery)


@dataclass(frozen=True)
class NewRevision:
    """One change of one response."""

    workspace_id: int
    response_id: UUID
    changes: Sequence[Change]
    at: datetime


@dataclass(frozen=True)
class NewEvent:
    """Something that happened to a response."""

    name: EventName
    workspace_id: int
    survey_id: int
    response_id: UUID
    at: datetime


class Tally(NamedTuple):
    """What a rollup counts: the responses that share all of this. `kind` and `score` are the name
    and value of a fact (`domain.facts`)."""

    workspace_id: int
    day: date
    survey_id: int
    member_id: int | None
    channel: str
    kind: str
    score: int


def tally_of(response: Mapping[str, Any], kind: str, score: int) -> Tally:
    """The tally that counts one fact of a stored response."""
    return Tally(
        response["workspace_id"],
        response["day"],
        response["survey_id"],
        response["member_id"],
        response["channel"],
        kind,
        score,
    )


def counts(response: Mapping[str, Any]) -> bool:
    """Whether the rollups count a stored response."""
    is_left_out = response["is_test"] or response["is_recovery"]
    return not is_left_out and response["hidden_at"] is None


def _insert(dialect: Dialect, table: Table) -> Any:
    return (postgresql if dialect.name == "postgresql" else sqlite).insert(table)


def _new_response(dialect: Dialect) -> Any:
    return _insert(dialect, _responses).on_conflict_do_nothing(
        index_elements=["workspace_id", "id"]
    )


def _count_up(dialect: Dialect) -> Any:
    statement = _insert(dialect, _rollups)
    return statement.on_conflict_do_update(
        index_elements=list(_rollups.primary_key.columns),
        set_={"responses": _rollups.c.responses + statement.excluded.responses},
    )


def _prepared(make: Callable[[Dialect], Any], table: Table) -> PreparedInsert:
    return PreparedInsert(make, tuple(column.name for column in table.columns))


_INSERT_RESPONSES = _prepared(_new_response, _responses)
_COUNT_UP = _prepared(_count_up, _rollups)
_INSERT_REVISIONS = _prepared(lambda dialect: _insert(dialect, _revisions), _revisions)
_INSERT_EVENTS = _prepared(lambda dialect: _insert(dialect, _events), _events)


def insert_responses(connection: Runner, given: Sequence[FirstAnswer]) -> int:
    """Store first answers; returns how many were new. A response that is there stays as it is."""
    return _INSERT_RESPONSES.run(connection, [_response_row(first) for first in given])


def _response_row(first: FirstAnswer) -> dict[str, Any]:
    head, answer, context = first.head, first.answer, first.head.context
    scores = answer.scores
    return {
        "workspace_id": head.workspace_id,
        "id": head.id,
        "survey_id": head.survey_id,
        "version_id": head.version_id,
        "kind": head.kind,
        "score": scores[head.kind],
        **{kind: scores.get(kind) for kind in KINDS},
        "reasons": list(answer.reasons) if answer.reasons else None,
        "comment": answer.comment or None,
        "wants_contact": answer.wants_contact,
        "may_publish": answer.may_publish,
        "contact": answer.contact or None,
        "reward_id": answer.reward,
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
        "is_recovery": first.is_recovery,
        "day": first.day,
        "answered_at": head.answered_at,
        "updated_at": head.answered_at,
        "finished_at": head.answered_at if answer.finished else None,
        "hidden_at": None,
        "comment_hidden_at": None,
        "kudos_at": None,
    }


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


def append_revisions(connection: Runner, revisions: Sequence[NewRevision]) -> None:
    rows = [
        {
            "workspace_id": revision.workspace_id,
            "id": new_id(),
            "response_id": revision.response_id,
            "changes": [
                {"field": change.field, "old": change.old, "new": change.new}
                for change in revision.changes
            ],
            "at": revision.at,
        }
        for revision in revisions
    ]
    _INSERT_REVISIONS.run(connection, rows)


def append_events(connection: Runner, events: Sequence[NewEvent]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "workspace_id": event.workspace_id,
            "id": new_id(),
            "name": event.name,
            "survey_id": event.survey_id,
            "response_id": event.response_id,
            "data": {},
            "at": event.at,
        }
        for event in events
    ]
    _INSERT_EVENTS.run(connection, rows)


def count(connection: Runner, tallies: Mapping[Tally, int]) -> None:
    """Add to the rollups: to each tally the number of responses given, which may be negative.

    Rows are locked in one order, whoever changes which, so that writers never wait in a circle.
    """
    is_spread = connection.dialect.name == "postgresql"
    rows = [
        {
            **tally._asdict(),
            "member_id": tally.member_id or 0,
            "shard": (
                random.randrange(_SHARDS)  # noqa: S311 - spreads load, guards nothing
                if is_spread and tally.member_id is None
                else 0
            ),
            "responses": by,
        }
        for tally, by in tallies.items()
        if by
    ]
    if rows:
        rows.sort(key=_rollup_key)
        _COUNT_UP.run(connection, rows)


def _rollup_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in _rollups.primary_key.columns)
