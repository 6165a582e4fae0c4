"""Replies that did not reach their customer: what is kept of them, within an action's
transaction."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from widget.domain.messages import Content
from widget.domain.replies import PURPOSE
from widget.storage.messages import DueMessage
from widget.storage.models import FollowUp, FollowUpNote, Message
from widget.storage.replies import reply_states

# Replies in one of these have not reached theirs.
_LOST = ("failed", "bounced")


def note_reply_bounced(session: Session, workspace_id: int, id: UUID, why: str) -> Content | None:
    """Keep that a reply came back, within an action's transaction; what its message holds, None
    when it is known to have come back."""
    content = session.scalar(
        update(Message)
        .where(
            Message.workspace_id == workspace_id,
            Message.id == id,
            Message.purpose == PURPOSE,
            Message.status != "bounced",
        )
        .values(status="bounced", last_error=why[:500], claimed_until=None)
        .returning(Message.content)
        .execution_options(synchronize_session=False)
    )
    return Content.from_json(content) if content is not None else None


def note_reply_failed(session: Session, due: DueMessage, why: str) -> bool:
    """Keep that a claimed reply is given up, within an action's transaction; False, and nothing,
    where its lease is another's or what became of it is known."""
    given_up = session.scalar(
        update(Message)
        .where(
            Message.workspace_id == due.workspace_id,
            Message.id == due.id,
            Message.status == "sending",
            Message.claimed_until == due.claimed_until,
        )
        .values(status="failed", last_error=why[:500], claimed_until=None)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return given_up is not None


def is_erased_reply(session: Session, row: FollowUp, id: UUID) -> bool:
    """Whether a reply's words are gone, with its customer or altogether."""
    note = session.get(FollowUpNote, (row.workspace_id, row.id, id))
    return note is None or "to" not in note.data


def note_first_reply(session: Session, row: FollowUp) -> None:
    """Look anew when a follow-up's customer was first replied to: what did not reach them was no
    reply."""
    told = session.execute(
        select(FollowUpNote.id, FollowUpNote.kind, FollowUpNote.at, FollowUpNote.data)
        .where(
            FollowUpNote.workspace_id == row.workspace_id,
            FollowUpNote.follow_up_id == row.id,
            FollowUpNote.kind.in_(("reply", "note")),
        )
        .order_by(FollowUpNote.at, FollowUpNote.id)
    ).all()
    states = reply_states(
        session, row.workspace_id, [note.id for note in told if note.kind == "reply"]
    )
    lost = {id for id, state in states.items() if state.status in _LOST}
    counts = (
        note.at
        for note in told
        if note.id not in lost and (note.kind == "reply" or note.data.get("is_reply"))
    )
    row.first_reply_at = next(counts, None)
