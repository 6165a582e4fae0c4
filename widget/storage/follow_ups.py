"""What the console asks about follow-ups. Every query stays in one workspace, and in a scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from widget.domain.follow_ups import Status
from widget.domain.roles import Scope
from widget.domain.strata import Attribute
from widget.storage.counted_responses import attribute
from widget.storage.indexed import by_index
from widget.storage.models import FollowUp, Member, Response, Survey, User
from widget.storage.responses import ListedResponse, responses_by_id
from widget.storage.scopes import members_within, within

Queue = Literal["mine", "unassigned", "open", "overdue", "waiting", "all"]
QUEUES: tuple[Queue, ...] = get_args(Queue)

COUNTED_TO = 999
"""A queue's number is exact up to this; where it is one more, there are more than that."""


@dataclass(frozen=True)
class Reader:
    """Who asks: what is of their scope is shown to them, and what is assigned to them."""

    workspace_id: int
    user_id: int
    scope: Scope


@dataclass(frozen=True)
class FollowUpFilter:
    """Which follow-ups to list. None means any. `assignee` 0: those of nobody.

    All queues but `all` have only those that are open. `mine` are the reader's, `overdue` those
    that are due.
    """

    queue: Queue = "open"
    status: Status | None = None
    assignee: int | None = None
    survey: str | None = None
    member: str | None = None
    client: str | None = None
    segment: str | None = None
    only_tests: bool = False


@dataclass(frozen=True)
class Place:
    """A place in a list: after what was opened, or is due, at that moment, by its id."""

    moment: datetime
    id: UUID


@dataclass(frozen=True)
class ListedFollowUp:
    """A follow-up with its response, and the name of whose it is."""

    row: FollowUp
    response: ListedResponse
    assignee: str | None


@dataclass(frozen=True)
class FollowUpPage:
    """Some follow-ups: the newest first, or in `overdue` those first that are overdue for longest.
    `next_place` is where the following ones begin, None where there are none."""

    items: list[ListedFollowUp]
    next_place: Place | None


def visible_to(reader: Reader) -> ColumnElement[bool]:
    """The condition that a follow-up is of the reader's scope or theirs."""
    if reader.scope.everything:
        return true()
    # Asked of each follow-up, so that the follow-ups' own indexes say where to begin.
    of_scope = (
        select(Response.id)
        .where(
            Response.workspace_id == FollowUp.workspace_id,
            Response.id == FollowUp.response_id,
            within(reader.scope, reader.workspace_id, Response.member_id),
        )
        .correlate(FollowUp)
        .exists()
    )
    return or_(FollowUp.assignee_id == reader.user_id, of_scope)


def all_of(reader: Reader) -> Select[FollowUp]:
    """Every follow-up that a reader sees."""
    return select(FollowUp).where(FollowUp.workspace_id == reader.workspace_id, visible_to(reader))


def follow_ups_page(
    session: Session,
    reader: Reader,
    wanted: FollowUpFilter,
    *,
    now: datetime,
    limit: int,
    after: Place | None = None,
) -> FollowUpPage:
    """Up to `limit` follow-ups after a place in the list."""
    query = _filtered(session, reader, wanted, now)
    is_by_due = wanted.queue == "overdue"
    moment: Any = FollowUp.due_at if is_by_due else FollowUp.opened_at
    if after is not None:
        here, there = tuple_(moment, FollowUp.id), (after.moment, after.id)
        query = query.where(here > there if is_by_due else here < there)
    rows = session.scalars(query.order_by(*order_of(wanted.queue)).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return FollowUpPage(
        _listed(session, reader, rows[:limit]),
        Place(getattr(last, "due_at" if is_by_due else "opened_at"), last.id) if last else None,
    )


def _filtered(
    session: Session, reader: Reader, wanted: FollowUpFilter, now: datetime
) -> Select[FollowUp]:
    query = all_of(reader).where(*of_queue(reader, wanted.queue, now))
    if wanted.status is not None:
        query = query.where(FollowUp.status == wanted.status)
    if wanted.assignee is not None:
        nobody = FollowUp.assignee_id.is_(None)
        query = query.where(FollowUp.assignee_id == wanted.assignee if wanted.assignee else nobody)
    if wanted.survey is not None:
        query = query.where(
            FollowUp.survey_id == survey_id_of(session, reader.workspace_id, wanted.survey)
        )
    if wanted.member is not None:
        of_member = select(Response.id).where(
            Response.workspace_id == reader.workspace_id,
            Response.member_id == member_id_of(session, reader.workspace_id, wanted.member),
        )
        query = query.where(FollowUp.response_id.in_(of_member))
    return query.where(*_of_response(wanted))


def _of_response(wanted: FollowUpFilter) -> list[ColumnElement[bool]]:
    """The part of a filter that is about clients, segments and tests, asked of each follow-up."""
    asked = (("client", wanted.client), ("segment", wanted.segment))
    told = [attribute(name) == value for name, value in asked if value is not None]
    if wanted.only_tests:
        told.append(Response.is_test.is_(True))
    if not told:
        return []
    return [select(Response.id).where(_is_of(), *told).correlate(FollowUp).exists()]


def _is_of() -> ColumnElement[bool]:
    """The condition that a response is a follow-up's."""
    return and_(Response.workspace_id == FollowUp.workspace_id, Response.id == FollowUp.response_id)


def of_queue(reader: Reader, queue: Queue, now: datetime) -> list[ColumnElement[bool]]:
    """The conditions that a follow-up is in a queue."""
    if queue == "all":
        return []
    is_open = FollowUp.resolved_at.is_(None)
    narrowed: dict[Queue, ColumnElement[bool]] = {
        "mine": FollowUp.assignee_id == reader.user_id,
        "unassigned": FollowUp.assignee_id.is_(None),
        "overdue": FollowUp.due_at <= now,
        "waiting": FollowUp.status == "waiting",
    }
    return [is_open, narrowed[queue]] if queue in narrowed else [is_open]


def order_of(queue: Queue) -> tuple[Any, Any]:
    """In which order a queue has its follow-ups."""
    if queue == "overdue":
        return FollowUp.due_at, FollowUp.id
    return FollowUp.opened_at.desc(), FollowUp.id.desc()


def survey_id_of(session: Session, workspace_id: int, public_id: str) -> int:
    """A survey's id; 0, which no row has, where there is none."""
    found = select(Survey.id).where(
        Survey.workspace_id == workspace_id, Survey.public_id == public_id
    )
    return session.scalar(found) or 0


def member_id_of(session: Session, workspace_id: int, public_id: str) -> int:
    """A member's id; 0, which no row has, where there is none."""
    found = select(Member.id).where(
        Member.workspace_id == workspace_id, Member.public_id == public_id
    )
    return session.scalar(found) or 0


def _listed(session: Session, reader: Reader, rows: Sequence[FollowUp]) -> list[ListedFollowUp]:
    responses = responses_by_id(session, reader.workspace_id, {row.response_id for row in rows})
    names = names_of(session, {row.assignee_id for row in rows if row.assignee_id})
    return [
        ListedFollowUp(row, responses[row.response_id], names.get(row.assignee_id or 0))
        for row in rows
    ]


def names_of(session: Session, ids: set[int]) -> dict[int, str]:
    """Names, or where there is none email addresses, of users by id."""
    if not ids:
        return {}
    rows = session.execute(select(User.id, User.name, User.email).where(User.id.in_(ids)))
    return {id: name or email for id, name, email in rows}


def followed_members(session: Session, reader: Reader) -> list[tuple[str, str]]:
    """Public id and name of each member within the reader's scope, and of those of whom open
    follow-ups are assigned to them, by name."""
    mine = (
        select(FollowUp.response_id)
        .where(
            FollowUp.workspace_id == reader.workspace_id,
            FollowUp.resolved_at.is_(None),
            FollowUp.assignee_id == reader.user_id,
        )
        # Without order and end SQLite would rather read all there are.
        .order_by(*order_of("mine"))
        .limit(COUNTED_TO)
    )
    assigned = select(Response.member_id).where(
        Response.workspace_id == reader.workspace_id, Response.id.in_(mine)
    )
    rows = session.execute(
        select(Member.public_id, Member.name)
        .where(
            Member.workspace_id == reader.workspace_id,
            or_(members_within(reader.scope), Member.id.in_(assigned)),
        )
        .order_by(Member.name, Member.id)
    )
    return [(public_id, name) for public_id, name in rows]


def open_follow_ups_by(session: Session, reader: Reader, by: Attribute) -> dict[str, int]:
    """How many are open of each client, or segment, as a list with that filter has them; "" for
    none."""
    key = attribute(by)
    rows = session.execute(
        all_of(reader)
        .join(Response, _is_of())
        .where(FollowUp.resolved_at.is_(None))
        .with_only_columns(key, func.count())
        .group_by(key)
    )
    return dict(rows.all())


def find_follow_up(session: Session, reader: Reader, id: UUID) -> ListedFollowUp | None:
    """One follow-up; None when there is none with this id to see."""
    rows = session.scalars(all_of(reader).where(FollowUp.id == id)).all()
    return next(iter(_listed(session, reader, rows)), None)


def follow_ups_of(session: Session, workspace_id: int, response_id: UUID) -> list[FollowUp]:
    """A response's follow-ups, newest first."""
    rows = session.scalars(
        select(FollowUp).where(by_index(workspace_id, FollowUp.response_id, [response_id]))
    )
    # Put in order here: SQLite would read all there are in that order, to find these.
    return sorted(rows, key=lambda row: (row.opened_at, row.id), reverse=True)
