"""What teams do next about answers, and what their replies begin with."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from widget.domain.errors import ReplyTemplateRefused
from widget.domain.events import EventName
from widget.domain.guidance import read_guidance
from widget.domain.reply_templates import MOST_TEMPLATES, ReplyTemplate, read_template
from widget.domain.response_filters import Mood
from widget.storage import reply_templates as templates
from widget.storage.engine import writing
from widget.storage.events import append_event
from widget.storage.guidance import guidance_of, set_guidance
from widget.storage.people import lock_workspace


def change_guidance(
    session: Session,
    workspace_id: int,
    mood: Mood,
    text: str,
    *,
    offers_ours: bool,
    by: int,
    at: datetime,
) -> None:
    """Change a group's guidance, "" for ours, and whether our templates are offered to it. `by` is
    a user, here and below. Raises GuidanceRefused."""
    read = read_guidance(text)
    with writing(session):
        # Two who change two groups wait for one another: both are in one column.
        lock_workspace(session, workspace_id)
        guidance = guidance_of(session, workspace_id)
        set_guidance(session, workspace_id, guidance.with_text(mood, read, offers_ours=offers_ours))
        data = {"group": mood, "is_ours": not read, "offers_ours": offers_ours, "by": by}
        _note(session, workspace_id, "guidance.changed", data, at)


def save_reply_template(
    session: Session, workspace_id: int, template: ReplyTemplate, *, by: int, at: datetime
) -> int:
    """Store a template, a new one (id 0) after all others; returns its id. One that is changed
    keeps its group. Raises ReplyTemplateRefused and UnknownReplyTemplate."""
    read = read_template(template)
    with writing(session):
        lock_workspace(session, workspace_id)
        if read.id:
            before = templates.reply_template_of(session, workspace_id, read.id)
            read = replace(read, mood=before.mood)
        elif templates.how_many_templates(session, workspace_id) >= MOST_TEMPLATES:
            full = f"There are {MOST_TEMPLATES} templates already; change or remove one."
            raise ReplyTemplateRefused({"name": full})
        if templates.is_name_taken(session, workspace_id, read):
            raise ReplyTemplateRefused({"name": "Another template has this name."})
        id = templates.put_reply_template(session, workspace_id, read, at)
        data = _of_template(replace(read, id=id), by)
        _note(session, workspace_id, "reply_template.saved", data, at)
        return id


def move_reply_template(
    session: Session, workspace_id: int, id: int, *, later: bool, by: int, at: datetime
) -> None:
    """Let a template change places with the one of its group before or after. Raises
    UnknownReplyTemplate."""
    with writing(session):
        template = templates.reply_template_of(session, workspace_id, id)
        if templates.move_reply_template(session, workspace_id, id, 1 if later else -1):
            data = {**_of_template(template, by), "later": later}
            _note(session, workspace_id, "reply_template.moved", data, at)


def remove_reply_template(
    session: Session, workspace_id: int, id: int, *, by: int, at: datetime
) -> None:
    """Remove a template. Raises UnknownReplyTemplate."""
    with writing(session):
        template = templates.reply_template_of(session, workspace_id, id)
        templates.remove_reply_template(session, workspace_id, id)
        _note(session, workspace_id, "reply_template.removed", _of_template(template, by), at)


def _of_template(template: ReplyTemplate, by: int) -> dict[str, Any]:
    return {"template": template.id, "name": template.name, "group": template.mood, "by": by}


def _note(
    session: Session, workspace_id: int, name: EventName, data: Mapping[str, Any], at: datetime
) -> None:
    append_event(session, name, workspace_id=workspace_id, survey_id=None, at=at, data=data)
