"""CSV, for spreadsheets and whoever reads files by eye."""

import csv
import io
from collections.abc import Iterable, Iterator

from widget.domain.exports.cells import CELLS, Cells
from widget.domain.exports.columns import FILE_COLUMNS, FILE_NAMES, Batch, Column
from widget.domain.formulas import defused_within, has_separators

# Tells spreadsheets that the file is in UTF-8.
_MARK = "\ufeff"
_TEXTS = frozenset(("text", "list", "object"))


def csv_pieces(batches: Iterable[Batch]) -> Iterator[bytes]:
    """A line of names, then a line for each response."""
    yield (_MARK + ",".join(FILE_NAMES) + "\r\n").encode()
    for batch in batches:
        cells = [_cells(column, batch[column.name]) for column in FILE_COLUMNS]
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(zip(*cells, strict=True))
        yield out.getvalue().encode()


def _cells(column: Column, values: Cells) -> Cells:
    cells = CELLS[column.kind](values)
    if column.kind not in _TEXTS:
        return cells
    # Looked at all together first: hardly any column has a text that could hide a formula.
    if not has_separators("".join(filter(None, cells))):
        return cells
    return [defused_within(text) if text else text for text in cells]
