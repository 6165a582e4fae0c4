"""Somebody of the team writes a note about a response, and tells those whom it mentions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import UnknownResponse
from widget.domain.mentions import mentioned
from widget.domain.messages import Content
from widget.domain.notes import read_note
from widget.domain.stream import is_within
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.messages import add_message
from widget.storage.notes import add_entry, add_mention, mentionable
from widget.storage.seats import seat_of
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
    unseeing: list[str] = []
    with writing(session):
        card = card_of(session, workspace_id, response_id)
        if card is None:
            raise UnknownResponse("There is no such response in this workspace.")
        note_id = add_entry(
            session, workspace_id, response_id, "note", by=author.user_id, text=note, at=at
        )
        people = mentionable(session, workspace_id)
        emails = {person.user_id: person.email for person in people}
        for user_id in mentioned(note, people):
            if user_id == author.user_id:
                continue
            place = seat_of(session, user_id, workspace_id)
            if place is None or not is_within(place.scope, card.facts):
                unseeing.append(emails[user_id])
                continue
            add_mention(session, workspace_id, response_id, note_id, user_id, at)
            content = _mail(author.name, note, card.survey_name, link)
            add_message(
                session, workspace_id, "mail", emails[user_id], content, purpose="mention", at=at
            )
        append_event(
            session,
            "response.noted",
            workspace_id=workspace_id,
            survey_id=card.survey_id,
            response_id=response_id,
            at=at,
        )
    return unseeing


def _mail(author: str, note: str, survey: str, link: str) -> Content:
    return Content(
        subject=f"{author} mentioned you",
        text=f"{author} mentioned you in a note about a customer's answer.",
        facts=(("Survey", survey),),
        quote=note,
        link=link,
        link_words="Open the response",
    )
