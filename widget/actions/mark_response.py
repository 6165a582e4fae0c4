"""Marking a response as kudos, and hiding its comment's words while its scores count."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import UnknownResponse
from widget.domain.notes import NoteKind
from widget.storage import answers, ended_exports, testimonials, themes
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.notes import add_entry

Mark = Literal["kudos_at", "comment_hidden_at"]

_ENTRIES: dict[Mark, tuple[NoteKind, NoteKind]] = {
    "kudos_at": ("kudos", "kudos_taken"),
    "comment_hidden_at": ("comment_hidden", "comment_shown"),
}


def set_mark(
    session: Session,
    workspace_id: int,
    id: UUID,
    mark: Mark,
    *,
    is_set: bool,
    at: datetime,
    by: int | None = None,
    reason: str = "",
) -> None:
    """Set a mark or take it back; doing so twice changes nothing. Raises UnknownResponse.

    `by` is the user who does it, and `reason` why: both are kept in the response's thread.
    """
    with writing(session):
        connection = session.connection()
        found = answers.find_response(connection, workspace_id, id)
        if found is None:
            raise UnknownResponse("There is no such response in this workspace.")
        if (found[mark] is not None) == is_set:
            return
        answers.update_response(connection, workspace_id, id, {mark: at if is_set else None})
        if mark == "comment_hidden_at" and is_set:
            themes.forget_all_of(session, workspace_id)
            ended_exports.withdraw_all_of(session, workspace_id, at)
            # What the team hides from itself does not stand on the company's site.
            testimonials.take_back_approval(connection, workspace_id, id)
        done, undone = _ENTRIES[mark]
        kind = done if is_set else undone
        add_entry(session, workspace_id, id, kind, by=by, text=reason, at=at)
        append_event(
            session,
            "response.marked",
            workspace_id=workspace_id,
            survey_id=found["survey_id"],
            response_id=id,
            at=at,
        )
