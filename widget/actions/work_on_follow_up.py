"""People of the team work on a follow-up: notes, assignment, status, and its end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from widget.actions.ask_again import ask_again
from widget.actions.open_follow_up import alarm_of
from widget.actions.tell_mentioned import mention_content, tell_mentioned
from widget.domain.alert_words import assignment_content, follow_up_address
from widget.domain.due_dates import is_overdue
from widget.domain.errors import FollowUpRefused
from widget.domain.follow_ups import ON_TAKING, Status, Why, read_note, read_outcome
from widget.storage.engine import writing
from widget.storage.follow_up_rows import (
    add_note,
    append_follow_up_event,
    locked_follow_up,
    move,
    newest_follow_up_of,
    note_reply,
    reopen,
)
from widget.storage.follow_ups import names_of
from widget.storage.leads import Lead, leads_of, rated_member
from widget.storage.messages import add_message
from widget.storage.models import FollowUp
from widget.storage.seats import Seat
from widget.storage.surveys import survey_name


def write_note(
    session: Session,
    workspace_id: int,
    id: UUID,
    text: str,
    *,
    tells_of_reply: bool = False,
    user_id: int,
    home: str,
    at: datetime,
) -> list[str]:
    """Add a note to the thread, and tell those whom it mentions.

    `tells_of_reply`: the customer was replied to elsewhere, by phone perhaps, which counts as a
    reply. `home` is the server's public address. Returns the addresses of people who were mentioned
    and cannot see the follow-up: they are not told. Raises FollowUpRefused and UnknownFollowUp.
    """
    note = read_note(text)
    with writing(session):
        row, response = locked_follow_up(session, workspace_id, id)
        data = {"is_reply": True} if tells_of_reply else {}
        add_note(session, row, "note", at=at, text=note, data=data, user_id=user_id)
        if tells_of_reply:
            note_reply(row, at)
            move(session, row, ON_TAKING, user_id=user_id, at=at)
        return _tell_mentioned(session, row, response, note, user_id, home, at)


def _tell_mentioned(
    session: Session,
    row: FollowUp,
    response: Mapping[str, Any],
    note: str,
    user_id: int,
    home: str,
    at: datetime,
) -> list[str]:
    member = rated_member(session, row.workspace_id, response["member_id"])
    team_id = member.team_id if member else None

    def may_read(seat: Seat) -> bool:
        return seat.may("lead") and (
            seat.scope.everything
            or row.assignee_id == seat.user_id
            or seat.scope.covers(response["member_id"], team_id)
        )

    author = names_of(session, {user_id}).get(user_id, "Somebody")
    survey = survey_name(session, row.survey_id)
    link = follow_up_address(home, row.id)
    content = mention_content(author, note, survey, link, "Open the follow-up")
    _told, unseeing = tell_mentioned(
        *(session, row.workspace_id, note, content), by=user_id, may_read=may_read, at=at
    )
    return unseeing


def assign(
    session: Session,
    workspace_id: int,
    id: UUID,
    assignee_id: int | None,
    *,
    user_id: int,
    home: str,
    at: datetime,
) -> None:
    """Give a follow-up to somebody, who gets a mail unless they took it themselves; or to nobody.
    Whoever takes a new one works on it.

    `home` is the server's public address. Raises FollowUpRefused for somebody who may not follow
    up, and UnknownFollowUp.
    """
    with writing(session):
        row, response = locked_follow_up(session, workspace_id, id)
        leads = {lead.user_id: lead for lead in leads_of(session, workspace_id)}
        if assignee_id is not None and assignee_id not in leads:
            raise FollowUpRefused("Choose somebody who may follow up.")
        if row.assignee_id == assignee_id:
            return
        data = {"from": row.assignee_id, "to": assignee_id}
        row.assignee_id = assignee_id
        add_note(session, row, "assignment", at=at, data=data, user_id=user_id)
        if assignee_id == user_id:
            move(session, row, ON_TAKING, user_id=user_id, at=at)
        if is_overdue(row.due_at, row.resolved_at, at):
            # Whoever takes it over late sees that it is.
            row.reminded_at = at
        if assignee_id is not None and assignee_id != user_id:
            _tell_assignee(session, row, response, leads, leads.get(user_id), home, at)


def _tell_assignee(
    session: Session,
    row: FollowUp,
    response: Mapping[str, Any],
    leads: Mapping[int, Lead],
    by: Lead | None,
    home: str,
    at: datetime,
) -> None:
    why = cast(list[Why], row.opened_why)
    alarm = alarm_of(session, row, response, why, leads, home)
    content = assignment_content(alarm, by.name if by else "Somebody")
    address = leads[row.assignee_id or 0].email
    add_message(session, row.workspace_id, "mail", address, content, purpose="assignment", at=at)


def set_due(
    session: Session,
    workspace_id: int,
    id: UUID,
    due_at: datetime | None,
    *,
    user_id: int,
    at: datetime,
) -> None:
    """Give a follow-up another due date, or none. Raises FollowUpRefused for one that is resolved
    or a date that has passed, and UnknownFollowUp."""
    with writing(session):
        row, _response = locked_follow_up(session, workspace_id, id)
        if row.resolved_at is not None:
            raise FollowUpRefused("This follow-up is resolved already.")
        if row.due_at == due_at:
            return
        if due_at is not None and due_at <= at:
            raise FollowUpRefused("Choose a time that is still to come.")
        data = {"to": due_at.isoformat() if due_at else None}
        row.due_at, row.reminded_at = due_at, None
        add_note(session, row, "due", at=at, data=data, user_id=user_id)


def set_status(
    session: Session,
    workspace_id: int,
    id: UUID,
    status: Status,
    *,
    user_id: int,
    at: datetime,
) -> None:
    """Say where a follow-up stands; opens one again that was resolved.

    Resolving is `resolve`. Raises FollowUpRefused where the response has another open follow-up,
    and UnknownFollowUp.
    """
    if status == "resolved":
        raise FollowUpRefused("A follow-up is resolved with its outcome.")
    with writing(session):
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
        add_note(session, row, "status", at=at, data=data, user_id=user_id)


def resolve(
    session: Session,
    workspace_id: int,
    id: UUID,
    outcome: str,
    *,
    asks_again: bool,
    user_id: int,
    at: datetime,
) -> UUID | None:
    """End a follow-up with what came of it, and ask the customer again where that is wanted.

    Returns the id of the request that asks, whatever becomes of it; None without one. Raises
    FollowUpRefused for a follow-up that is resolved already, and UnknownFollowUp.
    """
    said = read_outcome(outcome)
    with writing(session):
        row, _response = locked_follow_up(session, workspace_id, id)
        if row.status == "resolved":
            raise FollowUpRefused("This follow-up is resolved already.")
        if asks_again and row.recovery_request_id is not None:
            raise FollowUpRefused("The customer was asked again already.")
        asked = ask_again(session, workspace_id, row.response_id, at) if asks_again else None
        data = {"from": row.status, "to": "resolved", "asked": str(asked) if asked else None}
        row.status, row.resolved_at, row.outcome = "resolved", at, said
        row.recovery_request_id = asked or row.recovery_request_id
        add_note(session, row, "status", at=at, data=data, text=said, user_id=user_id)
        append_follow_up_event(session, "follow_up.resolved", row, at)
        return asked
