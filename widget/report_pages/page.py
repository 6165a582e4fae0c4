"""A report as HTML: the same words on the page, on paper and in the PDF."""

from datetime import date
from functools import cache
from hashlib import sha256

from babel.core import Locale, UnknownLocaleError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from widget.domain.figures import NO_DATA, Figures
from widget.domain.reports.figures import ReportFigures
from widget.domain.reports.plans import span_words
from widget.domain.reports.view import ReportView
from widget.domain.scales import POSITIVE_FROM
from widget.domain.score_summary import HIGHEST, LOWEST
from widget.domain.scores.estimates import METHODS
from widget.domain.scores.metrics import METRICS, MetricId, Unit
from widget.domain.scores.spans import Bucket
from widget.paths import asset_folder
from widget.report_pages.charts import (
    NARROW,
    WIDE,
    BarWords,
    TrendWords,
    bars_svg,
    scale_for,
    trend_svg,
)

_LIMITS: dict[Unit, tuple[float, float]] = {"percent": (0.0, 100.0), "nps": (-100.0, 100.0)}
_PAPERS = {"a4": "A4", "letter": "letter"}


def body(view: ReportView, *, on_screen: bool = True) -> Markup:
    """The report itself, an `article` that a page has around it. On a screen it has each chart a
    second time, for phones."""
    widths = (WIDE, NARROW) if on_screen else (WIDE,)
    return Markup(  # noqa: S704 - rendered by a template that escapes
        _environment()
        .get_template("reports/_body.html")
        .render(
            view=view,
            figures=view.figures,
            words=Figures(),
            metrics=METRICS,
            formulas=_formulas(view.figures),
            sources=_sources(view.figures),
            span_words=span_words,
            day_words=day_words,
            bucket_words=bucket_words,
            charts={
                "trend": [_trend(view, width) for width in widths],
                "bars": [_bars(view, width) for width in widths],
            },
            share=_share,
            # Areas are told by the mean in points, that of CSAT as well.
            points="stars" if view.figures.kind == "csat" else view.figures.metric,
            percent=lambda share: f"{100 * share:.0f} %",
            language_name=_language_name,
            no_data=NO_DATA,
        )
    )


def document(view: ReportView) -> str:
    """The whole page that a PDF is made from."""
    return (
        _environment()
        .get_template("reports/document.html")
        .render(view=view, body=body(view, on_screen=False), paper=_PAPERS[view.plan.paper])
    )


def digest_of(page: str) -> str:
    """What tells one page from another."""
    return sha256(page.encode()).hexdigest()


def day_words(day: date) -> str:
    """A day as `23 Nov 2026`."""
    return f"{day.day} {day:%b %Y}"


def bucket_words(bucket: Bucket) -> str:
    """A point of the trend by its first day, as `5 Oct`; a month as `Oct 2026`."""
    first = bucket.span.first
    if bucket.span.months == 1:
        return f"{first:%b %Y}"
    return f"{first.day} {first:%b}"


def _trend(view: ReportView, width: float) -> Markup:
    figures, words = view.figures, Figures()
    metric = figures.metric
    ends = [
        end
        for score in (figures.baseline, *(point.score for point in view.trend))
        for end in (score.value, score.low, score.high)
        if end is not None
    ]
    # A baseline's own interval is in the table; the line alone need be within.
    scale = scale_for(ends, _limits(metric, figures))
    name = METRICS[metric].name
    before = words.value(figures.baseline.value, metric)
    return trend_svg(
        view.trend,
        figures.baseline,
        scale,
        TrendWords(
            label=f"{name} over time, with 95 % intervals. The table “{name} over time” says the "
            "same in numbers.",
            ticks=[_tick(value, metric) for value in scale.ticks],
            dates=[bucket_words(point.bucket) for point in view.trend],
            baseline=[*_in_lines(span_words(view.plan.compared_with)), before],
        ),
        width,
    )


def _in_lines(span: str) -> list[str]:
    """`1 Jul 2026 –` and `4 Aug 2026`: beside the chart there is room for a day, not for two."""
    return [f"{span.partition(' – ')[0]} –", span.partition(" – ")[2]] if " – " in span else [span]


def _tick(value: float, metric: MetricId) -> str:
    if METRICS[metric].unit == "points":
        return f"{value:g}"
    return Figures().value(value, metric)


def _limits(metric: MetricId, figures: ReportFigures) -> tuple[float, float]:
    unit = METRICS[metric].unit
    if unit == "points":
        return float(LOWEST[figures.kind]), float(HIGHEST[figures.kind])
    return _LIMITS[unit]


def _bars(view: ReportView, width: float) -> Markup:
    figures, words = view.figures, Figures()
    return bars_svg(
        figures.bars,
        BarWords(
            label="How many gave which score. The table “How many gave which score” says the same "
            "in numbers.",
            names=[
                f"{bar.score} ★" if figures.kind == "stars" else str(bar.score)
                for bar in figures.bars
            ],
            values=[
                f"{_share(bar.count, figures.answers)} ({words.count(bar.count)})"
                for bar in figures.bars
            ],
        ),
        width,
    )


def _language_name(tag: str) -> str:
    """A language in English, as it is called there; its tag where nobody knows it."""
    try:
        return Locale.parse(tag, sep="-").get_language_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def _share(part: int, whole: int) -> str:
    """A part of a whole in per cent; an en dash of nothing."""
    return f"{100 * part / whole:.0f} %" if whole else NO_DATA


def _formulas(figures: ReportFigures) -> list[tuple[str, str, str]]:
    """Of each metric its name, its formula and the method of its interval."""
    found = []
    for tile in figures.tiles:
        metric = METRICS[tile.metric]
        thresholds = []
        if metric.kind is not None:
            is_main = metric.kind == figures.kind
            thresholds.append(figures.positive_from if is_main else POSITIVE_FROM[metric.kind])
        method = METHODS[tile.score.method].name
        found.append((metric.name, metric.formula_for(*thresholds), method))
    return found


def _sources(figures: ReportFigures) -> list[str]:
    """Where the formulas and methods are from, each once, in their order."""
    found: list[str] = []
    for tile in figures.tiles:
        found += [METRICS[tile.metric].source, METHODS[tile.score.method].source]
        found.append(METHODS[tile.change.method].source)
    if figures.weighted:
        found.append(METHODS["poststratified"].source)
    if figures.against is not None:
        found.append(METHODS[figures.against.difference.method].source)
    return [source for source in dict.fromkeys(found) if source]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(asset_folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
