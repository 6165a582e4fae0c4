"""Giving a response a tag, and taking it back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from widget.domain.errors import UnknownResponse
from widget.domain.notes import NoteKind
from widget.storage import answers, tags
from widget.storage.engine import joining
from widget.storage.events import append_event
from widget.storage.notes import add_entry


def set_tag(
    session: Session,
    workspace_id: int,
    id: UUID,
    tag: str,
    *,
    given: bool,
    at: datetime,
    by: int | None = None,
) -> bool:
    """Give a tag, as `domain.tags` writes it, or take it back; False when nothing changed by it.

    `by` is the user who does it, which the response's thread keeps; what a rule did is kept
    elsewhere. Stands alone, or within a larger transaction. Raises UnknownResponse, and TagRefused
    when there are too many.
    """
    with joining(session):
        found = answers.find_response(session.connection(), workspace_id, id)
        if found is None:
            raise UnknownResponse("There is no such response in this workspace.")
        if given:
            tag_id = tags.tag_to_give(session, workspace_id, tag, at)
            changed = tags.put_tag(session, workspace_id, id, tag_id, found["answered_at"])
        else:
            known = tags.tag_id(session, workspace_id, tag)
            changed = known is not None and tags.take_tag(session, workspace_id, id, known)
        if not changed:
            return False
        if by is not None:
            kind: NoteKind = "tagged" if given else "untagged"
            add_entry(session, workspace_id, id, kind, by=by, text=tag, at=at)
        append_event(
            session,
            "response.tagged",
            workspace_id=workspace_id,
            survey_id=found["survey_id"],
            response_id=id,
            data={"tag": tag, "given": given, "by": by},
            at=at,
        )
        return True
