"""The lines of a CSV text, whatever a spreadsheet made of it."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from widget.domain.errors import FileRefused

_MOST_COLUMNS = 200
_LONGEST_LINE = 1_000_000
_PUNCTUATION = re.compile(r"[\W_]+")

Line = tuple[int, list[str]]
"""A line's number in a spreadsheet, from 1, and its cells."""


def read_lines(text: str, most_rows: int) -> tuple[list[str], list[Line]]:
    """The headers, and the rows below them that hold something.

    Raises FileRefused when there is no row, or are too many, or the text is no CSV.
    """
    try:
        # One line more than there may be, and never all of a file that has far too many.
        lines = list(islice(_lines(text), most_rows + 2))
    except csv.Error as error:
        raise FileRefused(f"The file cannot be read as CSV: {error}.") from error
    if len(lines) < 2:
        raise FileRefused("The file needs a line of headers and at least one row below it.")
    if len(lines) - 1 > most_rows:
        raise FileRefused(f"The file has more than {most_rows:,} rows; split it.")
    return [cell.strip() for cell in lines[0][1]], lines[1:]


def stream_lines(text: str) -> Iterator[Line]:
    """The lines that hold something, headers first, one after the other.

    Raises FileRefused where the text is no CSV.
    """
    try:
        yield from _lines(text)
    except csv.Error as error:
        raise FileRefused(f"The file cannot be read as CSV: {error}.") from error


def bare_header(header: str) -> str:
    """A header as it is compared: lower case, without spaces and punctuation."""
    return _PUNCTUATION.sub("", header.lower())


def write_lines(lines: Iterable[Sequence[str]]) -> str:
    """Lines as a CSV text."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue()


def _lines(text: str) -> Iterator[Line]:
    sign = _delimiter(text)
    reader = csv.reader(_not_endless(io.StringIO(text, newline="")), delimiter=sign)
    for number, line in enumerate(reader, 1):
        if any(map(str.strip, line)):
            yield number, line[:_MOST_COLUMNS]


def _not_endless(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) > _LONGEST_LINE:
            raise csv.Error(f"a line is longer than {_LONGEST_LINE:,} characters")
        yield line


def _delimiter(text: str) -> str:
    """What separates the headers: the sign that splits the first line into most parts."""
    first = next((line for line in _not_endless(io.StringIO(text)) if line.strip()), "")
    return max(",;\t|", key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))
