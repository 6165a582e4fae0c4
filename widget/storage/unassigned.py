"""Answers and requests that name a member nobody knows, and giving them to somebody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Session

from widget.domain.facts import facts_of
from widget.domain.responses import Change
from widget.storage import answers
from widget.storage.answers import NewRevision, Tally
from widget.storage.ids import new_id
from widget.storage.models import Assignment, Event, Member, Request, Response, User
from widget.storage.votes import follow_vote

_responses: Table = Response.__table__  # type: ignore[assignment]
_requests: Table = Request.__table__  # type: ignore[assignment]
_events: Table = Event.__table__  # type: ignore[assignment]
# How many responses are moved with one statement.
_BATCH = 1_000


@dataclass(frozen=True)
class Unassigned:
    """What is known of a name that nobody has: how often it was given, and when last."""

    given: str
    responses: int
    last_at: datetime | None
    requests: int


@dataclass(frozen=True)
class PastAssignment:
    """Who gave the answers of a name to whom."""

    given: str
    member_id: int
    member_name: str
    responses: int
    requests: int
    by: str
    at: datetime


def unassigned_names(
    session: Session, workspace_id: int, *, limit: int, skip: int = 0
) -> list[Unassigned]:
    """Names that pages gave and nobody has, the most recent first. Tests and hidden answers count
    too, as they move with the others."""
    last = func.max(Response.answered_at)
    rows = session.execute(
        select(Response.member_given, func.count(), last)
        .where(*_of_nobody(workspace_id, _responses))
        .group_by(Response.member_given)
        .order_by(last.desc(), Response.member_given)
        .limit(limit)
        .offset(skip)
    ).all()
    asked = _numbers_of_requests(session, workspace_id, [given for given, _number, _last in rows])
    return [Unassigned(given, number, last, asked[given]) for given, number, last in rows]


def unassigned_count(session: Session, workspace_id: int) -> int:
    """How many names are given and nobody's."""
    names = (
        select(Response.member_given)
        .where(*_of_nobody(workspace_id, _responses))
        .distinct()
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(names)) or 0


def unassigned_name(session: Session, workspace_id: int, given: str) -> Unassigned | None:
    """The same of one name; None when it has no answers that are nobody's."""
    number, last = session.execute(
        select(func.count(), func.max(Response.answered_at)).where(
            *_of_nobody(workspace_id, _responses), Response.member_given == given
        )
    ).one()
    if not number:
        return None
    return Unassigned(
        given, number, last, _numbers_of_requests(session, workspace_id, [given])[given]
    )


def newest_assignments(session: Session, workspace_id: int, limit: int) -> list[PastAssignment]:
    """What was assigned lately."""
    rows = session.execute(
        select(Assignment, Member.name, User)
        .join(Member, Member.id == Assignment.member_id)
        .outerjoin(User, User.id == Assignment.assigned_by)
        .where(Assignment.workspace_id == workspace_id)
        .order_by(Assignment.at.desc(), Assignment.id.desc())
        .limit(limit)
    )
    return [
        PastAssignment(
            row.given,
            row.member_id,
            name,
            row.responses,
            row.requests,
            (user.name or user.email) if user else "",
            row.at,
        )
        for row, name, user in rows
    ]


def move_requests(session: Session, workspace_id: int, given: str, member_id: int) -> int:
    """Give a member the requests of a name that were nobody's; returns how many."""
    found = session.execute(
        update(Request)
        .where(*_of_nobody(workspace_id, _requests), Request.member_given == given)
        .values(member_id=member_id)
        .returning(Request.id)
    )
    return len(found.all())


def move_request_of(session: Session, workspace_id: int, response_id: UUID, member_id: int) -> None:
    """Give a member the request that a response answers, where there is one: both have one id."""
    session.execute(
        update(Request)
        .where(Request.workspace_id == workspace_id, Request.id == response_id)
        .values(member_id=member_id)
    )


def move_responses(
    session: Session,
    workspace_id: int,
    given: str,
    member: Member,
    *,
    user_id: int | None,
    by: str,
    at: datetime,
) -> int:
    """Give a member the responses of a name that were nobody's, with revision, event and counts;
    returns how many. What a signed link credits has a member already, and stays.

    `by` is who does it, in words.
    """
    connection = session.connection()
    data = {"member_id": member.id, "given": given, "by": user_id}
    said = [Change("member", None, member.name), Change("assigned_by", None, by)]
    tallies = Counter[Tally]()
    suggesting: list[UUID] = []
    moved = 0
    while rows := _credit_some(connection, workspace_id, given, member.id):
        moved += len(rows)
        suggesting += [row["id"] for row in rows if row["reward_id"]]
        for row in rows:
            tallies += _counted(row)
        revisions = [NewRevision(workspace_id, row["id"], said, at) for row in rows]
        answers.append_revisions(connection, revisions)
        connection.execute(
            insert(_events),
            [
                {
                    "workspace_id": workspace_id,
                    "id": new_id(),
                    "name": "response.assigned",
                    "survey_id": row["survey_id"],
                    "response_id": row["id"],
                    "data": data,
                    "at": at,
                }
                for row in rows
            ],
        )
    # Counts are locked after all responses, as by everybody who changes a response.
    there = {tally._replace(member_id=member.id): number for tally, number in tallies.items()}
    gone = {tally: -number for tally, number in tallies.items()}
    answers.count(connection, there | gone)
    for id in suggesting:
        follow_vote(connection, workspace_id, id, at)
    return moved


def remember_assignment(
    session: Session,
    workspace_id: int,
    given: str,
    member_id: int,
    *,
    responses: int,
    requests: int,
    user_id: int | None,
    at: datetime,
) -> None:
    """Note who gave what to whom."""
    session.add(
        Assignment(
            workspace_id=workspace_id,
            id=new_id(),
            given=given,
            member_id=member_id,
            responses=responses,
            requests=requests,
            assigned_by=user_id,
            at=at,
        )
    )


def _credit_some(
    connection: Connection, workspace_id: int, given: str, member_id: int
) -> list[dict[str, Any]]:
    """Credit a member with up to a batch of responses; returns them as they are then.

    One statement, so that an answer that arrives or changes meanwhile is in exactly one count.
    """
    of_nobody = (*_of_nobody(workspace_id, _responses), _responses.c.member_given == given)
    rows = connection.execute(
        update(_responses)
        .where(
            *of_nobody, _responses.c.id.in_(select(_responses.c.id).where(*of_nobody).limit(_BATCH))
        )
        .values(member_id=member_id)
        .returning(*_responses.c)
    )
    return [dict(row) for row in rows.mappings()]


def _counted(response: Mapping[str, Any]) -> Counter[Tally]:
    """The tallies that count a response as nobody's."""
    if not answers.counts(response):
        return Counter()
    return Counter(
        answers.tally_of(response, fact, value)._replace(member_id=None)
        for fact, value in facts_of(response).items()
    )


def _of_nobody(workspace_id: int, table: Table) -> tuple[ColumnElement[bool], ...]:
    """The condition of rows that name somebody unknown: in the words of the index of such rows, a
    bound value would hide from the databases that it serves."""
    columns = table.c
    return (
        columns.workspace_id == workspace_id,
        columns.member_id.is_(None),
        columns.member_given != literal_column("''"),
    )


def _numbers_of_requests(session: Session, workspace_id: int, names: Sequence[str]) -> Counter[str]:
    rows = session.execute(
        select(Request.member_given, func.count())
        .where(*_of_nobody(workspace_id, _requests), Request.member_given.in_(names))
        .group_by(Request.member_given)
    )
    found: Counter[str] = Counter()
    for given, number in rows:
        found[given] = number
    return found
