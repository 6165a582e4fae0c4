"""Plots of numbers as PNG pictures, for mails: on white, so that they can be read in the dark too.

What a plot shows is also said in words, by the alternative texts here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from math import floor, log10

from PIL import Image, ImageDraw, ImageFont

from widget.domain.dashboards import Point
from widget.domain.figures import NO_DATA, Figures
from widget.domain.scores.metrics import METRICS, MetricId, Unit
from widget.domain.scores.summaries import Summary
from widget.drawing import drawable, font_of, one_at_a_time

# Twice as many pixels as mails show: sharp on dense screens.
WIDTH = 1120
_COURSE_HEIGHT = 540
_TEXT, _BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"
_GROUND, _INK, _SOFT, _LINE = "#ffffff", "#1b1f27", "#555d6b", "#d9dde5"
_ACCENT, _BETWEEN = "#4a4ac4", "#a9a9ea"
# Shapes are drawn larger and shrunk, which smooths their edges.
_SMOOTH = 3
_LEFT, _RIGHT, _TOP, _BOTTOM = 140, 30, 110, 120
_BAR_HEIGHT, _BAR_LEFT, _BAR_RIGHT = 52, 100, 270
_MOST_POINTS = 8
# What a number cannot go beyond.
_ENDS: dict[Unit, tuple[float | None, float | None]] = {
    "points": (1, None),
    "percent": (0, 100),
    "nps": (-100, 100),
    "seconds": (0, None),
    "count": (0, None),
}
_HIGHEST_POINTS = {"stars": 5.0, "ces": 7.0}


@dataclass(frozen=True)
class Plot:
    """A picture and what it says."""

    png: bytes
    alt: str
    height: int


def course_plot(metric: MetricId, course: Sequence[Point], figures: Figures) -> Plot:
    """A metric's number in each week or month with its interval. Hollow: of few answers."""
    one = METRICS[metric]
    alt = f"{one.name}, the earliest first: " + "; ".join(
        _point_words(metric, point, figures) for point in course
    )
    values = [
        value
        for point in course
        for value in (point.score.value, point.score.low, point.score.high)
        if value is not None
    ]
    low, high, step = _axis(metric, values)
    picture = Image.new("RGB", (WIDTH, _COURSE_HEIGHT), _GROUND)
    with one_at_a_time:
        places = _places(course, low, high)
        _draw_shapes(picture, course, places, _grid(low, high, step))
        pen = ImageDraw.Draw(picture)
        pen.text((30, 24), one.name, _INK, font_of(_BOLD, 34))
        for value, y in _grid(low, high, step):
            text = figures.value(value, metric)
            pen.text((_LEFT - 16, y), text, _SOFT, font_of(_TEXT, 27), anchor="rm")
        for point, place in zip(course, places, strict=True):
            _write_point(pen, metric, point, place, figures)
    return Plot(_png(picture), alt, _COURSE_HEIGHT // 2)


def distribution_plot(name: str, summary: Summary, figures: Figures) -> Plot:
    """How many gave which score."""
    alt = f"{name}, how many gave which score: " + "; ".join(
        f"{bar.score}: {figures.count(bar.count)} ({bar.share * 100:.0f} %)" for bar in summary.bars
    )
    height = 92 + _BAR_HEIGHT * len(summary.bars) + 20
    picture = Image.new("RGB", (WIDTH, height), _GROUND)
    with one_at_a_time:
        pen = ImageDraw.Draw(picture)
        pen.text((30, 24), f"{drawable(name)}: how many gave which score", _INK, font_of(_BOLD, 34))
        room = WIDTH - _BAR_LEFT - _BAR_RIGHT
        for row, bar in enumerate(summary.bars):
            middle = 92 + _BAR_HEIGHT * row + _BAR_HEIGHT // 2
            right, gap = _BAR_LEFT, 0
            pen.text((_BAR_LEFT - 18, middle), str(bar.score), _INK, font_of(_TEXT, 26), "rm")
            if bar.count:
                right, gap = _BAR_LEFT + max(round(room * bar.share), 3), 16
                pen.rectangle((_BAR_LEFT, middle - 16, right, middle + 16), fill=_ACCENT)
            words = f"{bar.share * 100:.0f} %  ({figures.count(bar.count)})"
            pen.text((right + gap, middle), words, _SOFT, font_of(_TEXT, 26), anchor="lm")
    return Plot(_png(picture), alt, height // 2)


@dataclass(frozen=True)
class _Place:
    """Where a point is drawn: across, and down; None without data."""

    x: int
    y: int | None
    low: int | None
    high: int | None


def _places(course: Sequence[Point], low: float, high: float) -> list[_Place]:
    room = (WIDTH - _LEFT - _RIGHT) / len(course)

    def down(value: float | None) -> int | None:
        return None if value is None else _down(value, low, high)

    return [
        _Place(
            round(_LEFT + room * (number + 0.5)),
            down(point.score.value),
            down(point.score.low),
            down(point.score.high),
        )
        for number, point in enumerate(course)
    ]


def _down(value: float, low: float, high: float) -> int:
    room = _COURSE_HEIGHT - _TOP - _BOTTOM
    return round(_TOP + room * (high - value) / (high - low))


def _axis(metric: MetricId, values: Sequence[float]) -> tuple[float, float, float]:
    """The lowest and the highest value of the plot, and how far its lines are apart."""
    one = METRICS[metric]
    least, most = _ENDS[one.unit]
    most = _HIGHEST_POINTS.get(metric, most)
    low, high = (min(values), max(values)) if values else (least or 0.0, most or 1.0)
    # Small changes of a narrow plot look like large ones.
    narrowest = (most - least) / 4 if least is not None and most is not None else 1.0
    if high - low < narrowest:
        middle = (low + high) / 2
        low, high = middle - narrowest / 2, middle + narrowest / 2
    step = _nice((high - low) / 4)
    low, high = floor(low / step) * step, -floor(-high / step) * step
    low = low if least is None else max(low, least)
    high = high if most is None else min(high, most)
    return low, high, step


def _nice(step: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power: float = 10.0 ** floor(log10(step))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= step - power * 1e-9)


def _grid(low: float, high: float, step: float) -> list[tuple[float, int]]:
    """The values that have a line, and how far down it is."""
    first = -floor(-low / step + 1e-9)
    number = floor((high - first * step) / step + 1e-9) + 1
    return [((first + n) * step, _down((first + n) * step, low, high)) for n in range(number)]


def _draw_shapes(
    picture: Image.Image,
    course: Sequence[Point],
    places: Sequence[_Place],
    grid: Sequence[tuple[float, int]],
) -> None:
    large = Image.new("RGB", (WIDTH * _SMOOTH, _COURSE_HEIGHT * _SMOOTH), _GROUND)
    pen = ImageDraw.Draw(large)

    def line(*ends: int, colour: str, width: int) -> None:
        pen.line([end * _SMOOTH for end in ends], fill=colour, width=width * _SMOOTH)

    for _value, y in grid:
        line(_LEFT, y, WIDTH - _RIGHT, y, colour=_LINE, width=1)
    for place in places:
        if place.low is not None and place.high is not None:
            line(place.x, place.low, place.x, place.high, colour=_BETWEEN, width=8)
    for before, after in pairwise(places):
        if before.y is not None and after.y is not None:
            line(before.x, before.y, after.x, after.y, colour=_ACCENT, width=3)
    for point, place in zip(course, places, strict=True):
        if place.y is None:
            continue
        middle, reach = (place.x * _SMOOTH, place.y * _SMOOTH), 9 * _SMOOTH
        pen.circle(
            middle,
            reach,
            fill=_GROUND if point.score.is_small else _ACCENT,
            outline=_ACCENT,
            width=3 * _SMOOTH,
        )
    picture.paste(large.resize(picture.size, Image.Resampling.LANCZOS))


def _write_point(
    pen: ImageDraw.ImageDraw, metric: MetricId, point: Point, place: _Place, figures: Figures
) -> None:
    first, base = point.bucket.span.first, _COURSE_HEIGHT - _BOTTOM
    pen.text((place.x, base + 22), f"{first.day} {first:%b}", _INK, font_of(_TEXT, 27), "ma")
    of = f"n = {figures.count(point.score.n)}"
    pen.text((place.x, base + 62), of, _SOFT, _fitting(of, _TEXT, 26), anchor="ma")
    if place.y is None:
        pen.text((place.x, base - 14), NO_DATA, _SOFT, font_of(_TEXT, 26), anchor="ms")
        return
    text = figures.value(point.score.value, metric)
    top = min(place.y, place.high if place.high is not None else place.y)
    pen.text((place.x, top - 14), text, _INK, _fitting(text, _BOLD, 28), anchor="ms")


def _fitting(text: str, name: str, size: int) -> ImageFont.FreeTypeFont:
    """A font in which a text stays clear of those of the next points."""
    room = (WIDTH - _LEFT - _RIGHT) / _MOST_POINTS - 12
    wide = font_of(name, size).getlength(text)
    return font_of(name, size if wide <= room else max(floor(size * room / wide), 12))


def _point_words(metric: MetricId, point: Point, figures: Figures) -> str:
    first, score = point.bucket.span.first, point.score
    day = f"{first.day} {first:%b}"
    if score.value is None:
        return f"{day} {NO_DATA}"
    between = figures.interval(score, metric)
    within = f" ({between})" if between else ""
    few = ", few" if score.is_small else ""
    return f"{day} {figures.value(score.value, metric)}{within}, n = {figures.count(score.n)}{few}"


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    # Few colours: a fifth of the size, and nobody sees a difference.
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()
