"""`python -m bench.managers`: how long the managers' pages take over very many responses.

Makes responses of two years by 500 members of 40 teams to three surveys, in a folder that may be
kept (`--folder`), and asks in process for the dashboard by each sort of filter, the responses' next
page, searches and an export. Several numbers show how it grows; `--figures FILE` keeps what was
measured for `python -m bench.growth`.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient

from bench.answers.company import Filled, filled
from bench.answers.making import RARE_CHANNEL, RARE_CLIENT
from bench.console import signed_in
from widget import create_app
from widget.actions.copy_columns import copy_workspace
from widget.actions.export_responses import write_responses
from widget.domain.response_filters import ResponseFilter
from widget.extensions import db
from widget.gateway.heap import collect_seldom, keep_what_is_loaded
from widget.settings import load_settings

# The most that a page may take, in milliseconds at the 95th percentile.
BARS_MS = {
    "default dashboard": 150.0,
    "dashboard, one filter": 500.0,
    "dashboard, two filters": 1_500.0,
    "next responses page": 50.0,
    "next page, rare filter": 50.0,
    # It comes after the page, which does not wait for it.
    "how many fit": 300.0,
    "search": 300.0,
    "clients": 500.0,
}
EXPORT_BAR, MOST_EXPORTED = 50_000, 1_000_000
_ALL = "span=own&from={first}&to={last}"
PAGES = (
    ("default dashboard", "dashboard?"),
    ("dashboard, one filter", f"dashboard?{_ALL}"),
    ("dashboard, one filter", "dashboard?survey={stars}"),
    ("dashboard, one filter", "dashboard?team={team}"),
    ("dashboard, one filter", "dashboard?channel=chat"),
    ("dashboard, one filter", "dashboard?language=de"),
    ("dashboard, one filter", "dashboard?client=Client+7"),
    ("dashboard, one filter", "dashboard?by=hour"),
    ("dashboard, one filter", "dashboard?by=client"),
    ("dashboard, one filter", "dashboard?language=de&span=last_365"),
    ("clients", "clients?survey={nps}"),
    ("clients", "clients?survey={nps}&by=segment"),
    ("clients", "clients/one?survey={nps}&name=Client+7"),
    ("dashboard, two filters", "dashboard?survey={nps}&channel=email"),
    ("dashboard, two filters", "dashboard?language=de&client=Client+7"),
    ("dashboard, two filters", "dashboard?language=de&source=link&span=last_365"),
    ("dashboard, two filters", f"dashboard?language=de&source=link&{_ALL}"),
    ("dashboard, two filters", f"dashboard?segment=Large&by=hour&{_ALL}"),
    ("next responses page", "responses?"),
    ("next responses page", "responses?survey={nps}"),
    ("next responses page", "responses?kind=nps"),
    ("next responses page", "responses?team={team}"),
    ("next responses page", "responses?language=it"),
    ("next page, rare filter", f"responses?channel={RARE_CHANNEL}"),
    ("next page, rare filter", f"responses?client={RARE_CLIENT.replace(' ', '+')}"),
    ("next responses page", "responses?tag=tag+11"),
    ("next responses page", "responses?tag=tag+10&tag=tag+11"),
    ("how many fit", "responses/number?"),
    ("how many fit", "responses/number?survey={nps}&mood=negative"),
    ("how many fit", "responses/number?language=de&client=Client+7"),
    ("how many fit", "responses/number?comment=yes"),
    ("how many fit", "responses/number?q=invoice"),
    ("search", "responses?q=invoice"),
    ("search", "responses?q=paquete+lleg%C3%B3"),
    ("search", "responses?q=customer77"),
    ("search", "responses?q=invoice&language=en&mood=negative"),
)


@dataclass(frozen=True)
class Figure:
    """What one page took, in milliseconds: the 95th percentile by the clock, and the processor's
    time in between. An export has rows a second instead, and by how many MB memory grew."""

    responses: int
    database: str
    what: str
    path: str
    p95_ms: float
    cpu_ms: float
    bar: float
    met: bool


def main() -> int:
    """Measure and print. The status is 1 when anything misses its bar."""
    parser = argparse.ArgumentParser(prog="python -m bench.managers", description=__doc__)
    parser.add_argument("--responses", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--database-url", default="", help="PostgreSQL; SQLite unless told")
    parser.add_argument("--folder", type=Path, help="where to keep what is made, and find it again")
    parser.add_argument("--figures", type=Path, help="a file for what was measured")
    parser.add_argument("--only", default="", help="pages whose address has this in it")
    parser.add_argument("--without-copy", action="store_true", help="read everything from rows")
    asked = parser.parse_args()
    figures: list[Figure] = []
    for number in asked.responses:
        with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
            kept = asked.folder / str(number) if asked.folder else Path(folder)
            figures += _measure(asked, number, kept)
        if asked.figures:
            asked.figures.write_text(json.dumps([asdict(one) for one in figures], indent=1))
    return int(not all(one.met for one in figures))


def _measure(asked: argparse.Namespace, number: int, folder: Path) -> list[Figure]:
    given = {"SAYSO_DATA": str(folder), "SAYSO_RATE_LIMIT": "off"}
    if asked.database_url:
        given["SAYSO_DATABASE_URL"] = asked.database_url
    if asked.without_copy:
        given["SAYSO_COLUMNS_FROM"] = "off"
    settings = load_settings(given)
    app = create_app(settings)
    made = filled(app, number)
    with app.app_context():
        database = db.engine.dialect.name
        began = time.monotonic()
        copy_workspace(db.engine, made.workspace_id, settings.columns_from, datetime.now(UTC))
        print(f"{number:,} responses on {database}; copied in {time.monotonic() - began:.1f} s")
    client = signed_in(app)
    # A server's first page loads what it needs; that is not what is asked here.
    _time(client, "/console/dashboard")
    keep_what_is_loaded()
    found = []
    for what, address in PAGES:
        if asked.only not in address:
            continue
        path = "/console/" + _address(address, made)
        found.append(_page(client, asked.rounds, number, database, what, path))
        _tell(found[-1])
    if not asked.only:
        found.append(_export(app, made, number, database))
        _tell(found[-1])
    return found


def _address(address: str, made: Filled) -> str:
    today = datetime.now(UTC).date()
    first = today.replace(year=today.year - 2)
    return address.format(**made.surveys, team=made.team, first=first, last=today)


def _page(
    client: FlaskClient, rounds: int, number: int, database: str, what: str, path: str
) -> Figure:
    if what.startswith("next"):
        path = _second_page(client, path)
    taken = sorted(_time(client, path) for _ in range(rounds))
    p95 = taken[min(len(taken) - 1, int(0.95 * len(taken)))][0]
    cpu = median(one[1] for one in taken)
    bar = BARS_MS[what]
    return Figure(number, database, what, path, round(p95, 1), round(cpu, 1), bar, p95 <= bar)


def _second_page(client: FlaskClient, path: str) -> str:
    """Where the page's link to older responses goes; the page itself when there are no older."""
    page = client.get(path).text
    _, found, rest = page.partition('rel="next" href="')
    return rest.partition('"')[0].replace("&amp;", "&") if found else path


def _time(client: FlaskClient, path: str) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - cpu)


class _Enough(Exception):
    """So much of a file is enough to tell how fast it is made."""


def _export(app: Flask, made: Filled, number: int, database: str) -> Figure:
    """Rows a second of a CSV file of up to a million rows, and by how much memory grew after the
    first tenth of it."""
    rows = 0
    first_mb: float | None = None

    # All are counted first, of which no more than some are written here.
    begun: list[tuple[float, float]] = []

    def watch(done: int, _total: int) -> None:
        nonlocal rows, first_mb
        if not begun:
            begun.append((time.perf_counter(), time.process_time()))
        rows = done
        if first_mb is None and rows >= min(number, MOST_EXPORTED) // 10:
            first_mb = _peak_mb()
        if rows >= MOST_EXPORTED:
            raise _Enough

    # As the worker and `sayso export` do.
    collect_seldom()
    began = time.perf_counter()
    with app.app_context(), tempfile.TemporaryFile() as out, suppress(_Enough):
        write_responses(
            db.session(),
            made.workspace_id,
            ResponseFilter(),
            "csv",
            out,
            shows_hidden_comments=True,
            watch=watch,
        )
    [(first, first_cpu)] = begun
    seconds, cpu = time.perf_counter() - first, time.process_time() - first_cpu
    grown = _peak_mb() - (first_mb or 0)
    path = (
        f"{rows:,} rows, peak memory {grown:+.0f} MB after the first tenth;"
        f" all were counted in {first - began:.1f} s"
    )
    rate = rows / seconds
    met = rate >= EXPORT_BAR
    return Figure(number, database, "export", path, round(rate), round(rows / cpu), EXPORT_BAR, met)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _tell(one: Figure) -> None:
    unit = "rows/s" if one.what == "export" else "ms"
    print(
        f"{one.responses:>11,}  {one.what:22}  {one.p95_ms:9,.1f} {unit}  cpu {one.cpu_ms:8,.1f}"
        f"  bar {one.bar:6,.0f}  {'met' if one.met else 'MISSED'}  {one.path}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
