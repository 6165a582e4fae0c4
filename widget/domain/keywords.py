"""Finding a team's keywords in what customers wrote, in any script."""

import re
import unicodedata
from collections.abc import Iterable

# Scripts that put no spaces between words: Han, kana, Thai, Lao, Khmer, Burmese, Tibetan. In these
# a word begins and ends anywhere.
UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x0F00, 0x0FFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_SPACE = re.compile(r"\s+")


def keywords_in(text: str, keywords: Iterable[str]) -> list[str]:
    """Those of the keywords that a text has as whole words, whatever their capitals."""
    plain = _plain(text)
    return [keyword for keyword in keywords if _has(plain, _plain(keyword))]


def _plain(text: str) -> str:
    """A text in one form: full and half width, composed and not, in one case, single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    # The Turkish capital İ folds to an i with a dot of its own.
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", folded.replace("i̇", "i"))).strip()


def _has(text: str, word: str) -> bool:
    start = text.find(word) if word else -1
    while start >= 0:
        end = start + len(word)
        begins = start == 0 or _parts(text[start - 1], word[0])
        ends = end == len(text) or _parts(word[-1], text[end])
        # A mark belongs to the letter before it, whatever the script.
        is_cut = end < len(text) and unicodedata.category(text[end]).startswith("M")
        if begins and ends and not is_cut:
            return True
        start = text.find(word, start + 1)
    return False


def _parts(before: str, after: str) -> bool:
    """Whether one word can end with a character and another begin with the next."""
    return not (_is_of_word(before) and _is_of_word(after)) or _is_unspaced(before, after)


def _is_of_word(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] in "LNM"


def _is_unspaced(before: str, after: str) -> bool:
    return any(
        low <= ord(character) <= high for character in (before, after) for low, high in UNSPACED
    )
