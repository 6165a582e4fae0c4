"""Where the responses behind the dashboard's numbers are listed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from widget.domain.dashboard_answers import answers_of, counted_by
from widget.domain.dashboard_queries import SPAN_NAMES
from widget.domain.guidance import GROUPS
from widget.domain.scales import Kind
from widget.domain.scores.metrics import MetricId
from widget.domain.scores.spans import Span
from widget.web.console.access import seat
from widget.web.console.dashboard_filters import Asked
from widget.web.console.group_words import group_words


def responses_address(asked: Asked, span: Span | None = None, **more: Any) -> str:
    """The list of responses by the page's filter and more; `more` replaces what it names. Days are
    told as days there: those of `span`, else the page's."""
    kept = {name: values for name, values in _kept(asked).items() if name not in more}
    return (
        f"{url_for('console.responses')}?{_encoded({**kept, **_ends(span or asked.span), **more})}"
    )


def _kept(asked: Asked) -> dict[str, Any]:
    return {name: values for name, values in asked.address.items() if name not in SPAN_NAMES}


def _ends(span: Span) -> dict[str, str]:
    return {"from": span.first.isoformat(), "to": span.last.isoformat()}


def _encoded(parameters: Mapping[str, Any]) -> str:
    return urlencode(parameters, doseq=True)


@dataclass(frozen=True)
class AnswerLinks:
    """Addresses of the responses behind the numbers of a page; "" where there is no such list.
    `row` is the filter of a number's own row."""

    asked: Asked

    def counted(
        self, metric: MetricId, span: Span | None = None, row: Mapping[str, str] | None = None
    ) -> str:
        """The responses that a metric's number counts."""
        return self._to(counted_by(metric), span, row)

    def answers(self, metric: MetricId, row: Mapping[str, str] | None = None) -> str:
        """All the responses that it is of."""
        return self._to(answers_of(metric), None, row)

    def requests(self) -> str:
        """The requests of the days that a response rate is of; "" for whoever has no such list, and
        for a filter that the list does not know."""
        further = {name for name in self.asked.address if name not in SPAN_NAMES} - {"survey"}
        surveys = self.asked.chosen["survey"]
        if further or len(surveys) > 1 or not seat().may("read_responses"):
            return ""
        days = self.asked.span
        ends: dict[str, Any] = {"from": days.first.isoformat(), "to": days.last.isoformat()}
        return url_for("console.requests", survey=next(iter(surveys), None), **ends)

    def scored(self, kind: Kind, score: int) -> str:
        """The responses that gave a score."""
        return self._to({"kind": kind, "score": str(score)}, None, None)

    def of_groups(self, kind: Kind) -> list[tuple[str, str]]:
        """The groups that answers of NPS make, each with its words and its responses; other kinds
        have none."""
        if kind != "nps":
            return []
        return [
            (group_words(mood), self._to({"kind": kind, "mood": mood}, None, None))
            for mood in GROUPS
        ]

    def _to(
        self, wanted: dict[str, str] | None, span: Span | None, row: Mapping[str, str] | None
    ) -> str:
        if wanted is None:
            return ""
        more = {**wanted, **(row or {})}
        if more.keys() & self.asked.address.keys():
            return responses_address(self.asked, span, **more)
        return f"{self._start}{_encoded({**_ends(span or self.asked.span), **more})}"

    @cached_property
    def _start(self) -> str:
        """What all addresses of a page that replace nothing begin with: it has hundreds of them,
        and having each built by name takes longer than counting."""
        kept = _encoded(_kept(self.asked))
        return f"{url_for('console.responses')}?{kept}{'&' if kept else ''}"
