"""Answers that do not count, or not yet.

None is ever deleted but in a flood of them at one response (`make_room`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Table, delete, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from widget.domain.held import Held, Standing
from widget.domain.surveys import Definition, definition_from_json
from widget.storage.models import (
    HeldAnswer,
    LinkVisit,
    Member,
    Response,
    Survey,
    SurveyVersion,
)
from widget.storage.responses import Place

_held: Table = HeldAnswer.__table__  # type: ignore[assignment]

# Of one response, of those that are set aside and of those that are provisional: so many of the
# first and as many of the latest stay. Whoever floods a mail's link, before its customer or after,
# pushes neither out; and no customer has twenty browsers.
FIRST_KEPT = 10
LATEST_KEPT = 10


@dataclass(frozen=True)
class HeldRow:
    """One held answer with its standing."""

    workspace_id: int
    id: UUID
    response_id: UUID
    survey_id: int
    client: str
    held: Held
    standing: Standing
    reasons: tuple[str, ...]
    due_at: datetime | None
    updated_at: datetime


def held_id(response_id: UUID, client: str) -> UUID:
    """The id of what one client said about one response: two requests at once share a row."""
    return UUID(bytes=sha256(response_id.bytes + client.encode()).digest()[:16], version=5)


def lock_held(connection: Connection, workspace_id: int, id: UUID) -> HeldRow | None:
    """A held answer, locked against other writers where the database can; None if there is none."""
    statement = select(_held).where(_held.c.workspace_id == workspace_id, _held.c.id == id)
    if connection.dialect.name == "postgresql":
        statement = statement.with_for_update()
    row = connection.execute(statement).one_or_none()
    return _row(row) if row else None


def hold(
    connection: Connection,
    held: Held,
    client: str,
    standing: Standing,
    *,
    at: datetime,
    reasons: Sequence[str] = (),
    due_at: datetime | None = None,
) -> None:
    """Keep an answer under its response and client, in place of what was kept there."""
    head, answer = held.to_json()
    values: dict[str, Any] = {
        "head": head,
        "answer": answer,
        "standing": standing,
        "reasons": list(reasons),
        "due_at": due_at,
        "updated_at": at,
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_held).values(
        workspace_id=held.head.workspace_id,
        id=held_id(held.head.id, client),
        response_id=held.head.id,
        survey_id=held.head.survey_id,
        client_digest=client,
        created_at=at,
        **values,
    )
    connection.execute(
        statement.on_conflict_do_update(index_elements=["workspace_id", "id"], set_=values)
    )


def settle(
    connection: Connection,
    workspace_id: int,
    id: UUID,
    standing: Standing,
    *,
    reasons: Sequence[str] | None = None,
    by: int | None = None,
) -> None:
    """Give a held answer its standing; `by` is the user who did, `reasons` replace its own."""
    values: dict[str, Any] = {"standing": standing, "due_at": None}
    if reasons is not None:
        values["reasons"] = list(reasons)
    if by is not None:
        values["settled_by"] = by
    connection.execute(
        update(_held).where(_held.c.workspace_id == workspace_id, _held.c.id == id).values(**values)
    )


def make_room(
    connection: Connection,
    workspace_id: int,
    response_id: UUID,
    standing: Literal["provisional", "set_aside"],
) -> None:
    """Delete what is neither among the first nor among the latest answers of a response that have
    this standing; what counts, was restored or was superseded is not touched."""
    of_them = (
        _held.c.workspace_id == workspace_id,
        _held.c.response_id == response_id,
        _held.c.standing == standing,
    )
    rows = connection.execute(
        select(_held.c.id, _held.c.updated_at)
        .where(*of_them)
        .order_by(_held.c.created_at, _held.c.id)
    ).all()
    later = sorted(rows[FIRST_KEPT:], key=lambda row: (row.updated_at, row.id))
    surplus = [row.id for row in later[:-LATEST_KEPT]]
    if surplus:
        # Others may be at it at this moment, or with the same client again: none waits for another.
        free = select(_held.c.id).where(*of_them, _held.c.id.in_(surplus))
        connection.execute(
            delete(_held).where(*of_them, _held.c.id.in_(free.with_for_update(skip_locked=True)))
        )


@dataclass(frozen=True)
class DueHeld:
    """A provisional answer that is to be settled, and when it was given."""

    workspace_id: int
    id: UUID
    updated_at: datetime


def due_provisional(connection: Connection, now: datetime, limit: int) -> list[DueHeld]:
    """Provisional answers whose quarantine has ended, longest ago first."""
    rows = connection.execute(
        select(_held.c.workspace_id, _held.c.id, _held.c.updated_at)
        .where(_held.c.standing == "provisional", _held.c.due_at <= now)
        .order_by(_held.c.due_at)
        .limit(limit)
    )
    return [DueHeld(row.workspace_id, row.id, row.updated_at) for row in rows]


def put_off(connection: Connection, workspace_id: int, id: UUID, until: datetime) -> None:
    """Settle a provisional answer later than its quarantine ends."""
    connection.execute(
        update(_held)
        .where(
            _held.c.workspace_id == workspace_id,
            _held.c.id == id,
            _held.c.standing == "provisional",
        )
        .values(due_at=until)
    )


def _row(row: Row[Any]) -> HeldRow:
    return HeldRow(
        workspace_id=row.workspace_id,
        id=row.id,
        response_id=row.response_id,
        survey_id=row.survey_id,
        client=row.client_digest,
        held=Held.from_json(row.head, row.answer),
        standing=cast(Standing, row.standing),
        reasons=tuple(row.reasons),
        due_at=row.due_at,
        updated_at=row.updated_at,
    )


@dataclass(frozen=True)
class SetAside:
    """An answer that was set aside, with what a person needs to decide about it.

    `network` is a /24 or /48, "" for a private one. `counting` is the score that counts for the
    same request already; None when none does.
    """

    id: UUID
    response_id: UUID
    survey_name: str
    held: Held
    definition: Definition
    reasons: tuple[str, ...]
    at: datetime
    member_name: str | None
    user_agent: str
    network: str
    counting: int | None


def set_aside_count(session: Session, workspace_id: int) -> int:
    """How many answers wait for somebody to look at them."""
    return session.execute(
        select(func.count())
        .select_from(HeldAnswer)
        .where(HeldAnswer.workspace_id == workspace_id, HeldAnswer.standing == "set_aside")
    ).scalar_one()


def set_aside_page(
    session: Session, workspace_id: int, *, limit: int, before: Place | None = None
) -> list[SetAside]:
    """The newest answers set aside, at most `limit`, older than `before` where that is given."""
    query = _set_aside(workspace_id)
    if before is not None:
        place = tuple_(HeldAnswer.updated_at, HeldAnswer.id)
        query = query.where(place < (before.answered_at, before.id))
    query = query.order_by(HeldAnswer.updated_at.desc(), HeldAnswer.id.desc())
    rows = session.execute(query.limit(limit)).all()
    return [_shown(session, *row) for row in rows]


def _set_aside(
    workspace_id: int,
) -> Select[HeldAnswer, Survey, Response | None]:
    return (
        select(HeldAnswer, Survey, Response)
        .join(Survey, Survey.id == HeldAnswer.survey_id)
        .outerjoin(
            Response,
            (Response.workspace_id == HeldAnswer.workspace_id)
            & (Response.id == HeldAnswer.response_id),
        )
        .where(HeldAnswer.workspace_id == workspace_id, HeldAnswer.standing == "set_aside")
    )


def _shown(
    session: Session, row: HeldAnswer, survey: Survey, response: Response | None
) -> SetAside:
    held = Held.from_json(row.head, row.answer)
    version = session.get_one(SurveyVersion, held.head.version_id)
    member = session.get(Member, held.head.member_id) if held.head.member_id else None
    visit = session.scalar(
        select(LinkVisit)
        .where(
            LinkVisit.workspace_id == row.workspace_id,
            LinkVisit.response_id == row.response_id,
            LinkVisit.client_digest == row.client_digest,
        )
        .order_by(LinkVisit.at.desc())
        .limit(1)
    )
    return SetAside(
        id=row.id,
        response_id=row.response_id,
        survey_name=survey.name,
        held=held,
        definition=definition_from_json(version.definition),
        reasons=tuple(row.reasons),
        at=row.updated_at,
        member_name=member.name if member else None,
        user_agent=visit.user_agent if visit else "",
        network=visit.network if visit else "",
        counting=response.score if response else None,
    )
