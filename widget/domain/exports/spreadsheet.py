"""XLSX: a workbook whose cells have types, and no formulas."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from math import inf
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from rustpy_xlsxwriter import write_worksheets

from widget.domain.exports.cells import CELLS, Cells
from widget.domain.exports.columns import FILE_COLUMNS, FILE_NAMES, Batch, Column

# Below the line of names; the format has no more lines.
ROWS_IN_SHEET = 1_048_575
# In units of UTF-16, as spreadsheets count.
_LONGEST_CELL = 32_767
# A cell around its text.
_CELL_BYTES = 50
# This part of a sheet is kept for rows that were not counted.
_SPARE_PART = 100
_MOMENT = "yyyy-mm-dd hh:mm:ss"


class WorkbookTooLarge(Exception):
    """What waits to be put together takes more room than it may."""


class RowsLeftOver(Exception):
    """There were so many more rows than were counted that no sheet holds them."""


def write_spreadsheet(
    batches: Iterable[Batch],
    out: BinaryIO,
    rows: int,
    *,
    rows_in_sheet: int = ROWS_IN_SHEET,
    most_waiting: float = inf,
) -> None:
    """Write a workbook of about `rows` responses, a sheet after the other where one is full.

    Times are in UTC; a text too long for a cell ends with “…”. Memory stays as it is however many
    rows there are: what is written waits in a temporary file of the library's. Raises
    WorkbookTooLarge where that takes more than about `most_waiting` bytes, and RowsLeftOver where
    so many came in since they were counted that the sheets do not hold them.
    """
    every = _records(batches, most_waiting)
    # Places for those that come in meanwhile: a sheet cannot be added once the first is begun.
    spare = max(1, rows_in_sheet // _SPARE_PART)
    sheets = -(-(rows + spare) // rows_in_sheet)
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
        if next(every, None) is not None:
            raise RowsLeftOver("There are more responses than sheets for them.")
        copyfileobj(whole, out)


def _part(every: Iterator[dict[str, Any]], rows: int) -> Iterator[dict[str, Any]]:
    """The records of one sheet; where there is none, one without values brings the names."""
    part = islice(every, rows)
    yield next(part, dict.fromkeys(FILE_NAMES))
    yield from part


def _records(batches: Iterable[Batch], most_waiting: float) -> Iterator[dict[str, Any]]:
    # The library's file has no name and stands in no folder: its size is reckoned.
    waiting = 0
    for batch in batches:
        cells = [_cells(column, batch[column.name]) for column in FILE_COLUMNS]
        waiting += sum(map(_size, cells))
        if waiting > most_waiting:
            raise WorkbookTooLarge("The workbook takes more room than there is.")
        for row in zip(*cells, strict=True):
            yield dict(zip(FILE_NAMES, row, strict=True))


def _size(cells: Cells) -> int:
    """About how many bytes cells take as XML."""
    texts = "".join(cell for cell in cells if isinstance(cell, str))
    there = len(cells) - cells.count(None)
    return _CELL_BYTES * there + len(texts.encode("utf-8", "replace"))


def _cells(column: Column, values: Cells) -> Cells:
    if column.kind == "moment":
        return [text and _without_zone(text) for text in values]
    cells = CELLS[column.kind](values)
    if column.kind in ("text", "list", "object"):
        # A letter takes two units at most, so that most texts need no second look.
        risky = _LONGEST_CELL // 2
        return [_shortened(text) if text and len(text) > risky else text for text in cells]
    return cells


def _without_zone(moment: str) -> datetime:
    # Spreadsheets know none.
    return datetime.fromisoformat(moment).replace(tzinfo=None)


def _shortened(text: str) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * _LONGEST_CELL:
        return text
    # What is ignored is half of a letter's pair.
    return units[: 2 * (_LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"
