"""How many answers have each score: what every number of the dashboard is computed from.

Three places say the same. The columnar copy, where there is one, answers for the days that have not
changed since it was made. For all other days the rollups answer what they are kept by, and what
they are not is counted in the responses themselves, which takes longest.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from widget.domain.roles import Scope
from widget.domain.score_filters import ROLLED_UP, Group, ScoreFilter
from widget.storage.columnar import reading
from widget.storage.counted_responses import (
    QUARTER_S,
    Facts,
    add_fact,
    add_facts,
    chosen,
    facts_from_responses,
    team_of,
)
from widget.storage.models import Rollup
from widget.storage.scopes import within

__all__ = ["QUARTER_S", "Facts", "chosen", "facts_by"]


def facts_by(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    group: Group | None,
    time_zone: str | None = None,
    only: Collection[str] | None = None,
) -> dict[Any, Facts]:
    """How many answers of a filter, within a scope, have each fact, for each value of `group`.
    Where `only` some facts are needed, the others may be missing.

    A value is a date, an id of ours or a text; None for nobody's, and for all without a group.
    `hour` gives the number of quarters of an hour (of `QUARTER_S`) from 1970 in UTC to the answer:
    there are time zones that are three quarters off. Where a time zone is told, a quarter may stand
    for others of the same weekday and time of day there.
    """
    if wanted.tags or group == "tag":
        # Tags come and go without their response being changed: the copy has none.
        return _from_tables(session, workspace_id, scope, wanted, group, only)
    copy = reading.copy_for(session, workspace_id, wanted.first, wanted.last)
    if copy is None:
        return _from_tables(session, workspace_id, scope, wanted, group, only)
    found = reading.facts_from_copy(session, copy, scope, wanted, group, time_zone, only=only)
    if found is None:
        return _from_tables(session, workspace_id, scope, wanted, group, only)
    for first, last in copy.changed_runs:
        changed = replace(wanted, first=first, last=last)
        rest = _from_tables(session, workspace_id, scope, changed, group, only)
        for key, facts in rest.items():
            add_facts(found.setdefault(key, {}), facts)
    return found


def _from_tables(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    group: Group | None,
    only: Collection[str] | None,
) -> dict[Any, Facts]:
    if wanted.is_rolled_up and (group is None or group in ROLLED_UP):
        return _from_rollups(session, workspace_id, scope, wanted, group, only)
    return facts_from_responses(session, workspace_id, scope, wanted, group)


def _from_rollups(
    session: Session,
    workspace_id: int,
    scope: Scope,
    wanted: ScoreFilter,
    group: Group | None,
    only: Collection[str] | None,
) -> dict[Any, Facts]:
    member = func.nullif(Rollup.member_id, 0)
    keys: dict[Group, ColumnElement[Any]] = {
        "day": Rollup.day.expression,
        "survey": Rollup.survey_id.expression,
        "member": member,
        "team": team_of(Rollup.member_id),
        "channel": Rollup.channel.expression,
    }
    columns: list[Any] = [Rollup.survey_id, Rollup.kind, Rollup.score]
    if group is not None:
        columns.append(keys[group])
    query = select(func.sum(Rollup.responses), *columns).where(
        Rollup.workspace_id == workspace_id,
        Rollup.day >= wanted.first,
        Rollup.day <= wanted.last,
        within(scope, workspace_id, Rollup.member_id),
        *chosen(workspace_id, wanted, Rollup.survey_id, member, Rollup.channel),
    )
    if only is not None:
        query = query.where(Rollup.kind.in_(only))
    found: dict[Any, Facts] = {}
    for number, survey_id, fact, value, *key in session.execute(query.group_by(*columns)):
        if number:
            add_fact(found, key, survey_id, fact, value, int(number))
    return found
