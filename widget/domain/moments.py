"""Days and moments as people and programs write them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

from widget.domain.errors import MomentRefused

# Within these no time zone leads past what databases and clocks can count.
FIRST_YEAR, LAST_YEAR = 1970, 2999
OUT_OF_RANGE = f"Choose a time from the years {FIRST_YEAR} to {LAST_YEAR}."


def read_day(text: str) -> date:
    """`2026-11-23` as a date. Raises MomentRefused with a sentence."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise MomentRefused("Write the day like 2026-11-23.") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise MomentRefused(f"Choose a day from the years {FIRST_YEAR} to {LAST_YEAR}.")
    return day


def read_moment(text: str, time_zone: str) -> datetime:
    """A moment in UTC from ISO 8601 with an offset, or the start of a plain day in a time zone.

    Raises MomentRefused with a sentence.
    """
    text = text.strip()
    if len(text) <= len("2026-11-23"):
        return datetime.combine(read_day(text), time(), ZoneInfo(time_zone)).astimezone(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise MomentRefused(
            "Write a day like 2026-11-23, or a time with its offset like 2026-11-23T09:00:00Z."
        )
    return counted(moment)


def read_local_moment(text: str, time_zone: str) -> datetime:
    """A moment in UTC from a day and a time of a zone's clocks, `2026-11-23T09:00`, as browsers
    send what is chosen. Raises MomentRefused with a sentence."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise MomentRefused("Write a day and a time like 2026-11-23T09:00.")
    return counted(moment.replace(tzinfo=ZoneInfo(time_zone)))


def counted(moment: datetime) -> datetime:
    """An aware moment in UTC. Raises MomentRefused for one that not every zone can count."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise MomentRefused(OUT_OF_RANGE)
    return moment.astimezone(UTC)


def is_time_zone(name: str) -> bool:
    """Whether a name is a time zone's, such as `Europe/Lisbon`."""
    return name in available_timezones()
