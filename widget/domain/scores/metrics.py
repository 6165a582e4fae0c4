"""The numbers that a dashboard can show: what each means and how it is computed, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from widget.domain.scales import POSITIVE_FROM, Kind
from widget.domain.scores.estimates import METHODS, Method
from widget.domain.scores.nps import detractors_until

MetricId = Literal[
    "stars",
    "five_star",
    "positive",
    "negative",
    "csat",
    "nps",
    "ces",
    "response_rate",
    "comment_rate",
    "time_to_answer",
    "rewards",
    "shares",
]
METRIC_IDS: tuple[MetricId, ...] = get_args(MetricId)
# points: of the scale. percent: 0 to 100, and differences in percentage points. nps: −100 to 100.
Unit = Literal["points", "percent", "nps", "seconds", "count"]

_MEAN: tuple[Method, ...] = ("bootstrap", "student_t")
_EACH_BY_ITS_OWN = "Surveys differ in that; each answer is counted by its own survey's."
_SATISFACTION = (
    "N. A. Morgan and L. L. Rego, 2006, The Value of Different Customer Satisfaction and Loyalty "
    "Metrics in Predicting Business Performance, Marketing Science 25, 426-439"
)


@dataclass(frozen=True)
class Metric:
    """One number: its name, unit and decimals, and how it is computed.

    `kind` is the kind of question it is about; None where any will do. `formula` is a sentence with
    places for thresholds, which `formula_for` fills. `methods` are the interval's, `source` is
    where the number itself is from ("" for plain arithmetic). `higher_is_better` is None where
    more is neither.
    """

    id: MetricId
    name: str
    unit: Unit
    decimals: int
    kind: Kind | None
    formula: str
    methods: tuple[Method, ...]
    source: str
    higher_is_better: bool | None

    def formula_for(self, *thresholds: int) -> str:
        """The formula in words. `thresholds` are from where the surveys' scores are positive;
        the usual one of the kind unless told."""
        known = sorted(set(thresholds)) or [POSITIVE_FROM[self.kind] if self.kind else 0]
        formula = self.formula.format(
            positive_from=_either(known),
            detractors_until=_either(sorted({detractors_until(one) for one in known})),
        )
        differs = len(known) > 1 and "{positive_from}" in self.formula
        return f"{formula} {_EACH_BY_ITS_OWN}" if differs else formula

    def sources_of(self, *used: Method) -> tuple[str, ...]:
        """Where the number is from, and the methods that were used for it: author, year, title,
        each once."""
        all_of_them = (self.source, *(METHODS[method].source for method in used))
        return tuple(source for source in dict.fromkeys(all_of_them) if source)


def _either(numbers: Sequence[int]) -> str:
    return " or ".join(map(str, numbers))


_ALL = (
    Metric(
        "stars",
        "Stars",
        "points",
        2,
        "stars",
        "The sum of all stars, divided by the number of answers.",
        _MEAN,
        "",
        True,
    ),
    Metric(
        "five_star",
        "Five stars",
        "percent",
        0,
        "stars",
        "Answers of five stars, divided by all answers, times 100.",
        ("wilson",),
        "",
        True,
    ),
    Metric(
        "positive",
        "Positive",
        "percent",
        0,
        "stars",
        "Answers of {positive_from} stars or more, divided by all answers, times 100.",
        ("wilson",),
        "",
        True,
    ),
    Metric(
        "negative",
        "Negative",
        "percent",
        0,
        "stars",
        "Answers of fewer than {positive_from} stars, divided by all answers, times 100.",
        ("wilson",),
        "",
        False,
    ),
    Metric(
        "csat",
        "CSAT",
        "percent",
        0,
        "csat",
        "Answers of {positive_from} or more out of five, divided by all answers, times 100. "
        "Neutral answers count among all.",
        ("wilson",),
        _SATISFACTION,
        True,
    ),
    Metric(
        "nps",
        "NPS",
        "nps",
        0,
        "nps",
        "The share of promoters (who chose {positive_from} to 10) minus the share of detractors "
        "(0 to {detractors_until}), times 100. Everybody else counts among all.",
        ("adjusted_wald",),
        "F. F. Reichheld, 2003, The One Number You Need to Grow, Harvard Business Review 81, 46-54",
        True,
    ),
    Metric(
        "ces",
        "CES",
        "points",
        2,
        "ces",
        "The sum of all points, from 1 to 7 (best), divided by the number of answers.",
        _MEAN,
        "M. Dixon, K. Freeman and N. Toman, 2010, Stop Trying to Delight Your Customers, "
        "Harvard Business Review 88, 116-122",
        True,
    ),
    Metric(
        "response_rate",
        "Response rate",
        "percent",
        0,
        None,
        "Requests that were answered, at least in part, divided by requests sent, times 100.",
        ("wilson",),
        "The American Association for Public Opinion Research, 2023, Standard Definitions, "
        "10th edition, response rate 2",
        True,
    ),
    Metric(
        "comment_rate",
        "Comment rate",
        "percent",
        0,
        None,
        "Answers with a comment, divided by all answers, times 100.",
        ("wilson",),
        "",
        None,
    ),
    Metric(
        "time_to_answer",
        "Time to answer",
        "seconds",
        0,
        None,
        "The median: half of the requests that were answered were answered sooner after they were "
        "sent, half later.",
        ("order_statistics",),
        "",
        False,
    ),
    Metric(
        "rewards",
        "Rewards",
        "count",
        0,
        None,
        "How many rewards customers suggested.",
        ("counted",),
        "",
        True,
    ),
    Metric(
        "shares",
        "Shares",
        "count",
        0,
        None,
        "How often customers passed on what they had said.",
        ("counted",),
        "",
        True,
    ),
)
METRICS: dict[MetricId, Metric] = {metric.id: metric for metric in _ALL}
