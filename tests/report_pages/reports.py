"""Reports as data, for the tests of pages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from widget.domain.dashboards import Point, tiles
from widget.domain.reports.figures import FollowUpFigures, ReasonFigure, ReportFigures, bars_of
from widget.domain.reports.plans import ReportPlan
from widget.domain.reports.view import ReportView, ShownComment
from widget.domain.scores.durations import median_time
from widget.domain.scores.scoring import Answers, Counts, score_of
from widget.domain.scores.spans import Span, buckets

PLAN = ReportPlan("survey", Span(date(2026, 7, 1), date(2026, 9, 30)))


def stars(scores: dict[int, int]) -> Counts:
    return Counts([Answers("stars", scores, 4)], responses=sum(scores.values()))


def figures(now: dict[int, int], before: dict[int, int], weeks: Sequence[int] = ()) -> Any:
    """Figures of a survey of stars; `weeks` is how many gave four stars in each week."""
    counts, counts_before = stars(now), stars(before)
    parts = buckets(PLAN.span)
    numbers = [*weeks, *[0] * (len(parts) - len(weeks))]
    trend = [
        Point(part, score_of("stars", stars({4: number} if number else {})))
        for part, number in zip(parts, numbers, strict=True)
    ]
    return ReportFigures(
        subject="Contoso",
        survey="After a ticket",
        kind="stars",
        positive_from=4,
        metric="stars",
        tiles=tuple(tiles(["stars", "positive"], counts, counts_before)),
        baseline=score_of("stars", counts_before),
        trend=tuple(trend),
        bars=bars_of(range(1, 6), now, before),
        follow_ups=FollowUpFigures(3, 2, 1, median_time({7200: 2})),
        follow_ups_before=FollowUpFigures(0, 0, 0, median_time({})),
        reasons=(ReasonFigure("Friendly", True, 20, 40, 5, 8),),
    )


def comment(text: str, **changes: Any) -> ShownComment:
    shown = ShownComment(UUID(int=1), text, "stars", 5, date(2026, 8, 3), "en")
    return replace(shown, **changes)


def view(**changes: Any) -> ReportView:
    known: dict[str, Any] = {
        "title": "Contoso, Q3 2026",
        "workspace": "Acme",
        "plan": PLAN,
        "figures": figures({5: 60, 4: 30, 1: 10}, {5: 40, 4: 30, 1: 30}, [5, 12, 0, 20]),
        "comments": [],
        "left_out": 0,
        "counted_on": date(2026, 10, 2),
        "is_finished": True,
    }
    return ReportView(**known | changes)
