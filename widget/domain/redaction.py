"""Taking somebody out of a text that others wrote: their names, and their words where quoted."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

REDACTED = "[erased]"

_WORD = re.compile(r"\w+")
# A run of so many words that stands in a comment as well is a quotation of it.
_QUOTED_WORDS = 4
# A shorter text is too common to be somebody's.
_SHORTEST_TEXT = 8
_SHORTEST_NAME = 2


@dataclass(frozen=True)
class Redaction:
    """What is to be taken out. `names` are taken out where they stand as words of their own, in any
    case; of `texts` whole ones, and runs of four words or more."""

    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def __call__(self, text: str) -> str:
        """The text with something else in the place of what is to be taken out."""
        if self.leaves(text):
            return text
        for name in self.names:
            text = _named(name).sub(REDACTED, text)
        for said in self.texts:
            if len(said) >= _SHORTEST_TEXT and said in text:
                text = text.replace(said, REDACTED)
        return self._without_quotations(text)

    def in_json(self, value: Any) -> Any:
        """The same in every text of a JSON value; names of fields stay."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, list):
            return [self.in_json(one) for one in value]
        if isinstance(value, dict):
            return {name: self.in_json(one) for name, one in value.items()}
        return value

    def leaves(self, text: str) -> bool:
        """Whether nothing of a text is to be taken out, told fast; False says that something may
        be. Of many texts, ask about all at once, joined by line breaks."""
        folded = _folded(text)
        if any(name in folded for name in self._folded_names):
            return False
        if any(len(said) >= _SHORTEST_TEXT and said in text for said in self.texts):
            return False
        return not self._said or self._said.isdisjoint(_runs(_words(text)))

    @cached_property
    def _folded_names(self) -> tuple[str, ...]:
        return tuple(map(_folded, self.names))

    @cached_property
    def _said(self) -> frozenset[tuple[str, ...]]:
        return frozenset(run for words in self.texts for run in _runs(_words(words)))

    def _without_quotations(self, text: str) -> str:
        if not self._said:
            return text
        found = list(_WORD.finditer(text))
        is_quoted = [False] * len(found)
        for first, run in enumerate(_runs([match.group().casefold() for match in found])):
            if run in self._said:
                is_quoted[first : first + _QUOTED_WORDS] = [True] * _QUOTED_WORDS
        kept, end = [], 0
        for number, match in enumerate(found):
            if not is_quoted[number]:
                continue
            if number == 0 or not is_quoted[number - 1]:
                kept += [text[end : match.start()], REDACTED]
            end = match.end()
        return "".join([*kept, text[end:]])


def names_of(name: str) -> tuple[str, ...]:
    """A name and its parts, the longest first: `Kim Larsen`, `Larsen`, `Kim`."""
    parts = {name.strip(), *name.split()}
    return tuple(sorted((part for part in parts if len(part) >= _SHORTEST_NAME), key=_longest))


def longest_first(names: Iterable[str]) -> tuple[str, ...]:
    """Names without empty ones and repetitions, so that none is cut by a shorter one within it."""
    return tuple(sorted({name for name in names if len(name) >= _SHORTEST_NAME}, key=_longest))


def _longest(text: str) -> tuple[int, str]:
    return -len(text), text


def _named(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)


def _folded(text: str) -> str:
    # Expressions take the four letters i of Turkish for one in any case; `casefold` does not.
    return text.casefold().replace("i\u0307", "i").replace("\u0131", "i")


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _runs(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return (
        tuple(words[first : first + _QUOTED_WORDS])
        for first in range(len(words) - _QUOTED_WORDS + 1)
    )
