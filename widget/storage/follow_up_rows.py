"""Making follow-ups and changing them; called inside an action's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.domain.due_dates import due_at
from widget.domain.errors import UnknownFollowUp
from widget.domain.events import EventName
from widget.domain.follow_ups import NoteKind, Status, Why
from widget.storage.answers import find_response
from widget.storage.due_rules import due_rules
from widget.storage.events import append_event
from widget.storage.ids import new_id
from widget.storage.indexed import by_index
from widget.storage.models import FollowUp, FollowUpNote


def locked_follow_up(
    session: Session, workspace_id: int, id: UUID
) -> tuple[FollowUp, Mapping[str, Any]]:
    """A follow-up, to be changed, and its response. Raises UnknownFollowUp.

    The response is locked first, here as everywhere, and with it all of its follow-ups.
    """
    wanted = (FollowUp.workspace_id == workspace_id, FollowUp.id == id)
    response_id = session.scalar(select(FollowUp.response_id).where(*wanted))
    if response_id is None:
        raise UnknownFollowUp("There is no such follow-up in this workspace.")
    response = find_response(session.connection(), workspace_id, response_id)
    assert response is not None
    row = session.scalars(
        select(FollowUp).where(*wanted).with_for_update().execution_options(populate_existing=True)
    ).one()
    return row, response


def newest_follow_up_of(session: Session, workspace_id: int, response_id: UUID) -> FollowUp | None:
    """The open follow-up of a response, else the one opened last; None when there was none.

    Whoever has locked the response may rely on it.
    """
    return session.scalar(
        select(FollowUp)
        .where(by_index(workspace_id, FollowUp.response_id, [response_id]))
        .order_by(FollowUp.resolved_at.is_not(None), FollowUp.opened_at.desc(), FollowUp.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def recovered_by(session: Session, workspace_id: int, request_id: UUID) -> FollowUp | None:
    """The follow-up that asked its customer again by a request."""
    return session.scalar(
        select(FollowUp).where(by_index(workspace_id, FollowUp.recovery_request_id, [request_id]))
    )


def add_follow_up(
    session: Session,
    response: Mapping[str, Any],
    *,
    why: Sequence[Why],
    assignee_id: int | None,
    at: datetime,
) -> FollowUp:
    """Open a follow-up on a stored response, which the caller has locked."""
    row = FollowUp(
        workspace_id=response["workspace_id"],
        id=new_id(),
        response_id=response["id"],
        survey_id=response["survey_id"],
        status="new",
        assignee_id=assignee_id,
        opened_why=list(why),
        opened_at=at,
        due_at=_due_at(session, response["workspace_id"], why, at),
        outcome="",
    )
    session.add(row)
    session.flush()
    append_follow_up_event(session, "follow_up.opened", row, at)
    return row


def reopen(session: Session, row: FollowUp, at: datetime, why: Sequence[Why] = ()) -> None:
    """Open a follow-up again that was resolved; it is due anew. `why` adds to its reasons.

    Whoever calls has locked it, and writes into its thread what happened.
    """
    known = cast(list[Why], row.opened_why)
    row.opened_why = list(dict.fromkeys([*known, *why]))
    row.status, row.resolved_at, row.reminded_at = "new", None, None
    row.due_at = _due_at(session, row.workspace_id, why or known, at)
    append_follow_up_event(session, "follow_up.opened", row, at)


def _due_at(
    session: Session, workspace_id: int, why: Sequence[Why], at: datetime
) -> datetime | None:
    rules, time_zone = due_rules(session, workspace_id)
    return due_at(at, why, rules, time_zone)


def overdue_unreminded(session: Session, now: datetime, limit: int) -> list[tuple[int, UUID]]:
    """Workspace and id of some open follow-ups that are overdue and of which whoever has them was
    not told, those overdue for longest first."""
    rows = session.execute(
        select(FollowUp.workspace_id, FollowUp.id)
        .where(
            FollowUp.resolved_at.is_(None),
            FollowUp.reminded_at.is_(None),
            FollowUp.assignee_id.is_not(None),
            FollowUp.due_at.is_not(None),
            FollowUp.due_at <= now,
        )
        .order_by(FollowUp.due_at)
        .limit(limit)
    )
    return [(workspace_id, id) for workspace_id, id in rows]


def add_note(
    session: Session,
    follow_up: FollowUp,
    kind: NoteKind,
    *,
    at: datetime,
    text: str = "",
    data: Mapping[str, Any] | None = None,
    user_id: int | None = None,
    by_key: str = "",
    id: UUID | None = None,
) -> bool:
    """Write into a follow-up's thread; False, and nothing, when it has a note with this id.

    `by_key` names the API key of a program that did it.
    """
    key = (follow_up.workspace_id, follow_up.id, id or new_id())
    if id is not None and session.get(FollowUpNote, key) is not None:
        return False
    session.add(
        FollowUpNote(
            workspace_id=key[0],
            follow_up_id=key[1],
            id=key[2],
            kind=kind,
            text=text,
            data={**(data or {}), **({"by_key": by_key} if by_key else {})},
            user_id=user_id,
            at=at,
        )
    )
    if kind == "reply":
        note_reply(follow_up, at)
    session.flush()
    return True


def move(
    session: Session,
    row: FollowUp,
    by: Mapping[Status, Status],
    *,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    user_id: int | None = None,
    by_key: str = "",
) -> None:
    """Let a follow-up that is open stand where something that happened brings it; `by` has where
    from where, and where it stands nowhere in there, it stays. `data` says what happened."""
    stands = by.get(cast(Status, row.status))
    if stands is None:
        return
    told = {"from": row.status, "to": stands, **(data or {})}
    row.status = stands
    add_note(session, row, "status", at=at, data=told, user_id=user_id, by_key=by_key)


def open_one_of(session: Session, row: FollowUp) -> FollowUp:
    """The follow-up that something new is for: the response's open one where its own is closed.

    Whoever calls has locked it."""
    if row.resolved_at is None:
        return row
    other = newest_follow_up_of(session, row.workspace_id, row.response_id)
    return other if other is not None and other.resolved_at is None else row


def bring_back(
    session: Session,
    row: FollowUp,
    by: Mapping[Status, Status],
    *,
    at: datetime,
    data: Mapping[str, Any],
    is_told: bool = False,
) -> None:
    """The same as `move`, and one that is resolved is opened again where `by` has it. With
    `is_told` its thread tells what happened though it stays where it stands."""
    stands = row.status
    if row.resolved_at is not None and stands in by:
        reopen(session, row, at)
        row.status = stands
    if is_told and stands not in by:
        told = {"from": stands, "to": stands, **data}
        add_note(session, row, "status", at=at, data=told)
    move(session, row, by, at=at, data=data)


def note_reply(follow_up: FollowUp, at: datetime) -> None:
    """The customer was replied to, here or elsewhere: the first time is kept."""
    if follow_up.first_reply_at is None:
        follow_up.first_reply_at = at


def open_follow_ups(session: Session, workspace_id: int) -> dict[int, int]:
    """How many follow-ups each user has that are open."""
    rows = session.execute(
        select(FollowUp.assignee_id, func.count())
        .where(
            FollowUp.workspace_id == workspace_id,
            FollowUp.assignee_id.is_not(None),
            FollowUp.resolved_at.is_(None),
        )
        .group_by(FollowUp.assignee_id)
    )
    return {user_id: number for user_id, number in rows if user_id is not None}


def append_follow_up_event(session: Session, name: EventName, row: FollowUp, at: datetime) -> None:
    append_event(
        session,
        name,
        workspace_id=row.workspace_id,
        survey_id=row.survey_id,
        response_id=row.response_id,
        at=at,
        data={"follow_up": str(row.id), "why": list(row.opened_why)},
    )
