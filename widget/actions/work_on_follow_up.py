"""People of the team work on a follow-up: assignment, due date, status, and its end.

Each can stand alone or be part of something larger. `user_id` is whose doing it is, None for a
program's, whose API key is then named by `by_key`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from widget.actions.ask_again import ask_again
from widget.actions.open_follow_up import alarm_of
from widget.actions.request_feedback import MadeBy
from widget.domain.alert_words import assignment_content
from widget.domain.due_dates import is_overdue
from widget.domain.errors import FollowUpRefused
from widget.domain.follow_ups import ON_TAKING, Status, Why, read_outcome
from widget.storage.engine import joining
from widget.storage.follow_up_rows import (
    add_note,
    append_follow_up_event,
    locked_follow_up,
    move,
    newest_follow_up_of,
    reopen,
)
from widget.storage.leads import Lead, leads_of
from widget.storage.messages import add_message
from widget.storage.models import FollowUp


def assign(
    session: Session,
    workspace_id: int,
    id: UUID,
    assignee_id: int | None,
    *,
    user_id: int | None,
    home: str,
    at: datetime,
    by_key: str = "",
) -> None:
    """Give a follow-up to somebody, who gets a mail unless they took it themselves; or to nobody.
    Whoever takes a new one works on it.

    `home` is the server's public address. Raises FollowUpRefused for somebody who may not follow
    up, and UnknownFollowUp.
    """
    with joining(session):
        row, response = locked_follow_up(session, workspace_id, id)
        leads = {lead.user_id: lead for lead in leads_of(session, workspace_id)}
        if assignee_id is not None and assignee_id not in leads:
            raise FollowUpRefused("Choose somebody who may follow up.")
        if row.assignee_id == assignee_id:
            return
        data = {"from": row.assignee_id, "to": assignee_id}
        row.assignee_id = assignee_id
        add_note(session, row, "assignment", at=at, data=data, user_id=user_id, by_key=by_key)
        if assignee_id is not None and assignee_id == user_id:
            move(session, row, ON_TAKING, user_id=user_id, at=at)
        if is_overdue(row.due_at, row.resolved_at, at):
            # Whoever takes it over late sees that it is.
            row.reminded_at = at
        if assignee_id is not None and assignee_id != user_id:
            by = leads.get(user_id or 0)
            _tell_assignee(session, row, response, leads, by.name if by else by_key, home, at)


def _tell_assignee(
    session: Session,
    row: FollowUp,
    response: Mapping[str, Any],
    leads: Mapping[int, Lead],
    by: str,
    home: str,
    at: datetime,
) -> None:
    why = cast(list[Why], row.opened_why)
    alarm = alarm_of(session, row, response, why, leads, home)
    content = assignment_content(alarm, by or "Somebody")
    address = leads[row.assignee_id or 0].email
    add_message(session, row.workspace_id, "mail", address, content, purpose="assignment", at=at)


def set_due(
    session: Session,
    workspace_id: int,
    id: UUID,
    due_at: datetime | None,
    *,
    user_id: int | None,
    at: datetime,
    by_key: str = "",
) -> None:
    """Give a follow-up another due date, or none. Raises FollowUpRefused for one that is resolved
    or a date that has passed, and UnknownFollowUp."""
    with joining(session):
        row, _response = locked_follow_up(session, workspace_id, id)
        if row.resolved_at is not None:
            raise FollowUpRefused("This follow-up is resolved already.")
        if row.due_at == due_at:
            return
        if due_at is not None and due_at <= at:
            raise FollowUpRefused("Choose a time that is still to come.")
        data = {"to": due_at.isoformat() if due_at else None}
        row.due_at, row.reminded_at = due_at, None
        add_note(session, row, "due", at=at, data=data, user_id=user_id, by_key=by_key)


def set_status(
    session: Session,
    workspace_id: int,
    id: UUID,
    status: Status,
    *,
    user_id: int | None,
    at: datetime,
    by_key: str = "",
) -> None:
    """Say where a follow-up stands; opens one again that was resolved.

    Resolving is `resolve`. Raises FollowUpRefused where the response has another open follow-up,
    and UnknownFollowUp.
    """
    if status == "resolved":
        raise FollowUpRefused("A follow-up is resolved with its outcome.")
    with joining(session):
        row, _response = locked_follow_up(session, workspace_id, id)
        if row.status == status:
            return
        if row.resolved_at is not None:
            other = newest_follow_up_of(session, workspace_id, row.response_id)
            if other is not None and other.resolved_at is None:
                raise FollowUpRefused("This response has another follow-up that is open.")
        data = {"from": row.status, "to": status}
        if row.resolved_at is not None:
            reopen(session, row, at)
        row.status = status
        add_note(session, row, "status", at=at, data=data, user_id=user_id, by_key=by_key)


def resolve(
    session: Session,
    workspace_id: int,
    id: UUID,
    outcome: str,
    *,
    asks_again: bool,
    user_id: int | None,
    at: datetime,
    by_key: str = "",
) -> UUID | None:
    """End a follow-up with what came of it, and ask the customer again where that is wanted.

    Returns the id of the request that asks, whatever becomes of it; None without one. Raises
    FollowUpRefused for a follow-up that is resolved already, and UnknownFollowUp.
    """
    said = read_outcome(outcome)
    with joining(session):
        row, _response = locked_follow_up(session, workspace_id, id)
        if row.status == "resolved":
            raise FollowUpRefused("This follow-up is resolved already.")
        if asks_again and row.recovery_request_id is not None:
            raise FollowUpRefused("The customer was asked again already.")
        made_by: MadeBy = "console" if user_id else "api"
        asked = (
            ask_again(session, workspace_id, row.response_id, at, made_by=made_by)
            if asks_again
            else None
        )
        data = {"from": row.status, "to": "resolved", "asked": str(asked) if asked else None}
        row.status, row.resolved_at, row.outcome = "resolved", at, said
        row.recovery_request_id = asked or row.recovery_request_id
        add_note(
            session, row, "status", at=at, data=data, text=said, user_id=user_id, by_key=by_key
        )
        append_follow_up_event(session, "follow_up.resolved", row, at)
        return asked
