"""The thread after a response: where it stands, why it was opened, and what is written into it."""

from typing import Literal, get_args

from widget.domain.addresses import storable
from widget.domain.errors import FollowUpRefused

# A follow-up is open until it is resolved. `waiting`: for the customer, or for somebody else.
Status = Literal["new", "in_progress", "waiting", "resolved"]
STATUSES: tuple[Status, ...] = get_args(Status)
STATUS_WORDS: dict[Status, str] = {
    "new": "New",
    "in_progress": "In progress",
    "waiting": "Waiting",
    "resolved": "Resolved",
}

# In the order of urgency: who asked to be contacted waits for it.
Why = Literal["contact", "score", "keyword", "rule", "by_hand"]
WHYS: tuple[Why, ...] = get_args(Why)
WHY_WORDS: dict[Why, str] = {
    "contact": "Asked to be contacted",
    "score": "Low score",
    "keyword": "A keyword in the comment",
    "rule": "By a rule",
    "by_hand": "Opened by hand",
}

# `note`: what somebody of the team wrote, perhaps of how they replied to the customer elsewhere.
# `status`, `assignment` and `due`: what changed. `change`: the customer changed their answer.
# `answer`: they answered again. `reply`: what the team wrote to the customer. `customer_mail`: what
# they wrote back. `auto_reply`: what a program wrote for them.
NoteKind = Literal[
    "note",
    "status",
    "assignment",
    "due",
    "change",
    "answer",
    "reply",
    "customer_mail",
    "auto_reply",
]
# Where a follow-up stands once its customer has written, if that is another place than before.
ON_ANSWER: dict[Status, Status] = {"waiting": "in_progress", "resolved": "new"}
# And once the team has written to them: it is their turn.
ON_REPLY: dict[Status, Status] = {"new": "waiting", "in_progress": "waiting"}
# And once it is known that what was written did not reach them.
ON_UNSENT: dict[Status, Status] = {"waiting": "in_progress", "resolved": "in_progress"}
# And once somebody takes it.
ON_TAKING: dict[Status, Status] = {"new": "in_progress"}
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
    return storable(text).replace("\r\n", "\n").strip()
