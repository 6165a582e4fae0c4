"""`python -m bench.exports`: how fast files of responses are made, and in how much memory.

Makes responses of two years, then each format of all of them in a process of its own. Beside them
stands a bare loop that fetches the same rows and does nothing with them. Growing numbers show
whether memory grows.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from bench.export_rows import fill
from widget import create_app
from widget.actions.export_responses import write_responses
from widget.domain.exports.formats import FORMATS, ExportFormat
from widget.domain.response_filters import ResponseFilter
from widget.gateway.heap import collect_seldom
from widget.settings import load_settings
from widget.storage.engine import prepare_engine

BAR_ROWS_S = 50_000.0
# A file may take so many times the memory that one of the fewest responses took.
BAR_MEMORY = 1.25
BARE = "fetching alone"
_HEADER = (
    "| responses | format | rows/s | by processor time | of fetching | peak MB | file MB | met |",
    "|---:|---|---:|---:|---:|---:|---:|---|",
)


@dataclass(frozen=True)
class Made:
    """What making one file took. `peak_mb` is of the whole process."""

    what: str
    rows: int
    seconds: float
    cpu_s: float
    peak_mb: float
    file_mb: float

    @property
    def rate(self) -> float:
        return self.rows / self.seconds

    def line(self, bare: "Made", smallest: "Made | None") -> str:
        """A line of the table."""
        met = ""
        if self.what != BARE:
            is_flat = smallest is None or self.peak_mb <= BAR_MEMORY * smallest.peak_mb
            met = "yes" if self.rate >= BAR_ROWS_S and is_flat else "no"
        return (
            f"| {self.rows:,} | {self.what} | {self.rate:,.0f} | {self.rows / self.cpu_s:,.0f} "
            f"| {self.rate / bare.rate:.0%} | {self.peak_mb:.0f} | {self.file_mb:,.0f} | {met} |"
        )


def main() -> int:
    """Measure and print. The status is 1 when a format is too slow or its memory grows."""
    parser = argparse.ArgumentParser(prog="python -m bench.exports", description=__doc__)
    parser.add_argument("--responses", type=int, nargs="+", default=[200_000, 1_000_000])
    parser.add_argument("--database-url", default="", help="an empty PostgreSQL; SQLite else")
    asked = parser.parse_args()
    print(*_HEADER, sep="\n")
    smallest: dict[str, Made] = {}
    is_met = True
    for number in asked.responses:
        with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
            given = {"SAYSO_DATA": folder, "SAYSO_RATE_LIMIT": "off"}
            if asked.database_url:
                given["SAYSO_DATABASE_URL"] = asked.database_url
            settings = load_settings(given)
            workspace_id = fill(create_app(settings), number, datetime.now(UTC))
            at = (settings.database_url, workspace_id, Path(folder))
            bare = _apart(_fetch, *at)
            print(bare.line(bare, None), flush=True)
            for form in FORMATS:
                made = _apart(_make, *at, form)
                line = made.line(bare, smallest.setdefault(form, made))
                is_met &= line.endswith("yes |")
                print(line, flush=True)
    return int(not is_met)


def _apart(function: Callable[..., Made], *given: Any) -> Made:
    """Call in a process of its own, whose memory nothing else has used."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, given)


def _make(url: str, workspace_id: int, folder: Path, form: ExportFormat) -> Made:
    # As the worker and `sayso export` do.
    collect_seldom()
    engine, file = prepare_engine(create_engine(url)), folder / f"responses.{form}"
    rows = 0

    def watch(done: int, _total: int) -> None:
        nonlocal rows
        rows = done

    began, began_cpu = time.perf_counter(), time.process_time()
    with Session(engine) as session, file.open("wb") as out:
        write_responses(
            session,
            workspace_id,
            ResponseFilter(),
            form,
            out,
            shows_hidden_comments=True,
            watch=watch,
        )
    return _made(form, rows, began, began_cpu, file)


def _fetch(url: str, workspace_id: int, _folder: Path) -> Made:
    engine, rows = prepare_engine(create_engine(url)), 0
    began, began_cpu = time.perf_counter(), time.process_time()
    with engine.connect() as connection:
        found = connection.execution_options(stream_results=True).execute(
            text("SELECT * FROM responses WHERE workspace_id = :id ORDER BY answered_at DESC"),
            {"id": workspace_id},
        )
        assert found.cursor is not None
        while some := found.cursor.fetchmany(5_000):
            rows += len(some)
    return _made(BARE, rows, began, began_cpu, None)


def _made(what: str, rows: int, began: float, began_cpu: float, file: Path | None) -> Made:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Made(
        what,
        rows,
        time.perf_counter() - began,
        time.process_time() - began_cpu,
        peak / 1024 / (1024 if sys.platform == "darwin" else 1),
        file.stat().st_size / 1e6 if file else 0.0,
    )


if __name__ == "__main__":
    sys.exit(main())
