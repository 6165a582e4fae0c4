"""What a lead does with a response: notes, kudos, hiding; and how its thread is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from flask import abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.delete_response import delete_response
from widget.actions.hide_response import set_hidden
from widget.actions.mark_response import Mark, set_mark
from widget.actions.note_response import Author, note_response
from widget.actions.record_consent import record_consent
from widget.domain.errors import NoteRefused
from widget.domain.follow_ups import LETTERS
from widget.domain.mentions import Mentionable, Part, parts
from widget.domain.notes import read_reason
from widget.extensions import db
from widget.storage.follow_up_threads import ShownNote as FollowUpNote
from widget.storage.follow_up_threads import threads_of
from widget.storage.notes import ShownNote, mentionable, thread_of
from widget.storage.responses import find_response
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

Act = Literal["kudos", "no-kudos", "hide-comment", "show-comment"]

_MARKS: dict[str, tuple[Mark, bool]] = {
    "kudos": ("kudos_at", True),
    "no-kudos": ("kudos_at", False),
    "hide-comment": ("comment_hidden_at", True),
    "show-comment": ("comment_hidden_at", False),
}


@dataclass(frozen=True)
class ThreadEntry:
    """An entry with its note cut where it mentions somebody. `for_me`: it mentions who reads."""

    note: ShownNote
    parts: tuple[Part, ...]
    for_me: bool


@blueprint.post("/responses/<uuid:response_id>/notes")
@needs("lead")
def response_note(response_id: UUID) -> Response:
    """Add a note to a response's thread."""
    _check_within_scope(response_id)
    link = current_app.config["SAYSO_PUBLIC_URL"] + url_for(
        "console.response", response_id=response_id, _anchor="thread"
    )
    try:
        unseeing = note_response(
            db.session(),
            seat().workspace_id,
            response_id,
            Author(seat().user_id, seat().user_name),
            request.form.get("note", ""),
            link=link,
            at=now(),
        )
    except NoteRefused as error:
        flash(str(error), "error")
    else:
        flash(_("Noted."))
        for email in unseeing:
            flash(_("%(email)s cannot see this response and was not told.", email=email), "error")
    return _back(response_id)


@blueprint.post("/responses/<uuid:response_id>/<any(hide,show):verb>")
@needs("lead")
def response_hide_or_show(response_id: UUID, verb: str) -> Response:
    """Take a response out of lists and counts, or put it back."""
    _check_within_scope(response_id)
    hidden = verb == "hide"
    reason = _reason() if hidden else ""
    if reason is None:
        return _back(response_id)
    set_hidden(
        db.session(),
        seat().workspace_id,
        response_id,
        hidden=hidden,
        at=now(),
        by=seat().user_id,
        reason=reason,
    )
    flash(_("Hidden: it counts nowhere now.") if hidden else _("Shown and counted again."))
    return _back(response_id)


@blueprint.post("/responses/<uuid:response_id>/delete")
@needs("manage_workspace")
def response_delete(response_id: UUID) -> Response:
    """Delete a response for good, once somebody has ticked that they mean it."""
    _check_within_scope(response_id)
    if "sure" not in request.form:
        flash(_("Tick that you are sure: what is deleted cannot be brought back."), "error")
        return _back(response_id)
    delete_response(db.session(), seat().workspace_id, response_id, at=now(), by=seat().user_id)
    flash(_("Deleted, with its history, notes and follow-ups."))
    return redirect(url_for("console.responses"), 303)


@blueprint.post(
    "/responses/<uuid:response_id>/<any('kudos','no-kudos','hide-comment','show-comment'):act>"
)
@needs("lead")
def response_mark(response_id: UUID, act: Act) -> Response:
    """Mark a response as kudos, hide its comment's words, or take either back."""
    _check_within_scope(response_id)
    mark, is_set = _MARKS[act]
    reason = _reason() if act == "hide-comment" else ""
    if reason is None:
        return _back(response_id)
    set_mark(
        db.session(),
        seat().workspace_id,
        response_id,
        mark,
        is_set=is_set,
        at=now(),
        by=seat().user_id,
        reason=reason,
    )
    words = {
        "kudos": _("Marked as kudos."),
        "no-kudos": _("No kudos any more."),
        "hide-comment": _("The comment is hidden; its score counts."),
        "show-comment": _("The comment is shown again."),
    }
    flash(words[act])
    return _back(response_id)


@blueprint.post("/responses/<uuid:response_id>/consent/<any(given,taken):verb>")
@needs("lead")
def response_consent(response_id: UUID, verb: str) -> Response:
    """Record that the customer agreed to have their comment published, or does so no more."""
    _check_within_scope(response_id)
    is_given = verb == "given"
    try:
        record_consent(
            db.session(),
            seat().workspace_id,
            response_id,
            request.form.get("reason", ""),
            is_given=is_given,
            at=now(),
            by=seat().user_id,
        )
    except NoteRefused as error:
        flash(str(error), "error")
    else:
        flash(
            _("Recorded: decide about it under Testimonials.")
            if is_given
            else _("Recorded: it is published nowhere any more.")
        )
    return _back(response_id)


def thread(response_id: UUID, people: Sequence[Mentionable]) -> list[ThreadEntry]:
    """A response's thread as its page shows it, oldest first."""
    entries = []
    for note in thread_of(db.session(), seat().workspace_id, response_id):
        cut = parts(note.text, people) if note.kind == "note" else (Part(note.text),)
        for_me = any(part.user_id == seat().user_id for part in cut)
        entries.append(ThreadEntry(note, cut, for_me))
    return entries


def said_in(follow_ups: Sequence[UUID]) -> list[FollowUpNote]:
    """Notes and letters of the threads of some follow-ups, oldest first."""
    if not follow_ups:
        return []
    threads = threads_of(db.session(), seat().workspace_id, follow_ups)
    said = [note for one in threads.values() for note in one if note.kind in ("note", *LETTERS)]
    return sorted(said, key=lambda note: note.at)


def people_to_mention() -> list[Mentionable]:
    """Everybody of the workspace who can be mentioned."""
    return mentionable(db.session(), seat().workspace_id)


def _check_within_scope(response_id: UUID) -> None:
    if find_response(db.session(), seat().workspace_id, response_id, seat().scope) is None:
        abort(404, "There is no such response in this workspace, or it is not yours to see.")


def _reason() -> str | None:
    """The reason in the form; None, told to the reader, when there is none."""
    try:
        return read_reason(request.form.get("reason", ""))
    except NoteRefused as error:
        flash(str(error), "error")
        return None


def _back(response_id: UUID) -> Response:
    return redirect(url_for("console.response", response_id=response_id), 303)
