"""A customer said by mail or phone whether their comment may be published; somebody records it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import NoteRefused, UnknownResponse
from widget.domain.notes import NoteKind, read_reason
from widget.domain.testimonials import why_not_published
from widget.storage import answers, testimonials
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.moods import mood_of_response
from widget.storage.notes import add_entry


def record_consent(
    session: Session,
    workspace_id: int,
    id: UUID,
    how: str,
    *,
    is_given: bool,
    at: datetime,
    by: int,
) -> None:
    """Keep a consent as the survey's own tick is kept, or that it was taken back, with who recorded
    it and `how` it was said; doing so twice changes nothing.

    What was consented to is nowhere shown before somebody has approved it. Raises NoteRefused
    without a comment that could be published, or without `how`, and UnknownResponse. A consent is
    taken back of any comment that may be shown, whatever its answer has become.
    """
    reason = read_reason(how)
    with writing(session):
        connection = session.connection()
        found = answers.find_response(connection, workspace_id, id)
        if found is None:
            raise UnknownResponse("There is no such response in this workspace.")
        refusal = why_not_published(
            mood_of_response(session, found) if is_given else "positive",
            found["comment"],
            is_hidden=found["comment_hidden_at"] is not None,
            is_test=is_given and found["is_test"],
        )
        if refusal:
            raise NoteRefused(refusal)
        if bool(found["may_publish"]) == is_given:
            return
        answers.update_response(connection, workspace_id, id, {"may_publish": is_given})
        # Whatever was decided once was about another consent.
        testimonials.take_back_approval(connection, workspace_id, id)
        kind: NoteKind = "consented" if is_given else "consent_taken"
        add_entry(session, workspace_id, id, kind, by=by, text=reason, at=at)
        append_event(
            session,
            "response.marked",
            workspace_id=workspace_id,
            survey_id=found["survey_id"],
            response_id=id,
            at=at,
        )
