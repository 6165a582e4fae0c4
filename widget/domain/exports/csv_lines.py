"""CSV, for spreadsheets and whoever reads files by eye."""

import csv
import io
from collections.abc import Iterable, Iterator

from widget.domain.exports.cells import CELLS
from widget.domain.exports.columns import FILE_COLUMNS, FILE_NAMES, Batch

# Tells spreadsheets that the file is in UTF-8.
_MARK = "\ufeff"


def csv_pieces(batches: Iterable[Batch]) -> Iterator[bytes]:
    """A line of names, then a line for each response."""
    yield (_MARK + ",".join(FILE_NAMES) + "\r\n").encode()
    for batch in batches:
        cells = [CELLS[column.kind](batch[column.name]) for column in FILE_COLUMNS]
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(zip(*cells, strict=True))
        yield out.getvalue().encode()
