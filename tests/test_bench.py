"""The benchmarks run and are honest; how fast they find us is no test's business."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from xml.etree import ElementTree

from sqlalchemy import select

from bench.growth import plot as growth_plot
from bench.growth import slowest, table
from bench.weight import weights
from widget import create_app
from widget.domain.response_filters import ResponseFilter
from widget.extensions import db
from widget.settings import load_settings
from widget.storage import migrate
from widget.storage.models import Response
from widget.storage.responses import ids_that_fit
from widget.storage.rollups import rolled_up_counts, true_counts


def test_the_benchmark_runs_and_counts_no_errors() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "bench", "--seconds", "0.3", "--rounds", "1"),
            *("--workers", "1", "--connections", "4"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "store a rating" in done.stdout, done.stderr
    assert "Every rollup agrees" in done.stdout


def test_the_benchmark_of_live_streams_runs_and_every_answer_arrives() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "bench.live", "--streams", "6", "--answers", "10"),
            *("--seconds", "1", "--rounds", "1"),
        ],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "Every rollup agrees" in done.stdout, done.stderr
    arrived = [line for line in done.stdout.splitlines() if "did not arrive" in line]
    assert arrived
    assert all("| 0 |" in line for line in arrived), done.stdout


def test_everything_a_page_fetches_weighs_at_most_25_kilobytes() -> None:
    found = weights()
    assert found["loader"] <= 2048
    assert sum(found.values()) <= 25 * 1024


def test_the_benchmark_of_managers_pages_runs_and_its_answers_are_real(tmp_path: Path) -> None:
    figures, plot = tmp_path / "figures.json", tmp_path / "growth.svg"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "bench.managers", "--responses", "400", "3000"),
            *("--rounds", "1", "--folder", str(tmp_path), "--figures", str(figures)),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "search" in done.stdout, done.stderr
    settings = load_settings({"SAYSO_DATA": str(tmp_path / "3000")})
    app = create_app(settings)
    with app.app_context():
        rows = db.session().scalars(select(Response)).all()
        assert len(rows) == 3000
        assert {row.language for row in rows} == {"en", "de", "fr", "es", "it"}
        assert {row.kind for row in rows} == {"stars", "csat", "nps"}
        assert max(row.answered_at for row in rows) <= datetime.now(UTC)
        happy, unhappy = (
            [row.nps for row in rows if row.stars and row.nps is not None and row.stars in stars]
            for stars in ((4, 5), (1, 2))
        )
        assert mean(happy) > mean(unhappy) + 2
        with db.engine.connect() as connection:
            true = true_counts(connection, rows[0].workspace_id)
            assert rolled_up_counts(connection, rows[0].workspace_id) == true
        assert migrate.drift(db.engine) == []
        found = ids_that_fit(
            db.session(),
            1,
            ResponseFilter(search="invoice", with_tests=True, with_hidden=True),
            3000,
        )
        assert set(found) == {row.id for row in rows if "invoice" in (row.comment or "")}
        db.session.remove()
        db.engine.dispose()
    lines = slowest(json.loads(figures.read_text()))
    assert [point[0] for point in lines["search"]] == [400, 3000]
    plot.write_text(growth_plot(lines))
    assert ElementTree.parse(plot).getroot().tag.endswith("svg")
    assert "| search | 300 ms |" in "\n".join(table(lines))


def test_the_benchmark_of_rollups_runs_and_leaves_them_right() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.rollups", "--rounds", "1", "--ratings", "20"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Every rollup agrees" in done.stdout, done.stderr
    assert done.stdout.count("| 15% |") == 3
