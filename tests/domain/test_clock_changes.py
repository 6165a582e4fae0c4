"""When clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from widget.domain.clock_changes import clock_changes


def test_clocks_in_berlin_change_twice_a_year() -> None:
    assert clock_changes(date(2026, 1, 1), date(2026, 12, 31), "Europe/Berlin") == [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
    ]


def test_a_change_on_the_first_or_the_last_day_is_found() -> None:
    for day in (date(2026, 3, 29), date(2026, 3, 28), date(2026, 3, 30)):
        assert clock_changes(day, day, "Europe/Berlin") == [datetime(2026, 3, 29, 1, tzinfo=UTC)]
    assert clock_changes(date(2026, 1, 1), date(2026, 12, 31), "Asia/Kathmandu") == []


@pytest.mark.parametrize("zone", ["America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_between_changes_the_offset_stays(zone: str) -> None:
    first, last = date(2024, 1, 1), date(2026, 12, 31)
    changes = clock_changes(first, last, zone)
    assert changes
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    while moment.date() <= last:
        later = moment + timedelta(hours=1)
        changed = any(moment < change <= later for change in changes)
        offsets = [one.astimezone(ZoneInfo(zone)).utcoffset() for one in (moment, later)]
        assert changed == (offsets[0] != offsets[1]), moment
        moment = later
