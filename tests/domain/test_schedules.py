"""When something weekly, monthly or quarterly is due."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.schedules import Schedule, latest_due, next_due, period_before

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)

schedules = st.one_of(
    st.builds(
        Schedule, st.just("week"), st.integers(0, 6), st.integers(0, 23), st.sampled_from(ZONES)
    ),
    st.builds(
        Schedule,
        st.sampled_from(["month", "quarter"]),
        st.integers(1, 31),
        st.integers(0, 23),
        st.sampled_from(ZONES),
    ),
)
moments = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def weekly(day: int, hour: int, zone: str = "UTC") -> Schedule:
    return Schedule("week", day, hour, zone)


def monthly(day: int, hour: int, zone: str = "UTC") -> Schedule:
    return Schedule("month", day, hour, zone)


# The 23rd of November 2026 is a Monday.
@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (utc(2026, 11, 23, 7, 59, 59), utc(2026, 11, 23, 8)),
        (utc(2026, 11, 23, 8), utc(2026, 11, 30, 8)),
        (utc(2026, 11, 22, 23), utc(2026, 11, 23, 8)),
        (utc(2026, 11, 26, 12), utc(2026, 11, 30, 8)),
        (utc(2026, 12, 29), utc(2027, 1, 4, 8)),
    ],
)
def test_a_weekly_one_is_due_on_its_weekday_after_the_moment(
    after: datetime, expected: datetime
) -> None:
    assert next_due(weekly(0, 8), after) == expected


@pytest.mark.parametrize(
    ("day", "after", "expected"),
    [
        (1, utc(2026, 11, 26), utc(2026, 12, 1, 6)),
        (31, utc(2026, 11, 26), utc(2026, 11, 30, 6)),
        (31, utc(2026, 11, 30, 6), utc(2026, 12, 31, 6)),
        (31, utc(2027, 1, 31, 6), utc(2027, 2, 28, 6)),
        (30, utc(2028, 2, 1), utc(2028, 2, 29, 6)),
        (29, utc(2027, 2, 28, 6), utc(2027, 3, 29, 6)),
    ],
)
def test_a_month_without_the_day_has_it_on_its_last(
    day: int, after: datetime, expected: datetime
) -> None:
    assert next_due(monthly(day, 6), after) == expected


def test_a_quarterly_one_is_due_in_the_first_month_of_each_quarter() -> None:
    schedule = Schedule("quarter", 31, 6, "UTC")
    found = [utc(2026, 11, 26)]
    for _ in range(3):
        found.append(next_due(schedule, found[-1]))
    assert found[1:] == [utc(2027, 1, 31, 6), utc(2027, 4, 30, 6), utc(2027, 7, 31, 6)]
    assert period_before(schedule, found[1]).first == date(2026, 10, 1)


def test_the_hour_stays_where_clocks_change() -> None:
    # In Berlin clocks go back on the 25th of October 2026 and forward on the 28th of March 2027.
    schedule = weekly(0, 8, "Europe/Berlin")
    assert next_due(schedule, utc(2026, 10, 19, 6)) == utc(2026, 10, 26, 7)
    assert next_due(schedule, utc(2027, 3, 22, 7)) == utc(2027, 3, 29, 6)


def test_an_hour_that_clocks_skip_is_made_up_for_at_once() -> None:
    assert next_due(weekly(6, 2, "Europe/Berlin"), utc(2027, 3, 27)) == utc(2027, 3, 28, 1)
    # Half an hour is skipped on Lord Howe Island: two o'clock becomes half past.
    found = next_due(weekly(6, 2, "Australia/Lord_Howe"), utc(2026, 10, 1))
    assert found == utc(2026, 10, 3, 15, 30)
    assert found.astimezone(ZoneInfo("Australia/Lord_Howe")).strftime("%H:%M") == "02:30"


def test_a_midnight_that_clocks_skip_stays_on_its_day() -> None:
    schedule = weekly(6, 0, "America/Sao_Paulo")
    found = next_due(schedule, utc(2018, 11, 1))
    assert found == utc(2018, 11, 4, 3)
    assert found.astimezone(ZoneInfo("America/Sao_Paulo")).hour == 1


def test_an_hour_that_clocks_have_twice_is_due_once() -> None:
    schedule = weekly(6, 2, "Europe/Berlin")
    first = next_due(schedule, utc(2026, 10, 24))
    assert first == utc(2026, 10, 25, 0)
    assert next_due(schedule, first) == utc(2026, 11, 1, 1)
    assert next_due(schedule, utc(2026, 10, 25, 0, 30)) == utc(2026, 11, 1, 1)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Asia/Kolkata", utc(2026, 11, 30, 2, 30)), ("Asia/Kathmandu", utc(2026, 11, 30, 2, 15))],
)
def test_zones_need_not_be_whole_hours_from_utc(zone: str, expected: datetime) -> None:
    assert next_due(weekly(0, 8, zone), utc(2026, 11, 26)) == expected


def test_the_day_is_that_of_the_zone() -> None:
    # When it is Monday on Kiritimati, it is still Sunday in Greenwich.
    assert next_due(weekly(0, 8, "Pacific/Kiritimati"), utc(2026, 11, 26)) == utc(2026, 11, 29, 18)


@given(schedules, moments)
def test_the_next_follows_the_latest_and_nothing_is_between(
    schedule: Schedule, moment: datetime
) -> None:
    latest, following = latest_due(schedule, moment), next_due(schedule, moment)
    assert latest <= moment < following
    assert next_due(schedule, latest) == following
    assert latest_due(schedule, following) == following
    days = {"week": 7, "month": 31, "quarter": 92}[schedule.every]
    assert following - latest <= timedelta(days=days, hours=25)


@given(schedules, moments)
def test_each_time_it_is_due_it_is_about_the_next_period(
    schedule: Schedule, moment: datetime
) -> None:
    first = next_due(schedule, moment)
    second = next_due(schedule, first)
    assert period_before(schedule, second) == period_before(schedule, first).after


@pytest.mark.parametrize(
    ("schedule", "moment", "first", "last"),
    [
        (weekly(2, 8), utc(2026, 11, 25, 8), date(2026, 11, 16), date(2026, 11, 22)),
        (monthly(31, 8), utc(2026, 11, 30, 8), date(2026, 10, 1), date(2026, 10, 31)),
        # It is the first of December there.
        (
            monthly(1, 8, "Pacific/Kiritimati"),
            utc(2026, 11, 30, 18),
            date(2026, 11, 1),
            date(2026, 11, 30),
        ),
    ],
)
def test_it_is_about_the_last_period_that_is_over(
    schedule: Schedule, moment: datetime, first: date, last: date
) -> None:
    found = period_before(schedule, moment)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    ("every", "day", "hour"),
    [
        ("week", -1, 8),
        ("week", 7, 8),
        ("month", 0, 8),
        ("month", 32, 8),
        ("month", 1, 24),
        ("quarter", 0, 8),
    ],
)
def test_what_no_calendar_has_is_refused(every, day, hour) -> None:
    with pytest.raises(ValueError, match="has no"):
        Schedule(every, day, hour, "UTC")


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        Schedule("week", 0, 8, "Europe/Atlantis")
