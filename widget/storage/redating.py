"""Moving responses, and the rollups that count them, to the days of another time zone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Table, bindparam, select, update

from widget.domain.facts import facts_of
from widget.domain.scales import KINDS
from widget.storage import answers
from widget.storage.answers import Tally
from widget.storage.models import Response, Workspace

_responses: Table = Response.__table__  # type: ignore[assignment]
_workspaces: Table = Workspace.__table__  # type: ignore[assignment]

# Servers remember a workspace's zone for a second or so, and their clocks differ a little: what is
# answered until then may be stored on a day of the zone before.
SETTLED_AFTER = timedelta(minutes=1)
_WHAT_COUNTS = (
    *("workspace_id", "id", "survey_id", "member_id", "channel", *KINDS),
    *("comment", "reward_id", "is_test", "is_recovery", "hidden_at", "day", "answered_at"),
)


@dataclass(frozen=True)
class Moved:
    """How many responses were put on another day, and whether some are still to be looked at."""

    responses: int
    is_done: bool


def being_redated(engine: Engine) -> list[int]:
    """The workspaces whose responses are still moving."""
    with engine.connect() as connection:
        query = select(_workspaces.c.id).where(_workspaces.c.redated_until.is_not(None))
        return list(connection.scalars(query.order_by(_workspaces.c.id)))


def redate_some(connection: Connection, workspace_id: int, limit: int, now: datetime) -> Moved:
    """Look at the next responses of a workspace, about `limit` of them, inside a write transaction;
    put each on its day in the workspace's zone, and count it there.

    What is left after the last of them is looked at again until the zone has settled.
    """
    state = connection.execute(
        select(_workspaces.c.time_zone, _workspaces.c.redated_until, _workspaces.c.zone_changed_at)
        .where(_workspaces.c.id == workspace_id)
        # Whoever stores an answer refers to the row, and does not wait for this lock.
        .with_for_update(key_share=True)
    ).one()
    if state.redated_until is None:
        return Moved(0, True)
    after = state.redated_until
    until = _moment_of_the(connection, workspace_id, limit, after)
    is_settled = now >= state.zone_changed_at + SETTLED_AFTER
    if until is None and is_settled:
        after = min(after, state.zone_changed_at - SETTLED_AFTER)
    rows = _answered_between(connection, workspace_id, after, until)
    moved = _move(connection, workspace_id, rows, ZoneInfo(state.time_zone))
    is_done = until is None and is_settled
    values: dict[str, Any] = {"redated_until": None if is_done else until or after}
    if is_done:
        values["zone_changed_at"] = None
    connection.execute(update(_workspaces).where(_workspaces.c.id == workspace_id).values(**values))
    return Moved(moved, until is None)


def _moment_of_the(
    connection: Connection, workspace_id: int, number: int, after: datetime
) -> datetime | None:
    """When the response of that number was answered, counted from 1 after a moment; None where
    there are fewer."""
    return connection.scalar(
        select(_responses.c.answered_at)
        .where(_responses.c.workspace_id == workspace_id, _responses.c.answered_at > after)
        .order_by(_responses.c.answered_at, _responses.c.id)
        .offset(number - 1)
        .limit(1)
    )


def _answered_between(
    connection: Connection, workspace_id: int, after: datetime, until: datetime | None
) -> Sequence[Mapping[str, Any]]:
    query = select(*(_responses.c[name] for name in _WHAT_COUNTS)).where(
        _responses.c.workspace_id == workspace_id, _responses.c.answered_at > after
    )
    if until is not None:
        query = query.where(_responses.c.answered_at <= until)
    # In one order, so that two who move never wait for each other in a circle.
    query = query.order_by(_responses.c.answered_at, _responses.c.id)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update()
    return [dict(row) for row in connection.execute(query).mappings()]


def _move(
    connection: Connection, workspace_id: int, rows: Sequence[Mapping[str, Any]], zone: ZoneInfo
) -> int:
    tallies = Counter[Tally]()
    days: dict[UUID, date] = {}
    for row in rows:
        day = row["answered_at"].astimezone(zone).date()
        if day == row["day"]:
            continue
        days[row["id"]] = day
        if answers.counts(row):
            for fact, value in facts_of(row).items():
                tally = answers.tally_of(row, fact, value)
                tallies[tally] -= 1
                tallies[tally._replace(day=day)] += 1
    if days:
        connection.execute(
            update(_responses)
            .where(
                _responses.c.workspace_id == workspace_id, _responses.c.id == bindparam("response")
            )
            .values(day=bindparam("another_day")),
            [{"response": id, "another_day": day} for id, day in days.items()],
        )
    answers.count(connection, tallies)
    return len(days)
