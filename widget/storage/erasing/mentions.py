"""Taking somebody out of what others wrote: threads, alerts, the audit, what they named."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.domain.follow_ups import ERASED_LETTER, LETTERS
from widget.domain.messages import Content
from widget.domain.redaction import REDACTED
from widget.domain.replies import PURPOSE
from widget.storage import themes
from widget.storage.chunks import chunks
from widget.storage.ended_exports import withdraw_all_of
from widget.storage.erasing.own_rows import Counts
from widget.storage.erasing.person import WRITTEN, Person
from widget.storage.erasing.search import says
from widget.storage.models import (
    Audience,
    BulkChange,
    Campaign,
    Event,
    Export,
    FollowUp,
    FollowUpNote,
    Message,
    Report,
    ReportSchedule,
    Response,
    ResponseNote,
    Revision,
    SavedFilter,
    Subscription,
)
from widget.storage.report_pdfs import forget_pdfs
from widget.storage.search import all_found_in


def redact_threads(session: Session, person: Person, at: datetime) -> Counts:
    """Take letters out of the threads of their responses, and names and quotations out of those and
    of other threads that name them. What the team wrote about the matter stays."""
    changed = 0
    for some in chunks(person.follow_ups | person.found.threads):
        changed += _redact_follow_ups(session, person, some)
    for some in chunks(person.responses | person.requests | person.found.noted):
        changed += _redact_notes_of_responses(session, person, some)
    return {"notes": changed}


def _redact_follow_ups(session: Session, person: Person, ids: Collection[UUID]) -> int:
    own, others = (person.redaction(about_them=are) for are in (True, False))
    names, changed = person.names_alone(), 0
    for row in session.scalars(
        select(FollowUp).where(FollowUp.workspace_id == person.workspace_id, FollowUp.id.in_(ids))
    ):
        if row.id in person.follow_ups:
            row.outcome = own(row.outcome)
        elif names(row.outcome) != row.outcome:
            row.outcome = others(row.outcome)
    for note in session.scalars(
        select(FollowUpNote).where(
            FollowUpNote.workspace_id == person.workspace_id, FollowUpNote.follow_up_id.in_(ids)
        )
    ):
        is_theirs = note.follow_up_id in person.follow_ups
        before = note.text, note.data
        if not is_theirs and names.in_json(says(note)) == says(note):
            # A letter of others that says what they said, as many do.
            continue
        if is_theirs and note.kind in LETTERS:
            note.text, note.data = REDACTED, ERASED_LETTER
        else:
            note.text = (own if is_theirs else others)(note.text)
            note.data = _without_words(note.data) if is_theirs else others.in_json(note.data)
        changed += before != (note.text, note.data)
    return changed


def _redact_notes_of_responses(session: Session, person: Person, ids: Collection[UUID]) -> int:
    own, others = (person.redaction(about_them=are) for are in (True, False))
    theirs, names, changed = person.responses | person.requests, person.names_alone(), 0
    for entry in session.scalars(
        select(ResponseNote).where(
            ResponseNote.workspace_id == person.workspace_id, ResponseNote.response_id.in_(ids)
        )
    ):
        before = entry.text
        if entry.response_id in theirs:
            entry.text = own(before)
        elif names(before) != before:
            entry.text = others(before)
        changed += before != entry.text
    return changed


def redact_others_words(session: Session, person: Person, at: datetime) -> Counts:
    """Take the address out of comments of others that hold it."""
    takes_out = person.redaction(about_them=False)
    workspace_id, dialect = person.workspace_id, session.get_bind().dialect.name
    found: set[Any] = set()
    for email in person.emails:
        query = select(Response.id).where(Response.workspace_id == workspace_id)
        found |= set(session.scalars(all_found_in(query, email, dialect)))
    changed = 0
    for row in session.scalars(
        select(Response).where(Response.workspace_id == workspace_id, Response.id.in_(found))
    ):
        said = takes_out(row.comment or "")
        if said != (row.comment or ""):
            row.comment, changed = said, changed + 1
    for revision in session.scalars(
        select(Revision).where(
            Revision.workspace_id == workspace_id, Revision.response_id.in_(found)
        )
    ):
        revision.changes = takes_out.in_json(revision.changes)
    return {"comments_of_others": changed}


def erase_messages(session: Session, person: Person, at: datetime) -> Counts:
    """Empty the alerts about them, and replies to them; those that wait do not leave. Messages
    about others that name them lose their names."""
    rows = _by_ids(session, Message, person.workspace_id, person.found.messages)
    for row in rows:
        if not person.is_linked(row.content):
            row.content, row.last_error = person.unnamed(row.content), ""
            continue
        if row.status == "due":
            row.status = "failed"
        link = str(row.content.get("link", ""))
        row.content = Content(REDACTED, REDACTED, link=link).to_json()
        row.last_error = ""
        if row.purpose == PURPOSE:
            row.target = ""
    return {"messages": len(rows)}


def redact_audit(session: Session, person: Person, at: datetime) -> Counts:
    """Take them out of the audit, where somebody searched for them."""
    takes_out = person.redaction(about_them=False)
    changed = 0
    for row in _by_ids(session, Event, person.workspace_id, person.found.events):
        data = takes_out.in_json(row.data)
        if data != row.data:
            row.data, changed = data, changed + 1
    return {"events": changed}


def redact_saved_filters(session: Session, person: Person, at: datetime) -> Counts:
    """Take them out of filters that people keep, and out of what those are called."""
    takes_out = person.redaction(about_them=False)
    changed = 0
    for row in session.scalars(
        select(SavedFilter).where(SavedFilter.workspace_id == person.workspace_id)
    ):
        asked = parse_qsl(row.query, keep_blank_values=True)
        left = [(name, takes_out(value)) for name, value in asked]
        if left != asked:
            row.query, changed = urlencode(left), changed + 1
        if takes_out(row.name) != row.name:
            # No two of somebody's have one name.
            row.name = f"{takes_out(row.name)} {row.id}"
    return {"saved_filters": changed}


def redact_titles(session: Session, person: Person, at: datetime) -> Counts:
    """Take them out of what people of the team called things, and chose by."""
    takes_out = person.redaction(about_them=False)
    for model, names in _TITLES:
        rows: Sequence[Any] = session.scalars(
            select(model).where(model.workspace_id == person.workspace_id)
        ).all()
        for row in rows:
            for name in names:
                value = getattr(row, name)
                left = takes_out.in_json(value)
                if left != value:
                    setattr(row, name, left)
            if isinstance(row, Report):
                # Of a report's numbers; what else is in there are names that we chose, and figures.
                named = {"subject": row.figures["subject"], "against": row.figures.get("against")}
                left = takes_out.in_json(named)
                if left != named:
                    row.figures = {**row.figures, **left}
    return {}


_TITLES: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Audience, ("name", "rules")),
    (BulkChange, ("change",)),
    (Campaign, ("name",)),
    (Export, ("asked", "wanted")),
    (Report, ("title", "plan")),
    (ReportSchedule, ("plan",)),
    (Subscription, ("name",)),
)


def forget_copies(session: Session, person: Person, at: datetime) -> Counts:
    """Forget what was made of what customers said and can be made anew: what was found behind
    scores, printed reports, and files of responses, whose maker begins again."""
    themes.forget_all_of(session, person.workspace_id)
    forget_pdfs(session, person.workspace_id)
    withdraw_all_of(session, person.workspace_id, at)
    return {}


def _by_ids(session: Session, model: Any, workspace_id: int, ids: Collection[UUID]) -> list[Any]:
    return [
        row
        for some in chunks(ids)
        for row in session.scalars(
            select(model).where(model.workspace_id == workspace_id, model.id.in_(some))
        )
    ]


def _without_words(data: dict[str, Any]) -> dict[str, Any]:
    """What a note says of changes, without what was written."""
    changes: Sequence[dict[str, Any]] = data.get("changes", ())
    if not changes:
        return data
    return {
        **data,
        "changes": [
            {**change, "old": None, "new": None} if change["field"] in WRITTEN else change
            for change in changes
        ],
    }
