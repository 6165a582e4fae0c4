"""The benchmarks run and are honest; how fast they find us is no test's business."""

import subprocess
import sys

from bench.weight import weights


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
