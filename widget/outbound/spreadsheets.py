"""Reading a spreadsheet in a process of its own, which may take so long and so much and no more."""

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from widget.domain.csv_files import Line
from widget.domain.errors import FileRefused, ReadingStopped
from widget.outbound import spreadsheet_process

_LOOK_EVERY_S = 0.5
_AT_ONCE = 65_536
_TOO_MUCH = (
    "Reading the spreadsheet takes too long, or too much memory. Save it as CSV, or split it."
)


@dataclass(frozen=True)
class SpreadsheetReader:
    """Reads spreadsheets like `domain.spreadsheets.spreadsheet_lines`. Raises ReadingStopped, and
    ends the process, once `should_stop` says so. `most_seconds` is of the processor's time."""

    should_stop: Callable[[], bool] = lambda: False
    most_seconds: int = 180

    def __call__(self, content: bytes) -> Iterator[Line]:
        """The rows that hold something, headers first. Raises FileRefused."""
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.seek(0)
            process = _start(file, self.most_seconds)
            try:
                yield from self._lines(process)
            finally:
                process.kill()
                process.communicate()

    def _lines(self, process: subprocess.Popen[bytes]) -> Iterator[Line]:
        for text in self._texts(process):
            read = json.loads(text)
            if isinstance(read, dict):
                raise FileRefused(read["problem"])
            number, cells = read
            yield number, cells
        if process.wait():
            raise FileRefused(_TOO_MUCH)

    def _texts(self, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
        """What the process writes, line by line."""
        assert process.stdout is not None
        out, rest = process.stdout.fileno(), b""
        while True:
            if self.should_stop():
                raise ReadingStopped("The worker stops; the file is read again by the next one.")
            ready, _, _ = select.select([out], [], [], _LOOK_EVERY_S)
            if not ready:
                continue
            some = os.read(out, _AT_ONCE)
            *whole, rest = (rest + some).split(b"\n")
            yield from whole
            if not some:
                # What a process did not write to its end, as it was ended, is no row.
                return


def _start(file: IO[bytes], most_seconds: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program, and no shell
        [sys.executable, "-P", "-m", spreadsheet_process.__name__, str(most_seconds)],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Nothing of ours, secrets least of all.
        env={"PYTHONPATH": str(Path(spreadsheet_process.__file__).parents[2])},
    )
