"""Placeholders in a team's wording.

Wording is data: `{member}` is replaced from an allow-list of three names and nothing in it is
ever evaluated, so that neither a team nor a page can smuggle code or markup through it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

PlaceholderName = Literal["member", "customer", "company"]
PLACEHOLDERS: tuple[PlaceholderName, ...] = get_args(PlaceholderName)

_KNOWN = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
_ANY = re.compile(r"\{([A-Za-z_][\w.]*)\}")

# A name from a page's address is shown to whoever opens that address: anything that reads like a
# link would let a stranger put their own message under the team's logo.
_LINK = re.compile(r"://|\bwww\.|\.(com|net|org|io|ru|cn)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
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


def placeholders(text: str) -> list[PlaceholderName]:
    """The placeholders in a text that are replaced for each visitor."""
    return [part.name for part in parse(text) if isinstance(part, Placeholder)]


def unknown_placeholders(text: str) -> list[str]:
    """The `{names}` in a text that nothing will replace, for a sentence to whoever wrote it."""
    return [name for name in _ANY.findall(text) if name not in PLACEHOLDERS]


def presentable_name(value: str) -> str:
    """A name given by a page, fit to be shown; "" when it must not be.

    Control and direction-changing characters go, length is cut to 60 characters.
    """
    name = _CONTROL.sub("", value).strip()
    if _LINK.search(name):
        return ""
    return name[:NAME_LIMIT]
