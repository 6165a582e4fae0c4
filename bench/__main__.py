"""`python -m bench`: Sayso beside bare baselines, in one run on this machine, as a table."""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.cells import Plan, measure
from bench.report import Pair, print_report


def main() -> int:
    """Measure and print. The status is 1 when a request failed or a rating is not stored."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each cell (default 4)")
    parser.add_argument("--rounds", type=int, default=3, help="of all cells (default 3)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="(default 1 2)")
    parser.add_argument("--connections", type=int, default=32, help="(default 32)")
    parser.add_argument("--markdown", action="store_true", help="a table for docs/performance.md")
    asked = parser.parse_args()
    plan = Plan(asked.seconds, asked.rounds, asked.connections)
    pairs: list[Pair] = []
    notes: list[str] = []
    for workers in asked.workers:
        with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
            measured, note = measure(Path(folder), workers, plan)
        pairs += measured
        notes.append(note)
    print_report(pairs, notes, plan, markdown=asked.markdown)
    return 1 if any(pair.errors for pair in pairs) else 0


if __name__ == "__main__":
    sys.exit(main())
