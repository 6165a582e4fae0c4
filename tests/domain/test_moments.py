from datetime import UTC, date, datetime

import pytest

from widget.domain.errors import MomentRefused
from widget.domain.moments import is_time_zone, read_day, read_moment


def test_a_day_is_read() -> None:
    assert read_day(" 2026-11-23 ") == date(2026, 11, 23)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "9999-12-31", "0001-01-01"])
def test_what_is_no_usable_day_is_refused(text: str) -> None:
    with pytest.raises(MomentRefused):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24", datetime(2026, 11, 23, 11, tzinfo=UTC)),
        ("2026-11-24T09:00:00Z", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("2026-11-24T09:00:00+02:00", datetime(2026, 11, 24, 7, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_time_or_the_start_of_a_day(text: str, moment: datetime) -> None:
    assert read_moment(text, "Pacific/Auckland") == moment


@pytest.mark.parametrize(
    "text", ["2026-11-24T09:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00", "now"]
)
def test_what_is_no_usable_moment_is_refused(text: str) -> None:
    with pytest.raises(MomentRefused):
        read_moment(text, "UTC")


def test_time_zones_are_known_by_their_names() -> None:
    assert is_time_zone("Europe/Lisbon")
    assert not is_time_zone("../etc/passwd")
