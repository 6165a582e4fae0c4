"""Somebody of the team writes a note in a follow-up's thread, and tells those whom it mentions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from widget.actions.tell_mentioned import mention_content, tell_mentioned
from widget.domain.alert_words import follow_up_address
from widget.domain.follow_ups import ON_TAKING, read_note
from widget.storage.engine import joining
from widget.storage.follow_up_rows import add_note, locked_follow_up, move, note_reply
from widget.storage.follow_ups import names_of
from widget.storage.leads import rated_member
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
    with joining(session):
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
