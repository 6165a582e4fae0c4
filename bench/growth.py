"""`python -m bench.growth FIGURES…`: how the managers' pages grow, as a table and a plot.

Reads what `python -m bench.managers --figures` kept, prints a table in Markdown, and writes a plot
(`--plot FILE.svg`): milliseconds against responses, both on logarithmic scales, a line for the
slowest page of each sort.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from html import escape
from math import log10
from pathlib import Path
from typing import Any

# (responses, milliseconds or rows a second, bar)
Point = tuple[int, float, float]
Lines = Mapping[str, list[Point]]
_WIDTH, _HEIGHT = 760, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 220, 24, 48
# Told apart without colour as well: by dashes, and by a name at the end of each line.
_LOOKS = (
    ("#0b6bcb", ""),
    ("#c2410c", "6 3"),
    ("#15803d", "2 3"),
    ("#7c3aed", "8 3 2 3"),
    ("#374151", "1 4"),
    ("#b91c1c", "10 4"),
)


def main() -> int:
    """Print and plot; the status is 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("figures", type=Path, nargs="+")
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args()
    figures = [one for file in asked.figures for one in json.loads(file.read_text())]
    for database in sorted({one["database"] for one in figures}):
        lines = slowest(one for one in figures if one["database"] == database)
        print(f"\n{database}\n\n" + "\n".join(table(lines)))
    if asked.plot:
        asked.plot.write_text(plot(slowest(figures)))
    return 0


def slowest(figures: Iterable[Mapping[str, Any]]) -> Lines:
    """By sort of page, for each number of responses the page that took longest; of exports the
    slowest rate."""
    found: dict[str, dict[int, Point]] = {}
    for one in figures:
        sort, number, taken = one["what"], one["responses"], one["p95_ms"]
        of_sort = found.setdefault(sort, {})
        is_rate = sort == "export"
        before = of_sort.get(number)
        if before is None or (taken < before[1] if is_rate else taken > before[1]):
            of_sort[number] = (number, taken, one["bar"])
    return {sort: sorted(points.values()) for sort, points in found.items()}


def table(lines: Lines) -> list[str]:
    """The lines of a Markdown table, numbers of responses side by side; what misses its bar is
    marked."""
    numbers = sorted({point[0] for points in lines.values() for point in points})
    rows = [
        "| slowest of | bar | " + " | ".join(f"{number:,}" for number in numbers) + " |",
        "|---|---:|" + "---:|" * len(numbers),
    ]
    for sort, points in lines.items():
        by_number = {point[0]: point for point in points}
        bar = points[0][2]
        unit = "rows/s" if sort == "export" else "ms"
        cells = []
        for number in numbers:
            point = by_number.get(number)
            missed = point and (point[1] < bar if sort == "export" else point[1] > bar)
            cells.append("–" if point is None else f"{point[1]:,.0f}" + (" ✗" if missed else ""))
        rows.append(f"| {sort} | {bar:,.0f} {unit} | " + " | ".join(cells) + " |")
    return rows


def plot(lines: Lines) -> str:
    """An SVG picture of how pages grow, without exports, which have another unit."""
    pages = {sort: points for sort, points in lines.items() if sort != "export"}
    every = [point for points in pages.values() for point in points]
    first, last = log10(min(p[0] for p in every)), log10(max(p[0] for p in every))
    low, high = 1.0, max(3.5, log10(max(p[1] for p in every)) + 0.1)

    def place(number: float, taken: float) -> tuple[float, float]:
        across = (log10(number) - first) / max(last - first, 1e-9)
        up = (log10(max(taken, 10**low)) - low) / (high - low)
        return (
            round(_LEFT + across * (_WIDTH - _LEFT - _RIGHT), 1),
            round(_HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM), 1),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        ' font-family="sans-serif" font-size="12">',
        "<title>How long managers’ pages take as responses grow</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for power in range(int(low), int(high) + 1):
        x, y = place(10**first, 10**power)
        parts.append(
            f'<path d="M{x} {y}H{_WIDTH - _RIGHT}" stroke="#d1d5db"/>'
            f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{10**power:,} ms</text>'
        )
    for number in sorted({point[0] for point in every}):
        x, y = place(number, 10**low)
        parts.append(f'<text x="{x}" y="{y + 20}" text-anchor="middle">{number:,}</text>')
    parts.append(
        f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">'
        "responses</text>"
    )
    ends = _apart({sort: place(*points[-1][:2])[1] for sort, points in pages.items()})
    for (sort, points), (colour, dashes) in zip(pages.items(), _LOOKS, strict=False):
        path = "L".join(f"{x} {y}" for x, y in (place(*point[:2]) for point in points))
        parts.append(
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"'
            f' stroke-dasharray="{dashes}"/>'
        )
        parts += [
            f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>'
            for x, y in (place(*point[:2]) for point in points)
        ]
        parts.append(
            f'<text x="{_WIDTH - _RIGHT + 10}" y="{ends[sort] + 4}" fill="{colour}">'
            f"{escape(sort)} (bar {points[0][2]:,.0f})</text>"
        )
    return "\n".join([*parts, "</svg>\n"])


def _apart(ends: Mapping[str, float], gap: float = 16.0) -> dict[str, float]:
    """Where names stand so that none covers another, from the highest line down."""
    found: dict[str, float] = {}
    for sort, y in sorted(ends.items(), key=lambda item: item[1]):
        found[sort] = max([y, *(other + gap for other in found.values())])
    return found


if __name__ == "__main__":
    sys.exit(main())
