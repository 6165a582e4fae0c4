"""A chart's table as CSV, with numbers as exact as they were computed."""

from collections.abc import Sequence

from widget.domain.csv_files import write_lines
from widget.domain.dashboards import Point
from widget.domain.formulas import defused_in_csv
from widget.domain.scores.comparisons import Verdict
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import METRICS, MetricId
from widget.domain.scores.summaries import Summary
from widget.web.console.dashboard_breakdown import Line, Table
from widget.web.console.dashboard_sides import Sides

_VERDICTS: dict[Verdict | None, str] = {
    "higher": "higher, more than chance",
    "lower": "lower, more than chance",
    "unclear": "may be chance",
}


def as_csv(metric: MetricId, shown: Sequence[Point] | Table) -> str:
    """A course or a breakdown, a line each; what a spreadsheet would run is defused."""
    head = [METRICS[metric].name, "low", "high", "n"]
    if not isinstance(shown, Table):
        return write_lines([["from", *head, "to", "whole"], *map(_point_cells, shown)])
    fair = ["fair estimate", "fair low", "fair high"]
    others = ["against all others", "difference low", "difference high", "verdict"]
    return write_lines([[shown.title, *head, *fair, *others], *map(_line_cells, shown.rows)])


def distribution_csv(summary: Summary) -> str:
    """How many gave which score, and their share of all in per cent."""
    lines = [[str(bar.score), str(bar.count), _number(100 * bar.share)] for bar in summary.bars]
    return write_lines([["score", "answers", "share"], *lines])


def _line_cells(line: Line) -> list[str]:
    fair, others = line.fair, line.against_others
    return [
        defused_in_csv(line.words),
        *_cells(line.score),
        *((_number(fair.value), _number(fair.low), _number(fair.high)) if fair else ("", "", "")),
        *(_number(others.difference), _number(others.low), _number(others.high)),
        "too few" if others.is_too_few else _VERDICTS.get(others.verdict, ""),
    ]


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
    return [*map(_number, (score.value, score.low, score.high)), str(score.n)]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
