"""A note mentions people: whoever may read it gets a mail, in the transaction that writes it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.mentions import mentioned
from widget.domain.messages import Content
from widget.storage.messages import add_message
from widget.storage.notes import mentionable
from widget.storage.seats import Seat, seat_of


def tell_mentioned(
    session: Session,
    workspace_id: int,
    note: str,
    content: Content,
    *,
    by: int,
    may_read: Callable[[Seat], bool],
    at: datetime,
) -> tuple[list[int], list[str]]:
    """Mail `content` to everybody whom a note mentions, but not to its writer.

    Returns the user ids of those who are told, and the addresses of those who may not read the note
    and are not.
    """
    people = mentionable(session, workspace_id)
    emails = {person.user_id: person.email for person in people}
    told: list[int] = []
    unseeing: list[str] = []
    for user_id in mentioned(note, people):
        if user_id == by:
            continue
        seat = seat_of(session, user_id, workspace_id)
        if seat is None or not may_read(seat):
            unseeing.append(emails[user_id])
            continue
        told.append(user_id)
        add_message(
            session, workspace_id, "mail", emails[user_id], content, purpose="mention", at=at
        )
    return told, unseeing


def mention_content(
    author: str, note: str, survey: str, link: str, link_words: str = "Open the response"
) -> Content:
    """What somebody is told who is mentioned."""
    return Content(
        subject=f"{author} mentioned you",
        text=f"{author} mentioned you in a note about a customer's answer.",
        facts=(("Survey", survey),),
        quote=note,
        link=link,
        link_words=link_words,
    )
