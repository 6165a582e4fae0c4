"""What a campaign plans, and when."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.ask_times import next_reminder
from widget.domain.asking import AskingRules
from widget.domain.campaigns import (
    CampaignPlan,
    Every,
    NextWave,
    first_wave_at,
    is_editable,
    mail_at,
    may,
    most_quiet_days,
    next_wave,
    passes_over_its_own,
    plan_problems,
    rules_of,
    wave_at,
)

LISBON, KIRITIMATI = ZoneInfo("Europe/Lisbon"), ZoneInfo("Pacific/Kiritimati")
START = datetime(2027, 1, 31, 9, 0, tzinfo=UTC)


def test_a_plan_survives_being_stored() -> None:
    plan = CampaignPlan("sample", traits=("client",), starts_on=date(2027, 1, 31), reminders=0)
    assert CampaignPlan.from_json(plan.to_json()) == plan
    assert CampaignPlan.from_json(None) == CampaignPlan()
    assert CampaignPlan.from_json({"later": 1}) == CampaignPlan()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("margin", 0.1),
        ("response_rate", 0),
        ("response_rate", 101),
        ("number", 0),
        ("spread_days", 0),
        ("repeat", 0),
        ("quiet_days", -1),
        ("reminders", 6),
        ("hours_until", 8),
        ("starts_on", date.min),
        ("starts_on", date.max),
        ("traits", ("client",) * 4),
        ("traits", ("shoe size",)),
        ("traits", ("attribute",)),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(field: str, value: object) -> None:
    assert plan_problems(CampaignPlan()) == {}
    assert list(plan_problems(replace(CampaignPlan(), **{field: value}))) == [field]


@pytest.mark.parametrize(
    ("every", "repeat", "spread", "most"),
    [("week", 1, 1, 5), ("week", 2, 5, 8), ("month", 1, 1, 26), ("month", 3, 1, 87)],
)
def test_waves_that_would_pass_over_everybody_whom_the_last_one_asked_are_refused(
    every: Every, repeat: int, spread: int, most: int
) -> None:
    plan = CampaignPlan(every=every, repeat=repeat, spread_days=spread, quiet_days=most)
    assert plan_problems(plan) == {}
    more = replace(plan, quiet_days=most + 1)
    assert f"choose {most} days at most" in plan_problems(more)["quiet_days"]
    # Others are drawn each time, and whoever is drawn twice is left in peace: that may be wanted.
    sample = replace(more, who="sample")
    assert plan_problems(sample) == {}
    assert passes_over_its_own(sample)
    assert not passes_over_its_own(replace(sample, quiet_days=most))


def test_no_wave_of_a_plan_without_problems_falls_within_the_quiet_days_of_the_last() -> None:
    plan = CampaignPlan(every="month", repeat=1, spread_days=3)
    most = most_quiet_days(plan)
    assert most is not None
    waves = [wave_at(plan, START, number, LISBON) for number in range(1, 40)]
    for wave, following in pairwise(wave for wave in waves if wave is not None):
        last = max(mail_at(plan, wave, LISBON, place / 50) for place in range(50))
        assert following - last > timedelta(days=most)


def test_a_campaign_that_is_sent_once_may_have_any_quiet_days() -> None:
    assert plan_problems(CampaignPlan(quiet_days=3650)) == {}


def test_a_campaign_has_its_own_hours_and_reminders_and_no_window_of_the_survey() -> None:
    survey = AskingRules(suppression_days=90, delay_minutes=5, reminders=2, reminder_days=4)
    own = rules_of(CampaignPlan(hours_from=10, hours_until=12, reminders=1), survey)
    assert (own.hours_from, own.hours_until) == (10, 12)
    assert (own.suppression_days, own.delay_minutes) == (0, 0)
    assert (own.reminders, own.reminder_days) == (1, 3)
    by_survey = rules_of(CampaignPlan(), survey)
    assert (by_survey.reminders, by_survey.reminder_days) == (2, 4)


def test_a_campaign_that_is_sent_once_has_one_wave() -> None:
    assert wave_at(CampaignPlan(), START, 1, LISBON) == START
    assert wave_at(CampaignPlan(), START, 2, LISBON) is None


def test_months_end_where_they_are_short_and_the_hour_stays_that_of_clocks() -> None:
    plan = CampaignPlan(every="month", repeat=1)
    days = [wave_at(plan, START, number, LISBON) for number in range(1, 5)]
    assert [day.date() for day in days] == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]
    # Clocks in Lisbon go forward on 28 March.
    assert [day.hour for day in days] == [9, 9, 8, 8]


def test_weeks_and_years_are_counted_on() -> None:
    assert wave_at(CampaignPlan(every="week", repeat=2), START, 3, LISBON) == START + timedelta(
        weeks=4
    )
    yearly = wave_at(CampaignPlan(every="month", repeat=12), START, 2, LISBON)
    assert yearly == START.replace(year=2028)


def test_what_was_missed_by_more_than_a_day_is_not_made_up_for() -> None:
    plan = CampaignPlan(every="week", repeat=1)
    due, following = START + timedelta(weeks=3), START + timedelta(weeks=4)
    for late in (timedelta(), timedelta(hours=23)):
        assert next_wave(plan, START, 2, LISBON, due + late) == NextWave(4, following)
    late = timedelta(days=1, hours=1)
    assert next_wave(plan, START, 2, LISBON, due + late) == NextWave(None, following)
    assert next_wave(plan, START, 1, LISBON, START + late) == NextWave(
        None, START + timedelta(weeks=1)
    )
    assert next_wave(CampaignPlan(), START, 1, LISBON, due) == NextWave(1, None)


def test_a_campaign_begins_on_its_day_and_never_before_now() -> None:
    plan = CampaignPlan(starts_on=date(2027, 2, 3), starts_hour=9)
    assert first_wave_at(plan, LISBON, START) == datetime(2027, 2, 3, 9, tzinfo=UTC)
    late = datetime(2027, 3, 1, tzinfo=UTC)
    assert first_wave_at(plan, LISBON, late) == late
    assert first_wave_at(CampaignPlan(), LISBON, START) == START


def test_a_wave_of_one_day_leaves_at_once_within_hours() -> None:
    plan = CampaignPlan(hours_from=8, hours_until=20)
    assert mail_at(plan, START, LISBON, 0.7) == START
    # 23:00 there: the next morning at eight.
    assert mail_at(plan, START, KIRITIMATI, 0.7) == datetime(2027, 1, 31, 18, tzinfo=UTC)


def test_a_wave_of_days_gives_each_day_as_many_and_spreads_them_over_its_hours() -> None:
    plan = CampaignPlan(spread_days=5, hours_from=9, hours_until=17)
    moments = [mail_at(plan, START, LISBON, place / 1000) for place in range(1000)]
    days = [moment.date() for moment in moments]
    assert [days.count(START.date() + timedelta(days=day)) for day in range(5)] == [200] * 5
    hours = [moment.hour for moment in moments if moment.date() == date(2027, 2, 1)]
    assert [hours.count(hour) for hour in range(9, 17)] == [25] * 8


@given(
    st.floats(0, 1, exclude_max=True),
    st.integers(1, 90),
    st.integers(0, 23),
    st.integers(1, 24),
    st.sampled_from([LISBON, KIRITIMATI, ZoneInfo("America/St_Johns")]),
    st.integers(0, 24 * 14),
    st.booleans(),
)
def test_no_mail_leaves_before_its_wave_or_outside_of_hours(
    place: float,
    days: int,
    first: int,
    last: int,
    zone: ZoneInfo,
    later: int,
    weekdays_only: bool,
) -> None:
    if first == last:
        return
    wave = START + timedelta(hours=later)
    plan = CampaignPlan(
        spread_days=days, hours_from=first, hours_until=last, weekdays_only=weekdays_only
    )
    moment = mail_at(plan, wave, zone, place)
    longest = days + 2 + (2 * (days // 5 + 2) if weekdays_only else 0)
    assert wave <= moment < wave + timedelta(days=longest)
    local = moment.astimezone(zone)
    width = (last - first) % 24 or 24
    assert (local.hour - first) % 24 < width
    if weekdays_only:
        begun = local - timedelta(hours=(local.hour - first) % 24 if width < 24 else 0)
        assert begun.weekday() < 5


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        (LISBON, 15),
        (LISBON, 19),
        (LISBON, 21),
        (ZoneInfo("Pacific/Honolulu"), 8),
        (ZoneInfo("Pacific/Auckland"), 8),
        (ZoneInfo("America/Los_Angeles"), 8),
    ],
)
def test_wherever_and_whenever_a_wave_begins_its_mails_do_not_clump(
    zone: ZoneInfo, hour: int
) -> None:
    """Of 5 days of 12 hours, 1,000 customers: no day has more than a fifth, no hour many more than
    a sixtieth."""
    plan = CampaignPlan(spread_days=5)
    wave = datetime(2026, 11, 23, hour, tzinfo=UTC)
    local = [mail_at(plan, wave, zone, place / 1000).astimezone(zone) for place in range(1000)]
    assert max(Counter(moment.date() for moment in local).values()) <= 200
    assert max(Counter((m.date(), m.hour) for m in local).values()) <= 18
    assert local == sorted(local)
    assert local[-1] - local[0] < timedelta(days=5)


def test_weekends_are_passed_over_by_mails_and_reminders() -> None:
    friday = datetime(2026, 11, 27, 14, tzinfo=UTC)
    plan = CampaignPlan(spread_days=3, hours_from=8, hours_until=20, weekdays_only=True)
    days = Counter(mail_at(plan, friday, LISBON, place / 900).date() for place in range(900))
    # Half of Friday is left; the other half of a day is had on Wednesday.
    assert days == {
        date(2026, 11, 27): 150,
        date(2026, 11, 30): 300,
        date(2026, 12, 1): 300,
        date(2026, 12, 2): 150,
    }
    rules = rules_of(replace(plan, reminders=1, reminder_days=2), AskingRules())
    reminded = next_reminder(
        rules,
        LISBON,
        last_mail_at=friday,
        reminders_sent=0,
        expires_at=friday + timedelta(days=30),
    )
    assert reminded == datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_the_night_from_friday_to_saturday_is_fridays() -> None:
    plan = CampaignPlan(hours_from=22, hours_until=6, weekdays_only=True)
    saturday = datetime(2026, 11, 28, 2, tzinfo=UTC)
    assert mail_at(plan, saturday, LISBON, 0) == saturday
    late = saturday + timedelta(days=1)
    assert mail_at(plan, late, LISBON, 0) == datetime(2026, 11, 30, 22, tzinfo=UTC)


def test_what_may_be_done_depends_on_the_state() -> None:
    assert may("launch", "draft")
    assert not may("launch", "running")
    assert may("pause", "running")
    assert may("resume", "paused")
    assert not may("resume", "stopped")
    assert may("stop", "paused")
    assert not may("stop", "done")
    assert is_editable("draft")
    assert not is_editable("scheduled")
