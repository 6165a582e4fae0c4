"""The files that there are, and how each is written."""

from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import BinaryIO, Literal, get_args

from widget.domain.exports.columns import Batch
from widget.domain.exports.csv_lines import csv_pieces
from widget.domain.exports.json_lines import json_pieces
from widget.domain.exports.parquet import write_table
from widget.domain.exports.spreadsheet import write_spreadsheet

ExportFormat = Literal["csv", "xlsx", "jsonl", "parquet"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
FORMAT_NAMES: dict[ExportFormat, str] = {
    "csv": "CSV",
    "xlsx": "Excel",
    "jsonl": "JSON Lines",
    "parquet": "Parquet",
}
CONTENT_TYPES: dict[ExportFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
# Those that are written from their beginning to their end, and so can be sent while they are made.
_PIECES: dict[ExportFormat, Callable[[Iterable[Batch]], Iterator[bytes]]] = {
    "csv": csv_pieces,
    "jsonl": json_pieces,
}


def format_of(file_name: str) -> ExportFormat:
    """The format that a file's name ends with; CSV where it ends with none of them."""
    ending = file_name.rpartition(".")[2].lower()
    return next((form for form in FORMATS if form == ending), "csv")


def write_file(
    form: ExportFormat,
    batches: Iterable[Batch],
    out: BinaryIO,
    rows: int,
    most_waiting: float = inf,
) -> None:
    """Write the file of responses, of which there are about `rows`. `out` can be seeked.

    `most_waiting` is how many bytes may wait elsewhere until they are written: WorkbookTooLarge is
    raised where a spreadsheet takes more. What `batches` raises comes through as well, and what was
    written until then is no file.
    """
    if form == "xlsx":
        write_spreadsheet(batches, out, rows, most_waiting=most_waiting)
    elif form == "parquet":
        write_table(batches, out)
    else:
        for piece in _PIECES[form](batches):
            out.write(piece)
