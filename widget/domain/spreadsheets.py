"""The rows of a spreadsheet (XLSX), one after the other, however large it says it is."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook

from widget.domain.csv_files import Line
from widget.domain.errors import FileRefused

MOST_COLUMNS = 200
# A file is packed: what it may become is limited before anything of it is unpacked. Sheets are read
# row by row; texts are kept as long as that lasts.
_MOST_UNPACKED = 256 * 1024 * 1024
_MOST_TEXTS = 64 * 1024 * 1024
_MOST_ELSE = 16 * 1024 * 1024
# What is read as a whole before the first row, however little of it is needed.
_MOST_AHEAD = 1024 * 1024
_AHEAD = ("xl/styles.xml", "xl/workbook.xml", "xl/theme/theme1.xml", "[Content_Types].xml")
# As many as spreadsheet programs know. A file may give a row any number, and each empty row before
# it takes time.
_MOST_ROWS_READ = 1_048_576
_SHEETS, _TEXTS, _PICTURES = "xl/worksheets/", "xl/sharedStrings.xml", "xl/media/"

_TOO_LARGE = "The spreadsheet becomes too large when it is unpacked. Save it as CSV, or split it."
_TOO_LONG = (
    f"The first sheet has more than {_MOST_ROWS_READ:,} rows, empty ones counted. Delete what "
    "stands below the last customer, or save it as CSV."
)
_UNREADABLE = "This spreadsheet cannot be read. Save it anew as .xlsx or as CSV, and try again."


def is_spreadsheet(content: bytes) -> bool:
    """Whether a file looks like a packed spreadsheet."""
    return content.startswith(b"PK")


def check_unpacked(content: bytes) -> None:
    """Raises FileRefused for a file that would become too large, or is no spreadsheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            sizes = {info.filename: info.file_size for info in packed.infolist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileRefused(_UNREADABLE) from error
    if "[Content_Types].xml" not in sizes:
        raise FileRefused(_UNREADABLE)
    sheets = sum(size for name, size in sizes.items() if name.startswith(_SHEETS))
    texts = sizes.get(_TEXTS, 0)
    others = sum(
        size
        for name, size in sizes.items()
        if name != _TEXTS and not name.startswith((_SHEETS, _PICTURES))
    )
    ahead = max(sizes.get(name, 0) for name in _AHEAD)
    if sheets > _MOST_UNPACKED or texts > _MOST_TEXTS or others > _MOST_ELSE or ahead > _MOST_AHEAD:
        raise FileRefused(_TOO_LARGE)


def spreadsheet_lines(content: bytes) -> Iterator[Line]:
    """The rows of the first sheet that hold something, headers first. What a formula came to last
    stands for the formula. Raises FileRefused."""
    check_unpacked(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        with closing(book):
            sheet = book.worksheets[0]
            # However large it says it is, each row has as many cells as stand in it.
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                if number > _MOST_ROWS_READ:
                    raise FileRefused(_TOO_LONG)
                cells = [_text(value) for value in row[:MOST_COLUMNS]]
                while cells and not cells[-1]:
                    cells.pop()
                if any(map(str.strip, cells)):
                    yield number, cells
    except FileRefused:
        raise
    except Exception as error:
        # Whatever is wrong with somebody's file, the library has a different exception for it.
        raise FileRefused(_UNREADABLE) from error


def _text(value: Any) -> str:
    """A cell as a CSV file would have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        # Ids and numbers of telephones are whole, however a spreadsheet keeps them.
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
