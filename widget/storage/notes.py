"""What the thread of a response answers, and adding to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.mentions import Mentionable
from widget.domain.notes import NoteKind
from widget.domain.roles import EVERYTHING, Scope
from widget.storage.ids import new_id
from widget.storage.models import Member, Membership, Mention, Response, ResponseNote, User
from widget.storage.scopes import within


@dataclass(frozen=True)
class ShownNote:
    """An entry of a thread. `author` is "" for somebody who is not known any more."""

    kind: NoteKind
    text: str
    author: str
    at: datetime


@dataclass(frozen=True)
class ShownMention:
    """Where somebody is mentioned."""

    response_id: UUID
    text: str
    author: str
    at: datetime


def add_entry(
    session: Session,
    workspace_id: int,
    response_id: UUID,
    kind: NoteKind,
    *,
    by: int | None,
    text: str = "",
    at: datetime,
) -> UUID:
    """Append to a thread inside an action's transaction; returns the entry's id."""
    id = new_id()
    session.add(
        ResponseNote(
            workspace_id=workspace_id,
            response_id=response_id,
            id=id,
            kind=kind,
            user_id=by,
            text=text,
            at=at,
        )
    )
    return id


def add_mention(
    session: Session,
    workspace_id: int,
    response_id: UUID,
    note_id: UUID,
    user_id: int,
    at: datetime,
) -> None:
    session.flush()
    session.add(
        Mention(
            workspace_id=workspace_id,
            user_id=user_id,
            note_id=note_id,
            response_id=response_id,
            at=at,
        )
    )


def thread_of(session: Session, workspace_id: int, response_id: UUID) -> list[ShownNote]:
    """A response's thread, oldest first."""
    rows = session.execute(
        select(ResponseNote, User.name, User.email)
        .outerjoin(User, User.id == ResponseNote.user_id)
        .where(ResponseNote.workspace_id == workspace_id, ResponseNote.response_id == response_id)
        .order_by(ResponseNote.at, ResponseNote.id)
    )
    return [
        ShownNote(cast(NoteKind, note.kind), note.text, name or email or "", note.at)
        for note, name, email in rows
    ]


def mentions_of(
    session: Session,
    workspace_id: int,
    user_id: int,
    since: datetime,
    limit: int,
    *,
    scope: Scope = EVERYTHING,
) -> list[ShownMention]:
    """Where somebody was mentioned since a moment, newest first, as far as they see the responses
    still."""
    rows = session.execute(
        select(Mention.response_id, ResponseNote.text, User.name, User.email, Mention.at)
        .join(
            ResponseNote,
            (ResponseNote.workspace_id == Mention.workspace_id)
            & (ResponseNote.response_id == Mention.response_id)
            & (ResponseNote.id == Mention.note_id),
        )
        .join(
            Response,
            (Response.workspace_id == Mention.workspace_id) & (Response.id == Mention.response_id),
        )
        .outerjoin(User, User.id == ResponseNote.user_id)
        .where(
            Mention.workspace_id == workspace_id,
            Mention.user_id == user_id,
            Mention.at >= since,
            within(scope, workspace_id, Response.member_id),
        )
        .order_by(Mention.note_id.desc())
        .limit(limit)
    )
    return [
        ShownMention(response_id, text, name or email or "", at)
        for response_id, text, name, email, at in rows
    ]


def mentionable(session: Session, workspace_id: int) -> list[Mentionable]:
    """Everybody of a workspace who can be mentioned, by the names they go by."""
    rows = session.execute(
        select(User.id, User.email, User.name, Member.name)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(
            Member,
            (Member.user_id == User.id)
            & (Member.workspace_id == workspace_id)
            & Member.archived_at.is_(None),
        )
        .where(Membership.workspace_id == workspace_id, User.active.is_(True))
        .order_by(User.id)
    )
    return [Mentionable(id, email, (name, member or "")) for id, email, name, member in rows]
