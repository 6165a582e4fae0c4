"""Making follow-ups and changing them; called inside an action's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownFollowUp
from widget.domain.events import EventName
from widget.domain.follow_ups import NoteKind, Why
from widget.storage.answers import find_response
from widget.storage.events import append_event
from widget.storage.ids import new_id
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
        .where(FollowUp.workspace_id == workspace_id, FollowUp.response_id == response_id)
        .order_by(FollowUp.closed_at.is_not(None), FollowUp.opened_at.desc(), FollowUp.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def recovered_by(session: Session, workspace_id: int, request_id: UUID) -> FollowUp | None:
    """The follow-up that asked its customer again by a request."""
    return session.scalar(
        select(FollowUp).where(
            FollowUp.workspace_id == workspace_id, FollowUp.recovery_request_id == request_id
        )
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
        status="open",
        assignee_id=assignee_id,
        opened_why=list(why),
        opened_at=at,
        outcome="",
    )
    session.add(row)
    session.flush()
    append_follow_up_event(session, "follow_up.opened", row, at)
    return row


def add_note(
    session: Session,
    follow_up: FollowUp,
    kind: NoteKind,
    *,
    at: datetime,
    text: str = "",
    data: Mapping[str, Any] | None = None,
    user_id: int | None = None,
    id: UUID | None = None,
) -> bool:
    """Write into a follow-up's thread; False, and nothing, when it has a note with this id."""
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
            data=dict(data or {}),
            user_id=user_id,
            at=at,
        )
    )
    session.flush()
    return True


def open_follow_ups(session: Session, workspace_id: int) -> dict[int, int]:
    """How many follow-ups each user has that are not done."""
    rows = session.execute(
        select(FollowUp.assignee_id, func.count())
        .where(
            FollowUp.workspace_id == workspace_id,
            FollowUp.assignee_id.is_not(None),
            FollowUp.status != "done",
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
