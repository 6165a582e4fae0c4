"""Weeks, months and quarters."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.periods import (
    PERIODS,
    PeriodName,
    period_of,
    quarter_name,
    quarters_until,
    read_quarter,
    telling_quarter,
)


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


def test_a_quarter_is_written_in_addresses_and_read_again() -> None:
    quarter = period_of("quarter", date(2026, 11, 26))
    assert quarter_name(quarter) == "2026-Q4"
    assert read_quarter("2026-Q4") == quarter
    for text in ("", "2026-Q5", "2026-q4", "1999-Q4", "2026-Q4 ", "²026-Q4", "26-Q4"):
        assert read_quarter(text) is None


def test_a_quarter_is_looked_at_once_a_month_of_it_is_over() -> None:
    assert quarter_name(telling_quarter(date(2026, 10, 31))) == "2026-Q3"
    assert quarter_name(telling_quarter(date(2026, 11, 1))) == "2026-Q4"
    assert quarter_name(telling_quarter(date(2026, 1, 1))) == "2025-Q4"


def test_quarters_go_back_over_the_year() -> None:
    found = quarters_until(period_of("quarter", date(2026, 5, 1)), 3)
    assert [quarter_name(one) for one in found] == ["2026-Q2", "2026-Q1", "2025-Q4"]
