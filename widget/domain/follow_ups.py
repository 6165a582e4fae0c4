"""The thread after a response: where it stands, why it was opened, and what is written into it."""

from typing import Literal, get_args

from widget.domain.errors import FollowUpRefused

Status = Literal["open", "working", "done"]
STATUSES: tuple[Status, ...] = get_args(Status)
STATUS_WORDS: dict[Status, str] = {"open": "Open", "working": "Being worked on", "done": "Done"}

# In the order of urgency: who asked to be contacted waits for it.
Why = Literal["contact", "score", "keyword", "by_hand"]
WHYS: tuple[Why, ...] = get_args(Why)
WHY_WORDS: dict[Why, str] = {
    "contact": "Asked to be contacted",
    "score": "Low score",
    "keyword": "A keyword in the comment",
    "by_hand": "Opened by hand",
}

# `note`: what somebody of the team wrote. `status` and `assignment`: what changed. `change`: the
# customer changed their answer. `answer`: they answered again. `reply`: what the team wrote to the
# customer. `customer_mail`: what they wrote back. `auto_reply`: what a program wrote for them.
NoteKind = Literal[
    "note",
    "status",
    "assignment",
    "change",
    "answer",
    "reply",
    "customer_mail",
    "auto_reply",
]
# Where a follow-up stands once its customer has written.
ON_ANSWER: Status = "open"
# Kinds whose words are letters between the team and a customer.
LETTERS: tuple[NoteKind, ...] = ("reply", "customer_mail", "auto_reply")
# What a letter's note tells once its customer was erased; its thread takes no more of their mail.
ERASED_LETTER = {"erased": True}

NOTE_LIMIT = 5_000
OUTCOME_LIMIT = 2_000


def read_note(text: str) -> str:
    """A note as it is kept. Raises FollowUpRefused for one that is empty or too long."""
    note = _tidy(text)
    if not note:
        raise FollowUpRefused("Write the note first.")
    if len(note) > NOTE_LIMIT:
        raise FollowUpRefused(f"A note may be {NOTE_LIMIT} characters long.")
    return note


def read_outcome(text: str) -> str:
    """What came of a follow-up, as it is kept; may be "". Raises FollowUpRefused past the limit."""
    outcome = _tidy(text)
    if len(outcome) > OUTCOME_LIMIT:
        raise FollowUpRefused(f"The outcome may be {OUTCOME_LIMIT} characters long.")
    return outcome


def _tidy(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()
