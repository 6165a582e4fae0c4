"""Charts as SVG, drawn on the server: the same on a screen, on paper and in black and white.

Pure functions from numbers to text. Looks are attributes of the elements, as a strict policy for
styles allows no others. What a chart shows is told by its `label` and by the tables of the report.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

from widget.domain.dashboards import Point
from widget.domain.reports.figures import Bar
from widget.domain.scores.estimates import Score

FONT = "Sayso Report, sans-serif"
_INK, _SOFT, _LINE, _BAND = "#1d1d33", "#555d6b", "#c9cdd6", "#dcdcea"
WIDE = 640.0
# What a phone has room for.
NARROW = 320.0


@dataclass(frozen=True)
class Scale:
    """A piece of a metric's scale along one side of a chart, in its unit, with round `ticks`."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Where a value is, from 0 at the low end to 1."""
        return (value - self.low) / (self.high - self.low)


def scale_for(values: Sequence[float], limits: tuple[float, float]) -> Scale:
    """A piece of the scale that holds all values, at least a quarter of it, from tick to tick.

    Less than that would let chance look like a landslide.
    """
    lowest, highest = limits
    low, high = (min(values), max(values)) if values else limits
    lacking = (highest - lowest) / 4 - (high - low)
    if lacking > 0:
        low, high = low - lacking / 2, high + lacking / 2
        low, high = low + max(0.0, lowest - low), high + max(0.0, lowest - low)
        low, high = low - max(0.0, high - highest), high - max(0.0, high - highest)
    step = _round_step((high - low) / 4)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = tuple(
        value
        for value in (round(index * step, 6) for index in range(first, last + 1))
        if lowest - 1e-9 <= value <= highest + 1e-9
    )
    return Scale(min(low, ticks[0]), max(high, ticks[-1]), ticks)


def _round_step(rough: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** floor(log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough - 1e-12)


@dataclass(frozen=True)
class TrendWords:
    """What a trend says in words: label, ticks, dates, and the lines beside its baseline."""

    label: str
    ticks: Sequence[str]
    dates: Sequence[str]
    baseline: Sequence[str] = ()


def trend_svg(
    points: Sequence[Point],
    baseline: Score,
    scale: Scale,
    words: TrendWords,
    width: float = WIDE,
) -> Markup:
    """A line with the band of its 95 % intervals, and a dashed line where the baseline is.

    Where nobody answered there is a gap. Dots of fewer than ten answers are hollow.
    """
    height, top, bottom = 210.0, 14.0, 30.0
    left, right = (36.0, 76.0) if width == NARROW else (48.0, 84.0)
    step = (width - left - right) / max(1, len(points))

    def x(index: int) -> float:
        return left + step * (index + 0.5)

    def y(value: float) -> float:
        return top + (1 - scale.at(value)) * (height - top - bottom)

    parts = list(_grid(scale, words.ticks, y, left, width - right))
    known = [(x(i), point.score) for i, point in enumerate(points)]
    for run in _runs(known):
        parts.append(_band(run, y))
        if len(run) > 1:
            line = " ".join(f"{px:.1f},{y(score.value or 0):.1f}" for px, score in run)
            parts.append(
                f'<polyline points="{line}" fill="none" stroke="{_INK}" stroke-width="2"/>'
            )
    if baseline.value is not None:
        parts.append(_baseline(y(baseline.value), words.baseline, left, width - right))
    for run in _runs(known):
        parts += [_dot(px, y(score.value or 0), score.is_small) for px, score in run]
    every = ceil(len(points) / (4 if width == NARROW else 8)) or 1
    for index, date in enumerate(words.dates):
        if index % every == 0:
            parts.append(_text(x(index), height - 10, date, anchor="middle"))
    return _svg(width, height, words.label, parts)


def _runs(
    known: Sequence[tuple[float, Score]],
) -> Iterator[list[tuple[float, Score]]]:
    """The parts of a line without a gap."""
    run: list[tuple[float, Score]] = []
    for place in known:
        if place[1].value is None:
            if run:
                yield run
            run = []
        else:
            run.append(place)
    if run:
        yield run


def _band(run: Sequence[tuple[float, Score]], y: Callable[[float], float]) -> str:
    ends = [
        (px, score.low, score.high)
        for px, score in run
        if score.low is not None and score.high is not None
    ]
    if not ends:
        return ""
    if len(ends) == 1:
        # One point has no width of its own.
        px, low, high = ends[0]
        ends = [(px - 5, low, high), (px + 5, low, high)]
    there = [f"{px:.1f},{y(high):.1f}" for px, _low, high in ends]
    back = [f"{px:.1f},{y(low):.1f}" for px, low, _high in reversed(ends)]
    return (
        f'<polygon points="{" ".join(there + back)}" fill="{_BAND}" stroke="{_LINE}" '
        'stroke-width="0.5"/>'
    )


def _grid(
    scale: Scale, ticks: Sequence[str], y: Callable[[float], float], left: float, end: float
) -> Iterator[str]:
    for value, words in zip(scale.ticks, ticks, strict=True):
        at = y(value)
        yield (
            f'<line x1="{left}" x2="{end}" y1="{at:.1f}" y2="{at:.1f}" '
            f'stroke="{_LINE}" stroke-width="0.7"/>'
        )
        yield _text(left - 8, at + 3.5, words, anchor="end")


def _baseline(at: float, lines: Sequence[str], left: float, end: float) -> str:
    beside = end + 8
    return (
        f'<line x1="{left}" x2="{end}" y1="{at:.1f}" y2="{at:.1f}" stroke="{_INK}" '
        'stroke-width="1.2" stroke-dasharray="6 4"/>'
        + "".join(_text(beside, at + 12 * i, line, ink=_INK) for i, line in enumerate(lines))
    )


def _dot(x: float, y: float, is_small: bool) -> str:
    fill = "#fff" if is_small else _INK
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{fill}" stroke="{_INK}" '
        'stroke-width="1.5"/>'
    )


@dataclass(frozen=True)
class BarWords:
    """What bars say in words: the label, and for each bar its name and what stands behind it."""

    label: str
    names: Sequence[str]
    values: Sequence[str]


def bars_svg(bars: Sequence[Bar], words: BarWords, width: float = WIDE) -> Markup:
    """For each score two bars: full, the share of the period; an outline, that of before."""
    row, left = 30.0, 44.0
    right = 92.0 if width == NARROW else 150.0
    now = sum(bar.count for bar in bars) or 1
    before = sum(bar.before for bar in bars) or 1
    longest = max(
        [bar.count / now for bar in bars] + [bar.before / before for bar in bars] + [0.01]
    )
    room = width - left - right
    parts = []
    for index, bar in enumerate(bars):
        top = row * index + 4
        parts.append(_text(left - 8, top + 15, words.names[index], anchor="end", ink=_INK))
        parts.append(
            f'<rect x="{left}" y="{top:.1f}" width="{room * bar.count / now / longest:.1f}" '
            f'height="13" fill="{_INK}"/>'
        )
        parts.append(
            f'<rect x="{left}" y="{top + 15:.1f}" '
            f'width="{room * bar.before / before / longest:.1f}" height="7" fill="#fff" '
            f'stroke="{_INK}" stroke-width="0.8"/>'
        )
        parts.append(_text(width - right + 8, top + 14, words.values[index]))
    parts.append(
        f'<line x1="{left}" x2="{left}" y1="0" y2="{row * len(bars):.1f}" stroke="{_SOFT}" '
        'stroke-width="1"/>'
    )
    return _svg(width, row * len(bars), words.label, parts)


def _text(x: float, y: float, words: str, anchor: str = "start", ink: str = _SOFT) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="10.5" fill="{ink}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def _svg(width: float, height: float, label: str, parts: Sequence[str]) -> Markup:
    drawn = "".join(parts)
    return Markup(  # noqa: S704 - numbers, and texts that are escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'font-family="{FONT}">{drawn}</svg>'
    )
