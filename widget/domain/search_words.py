"""What somebody typed into a search field, as the words that are looked for."""

import string
import unicodedata
from collections.abc import Sequence

SEARCH_LIMIT = 200
# More words narrow no search that anybody makes, and each is another look into the index.
MOST_WORDS = 12
# Of a shorter beginning there are too many words.
SHORTEST_BEGINNING = 2
_TO_SPACES = str.maketrans(dict.fromkeys(string.punctuation, " "))

Phrase = tuple[str, ...]
"""Words that stand one after the other: `T-1042` is `t` and `1042`."""


def phrases(text: str) -> tuple[Phrase, ...]:
    """The phrases of a search, without case and accents; all of them are to be found.

    Whatever stands between spaces is a phrase, and punctuation only parts its words. Nothing in the
    text is an operator, and nothing that it holds is an error.
    """
    readable = "".join(sign if sign.isprintable() else " " for sign in text[:SEARCH_LIMIT])
    found = (tuple(fold(part).translate(_TO_SPACES).split()) for part in readable.split())
    return tuple(said for said in map(_words, found) if said)[:MOST_WORDS]


def fold(text: str) -> str:
    """A text without case and accents: `Élan` as `elan`."""
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(sign for sign in apart if not "\u0300" <= sign <= "\u036f")
    return unicodedata.normalize("NFC", bare).lower()


def is_beginning(words: Sequence[str]) -> bool:
    """Whether the last word of a search may go on: it may still be being typed."""
    return len(words[-1]) >= SHORTEST_BEGINNING


def _words(parts: Phrase) -> Phrase:
    """Those that hold a letter or a digit: an index knows no others."""
    return tuple(part for part in parts if any(sign.isalnum() for sign in part))
