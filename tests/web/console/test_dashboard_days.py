"""Days and hours of the dashboard are the workspace's, whatever its clocks do."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from flask.testing import FlaskClient

from tests.builders import Workspace, answer_survey, ask_by_mail, post

PAGE = "/console/dashboard"


def in_zone(acme: Workspace, zone: str) -> FlaskClient:
    client = acme.signed_in()
    assert post(client, "/console/workspace", name="Acme", time_zone=zone).status_code == 303
    return client


def by_day(client: FlaskClient, first: str, last: str, metric: str = "stars") -> dict[str, int]:
    """How many answers each day has, days without any left out."""
    address = f"{PAGE}?from={first}&to={last}&metric={metric}&format=csv&of=trend"
    rows = list(csv.DictReader(StringIO(client.get(address).text)))
    return {row["from"]: int(row["n"]) for row in rows if row["n"] != "0"}


def by_hour(client: FlaskClient, first: str, last: str) -> dict[str, int]:
    address = f"{PAGE}?from={first}&to={last}&metric=stars&by=hour&format=csv"
    rows = csv.DictReader(StringIO(client.get(address).text))
    return {row["Weekday and hour"]: int(row["n"]) for row in rows}


def listed(client: FlaskClient, first: str, last: str) -> int:
    """How many responses the list has of the same days."""
    page = client.get(f"/console/responses?from={first}&to={last}").text
    return page.count('data-label="When"')


# Around the moments at which a day begins and ends, or a clock is moved.
CASES = {
    # Three quarters of an hour off: midnight is at 18:15 UTC.
    "Asia/Kathmandu": ("2026-11-10", "2026-11-09T18:15", "2026-11-10T18:15"),
    "Asia/Kolkata": ("2026-11-10", "2026-11-09T18:30", "2026-11-10T18:30"),
    # Half an hour forward, then back: days of 23½ and 24½ hours.
    "Australia/Lord_Howe forward": ("2026-10-04", "2026-10-03T13:30", "2026-10-04T13:00"),
    "Australia/Lord_Howe back": ("2026-04-05", "2026-04-04T13:00", "2026-04-05T13:30"),
    # Days of 23 and of 25 hours.
    "Europe/Berlin forward": ("2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
    "Europe/Berlin back": ("2026-10-25", "2026-10-24T22:00", "2026-10-25T23:00"),
    # The clock skips midnight itself, or has it twice.
    "Africa/Cairo forward": ("2026-04-24", "2026-04-23T22:00", "2026-04-24T21:00"),
    "America/Havana back": ("2025-11-02", "2025-11-02T04:00", "2025-11-03T05:00"),
    "Pacific/Kiritimati": ("2026-11-10", "2026-11-09T10:00", "2026-11-10T10:00"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_day_begins_and_ends_where_its_zone_says(acme: Workspace, case: str) -> None:
    day, *ends = CASES[case]
    begins, ends_at = (datetime.fromisoformat(end).replace(tzinfo=UTC) for end in ends)
    survey = acme.survey()
    for moment in (begins, ends_at):
        for seconds in (-1, 0):
            answer_survey(acme, survey, 5, at=moment + timedelta(seconds=seconds))
            ask_by_mail(acme, survey, sent_at=moment + timedelta(seconds=seconds))
    client = in_zone(acme, case.split()[0])
    date = datetime.fromisoformat(day).date()
    before, after = (str(date + timedelta(days=by)) for by in (-1, 1))
    days = {before: 1, day: 2, after: 1}
    assert by_day(client, before, after) == days
    # Requests are counted by the moments of the same days.
    assert by_day(client, before, after, "response_rate") == days
    assert by_day(client, day, day) == {day: 2}
    assert sum(by_hour(client, day, day).values()) == 2
    assert listed(client, day, day) == 2


def test_hours_are_those_on_the_wall(any_acme: Workspace) -> None:
    acme, survey = any_acme, any_acme.survey()
    # 05:29 and 05:30 on a Tuesday in Kathmandu, which is 5:45 ahead.
    for minute in (14, 15):
        answer_survey(acme, survey, 5, at=datetime(2026, 11, 10, 0, minute, tzinfo=UTC))
    client = in_zone(acme, "Asia/Kathmandu")
    found = by_hour(client, "2026-11-10", "2026-11-10")
    assert found == {"Tuesday 05:00": 1, "Tuesday 06:00": 1}


def test_the_hour_that_comes_twice_has_the_answers_of_both(acme: Workspace) -> None:
    survey = acme.survey()
    for hour in (0, 1):
        answer_survey(acme, survey, 5, at=datetime(2026, 10, 25, hour, 30, tzinfo=UTC))
    client = in_zone(acme, "Europe/Berlin")
    assert by_hour(client, "2026-10-25", "2026-10-25") == {"Sunday 02:00": 2}


def test_days_move_when_the_zone_is_changed_and_move_back(any_acme: Workspace) -> None:
    acme, survey = any_acme, any_acme.survey()
    answer_survey(acme, survey, 5, at=datetime(2026, 11, 10, 20, tzinfo=UTC))
    client = in_zone(acme, "Asia/Kathmandu")
    for zone, day in (
        ("Asia/Kathmandu", "2026-11-11"),
        ("UTC", "2026-11-10"),
        ("Pacific/Kiritimati", "2026-11-11"),
    ):
        in_zone(acme, zone)
        assert by_day(client, "2026-11-09", "2026-11-12") == {day: 1}
        assert listed(client, day, day) == 1
