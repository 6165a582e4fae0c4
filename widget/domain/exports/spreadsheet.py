"""XLSX: a workbook whose cells have types, and no formulas."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from rustpy_xlsxwriter import write_worksheets

from widget.domain.exports.cells import CELLS, Cells
from widget.domain.exports.columns import FILE_COLUMNS, FILE_NAMES, Batch, Column

# Below the line of names; the format has no more lines.
ROWS_IN_SHEET = 1_048_575
_LONGEST_CELL = 32_767
_MOMENT = "yyyy-mm-dd hh:mm:ss"


def write_spreadsheet(
    batches: Iterable[Batch], out: BinaryIO, rows: int, rows_in_sheet: int = ROWS_IN_SHEET
) -> None:
    """Write a workbook of at most `rows` responses, a sheet after the other where one is full.

    Times are in UTC; a text too long for a cell ends with “…”. Memory stays as it is however many
    rows there are: what is written waits in a temporary file of the library's.
    """
    every = _records(batches)
    sheets = max(1, -(-rows // rows_in_sheet))
    parts: list[tuple[str, Any]] = [
        (f"Responses {number}" if sheets > 1 else "Responses", _part(every, rows_in_sheet))
        for number in range(1, sheets + 1)
    ]
    # Into a file of its own name: of any other the library first keeps all in memory.
    with NamedTemporaryFile(suffix=".xlsx") as whole:
        # Each part is read when the one before it is written.
        write_worksheets(
            parts,
            whole.name,
            freeze_panes={"general": {"row": 1, "col": 0}},
            bold_headers=True,
            datetime_format=_MOMENT,
            column_width={"general": 16.0},
        )
        copyfileobj(whole, out)


def _part(every: Iterator[dict[str, Any]], rows: int) -> Iterator[dict[str, Any]]:
    """The records of one sheet; where there is none, one without values brings the names."""
    part = islice(every, rows)
    yield next(part, dict.fromkeys(FILE_NAMES))
    yield from part


def _records(batches: Iterable[Batch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        cells = [_cells(column, batch[column.name]) for column in FILE_COLUMNS]
        for row in zip(*cells, strict=True):
            yield dict(zip(FILE_NAMES, row, strict=True))


def _cells(column: Column, values: Cells) -> Cells:
    if column.kind == "moment":
        return [text and _without_zone(text) for text in values]
    cells = CELLS[column.kind](values)
    if column.kind in ("text", "list", "object"):
        return [_shortened(text) if text and len(text) > _LONGEST_CELL else text for text in cells]
    return cells


def _without_zone(moment: str) -> datetime:
    # Spreadsheets know none.
    return datetime.fromisoformat(moment).replace(tzinfo=None)


def _shortened(text: str) -> str:
    return text[: _LONGEST_CELL - 1] + "…"
