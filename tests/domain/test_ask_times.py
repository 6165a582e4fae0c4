"""When mails leave: delays, sending hours in every sort of time zone, reminders, expiry."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import MONDAY
from widget.domain.ask_times import (
    expiry,
    first_due,
    is_zone,
    next_reminder,
    within_hours,
    zone_named,
)
from widget.domain.asking import AskingRules

UTC_ZONE, LISBON, NEW_YORK = (
    ZoneInfo("UTC"),
    ZoneInfo("Europe/Lisbon"),
    ZoneInfo("America/New_York"),
)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_delay_counts_from_the_interaction() -> None:
    rules = AskingRules(delay_minutes=90)
    interaction = MONDAY - timedelta(minutes=30)
    due = first_due(rules, UTC_ZONE, now=MONDAY, interaction_at=interaction)
    assert due == MONDAY + timedelta(hours=1)


def test_a_delay_that_is_over_means_now() -> None:
    rules = AskingRules(delay_minutes=90)
    assert first_due(rules, UTC_ZONE, now=MONDAY, interaction_at=MONDAY - DAY) == MONDAY


def test_a_requests_own_delay_replaces_the_surveys() -> None:
    rules = AskingRules(delay_minutes=90)
    for delay_s in (0, 60):
        due = first_due(rules, UTC_ZONE, now=MONDAY, interaction_at=MONDAY, delay_s=delay_s)
        assert due == MONDAY + timedelta(seconds=delay_s)


def test_a_request_expires_so_many_days_after_it_was_to_be_asked() -> None:
    rules = AskingRules(delay_minutes=60, expires_days=7)
    assert expiry(rules, interaction_at=MONDAY) == MONDAY + timedelta(days=7, hours=1)
    assert expiry(rules, interaction_at=MONDAY, delay_s=0) == MONDAY + 7 * DAY


@pytest.mark.parametrize(
    ("hours", "moment", "due"),
    [
        ((0, 24), "2026-11-23T03:00", "2026-11-23T03:00"),
        ((9, 17), "2026-11-23T08:59:59", "2026-11-23T09:00"),
        ((9, 17), "2026-11-23T09:00", "2026-11-23T09:00"),
        ((9, 17), "2026-11-23T16:59:59", "2026-11-23T16:59:59"),
        ((9, 17), "2026-11-23T17:00", "2026-11-24T09:00"),
        ((8, 24), "2026-11-23T23:59", "2026-11-23T23:59"),
        ((8, 24), "2026-11-24T00:00", "2026-11-24T08:00"),
        ((22, 6), "2026-11-23T05:59", "2026-11-23T05:59"),
        ((22, 6), "2026-11-23T06:00", "2026-11-23T22:00"),
        ((22, 6), "2026-11-23T23:00", "2026-11-23T23:00"),
    ],
)
def test_sending_hours_are_kept_to_the_second(
    hours: tuple[int, int], moment: str, due: str
) -> None:
    rules = AskingRules(hours_from=hours[0], hours_until=hours[1])
    assert within_hours(rules, UTC_ZONE, at(moment)) == at(due)


def test_sending_hours_are_the_customers_own() -> None:
    rules = AskingRules(hours_from=9, hours_until=17)
    assert within_hours(rules, NEW_YORK, at("2026-11-23T09:00")) == at("2026-11-23T14:00")
    assert within_hours(rules, ZoneInfo("Asia/Kolkata"), at("2026-11-23T02:00")) == at(
        "2026-11-23T03:30"
    )


def test_nine_in_the_morning_is_nine_after_clocks_change() -> None:
    rules = AskingRules(hours_from=9, hours_until=17)
    # Lisbon leaves summer time on 25 October 2026, and takes it up on 28 March 2027.
    assert within_hours(rules, LISBON, at("2026-10-24T18:00")) == at("2026-10-25T09:00")
    assert within_hours(rules, LISBON, at("2026-10-23T18:00")) == at("2026-10-24T08:00")
    assert within_hours(rules, LISBON, at("2027-03-27T18:00")) == at("2027-03-28T08:00")


def test_an_hour_that_clocks_skip_is_made_up_for() -> None:
    # In New York 02:00 to 03:00 does not exist on 14 March 2027.
    wide = AskingRules(hours_from=2, hours_until=5)
    assert within_hours(wide, NEW_YORK, at("2027-03-14T06:30")) == at("2027-03-14T07:00")
    narrow = AskingRules(hours_from=2, hours_until=3)
    assert within_hours(narrow, NEW_YORK, at("2027-03-14T06:30")) == at("2027-03-15T06:00")


def test_an_hour_that_comes_twice_begins_with_the_first() -> None:
    # In New York 01:00 to 02:00 comes twice on 1 November 2026.
    rules = AskingRules(hours_from=1, hours_until=2)
    assert within_hours(rules, NEW_YORK, at("2026-11-01T04:30")) == at("2026-11-01T05:00")
    assert within_hours(rules, NEW_YORK, at("2026-11-01T06:30")) == at("2026-11-01T06:30")


@given(
    st.integers(0, 23),
    st.integers(1, 24),
    st.integers(0, 2 * 366 * 24 * 3600).map(lambda s: MONDAY + timedelta(seconds=s)),
    st.sampled_from(["Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)
def test_a_mail_is_never_early_never_outside_and_never_two_days_late(
    first: int, last: int, moment: datetime, zone: str
) -> None:
    rules = AskingRules(hours_from=first, hours_until=last)
    due = within_hours(rules, ZoneInfo(zone), moment)
    assert moment <= due <= moment + timedelta(days=2)
    hour = due.astimezone(ZoneInfo(zone)).hour
    if first < last:
        assert first <= hour < last
    elif first > last:
        assert hour >= first or hour < last


@pytest.mark.parametrize(
    ("sent", "wanted", "due"), [(0, 0, None), (0, 2, 3), (1, 2, 3), (2, 2, None), (5, 9, None)]
)
def test_reminders_come_days_apart_until_there_were_enough(
    sent: int, wanted: int, due: int | None
) -> None:
    rules = AskingRules(reminders=wanted, reminder_days=3)
    found = next_reminder(
        rules,
        UTC_ZONE,
        last_mail_at=MONDAY,
        reminders_sent=sent,
        expires_at=MONDAY + 30 * DAY,
    )
    assert found == (MONDAY + due * DAY if due else None)


def test_no_reminder_comes_once_the_link_has_expired() -> None:
    rules = AskingRules(reminders=5, reminder_days=3)
    for expires_at, due in ((MONDAY + 3 * DAY, None), (MONDAY + 3.001 * DAY, MONDAY + 3 * DAY)):
        found = next_reminder(
            rules, UTC_ZONE, last_mail_at=MONDAY, reminders_sent=0, expires_at=expires_at
        )
        assert found == due


def test_the_first_known_zone_counts() -> None:
    assert zone_named("", "Mars/Base", "Europe/Lisbon", "Asia/Tokyo") == LISBON
    assert zone_named("") == UTC_ZONE
    for wrong in ("", "../etc/passwd", "Mars/Base", "Europe", "/etc/localtime", "a\0b"):
        assert not is_zone(wrong), wrong
