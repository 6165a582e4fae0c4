"""The facts of responses, read from the responses themselves: for what no rollup knows.

It says the same as the rollups and as the columnar copy, and takes longest.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, cast, exists, func, select
from sqlalchemy.orm import Session

from widget.domain.facts import COMMENT, REWARD
from widget.domain.roles import Scope
from widget.domain.scales import KINDS
from widget.domain.score_filters import ATTRIBUTES, Group, ScoreFilter
from widget.storage.models import Member, Response, ResponseTag
from widget.storage.scopes import within

QUARTER_S = 900
# The days of a workspace begin and end within so much of those of UTC.
_FARTHEST = timedelta(days=1)
# By survey and fact (a kind, `comment` or `reward`) how many answers have each value.
Facts = dict[int, dict[str, dict[int, int]]]


def facts_from_responses(
    session: Session, workspace_id: int, scope: Scope, wanted: ScoreFilter, group: Group | None
) -> dict[Any, Facts]:
    """What `score_counts.facts_by` says."""
    columns: list[Any] = [Response.survey_id, *(getattr(Response, kind) for kind in KINDS)]
    columns += [is_said(Response.comment), is_said(Response.reward_id)]
    facts = (*KINDS, COMMENT, REWARD)
    if group is not None:
        columns.append(response_key(session, group))
    query = counted(workspace_id, scope, wanted, select(func.count(), *columns))
    if group == "tag":
        # A response counts with each of its tags, and with None where it has none.
        query = query.select_from(Response).outerjoin(ResponseTag, _is_tagged())
    found: dict[Any, Facts] = {}
    for number, survey_id, *values in session.execute(query.group_by(*columns)):
        for fact, value in zip(facts, values, strict=False):
            if value is not None:
                add_fact(found, values[len(facts) :], survey_id, fact, value, number)
    return found


def add_fact(
    found: dict[Any, Facts], key: Sequence[Any], survey_id: int, fact: str, value: int, number: int
) -> None:
    """Add to the facts of a group, whose key is in a list of its own, if there is one."""
    facts = found.setdefault(key[0] if key else None, {}).setdefault(survey_id, {})
    counts = facts.setdefault(fact, {})
    counts[value] = counts.get(value, 0) + number


def add_facts(found: Facts, more: Facts) -> None:
    """Add the facts of one group to those of another."""
    for survey_id, facts in more.items():
        of_survey = found.setdefault(survey_id, {})
        for fact, numbers in facts.items():
            counts = of_survey.setdefault(fact, {})
            for value, number in numbers.items():
                counts[value] = counts.get(value, 0) + number


def that_count(workspace_id: int, first: date, last: date) -> list[ColumnElement[bool]]:
    """The condition of responses of some days, both included, that the numbers count."""
    return [*that_are_shown(workspace_id, first, last), Response.is_recovery.is_(False)]


def that_are_shown(workspace_id: int, first: date, last: date) -> list[ColumnElement[bool]]:
    """The same, with answers of customers who were asked again."""
    return [
        Response.workspace_id == workspace_id,
        Response.day >= first,
        Response.day <= last,
        # What the index is by.
        Response.answered_at >= datetime.combine(first, time(), UTC) - _FARTHEST,
        Response.answered_at < datetime.combine(last, time(), UTC) + 2 * _FARTHEST,
        Response.is_test.is_(False),
        Response.hidden_at.is_(None),
    ]


def counted(
    workspace_id: int, scope: Scope, wanted: ScoreFilter, query: Select[Any]
) -> Select[Any]:
    """A query of the responses that count and that a filter wants."""
    query = query.where(
        *that_count(workspace_id, wanted.first, wanted.last),
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


def response_key(session: Session, group: Group) -> ColumnElement[Any]:
    if group in ATTRIBUTES:
        return attribute(group)
    if group == "hour":
        return quarter(session.get_bind().dialect.name)
    keys: dict[Group, ColumnElement[Any]] = {
        "day": Response.day.expression,
        "survey": Response.survey_id.expression,
        "member": Response.member_id.expression,
        "team": team_of(Response.member_id),
        "channel": Response.channel.expression,
        "version": Response.version_id.expression,
        "language": Response.language.expression,
        "source": Response.source.expression,
        "tag": ResponseTag.tag_id.expression,
    }
    return keys[group]


def quarter(dialect: str) -> ColumnElement[Any]:
    """The number of quarters of an hour since 1970."""
    if dialect == "postgresql":
        seconds: Any = func.extract("epoch", Response.answered_at)
    else:
        seconds = cast(func.strftime("%s", Response.answered_at), Integer)
    return cast(func.floor(seconds / QUARTER_S), Integer)


def team_of(member_id: Any) -> ColumnElement[Any]:
    """The team that a member is in now."""
    return select(Member.team_id).where(Member.id == member_id).scalar_subquery()


def attribute(name: str) -> ColumnElement[Any]:
    """An attribute of the context, "" where there is none."""
    return func.coalesce(Response.attributes[name].as_string(), "")


def is_said(column: Any) -> ColumnElement[Any]:
    """1 where there is a text, else NULL."""
    return case((func.coalesce(column, "") != "", 1))
