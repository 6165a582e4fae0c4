"""What was measured, as figures and as a table."""

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from statistics import median
from typing import TYPE_CHECKING

from bench.load import Load

if TYPE_CHECKING:
    from bench.cells import Plan

P99_BAR_MS = 100.0


@dataclass
class Cell:
    """One side of a pair over all rounds."""

    name: str
    rounds: list[Load] = field(default_factory=list)
    unstored: int = 0

    def add(self, load: Load) -> None:
        self.rounds.append(load)

    def expect_stored(self, stored: int) -> None:
        """Count as an error whatever was answered and not stored, or stored and not answered."""
        self.unstored = abs(self.answered - stored)

    @property
    def answered(self) -> int:
        return sum(load.answered for load in self.rounds)

    @property
    def errors(self) -> int:
        return sum(load.errors for load in self.rounds) + self.unstored

    def quantile_ms(self, share: float) -> float:
        """Of all rounds together, so that no round's slow requests are left out."""
        every = Load(1.0)
        for load in self.rounds:
            every.latencies.extend(load.latencies)
        return every.quantile_ms(share)

    def columns(self) -> list[str]:
        """Best and median rate, p50, p99, the slowest request, errors."""
        rates = [load.rate for load in self.rounds]
        return [
            *(f"{max(rates):,.0f}", f"{median(rates):,.0f}"),
            *(f"{self.quantile_ms(share):.1f}" for share in (0.5, 0.99, 1.0)),
            str(self.errors),
        ]


@dataclass
class Pair:
    """Ours and its baseline, with the ratio that ours must reach."""

    ours: Cell
    baseline: Cell
    workers: int
    bar: float

    @property
    def ratio(self) -> float:
        """The median over the rounds of ours divided by the baseline measured right beside it."""
        both = zip(self.ours.rounds, self.baseline.rounds, strict=True)
        return median(ours.rate / max(bare.rate, 1e-9) for ours, bare in both)

    @property
    def errors(self) -> int:
        return self.ours.errors + self.baseline.errors

    @property
    def verdict(self) -> str:
        fast = self.ratio >= self.bar and self.ours.quantile_ms(0.99) <= P99_BAR_MS
        return "yes" if fast else "no"


_HEADER = [
    *("workers", "what", "best req/s", "median", "p50 ms", "p99 ms", "slowest", "errors"),
    *("ratio", "bar", "met"),
]


def table(pairs: list[Pair]) -> list[list[str]]:
    """The header, then two rows for each pair."""
    rows = [_HEADER]
    for pair in pairs:
        ours = [f"{pair.ratio:.0%}", f"{pair.bar:.0%}", pair.verdict]
        rows.append([str(pair.workers), pair.ours.name, *pair.ours.columns(), *ours])
        rows.append(
            [str(pair.workers), f"– {pair.baseline.name}", *pair.baseline.columns(), "", "", ""]
        )
    return rows


def print_report(pairs: list[Pair], notes: list[str], plan: "Plan", *, markdown: bool) -> None:
    rows = table(pairs)
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    edge = "| " if markdown else ""
    for number, row in enumerate(rows):
        cells = [
            text.ljust(width) if column == 1 else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        print(edge + (" | " if markdown else "  ").join(cells) + edge[::-1])
        if number == 0:
            rule = [
                "-" * width if column == 1 else "-" * (width - 1) + ":"
                for column, width in enumerate(widths)
            ]
            print(edge + (" | " if markdown else "  ").join(rule) + edge[::-1])
    print()
    print(_setting(plan, pairs))
    for note in notes:
        print(note)


def _setting(plan: "Plan", pairs: list[Pair]) -> str:
    """Where and how it was measured."""
    libraries = ("flask", "granian", "sqlalchemy", "werkzeug")
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    client = max(
        load.client_cpu
        for pair in pairs
        for cell in (pair.ours, pair.baseline)
        for load in cell.rounds
    )
    return (
        f"{plan.connections} connections, {plan.rounds} rounds of {plan.seconds:g} s a cell; "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}. "
        f"The load generator took at most {client:.0%} of one core."
    )
