"""Numbers of metrics in words: with their unit, "–" where there are none, and never more exact than
they are."""

from functools import lru_cache

from babel.numbers import format_decimal
from flask_babel import get_locale
from flask_babel import gettext as _

from widget.domain.scales import Kind
from widget.domain.score_summary import HIGHEST
from widget.domain.scores.comparisons import Comparison
from widget.domain.scores.estimates import Score
from widget.domain.scores.metrics import METRICS, MetricId
from widget.domain.scores.summaries import Summary
from widget.web.console.access import blueprint

NO_DATA = "–"
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@blueprint.app_template_filter("metric_value")
def metric_value(value: float | None, metric: MetricId) -> str:
    """A number of a metric in its unit."""
    if value is None:
        return NO_DATA
    unit = METRICS[metric].unit
    if unit == "seconds":
        return _duration(value)
    text = _decimal(value, METRICS[metric].decimals)
    return str(_("%(number)s %%", number=text)) if unit == "percent" else text


@blueprint.app_template_filter("metric_interval")
def metric_interval(score: Score, metric: MetricId) -> str:
    """The ends of its interval, "" where it has none."""
    if score.low is None or score.high is None:
        return ""
    if METRICS[metric].unit == "seconds":
        return f"{_duration(score.low)} – {_duration(score.high)}"
    decimals = METRICS[metric].decimals
    ends = {"low": _decimal(score.low, decimals), "high": _decimal(score.high, decimals)}
    return str(_("%(low)s to %(high)s", **ends))


@blueprint.app_template_filter("mean_metric")
def mean_metric(kind: Kind) -> MetricId:
    """As which metric the mean of a kind's scores is written; that of CSAT as stars are."""
    return "stars" if kind == "csat" else kind


@blueprint.app_template_filter("positive_range")
def positive_range(summary: Summary) -> str:
    """The scores that count as positive, as `4–5`; where surveys differ, as `4–5 or 5`."""
    highest = HIGHEST[summary.kind]
    ranges = [f"{low}–{highest}" if low < highest else f"{low}" for low in summary.thresholds]
    return str(_(" or ")).join(ranges)


@blueprint.app_template_filter("metric_change")
def metric_change(change: Comparison, metric: MetricId) -> str:
    """By how much it changed, with a sign; "" where one side has no answers."""
    if change.difference is None:
        return ""
    if METRICS[metric].unit == "seconds":
        return f"{_sign(change.difference)}{_duration(abs(change.difference))}"
    return _signed(change.difference, METRICS[metric].decimals)


@blueprint.app_template_filter("change_interval")
def change_interval(change: Comparison, metric: MetricId) -> str:
    """The ends of a change's interval, "" where it has none."""
    if change.low is None or change.high is None:
        return ""
    decimals = METRICS[metric].decimals
    ends = {"low": _signed(change.low, decimals), "high": _signed(change.high, decimals)}
    return str(_("%(low)s to %(high)s", **ends))


@blueprint.app_template_filter("verdict_words")
def verdict_words(change: Comparison) -> str:
    """Whether a difference is more than chance, in words; "" of what is not tested."""
    if change.verdict == "unclear":
        return str(_("may be chance"))
    if change.verdict:
        return str(_("more than chance"))
    if change.difference is not None and change.is_too_few:
        return str(_("too few answers to tell"))
    return ""


@blueprint.app_template_filter("count_words")
def count_words(number: int) -> str:
    """A count with its thousands apart."""
    return _decimal(number, 0)


def _decimal(value: float, decimals: int) -> str:
    # Adding nothing makes minus nothing nothing.
    return _written(round(value, decimals) + 0.0, decimals, str(get_locale() or "en"))


@lru_cache(maxsize=20_000)
def _written(rounded: float, decimals: int, locale: str) -> str:
    """A page has a thousand numbers, and many of them are alike."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(rounded, format=pattern, locale=locale).replace("-", "−")


def _signed(value: float, decimals: int) -> str:
    return f"{_sign(round(value, decimals))}{_decimal(abs(value), decimals)}"


def _sign(value: float) -> str:
    return "+" if value > 0 else "−" if value < 0 else "±"


def _duration(seconds: float) -> str:
    """Whole minutes below two hours, hours below two days, else days."""
    if seconds < 2 * _HOUR:
        return str(_("%(minutes)s min", minutes=round(seconds / _MINUTE)))
    if seconds < 2 * _DAY:
        return str(_("%(hours)s h", hours=round(seconds / _HOUR)))
    return str(_("%(days)s days", days=_decimal(seconds / _DAY, 1)))
