"""A chart's table as CSV, with numbers as exact as they were computed."""

from collections.abc import Sequence

from widget.domain.csv_files import write_lines
from widget.domain.dashboards import Point
from widget.domain.formulas import defused_in_csv
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import METRICS, MetricId
from widget.web.console.dashboard_breakdown import Table
from widget.web.console.dashboard_sides import Sides


def as_csv(metric: MetricId, shown: Sequence[Point] | Table) -> str:
    """A course or a breakdown, a line each; what a spreadsheet would run is defused."""
    head = [METRICS[metric].name, "low", "high", "n"]
    if isinstance(shown, Table):
        head = [shown.title, *head]
        rows = [(row.words, row.score) for row in shown.rows]
    else:
        return write_lines([["from", *head, "to", "whole"], *map(_point_cells, shown)])
    return write_lines([head, *([defused_in_csv(words), *_cells(score)] for words, score in rows)])


def _point_cells(point: Point) -> list[str]:
    days, is_whole = point.bucket.span, point.bucket.is_whole
    ends = (days.last.isoformat(), "yes" if is_whole else "no")
    return [days.first.isoformat(), *_cells(point.score), *ends]


def sides_csv(metric: MetricId, sides: Sides) -> str:
    """A number with what is laid beside it."""
    head = ["what", METRICS[metric].name, "low", "high", "n", "source", "year"]
    lines = [["as answered", *_cells(sides.own), "", ""]]
    for weighted in sides.weighted:
        lines.append([f"by {weighted.attribute}", *_cells(weighted.score), "", ""])
    for one in sides.references:
        answers = str(one.answers or "")
        source = defused_in_csv(one.source)
        number = f"{one.value:.6g}"
        lines.append([defused_in_csv(one.name), number, "", "", answers, source, str(one.year)])
    return write_lines([head, *lines])


def _cells(score: Score) -> list[str]:
    ends = (score.value, score.low, score.high)
    return [*("" if end is None else f"{end:.6g}" for end in ends), str(score.n)]
