"""What the console asks about follow-ups. Every query stays in one workspace, and in a scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from widget.domain.follow_ups import Status
from widget.domain.roles import Scope
from widget.domain.strata import Attribute
from widget.storage.counted_responses import attribute
from widget.storage.models import FollowUp, FollowUpNote, Member, Response, Survey, User
from widget.storage.responses import ListedResponse, responses_by_id
from widget.storage.scopes import within

Whose = Literal["mine", "open", "all"]


@dataclass(frozen=True)
class Reader:
    """Who asks: what is of their scope is shown to them, and what is assigned to them."""

    workspace_id: int
    user_id: int
    scope: Scope


@dataclass(frozen=True)
class FollowUpFilter:
    """Which follow-ups to list. None means any. `assignee` 0: those of nobody.

    `mine` are those of the reader that are not done, `open` everybody's that are not.
    """

    whose: Whose = "open"
    status: Status | None = None
    assignee: int | None = None
    survey: str | None = None
    member: str | None = None
    client: str | None = None
    segment: str | None = None


@dataclass(frozen=True)
class FollowUpPlace:
    """A place in the list, newest first."""

    opened_at: datetime
    id: UUID


@dataclass(frozen=True)
class ListedFollowUp:
    """A follow-up with its response, and the name of whose it is."""

    row: FollowUp
    response: ListedResponse
    assignee: str | None

    @property
    def place(self) -> FollowUpPlace:
        return FollowUpPlace(self.row.opened_at, self.row.id)


@dataclass(frozen=True)
class FollowUpPage:
    """Some follow-ups, newest first, and whether there are older ones."""

    items: list[ListedFollowUp]
    has_older: bool


@dataclass(frozen=True)
class Counts:
    """How many follow-ups each list has."""

    mine: int
    open: int
    all: int


def _visible(reader: Reader) -> ColumnElement[bool]:
    return or_(
        within(reader.scope, reader.workspace_id, Response.member_id),
        FollowUp.assignee_id == reader.user_id,
    )


def _all(reader: Reader) -> Select[FollowUp]:
    return (
        select(FollowUp)
        .join(
            Response,
            and_(
                Response.workspace_id == FollowUp.workspace_id, Response.id == FollowUp.response_id
            ),
        )
        .where(FollowUp.workspace_id == reader.workspace_id, _visible(reader))
    )


def follow_ups_page(
    session: Session,
    reader: Reader,
    wanted: FollowUpFilter,
    *,
    limit: int,
    older_than: FollowUpPlace | None = None,
) -> FollowUpPage:
    """Up to `limit` follow-ups, newest first, after a place in the list."""
    query = _filtered(reader, wanted)
    if older_than is not None:
        order = tuple_(FollowUp.opened_at, FollowUp.id)
        query = query.where(order < (older_than.opened_at, older_than.id))
    query = query.order_by(FollowUp.opened_at.desc(), FollowUp.id.desc())
    rows = session.scalars(query.limit(limit + 1)).all()
    return FollowUpPage(_listed(session, reader, rows[:limit]), has_older=len(rows) > limit)


def _filtered(reader: Reader, wanted: FollowUpFilter) -> Select[FollowUp]:
    query = _all(reader)
    if wanted.whose != "all":
        query = query.where(FollowUp.closed_at.is_(None))
    if wanted.whose == "mine":
        query = query.where(FollowUp.assignee_id == reader.user_id)
    if wanted.status is not None:
        query = query.where(FollowUp.status == wanted.status)
    if wanted.assignee is not None:
        nobody = FollowUp.assignee_id.is_(None)
        query = query.where(FollowUp.assignee_id == wanted.assignee if wanted.assignee else nobody)
    if wanted.survey is not None:
        survey = select(Survey.id).where(
            Survey.workspace_id == reader.workspace_id, Survey.public_id == wanted.survey
        )
        query = query.where(FollowUp.survey_id.in_(survey))
    if wanted.member is not None:
        member = select(Member.id).where(
            Member.workspace_id == reader.workspace_id, Member.public_id == wanted.member
        )
        query = query.where(Response.member_id.in_(member))
    for name, value in (("client", wanted.client), ("segment", wanted.segment)):
        if value is not None:
            query = query.where(attribute(name) == value)
    return query


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
    """Public id and name of each member of whom there are follow-ups to see, by name."""
    query = _all(reader).with_only_columns(Response.member_id)
    rows = session.execute(
        select(Member.public_id, Member.name)
        .where(Member.workspace_id == reader.workspace_id, Member.id.in_(query))
        .order_by(Member.name, Member.id)
    )
    return [(public_id, name) for public_id, name in rows]


def follow_up_counts(session: Session, reader: Reader) -> Counts:
    """How many there are to see, in one query."""
    is_open = FollowUp.closed_at.is_(None)
    is_mine = FollowUp.assignee_id == reader.user_id
    row = session.execute(
        _all(reader).with_only_columns(
            func.count().filter(and_(is_open, is_mine)),
            func.count().filter(is_open),
            func.count(),
        )
    ).one()
    return Counts(*row)


def open_follow_ups_by(session: Session, reader: Reader, by: Attribute) -> dict[str, int]:
    """How many are open of each client, or segment, as a list with that filter has them; "" for
    none."""
    key = attribute(by)
    rows = session.execute(
        _all(reader)
        .where(FollowUp.closed_at.is_(None))
        .with_only_columns(key, func.count())
        .group_by(key)
    )
    return dict(rows.all())


def find_follow_up(session: Session, reader: Reader, id: UUID) -> ListedFollowUp | None:
    """One follow-up; None when there is none with this id to see."""
    rows = session.scalars(_all(reader).where(FollowUp.id == id)).all()
    return next(iter(_listed(session, reader, rows)), None)


def follow_ups_of(session: Session, workspace_id: int, response_id: UUID) -> list[FollowUp]:
    """A response's follow-ups, newest first."""
    return list(
        session.scalars(
            select(FollowUp)
            .where(FollowUp.workspace_id == workspace_id, FollowUp.response_id == response_id)
            .order_by(FollowUp.opened_at.desc(), FollowUp.id.desc())
        )
    )


@dataclass(frozen=True)
class ShownNote:
    """One entry of a thread. `by` is "" for what happened by itself."""

    kind: str
    text: str
    data: dict[str, Any]
    by: str
    at: datetime


def thread_of(session: Session, workspace_id: int, follow_up_id: UUID) -> list[ShownNote]:
    """What was written and what happened, oldest first."""
    rows = session.scalars(
        select(FollowUpNote)
        .where(
            FollowUpNote.workspace_id == workspace_id,
            FollowUpNote.follow_up_id == follow_up_id,
        )
        .order_by(FollowUpNote.at, FollowUpNote.id)
    ).all()
    ids = {row.user_id for row in rows if row.user_id}
    ids |= {
        row.data[side]
        for row in rows
        if row.kind == "assignment"
        for side in ("from", "to")
        if row.data.get(side)
    }
    names = names_of(session, ids)
    return [
        ShownNote(row.kind, row.text, _named(row, names), names.get(row.user_id or 0, ""), row.at)
        for row in rows
    ]


def _named(row: FollowUpNote, names: dict[int, str]) -> dict[str, Any]:
    if row.kind != "assignment":
        return row.data
    return {side: names.get(row.data.get(side) or 0, "") for side in ("from", "to")}
