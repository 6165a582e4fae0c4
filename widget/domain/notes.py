"""The thread of a response: what is written there, and what is done with the response."""

from typing import Literal

from widget.domain.addresses import storable
from widget.domain.errors import NoteRefused

NoteKind = Literal[
    "note",
    "kudos",
    "kudos_taken",
    "comment_hidden",
    "comment_shown",
    "hidden",
    "shown",
    "tagged",
    "untagged",
    "consented",
    "consent_taken",
]

NOTE_LIMIT = 2_000
REASON_LIMIT = 500


def read_note(text: str) -> str:
    """A note without surrounding space. Raises NoteRefused when it is empty or too long."""
    note = storable(text).replace("\r\n", "\n").strip()
    if not note:
        raise NoteRefused("Write something first.")
    if len(note) > NOTE_LIMIT:
        raise NoteRefused(f"A note may be {NOTE_LIMIT} characters long.")
    return note


def read_reason(text: str) -> str:
    """The reason for hiding something. Raises NoteRefused when there is none, or it is too long."""
    reason = " ".join(text.split())
    if not reason:
        raise NoteRefused("Please say why: it is kept with the response.")
    if len(reason) > REASON_LIMIT:
        raise NoteRefused(f"A reason may be {REASON_LIMIT} characters long.")
    return reason
