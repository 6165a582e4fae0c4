"""Weeks, months and quarters."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.periods import PERIODS, PeriodName, period_of


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("week", date(2026, 11, 23), date(2026, 11, 29)),
        ("month", date(2026, 11, 1), date(2026, 11, 30)),
        ("quarter", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_day_is_in_its_period(name: PeriodName, first: date, last: date) -> None:
    found = period_of(name, date(2026, 11, 26))
    assert (found.first, found.last) == (first, last)


@given(st.sampled_from(PERIODS), st.dates(date(1971, 1, 1), date(2900, 1, 1)))
def test_periods_follow_one_another_without_gap_or_overlap(name: PeriodName, day: date) -> None:
    period = period_of(name, day)
    assert period.first <= day <= period.last
    assert period.before.last == period.first - timedelta(days=1)
    assert period.after.first == period.last + timedelta(days=1)
    assert period.after.before == period
