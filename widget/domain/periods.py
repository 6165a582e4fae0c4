"""Weeks, months and quarters of the calendar."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

PeriodName = Literal["week", "month", "quarter"]
PERIODS: tuple[PeriodName, ...] = get_args(PeriodName)
# By the number that `date.weekday` gives them.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


_QUARTER = re.compile(r"(20[0-9]{2})-Q([1-4])", re.ASCII)
# Before so much of a quarter is over, there is little in it to look at.
_TELLING_DAYS = 31


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


def quarter_name(quarter: Period) -> str:
    """A quarter as addresses write it: `2026-Q3`."""
    return f"{quarter.first.year}-Q{(quarter.first.month + 2) // 3}"


def read_quarter(text: str) -> Period | None:
    """What `quarter_name` gave; None for anything else."""
    found = _QUARTER.fullmatch(text)
    if found is None:
        return None
    return period_of("quarter", date(int(found[1]), 3 * int(found[2]), 1))


def telling_quarter(today: date) -> Period:
    """The quarter to look at when nobody says which: this one once a month of it is over, else the
    last."""
    quarter = period_of("quarter", today)
    return quarter if (today - quarter.first).days >= _TELLING_DAYS else quarter.before


def quarters_until(quarter: Period, number: int) -> list[Period]:
    """So many quarters, the last of them first."""
    found = [quarter]
    while len(found) < number:
        found.append(found[-1].before)
    return found
