"""A workspace's own templates for replies, in their order."""

from datetime import datetime
from typing import cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from widget.domain.errors import UnknownReplyTemplate
from widget.domain.languages import fallbacks
from widget.domain.reply_templates import ReplyTemplate as DomainTemplate
from widget.domain.response_filters import Mood
from widget.storage.models import ReplyTemplate


def reply_templates(session: Session, workspace_id: int) -> list[DomainTemplate]:
    """Every template of a workspace, those of a group in their order."""
    return [_template(row) for row in session.scalars(_in_order(workspace_id))]


def reply_templates_for(
    session: Session, workspace_id: int, mood: Mood, language: str
) -> list[DomainTemplate]:
    """The templates for replies to one group in a language: those in it, then in what it falls
    back to, then those for any; each in their order."""
    wanted = [*fallbacks(language), ""]
    rows = session.scalars(
        _in_order(workspace_id).where(
            ReplyTemplate.mood == mood, ReplyTemplate.language.in_(wanted)
        )
    )
    return sorted(map(_template, rows), key=lambda one: wanted.index(one.language))


def reply_template_of(session: Session, workspace_id: int, id: int) -> DomainTemplate:
    """One of them. Raises UnknownReplyTemplate."""
    return _template(_row(session, workspace_id, id))


def put_reply_template(
    session: Session, workspace_id: int, template: DomainTemplate, at: datetime
) -> int:
    """Store a template, a new one (id 0) after all others; returns its id. Raises
    UnknownReplyTemplate."""
    if template.id:
        row = _row(session, workspace_id, template.id)
    else:
        place = _next_place(session, workspace_id)
        row = ReplyTemplate(workspace_id=workspace_id, place=place, created_at=at)
        session.add(row)
    row.mood, row.language = template.mood, template.language
    row.name, row.text, row.updated_at = template.name, template.text, at
    session.flush()
    return row.id


def is_name_taken(session: Session, workspace_id: int, template: DomainTemplate) -> bool:
    """Whether another template for the same group and language has the same name."""
    return (
        session.scalar(
            select(ReplyTemplate.id).where(
                ReplyTemplate.workspace_id == workspace_id,
                ReplyTemplate.mood == template.mood,
                ReplyTemplate.language == template.language,
                ReplyTemplate.name == template.name,
                ReplyTemplate.id != template.id,
            )
        )
        is not None
    )


def how_many_templates(session: Session, workspace_id: int) -> int:
    """How many a workspace has."""
    count = select(func.count()).where(ReplyTemplate.workspace_id == workspace_id)
    return session.scalar(count) or 0


def move_reply_template(session: Session, workspace_id: int, id: int, by: int) -> bool:
    """Change places with the one of the same group before (by -1) or after (by 1); returns whether
    there was one. Raises UnknownReplyTemplate."""
    mood = _row(session, workspace_id, id).mood
    rows = list(
        session.scalars(_in_order(workspace_id).where(ReplyTemplate.mood == mood).with_for_update())
    )
    at = next((place for place, row in enumerate(rows) if row.id == id), None)
    if at is None:
        raise UnknownReplyTemplate(_UNKNOWN)
    is_moved = 0 <= at + by < len(rows)
    if is_moved:
        rows[at], rows[at + by] = rows[at + by], rows[at]
    for place, row in enumerate(rows):
        row.place = place
    return is_moved


def remove_reply_template(session: Session, workspace_id: int, id: int) -> None:
    """Forget a template. Raises UnknownReplyTemplate."""
    session.delete(_row(session, workspace_id, id))


_UNKNOWN = "There is no such template in this workspace."


def _in_order(workspace_id: int) -> Select[ReplyTemplate]:
    return (
        select(ReplyTemplate)
        .where(ReplyTemplate.workspace_id == workspace_id)
        .order_by(ReplyTemplate.place, ReplyTemplate.id)
    )


def _next_place(session: Session, workspace_id: int) -> int:
    last = session.scalar(
        select(func.max(ReplyTemplate.place)).where(ReplyTemplate.workspace_id == workspace_id)
    )
    return 0 if last is None else last + 1


def _row(session: Session, workspace_id: int, id: int) -> ReplyTemplate:
    row = session.scalar(
        select(ReplyTemplate).where(
            ReplyTemplate.workspace_id == workspace_id, ReplyTemplate.id == id
        )
    )
    if row is None:
        raise UnknownReplyTemplate(_UNKNOWN)
    return row


def _template(row: ReplyTemplate) -> DomainTemplate:
    return DomainTemplate(cast(Mood, row.mood), row.language, row.name, row.text, row.id)
