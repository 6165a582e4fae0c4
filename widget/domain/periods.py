"""Weeks, months and quarters of the calendar."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

PeriodName = Literal["week", "month", "quarter"]
PERIODS: tuple[PeriodName, ...] = get_args(PeriodName)
# By the number that `date.weekday` gives them.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included."""

    name: PeriodName
    first: date
    last: date

    @property
    def before(self) -> "Period":
        """The one that ends where this begins."""
        return period_of(self.name, self.first - timedelta(days=1))

    @property
    def after(self) -> "Period":
        """The one that begins where this ends."""
        return period_of(self.name, self.last + timedelta(days=1))


def period_of(name: PeriodName, day: date) -> Period:
    """The period that a day is in. Weeks begin on Monday (ISO 8601)."""
    if name == "week":
        first = day - timedelta(days=day.weekday())
        return Period(name, first, first + timedelta(days=6))
    months = 1 if name == "month" else 3
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return Period(name, first, date(year, month + 1, 1) - timedelta(days=1))
