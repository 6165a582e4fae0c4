"""Spans of days: what a report is about, what it is compared with, and how its trend is cut.

Days are the workspace's; a span begins with its first day's midnight there and ends with its last
day's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from widget.domain.periods import Period, period_of

BucketName = Literal["day", "week", "month", "quarter"]
# Those that somebody may choose for any span, the shortest first.
BUCKET_NAMES: tuple[BucketName, ...] = ("day", "week", "month")
Preset = Literal[
    "last_7",
    "last_30",
    "last_90",
    "last_365",
    "this_month",
    "last_month",
    "this_quarter",
    "last_quarter",
    "this_year",
    "last_year",
]
PRESETS: tuple[Preset, ...] = get_args(Preset)
PRESET_NAMES: dict[Preset, str] = {
    "last_7": "Last 7 days",
    "last_30": "Last 30 days",
    "last_90": "Last 90 days",
    "last_365": "Last 365 days",
    "this_month": "This month",
    "last_month": "Last month",
    "this_quarter": "This quarter",
    "last_quarter": "Last quarter",
    "this_year": "This year",
    "last_year": "Last year",
}

_DAY = timedelta(days=1)
# A trend has up to so many days, then weeks, then months: enough to see, few enough to read.
_MOST_BY_DAY = 45
_MOST_BY_WEEK = 200
# And where somebody chooses, at most so many points.
_MOST_POINTS = 366


@dataclass(frozen=True)
class Span:
    """From the first day to the last, both included. Raises ValueError the wrong way round."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} is before {self.first}.")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def months(self) -> int | None:
        """How many whole months of the calendar it is. None where it is not."""
        if self.first.day != 1 or (self.last + _DAY).day != 1:
            return None
        return _month_number(self.last) - _month_number(self.first) + 1

    @property
    def before(self) -> "Span":
        """The span that ends where this begins, and is as long.

        For whole months it is as many whole months, so that March is compared with February and a
        year with the year before, leap years or not; otherwise it is as many days.
        """
        last = self.first - _DAY
        if self.months is None:
            return Span(last - timedelta(days=self.days - 1), last)
        return Span(_first_of_month(_month_number(self.first) - self.months), last)


@dataclass(frozen=True)
class Bucket:
    """One point of a trend: what there is in the span of one day, week, month or quarter.

    The first and the last of them may stick out of the span, and today's is not over; then
    `is_whole` is false.
    """

    span: Span
    is_whole: bool


def preset_span(preset: Preset, today: date) -> Span:
    """The span of that name. "Last 7 days" and "this month" end today; "last month" is whole."""
    return _PRESETS[preset](today)


def bucket_name(span: Span) -> BucketName:
    """What a trend over the span is cut into: days up to 45, weeks up to 200 days, then months."""
    if span.days <= _MOST_BY_DAY:
        return "day"
    return "week" if span.days <= _MOST_BY_WEEK else "month"


def chosen_bucket(span: Span, wanted: BucketName | None) -> BucketName:
    """What a trend over the span is cut into where somebody wants days, weeks or months: the next
    longer ones where there would be too many points; as `bucket_name` says where nobody does."""
    if wanted is None:
        return bucket_name(span)
    longer = BUCKET_NAMES[BUCKET_NAMES.index(wanted) :]
    fitting = (name for name in longer if span.days <= _MOST_POINTS * _SHORTEST[name])
    return next(fitting, "month")


def buckets(span: Span, name: BucketName | None = None, today: date | None = None) -> list[Bucket]:
    """The days, weeks (from Monday), months or quarters of a span, in order, no gap or overlap.

    Which of them, `bucket_name` says unless told. That of `today` is no whole one.
    """
    kind = name or bucket_name(span)
    found: list[Bucket] = []
    first = span.first
    while True:
        whole = _around(kind, first)
        part = Span(first, min(whole.last, span.last))
        is_over = today is None or not part.first <= today <= part.last
        found.append(Bucket(part, part == whole and is_over))
        if part.last == span.last:
            return found
        first = part.last + _DAY


# How many days there are at least in each.
_SHORTEST: dict[BucketName, int] = {"day": 1, "week": 7, "month": 28}


def _around(name: BucketName, day: date) -> Span:
    return Span(day, day) if name == "day" else _span_of(period_of(name, day))


def _span_of(period: Period) -> Span:
    return Span(period.first, period.last)


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_of_month(number: int) -> date:
    year, month = divmod(number, 12)
    return date(year, month + 1, 1)


def _last_days(days: int) -> Callable[[date], Span]:
    return lambda today: Span(today - timedelta(days=days - 1), today)


def _last_year(today: date) -> Span:
    return Span(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))


_PRESETS: dict[Preset, Callable[[date], Span]] = {
    "last_7": _last_days(7),
    "last_30": _last_days(30),
    "last_90": _last_days(90),
    "last_365": _last_days(365),
    "this_month": lambda today: Span(period_of("month", today).first, today),
    "last_month": lambda today: _span_of(period_of("month", today).before),
    "this_quarter": lambda today: Span(period_of("quarter", today).first, today),
    "last_quarter": lambda today: _span_of(period_of("quarter", today).before),
    "this_year": lambda today: Span(date(today.year, 1, 1), today),
    "last_year": _last_year,
}
