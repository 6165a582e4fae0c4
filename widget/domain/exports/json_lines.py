"""JSON Lines, for programs: one response in each line, every text as it was written."""

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Any

import orjson

from widget.domain.exports.columns import FILE_COLUMNS, FILE_NAMES, Batch

_OBJECTS = frozenset(column.name for column in FILE_COLUMNS if column.kind == "object")


def json_pieces(batches: Iterable[Batch]) -> Iterator[bytes]:
    """A line for each response."""
    for batch in batches:
        values = [_values(name, batch) for name in FILE_NAMES]
        lines = map(orjson.dumps, _records(values), repeat(None), repeat(orjson.OPT_APPEND_NEWLINE))
        yield b"".join(lines)


def _values(name: str, batch: Batch) -> Any:
    # What is JSON already stays as it is.
    if name in _OBJECTS:
        return [orjson.Fragment(text or "{}") for text in batch[name]]
    return batch[name]


def _records(values: list[Any]) -> Iterator[dict[str, Any]]:
    for row in zip(*values, strict=True):
        yield dict(zip(FILE_NAMES, row, strict=True))
