"""Testimonials: a customer's own words on the company's site, cut perhaps, and never reworded."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, get_args

from widget.domain.errors import NotAnExcerpt
from widget.domain.response_filters import Mood

# `waiting`: nobody has decided, or what was decided on is not there any more. Only `approved` ones
# are shown, and only while the response says what it said then.
Standing = Literal["waiting", "approved", "declined", "withdrawn"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)

# From here on are the scripts that are written without spaces between words, Hangul apart.
_NO_SPACES = "\u2e80"


@dataclass(frozen=True)
class Cut:
    """The part of a comment that is shown: from `start` up to `end`, in characters."""

    start: int
    end: int


def why_not_published(
    mood: Mood, comment: str | None, *, is_hidden: bool, is_test: bool = False
) -> str:
    """Why a comment could not be published though its customer agreed, as a sentence; "" when it
    could. `is_hidden`: somebody has hidden its words."""
    if not comment or is_hidden:
        return "There is no comment here that could be published."
    if mood != "positive":
        return "Only comments of good answers are published."
    if is_test:
        return "This answer was a test."
    return ""


def read_cut(comment: str, wanted: str) -> Cut:
    """Where the wanted text stands in a comment. Raises NotAnExcerpt when it does not.

    Line ends and spaces may differ, as forms change them; letters may not, and no word may be cut
    into: “helpful” is no excerpt of “unhelpful”.
    """
    words = wanted.split()
    if not words:
        raise NotAnExcerpt("Leave some of the words: to show none of them, decline.")
    place = 0
    while (start := comment.find(words[0], place)) >= 0:
        end = _end_of(comment, start, words)
        if end is not None and not (_is_inside(comment, start) or _is_inside(comment, end)):
            return Cut(start, end)
        place = start + 1
    raise NotAnExcerpt(
        "These are not the customer’s words: take away from the beginning and the end, "
        "and change nothing in between."
    )


def _end_of(comment: str, start: int, words: list[str]) -> int | None:
    """Where the words end that follow one another from `start`; None when they do not."""
    place = start
    for number, word in enumerate(words):
        if number:
            space = len(comment[place:]) - len(comment[place:].lstrip())
            if not space:
                return None
            place += space
        if not comment.startswith(word, place):
            return None
        place += len(word)
    return place


def _is_inside(comment: str, place: int) -> bool:
    """Whether a place is within a word. Scripts without spaces are cut anywhere."""
    around = comment[max(place - 1, 0) : place + 1] if place else ""
    return len(around) == 2 and all(
        (letter.isalnum() or letter in "'’") and letter < _NO_SPACES for letter in around
    )


def excerpt(comment: str, cut: Cut | None) -> str:
    """What is shown of a comment, with “…” where something was cut away."""
    if cut is None:
        return comment.strip()
    before, shown, after = comment[: cut.start], comment[cut.start : cut.end], comment[cut.end :]
    return ("… " if before.strip() else "") + shown.strip() + (" …" if after.strip() else "")


def words_digest(comment: str) -> str:
    """What tells whether a comment is still the one that was approved."""
    return sha256(comment.encode()).hexdigest()
