"""Clients side by side as CSV, with numbers as exact as they were computed."""

from collections.abc import Sequence

from widget.domain.clients import ClientRow
from widget.domain.csv_files import write_lines
from widget.domain.formulas import defused_in_csv
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.metrics import METRICS, MetricId
from widget.domain.strata import Attribute

_DIFFERENCE = ("difference", "low", "high", "verdict")


def as_csv(by: Attribute, metric: MetricId, rows: Sequence[ClientRow], *, leads: bool) -> str:
    """A line for each row; what a spreadsheet would run is defused. `leads`: whether whoever asks
    may know of follow-ups."""
    head = [
        *(by, METRICS[metric].name, "low", "high", "n"),
        *(f"change {name}" for name in _DIFFERENCE),
        *(f"against baseline {name}" for name in _DIFFERENCE),
        *("asked", "response rate", "rate low", "rate high"),
        *(("open follow-ups",) if leads else ()),
        "last answered",
    ]
    return write_lines([head, *(_line(row, leads=leads) for row in rows)])


def _line(row: ClientRow, *, leads: bool) -> list[str]:
    score, rate = row.score, row.rate
    return [
        defused_in_csv(row.name),
        *_numbers(score.value, score.low, score.high),
        str(score.n),
        *_difference(row.change),
        *_difference(row.against_baseline),
        str(rate.n),
        *_numbers(rate.value, rate.low, rate.high),
        *((str(row.follow_ups),) if leads else ()),
        row.last_answered.isoformat() if row.last_answered else "",
    ]


def _difference(change: Comparison | None) -> list[str]:
    if change is None:
        return [""] * len(_DIFFERENCE)
    return [*_numbers(change.difference, change.low, change.high), change.verdict or ""]


def _numbers(*values: float | None) -> list[str]:
    return ["" if value is None else f"{value:.6g}" for value in values]
