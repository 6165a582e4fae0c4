"""Reads a spreadsheet from standard input and writes its rows to standard output, as JSON lines.

Run in a process of its own by `widget.outbound.spreadsheets`, with the seconds that it may take at
most: whatever somebody's file makes of the
library that reads it, there is an end to the time and the memory that it takes.
"""

import json
import resource
import sys
from typing import IO

from widget.domain.errors import FileRefused
from widget.domain.spreadsheets import spreadsheet_lines

MOST_MEMORY = 2 * 1024**3
"""In bytes, of addresses: libraries that are only mapped count as well."""


def write_rows(content: bytes, out: IO[str]) -> None:
    """Write `[number, cells]` for each row; `{"problem"}` last when the file cannot be read."""
    try:
        for line in spreadsheet_lines(content):
            out.write(json.dumps(line) + "\n")
    except FileRefused as error:
        out.write(json.dumps({"problem": str(error)}) + "\n")


def main() -> None:
    for what, most in (
        (resource.RLIMIT_CPU, int(sys.argv[1])),
        (resource.RLIMIT_AS, MOST_MEMORY),
    ):
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, hard))
    write_rows(sys.stdin.buffer.read(), sys.stdout)


if __name__ == "__main__":
    main()
