"""Stand-in until the catalogues land."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    direction: str


LANGUAGES = {"en": Language("en", "English", "ltr")}


def direction(code: str) -> str:
    return "ltr"


def translate(text: str, language: str) -> str:
    return text


def match_language(wanted: Sequence[str], offered: Collection[str]) -> str | None:
    for tag in wanted:
        if tag in offered:
            return tag
    return None
