"""Taking a response out of the lists and counts, and putting it back. Nothing is deleted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import UnknownResponse
from widget.domain.facts import facts_of
from widget.domain.notes import NoteKind
from widget.storage import answers, ended_exports, testimonials, themes
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.notes import add_entry
from widget.storage.votes import follow_vote


def set_hidden(
    session: Session,
    workspace_id: int,
    id: UUID,
    *,
    hidden: bool,
    at: datetime,
    by: int | None = None,
    reason: str = "",
) -> bool:
    """Hide a response or show it again; counts change with it. False when it was so already.
    Raises UnknownResponse.

    `by` is the user who does it, and `reason` why: both are kept in the response's thread.
    """
    with writing(session):
        connection = session.connection()
        found = answers.find_response(connection, workspace_id, id)
        if found is None:
            raise UnknownResponse("There is no such response in this workspace.")
        if (found["hidden_at"] is not None) == hidden:
            return False
        answers.update_response(connection, workspace_id, id, {"hidden_at": at if hidden else None})
        if hidden:
            themes.forget_all_of(session, workspace_id)
            ended_exports.withdraw_all_of(session, workspace_id, at)
            testimonials.take_back_approval(connection, workspace_id, id)
        if answers.counts({**found, "hidden_at": None}):
            by_one = -1 if hidden else 1
            facts = facts_of(found).items()
            tallies = {answers.tally_of(found, fact, value): by_one for fact, value in facts}
            answers.count(connection, tallies)
        kind: NoteKind = "hidden" if hidden else "shown"
        add_entry(session, workspace_id, id, kind, by=by, text=reason, at=at)
        append_event(
            session,
            "response.hidden" if hidden else "response.shown",
            workspace_id=workspace_id,
            survey_id=found["survey_id"],
            response_id=id,
            at=at,
        )
        if found["reward_id"]:
            follow_vote(connection, workspace_id, id, at)
        return True
