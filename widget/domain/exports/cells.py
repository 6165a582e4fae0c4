"""Cells that people read in a spreadsheet: no text of them is taken for a formula."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from widget.domain.exports.columns import ColumnKind
from widget.domain.formulas import MAY_BE_FORMULA, defused

Cells = Sequence[Any]


def text_cells(values: Sequence[str | None]) -> Cells:
    """Texts, none of them a formula."""
    # Hardly any begins like one, so the others are looked at once and quickly.
    risky = MAY_BE_FORMULA
    return [defused(text) if text and text[0] in risky else text for text in values]


def yes_no_cells(values: Sequence[bool | None]) -> Cells:
    """Words for yes and no."""
    words = {True: "yes", False: "no", None: None}
    return [words[value] for value in values]


def list_cells(values: Sequence[Sequence[str] | None]) -> Cells:
    """The texts of each list in one cell, with commas between them."""
    return [defused(", ".join(texts)) if texts else None for texts in values]


def object_cells(values: Sequence[str | None]) -> Cells:
    """Objects as JSON that can be read: with letters instead of their numbers."""
    return [text and defused(_readable(text)) for text in values]


def _readable(text: str) -> str:
    if text == "{}":
        return ""
    if "\\u" not in text:
        return text
    said = json.dumps(json.loads(text), ensure_ascii=False)
    # JSON can hold half of a surrogate pair, and no file in UTF-8 can.
    return said.encode("utf-8", "replace").decode()


def _as_it_is(values: Cells) -> Cells:
    return values


CELLS: dict[ColumnKind, Callable[[Cells], Cells]] = {
    "text": text_cells,
    "number": _as_it_is,
    "yes_no": yes_no_cells,
    "moment": _as_it_is,
    "list": list_cells,
    "object": object_cells,
}
