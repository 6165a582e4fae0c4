"""What somebody typed into a search field, as the words that are looked for."""

import string
import unicodedata
from collections.abc import Iterator

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

    Whatever stands between spaces is a phrase, and so is what stands between a pair of quotation
    marks; punctuation only parts its words. Nothing else in the text is an operator, and nothing
    that it holds is an error.
    """
    found = (tuple(fold(part).translate(_TO_SPACES).split()) for part in _parts(text))
    return tuple(said for said in map(_words, found) if said)[:MOST_WORDS]


def fold(text: str) -> str:
    """A text without case and accents: `Élan` as `elan`."""
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(sign for sign in apart if not "\u0300" <= sign <= "\u036f")
    return unicodedata.normalize("NFC", bare).lower()


def goes_on(text: str) -> bool:
    """Whether the last word of a search may go on, as it may still be being typed: not where its
    quotation has ended."""
    wanted = phrases(text)
    if not wanted or len(wanted[-1][-1]) < SHORTEST_BEGINNING:
        return False
    cut = text[:SEARCH_LIMIT].rstrip()
    return not (cut.endswith('"') and cut.count('"') % 2 == 0)


def _parts(text: str) -> Iterator[str]:
    """What is looked for as it stands: quotations, and of the rest what is between spaces."""
    readable = "".join(sign if sign.isprintable() else " " for sign in text[:SEARCH_LIMIT])
    pieces = readable.split('"')
    if len(pieces) % 2 == 0:
        # The last quotation mark has no other: it is a mark like any.
        pieces[-2:] = [f'{pieces[-2]}"{pieces[-1]}']
    for number, piece in enumerate(pieces):
        if number % 2:
            yield piece
        else:
            yield from piece.split()


def _words(parts: Phrase) -> Phrase:
    """Those that hold a letter or a digit: an index knows no others."""
    return tuple(part for part in parts if any(sign.isalnum() for sign in part))
