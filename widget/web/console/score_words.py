"""How pages write numbers, intervals and changes of metrics: in the language of whoever looks."""

from flask import g
from flask_babel import get_locale, gettext

from widget.domain.figures import Figures
from widget.domain.scales import Kind
from widget.domain.score_summary import HIGHEST
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import MetricId
from widget.domain.scores.summaries import Summary
from widget.web.console.access import blueprint
from widget.web.words import said


@blueprint.app_template_filter("metric_value")
def metric_value(value: float | None, metric: MetricId) -> str:
    """A number of a metric in its unit."""
    return figures().value(value, metric)


@blueprint.app_template_filter("metric_interval")
def metric_interval(score: Score, metric: MetricId) -> str:
    """The ends of its interval, "" where it has none."""
    return figures().interval(score, metric)


@blueprint.app_template_filter("mean_metric")
def mean_metric(kind: Kind) -> MetricId:
    """As which metric the mean of a kind's scores is written; that of CSAT as stars are."""
    return "stars" if kind == "csat" else kind


@blueprint.app_template_filter("positive_range")
def positive_range(summary: Summary) -> str:
    """The scores that count as positive, as `4–5`; where surveys differ, as `4–5 or 5`."""
    highest = HIGHEST[summary.kind]
    ranges = [f"{low}–{highest}" if low < highest else f"{low}" for low in summary.thresholds]
    return str(gettext(" or ")).join(ranges)


@blueprint.app_template_filter("metric_change")
def metric_change(change: Comparison, metric: MetricId) -> str:
    """By how much it changed, with a sign; "" where one side has no answers."""
    return figures().change(change, metric)


@blueprint.app_template_filter("change_interval")
def change_interval(change: Comparison, metric: MetricId) -> str:
    """The ends of a change's interval, "" where it has none."""
    return figures().change_interval(change, metric)


@blueprint.app_template_filter("verdict_words")
def verdict_words(change: Comparison) -> str:
    """Whether a difference is more than chance, in words; "" of what is not tested."""
    return figures().verdict(change)


@blueprint.app_template_filter("count_words")
def count_words(number: int) -> str:
    """A count with its thousands apart."""
    return figures().count(number)


def written(value: float, decimals: int) -> str:
    """A number with so many decimals, as the console's language writes it."""
    return figures().decimal(value, decimals)


def written_signed(value: float, decimals: int) -> str:
    """The same with its sign, ± for nothing."""
    return figures().signed(value, decimals)


def figures() -> Figures:
    """Figures in the language of this request."""
    found: Figures | None = g.get("figures")
    if found is None:
        found = g.figures = Figures(str(get_locale() or "en"), said)
    return found
