"""Somebody of the team writes a note about a response, and tells those whom it mentions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.actions.tell_mentioned import mention_content, tell_mentioned
from widget.domain.errors import UnknownResponse
from widget.domain.notes import read_note
from widget.domain.stream import is_within
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.notes import add_entry, add_mention
from widget.storage.stream import card_of


@dataclass(frozen=True)
class Author:
    """Who writes."""

    user_id: int
    name: str


def note_response(
    session: Session,
    workspace_id: int,
    response_id: UUID,
    author: Author,
    text: str,
    *,
    link: str,
    at: datetime,
) -> list[str]:
    """Add a note; `link` is the response's absolute address for the mails to those mentioned.

    Returns the addresses of people who were mentioned and cannot see the response: they are not
    told. Raises NoteRefused and UnknownResponse.
    """
    note = read_note(text)
    with writing(session):
        card = card_of(session, workspace_id, response_id)
        if card is None:
            raise UnknownResponse("There is no such response in this workspace.")
        note_id = add_entry(
            session, workspace_id, response_id, "note", by=author.user_id, text=note, at=at
        )
        told, unseeing = tell_mentioned(
            session,
            workspace_id,
            note,
            mention_content(author.name, note, card.survey_name, link),
            by=author.user_id,
            may_read=lambda seat: is_within(seat.scope, card.facts),
            at=at,
        )
        for user_id in told:
            add_mention(session, workspace_id, response_id, note_id, user_id, at)
        append_event(
            session,
            "response.noted",
            workspace_id=workspace_id,
            survey_id=card.survey_id,
            response_id=response_id,
            at=at,
        )
    return unseeing
