"""Which rows may name somebody: asked of the database, so that the others are never read."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import JSON, ColumnElement, Text, cast, false, or_
from sqlalchemy.orm import InstrumentedAttribute

# Letters of ASCII that are some other letter in another case, as expressions have it: of Turkish,
# of old print, and the sign for Kelvin.
_WITH_STRANGE_CASES = frozenset("iskISK")
_ESCAPE = "!"


def may_hold(column: InstrumentedAttribute[Any], names: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a text, or what stands in JSON, may hold one of some names in any case.

    It is true of all that do and of few others, which a `Redaction` tells apart. Databases know the
    cases of ASCII alone, and JSON is kept in it: whatever else has cases may be anything here.
    """
    in_json = isinstance(column.type, JSON)
    text = cast(column, Text)
    return or_(
        false(), *(text.ilike(_pattern(name, in_json=in_json), escape=_ESCAPE) for name in names)
    )


def _pattern(name: str, *, in_json: bool) -> str:
    pieces = ["%"]
    for piece in (*_pieces(name, in_json=in_json), "%"):
        if piece != "%" or pieces[-1] != "%":
            pieces.append(piece)
    return "".join(pieces)


def _pieces(name: str, *, in_json: bool) -> Iterator[str]:
    for letter in name:
        if letter in _WITH_STRANGE_CASES or (not letter.isascii() and _has_cases(letter)):
            yield "%"
        elif letter in ("%", "_", _ESCAPE):
            yield _ESCAPE + letter
        else:
            yield json.dumps(letter)[1:-1] if in_json else letter


def _has_cases(letter: str) -> bool:
    return letter.lower() != letter or letter.upper() != letter or letter.casefold() != letter
