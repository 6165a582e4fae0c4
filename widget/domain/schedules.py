"""What happens every week, month or quarter: when it is due, and which days it is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from widget.domain.periods import Period, PeriodName, period_of


@dataclass(frozen=True)
class Schedule:
    """Once a week, month or quarter, at an hour (0-23) of the clocks in a time zone.

    `day` is a weekday from 0, which is Monday, or a day from 1 to 31 of the month or of the
    quarter's first month; a month that has no such day has it on its last. Raises ValueError for
    what no calendar has, and ZoneInfoNotFoundError for a time zone that nobody knows.
    """

    every: PeriodName
    day: int
    hour: int
    time_zone: str

    def __post_init__(self) -> None:
        first, last = (0, 6) if self.every == "week" else (1, 31)
        if not first <= self.day <= last:
            raise ValueError(f"A {self.every} has no day {self.day}.")
        if not 0 <= self.hour <= 23:
            raise ValueError(f"A day has no hour {self.hour}.")
        ZoneInfo(self.time_zone)


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """The first moment after `after`, in UTC, at which it is due.

    An hour that clocks skip is made up for as soon as they have jumped; one that they have twice is
    the first of the two.
    """
    return next(moment for moment in _moments(schedule, after) if moment > after)


def latest_due(schedule: Schedule, until: datetime) -> datetime:
    """The last moment, in UTC, at which it was due: at `until` or before."""
    found = _moments(schedule, until)
    return next(earlier for earlier, later in pairwise(found) if earlier <= until < later)


def period_before(schedule: Schedule, moment: datetime) -> Period:
    """The last week, month or quarter that was over at that moment where the schedule is."""
    today = moment.astimezone(ZoneInfo(schedule.time_zone)).date()
    return period_of(schedule.every, today).before


def _moments(schedule: Schedule, around: datetime) -> Iterator[datetime]:
    """When it is due, in order, from before that moment on."""
    zone = ZoneInfo(schedule.time_zone)
    # Two back: where a jump of the clocks moves one of them, the one before is still earlier.
    period = period_of(schedule.every, around.astimezone(zone).date()).before.before
    while True:
        day = _day_in(schedule, period)
        # By way of UTC, where an hour that does not exist becomes one that does.
        yield datetime.combine(day, time(schedule.hour), zone).astimezone(UTC)
        period = period.after


def _day_in(schedule: Schedule, period: Period) -> date:
    if schedule.every == "week":
        return period.first + timedelta(days=schedule.day)
    month = period_of("month", period.first)
    return month.first.replace(day=min(schedule.day, month.last.day))
