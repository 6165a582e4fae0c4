"""Placeholders in a team's wording.

Wording is data: `{member}` is replaced from an allow-list of three names and nothing in it is
ever evaluated, so that neither a team nor a page can smuggle code or markup through it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

PlaceholderName = Literal["member", "customer", "company"]
PLACEHOLDERS: tuple[PlaceholderName, ...] = get_args(PlaceholderName)

_KNOWN = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
_ANY = re.compile(r"\{([A-Za-z_][\w.]*)\}")

# A name from a page's address is shown to whoever opens that address: anything that reads like a
# link, an address or a number to call would let a stranger put their own message under the team's
# logo. "J. R. Smith" passes, "evil.xyz" does not.
_LINK = re.compile(r"[/\\@]|\bwww\.|\w[.\u3002]\w{2,}", re.IGNORECASE)
_MOST_DIGITS = 4
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# Drawn as nothing, so that what stands around one reads as one word.
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
# Nobody types these; our own pages use two of them as marks.
_NO_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f]")
NAME_LIMIT = 60


@dataclass(frozen=True)
class Placeholder:
    """A place in a text that is filled for each visitor."""

    name: PlaceholderName


def parse(text: str) -> list[str | Placeholder]:
    """Split wording into literal texts and placeholders; unknown `{names}` stay literal text."""
    parts: list[str | Placeholder] = []
    end = 0
    for match in _KNOWN.finditer(text):
        if match.start() > end:
            parts.append(text[end : match.start()])
        name: PlaceholderName = match[1]  # type: ignore[assignment]  # the pattern holds only these
        parts.append(Placeholder(name))
        end = match.end()
    if end < len(text):
        parts.append(text[end:])
    return parts


def fill(text: str, values: Mapping[PlaceholderName, str]) -> str:
    """The text with each placeholder replaced by its value, once: values are not searched again."""
    return "".join(
        part if isinstance(part, str) else values.get(part.name, "") for part in parse(text)
    )


def unknown_placeholders(text: str) -> list[str]:
    """The `{names}` in a text that nothing will replace, for a sentence to whoever wrote it."""
    return [name for name in _ANY.findall(text) if name not in PLACEHOLDERS]


def presentable_name(value: str) -> str:
    """A name given by a page, fit to be shown; "" when it must not be.

    Control and direction-changing characters go, length is cut to 60 characters. What reads like a
    link, an email address or a telephone number is not shown at all.
    """
    name = _CONTROL.sub("", value).strip()
    # As it reads, so that a full-width dot or a character without width hides nothing.
    read = _UNSEEN.sub("", unicodedata.normalize("NFKC", name))
    if _LINK.search(read) or sum(map(str.isdigit, read)) > _MOST_DIGITS:
        return ""
    return name[:NAME_LIMIT]


def without_controls(text: str) -> str:
    """A text without control characters, but for the ends of lines; a tab becomes a space."""
    return _NO_TEXT.sub("", text.replace("\t", " "))
