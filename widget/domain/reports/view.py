"""A report as it is read: on the page, on paper, and as a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from widget.domain.dashboards import Point
from widget.domain.reports.figures import ReportFigures
from widget.domain.reports.plans import ReportPlan
from widget.domain.scales import KIND_NAMES, Kind
from widget.domain.score_summary import HIGHEST


@dataclass(frozen=True)
class ShownComment:
    """A comment of a report. `day` is the workspace's; `customer` "" where it is not told."""

    response_id: UUID
    text: str
    kind: Kind
    score: int
    day: date
    language: str
    customer: str = ""

    @property
    def score_words(self) -> str:
        """`4 of 5 stars`, `NPS 9 of 10`."""
        if self.kind == "stars":
            return f"{self.score} of {HIGHEST['stars']} stars"
        return f"{KIND_NAMES[self.kind]} {self.score} of {HIGHEST[self.kind]}"


@dataclass(frozen=True)
class ReportView:
    """All that a report says. `counted_on` is the day that its numbers are of.

    `left_out` is how many chosen comments it does not show: erased, hidden, changed since somebody
    read them, or not the reader's to see.
    """

    title: str
    workspace: str
    plan: ReportPlan
    figures: ReportFigures
    comments: Sequence[ShownComment]
    left_out: int
    counted_on: date
    is_finished: bool

    @property
    def trend(self) -> tuple[Point, ...]:
        """The parts of the period that had begun when the numbers were counted."""
        points = self.figures.trend
        return tuple(one for one in points if one.bucket.span.first <= self.counted_on)

    @property
    def introduction(self) -> list[str]:
        """The maker's own words, in paragraphs."""
        return [part.strip() for part in self.plan.introduction.split("\n") if part.strip()]
