"""How many answers have each score: what every number of the dashboard is computed from.

The rollups answer what they are kept by; all else is counted in the responses themselves, which
says the same and takes longer.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, cast, exists, func, select
from sqlalchemy.orm import Session

from widget.domain.facts import COMMENT, REWARD
from widget.domain.roles import Scope
from widget.domain.scales import KINDS
from widget.domain.score_filters import ATTRIBUTES, ROLLED_UP, Group, ScoreFilter
from widget.storage.models import Member, Response, ResponseTag, Rollup
from widget.storage.scopes import within

QUARTER_S = 900
# The days of a workspace begin and end within so much of those of UTC.
_FARTHEST = timedelta(days=1)
# By survey and fact (a kind, `comment` or `reward`) how many answers have each value.
Facts = dict[int, dict[str, dict[int, int]]]


def facts_by(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter, group: Group | None
) -> dict[Any, Facts]:
    """How many answers of a filter, within a scope, have each fact, for each value of `group`.

    A value is a date, an id of ours or a text; None for nobody's, and for all without a group.
    `hour` gives the number of quarters of an hour (of `QUARTER_S`) from 1970 in UTC to the answer:
    there are time zones that are three quarters off.
    """
    if wanted.is_rolled_up and (group is None or group in ROLLED_UP):
        return _from_rollups(session, workspace_id, scope, wanted, group)
    return _from_responses(session, workspace_id, scope, wanted, group)


def _from_rollups(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter, group: Group | None
) -> dict[Any, Facts]:
    member = func.nullif(Rollup.member_id, 0)
    keys: dict[Group, ColumnElement[Any]] = {
        "day": Rollup.day.expression,
        "survey": Rollup.survey_id.expression,
        "member": member,
        "team": _team_of(Rollup.member_id),
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
    found: dict[Any, Facts] = {}
    for number, survey_id, fact, value, *key in session.execute(query.group_by(*columns)):
        if number:
            _add(found, key, survey_id, fact, value, int(number))
    return found


def _from_responses(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter, group: Group | None
) -> dict[Any, Facts]:
    columns: list[Any] = [Response.survey_id, *(getattr(Response, kind) for kind in KINDS)]
    columns += [_is_said(Response.comment), _is_said(Response.reward_id)]
    facts = (*KINDS, COMMENT, REWARD)
    if group is not None:
        columns.append(_response_key(session, group))
    query = counted(workspace_id, scope, wanted, select(func.count(), *columns))
    if group == "tag":
        # A response counts with each of its tags, and with None where it has none.
        query = query.select_from(Response).outerjoin(ResponseTag, _is_tagged())
    found: dict[Any, Facts] = {}
    for number, survey_id, *values in session.execute(query.group_by(*columns)):
        for fact, value in zip(facts, values, strict=False):
            if value is not None:
                _add(found, values[len(facts) :], survey_id, fact, value, number)
    return found


def _add(
    found: dict[Any, Facts], key: Sequence[Any], survey_id: int, fact: str, value: int, number: int
) -> None:
    facts = found.setdefault(key[0] if key else None, {}).setdefault(survey_id, {})
    counts = facts.setdefault(fact, {})
    counts[value] = counts.get(value, 0) + number


def counted(
    workspace_id: int, scope: Scope, wanted: ScoreFilter, query: Select[Any]
) -> Select[Any]:
    """A query of the responses that count and that a filter wants."""
    query = query.where(
        Response.workspace_id == workspace_id,
        Response.day >= wanted.first,
        Response.day <= wanted.last,
        # What the index is by.
        Response.answered_at >= datetime.combine(wanted.first, time(), UTC) - _FARTHEST,
        Response.answered_at < datetime.combine(wanted.last, time(), UTC) + 2 * _FARTHEST,
        Response.is_test.is_(False),
        Response.is_recovery.is_(False),
        Response.hidden_at.is_(None),
        within(scope, workspace_id, Response.member_id),
        *chosen(workspace_id, wanted, Response.survey_id, Response.member_id, Response.channel),
    )
    for column, values in (
        (Response.version_id, wanted.versions),
        (Response.language, wanted.languages),
        (Response.source, wanted.sources),
        (attribute("client"), wanted.clients),
        (attribute("segment"), wanted.segments),
    ):
        if values:
            query = query.where(column.in_(values))
    if wanted.tags:
        # Once, however many of the tags a response has.
        has_one = exists().where(_is_tagged(), ResponseTag.tag_id.in_(wanted.tags))
        query = query.where(has_one.correlate(Response))
    return query


def _is_tagged() -> ColumnElement[bool]:
    return (ResponseTag.workspace_id == Response.workspace_id) & (
        ResponseTag.response_id == Response.id
    )


def chosen(
    workspace_id: int,
    wanted: ScoreFilter,
    survey: Any,
    member: Any,
    channel: Any,
) -> list[ColumnElement[bool]]:
    """The part of a filter that rollups know, of the columns of either table."""
    found: list[ColumnElement[bool]] = []
    if wanted.surveys:
        found.append(survey.in_(wanted.surveys))
    if wanted.members:
        ids = [id for id in wanted.members if id is not None]
        of_somebody = member.in_(ids)
        found.append(of_somebody | member.is_(None) if None in wanted.members else of_somebody)
    if wanted.teams:
        of_teams = select(Member.id).where(
            Member.workspace_id == workspace_id, Member.team_id.in_(wanted.teams)
        )
        found.append(member.in_(of_teams))
    if wanted.channels:
        found.append(channel.in_(wanted.channels))
    return found


def _response_key(session: Session, group: Group) -> ColumnElement[Any]:
    if group in ATTRIBUTES:
        return attribute(group)
    if group == "hour":
        return _quarter(session.get_bind().dialect.name)
    keys: dict[Group, ColumnElement[Any]] = {
        "day": Response.day.expression,
        "survey": Response.survey_id.expression,
        "member": Response.member_id.expression,
        "team": _team_of(Response.member_id),
        "channel": Response.channel.expression,
        "version": Response.version_id.expression,
        "language": Response.language.expression,
        "source": Response.source.expression,
        "tag": ResponseTag.tag_id.expression,
    }
    return keys[group]


def _quarter(dialect: str) -> ColumnElement[Any]:
    """The number of quarters of an hour since 1970."""
    if dialect == "postgresql":
        seconds: Any = func.extract("epoch", Response.answered_at)
    else:
        seconds = cast(func.strftime("%s", Response.answered_at), Integer)
    return cast(func.floor(seconds / QUARTER_S), Integer)


def _team_of(member_id: Any) -> ColumnElement[Any]:
    return select(Member.team_id).where(Member.id == member_id).scalar_subquery()


def attribute(name: str) -> ColumnElement[Any]:
    """What a response says of an attribute, "" where it says nothing."""
    return func.coalesce(Response.attributes[name].as_string(), "")


def _is_said(column: Any) -> ColumnElement[Any]:
    """1 where there is a text, else NULL."""
    return case((func.coalesce(column, "") != "", 1))
