"""The built-in words of the widget in ten languages, and choosing among languages.

`messages.txt` lists the English strings; a `.po` file beside it translates each of them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from babel.messages.pofile import read_po

Direction = Literal["ltr", "rtl"]

RTL: Final = frozenset({"ar", "he", "fa", "ur"})


def direction(code: str) -> Direction:
    """Which way a language tag is written, by its base language: `ar-EG` gives `rtl`."""
    return "rtl" if code.split("-")[0].lower() in RTL else "ltr"


@dataclass(frozen=True)
class Language:
    """A language with built-in words. `name` is what its speakers call it."""

    code: str
    name: str
    direction: Direction


LANGUAGES: Final[dict[str, Language]] = {
    code: Language(code, name, direction(code))
    for code, name in (
        ("en", "English"),
        ("de", "Deutsch"),
        ("fr", "Français"),
        ("es", "Español"),
        ("pt", "Português"),
        ("it", "Italiano"),
        ("nl", "Nederlands"),
        ("pl", "Polski"),
        ("ja", "日本語"),
        ("ar", "العربية"),
    )
}


def translate(text: str, language: str) -> str:
    """A built-in English text and a language tag in, the text in that language out.

    `de-AT` falls back to `de`; an unknown language or text gives the English text.
    """
    code = match_language([language], LANGUAGES)
    return _catalog(code).get(text, text) if code else text


def match_language(wanted: Sequence[str], offered: Collection[str]) -> str | None:
    """The offered tag that suits best, spelt as offered; None when nothing matches.

    `wanted` are tags, dearest first. Each is shortened from its end until it is offered
    (RFC 4647 §3.4), before the next one is tried; case does not matter.
    """
    by_lower_case: dict[str, str] = {}
    for tag in offered:
        by_lower_case.setdefault(tag.lower(), tag)
    for tag in wanted:
        for candidate in _shortened(tag.lower()):
            if candidate in by_lower_case:
                return by_lower_case[candidate]
    return None


def _shortened(tag: str) -> Iterator[str]:
    """The tag, then the tag without its last part, and so on: `fr-ca` gives `fr-ca`, `fr`."""
    parts = tag.split("-")
    while parts:
        yield "-".join(parts)
        parts.pop()
        # A single letter only introduces the part that was just cut off ("zh-x-private").
        while len(parts) > 1 and len(parts[-1]) == 1:
            parts.pop()


@cache
def _catalog(code: str) -> Mapping[str, str]:
    """The translations of one of LANGUAGES by English text; none for English."""
    if code == "en":
        return {}
    with Path(__file__).with_name(f"{code}.po").open("rb") as file:
        catalog = read_po(file, locale=code, abort_invalid=True)
    return {
        message.id: message.string
        for message in catalog
        # The entry without an id is the header of the file.
        if message.id and isinstance(message.id, str) and isinstance(message.string, str)
    }
