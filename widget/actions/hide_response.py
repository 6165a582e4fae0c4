"""Taking a response out of the lists and counts, and putting it back. Nothing is deleted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import UnknownResponse
from widget.domain.scales import KINDS
from widget.storage import answers, testimonials
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.votes import follow_vote


def set_hidden(
    session: Session, workspace_id: int, id: UUID, *, hidden: bool, at: datetime
) -> None:
    """Hide a response or show it again; counts change with it. Raises UnknownResponse."""
    with writing(session):
        connection = session.connection()
        found = answers.find_response(connection, workspace_id, id)
        if found is None:
            raise UnknownResponse("There is no such response in this workspace.")
        if (found["hidden_at"] is not None) == hidden:
            return
        answers.update_response(connection, workspace_id, id, {"hidden_at": at if hidden else None})
        if hidden:
            testimonials.take_back_approval(connection, workspace_id, id)
        if answers.counts({**found, "hidden_at": None}):
            by = -1 if hidden else 1
            scores = {kind: found[kind] for kind in KINDS if found[kind] is not None}
            tallies = {answers.tally_of(found, *score): by for score in scores.items()}
            answers.count(connection, tallies)
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
