"""What teams do next about answers, and what their replies begin with."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from widget.domain.errors import ReplyTemplateRefused
from widget.domain.guidance import read_guidance
from widget.domain.reply_templates import MOST_TEMPLATES, ReplyTemplate, read_template
from widget.domain.response_filters import Mood
from widget.storage import reply_templates as templates
from widget.storage.engine import writing
from widget.storage.guidance import guidance_of, set_guidance
from widget.storage.people import lock_workspace


def change_guidance(
    session: Session, workspace_id: int, mood: Mood, text: str, *, offers_ours: bool
) -> None:
    """Change a group's guidance, "" for ours, and whether our templates are offered to it. Raises
    GuidanceRefused."""
    read = read_guidance(text)
    with writing(session):
        # Two who change two groups wait for one another: both are in one column.
        lock_workspace(session, workspace_id)
        guidance = guidance_of(session, workspace_id)
        set_guidance(session, workspace_id, guidance.with_text(mood, read, offers_ours=offers_ours))


def save_reply_template(
    session: Session, workspace_id: int, template: ReplyTemplate, at: datetime
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
        return templates.put_reply_template(session, workspace_id, read, at)


def move_reply_template(session: Session, workspace_id: int, id: int, *, later: bool) -> None:
    """Let a template change places with the one of its group before or after. Raises
    UnknownReplyTemplate."""
    with writing(session):
        templates.move_reply_template(session, workspace_id, id, 1 if later else -1)


def remove_reply_template(session: Session, workspace_id: int, id: int) -> None:
    """Remove a template. Raises UnknownReplyTemplate."""
    with writing(session):
        templates.remove_reply_template(session, workspace_id, id)
