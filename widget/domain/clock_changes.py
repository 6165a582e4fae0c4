"""When clocks of a time zone are changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def clock_changes(first: date, last: date, time_zone: str) -> list[datetime]:
    """The moments in UTC, to the minute, at which clocks are changed, from the day before the first
    to the day after the last."""
    zone = ZoneInfo(time_zone)
    moment = datetime.combine(first, time(), UTC) - timedelta(days=1)
    end = datetime.combine(last, time(), UTC) + timedelta(days=2)
    found = []
    while moment < end:
        following = moment + timedelta(days=1)
        if _offset(moment, zone) != _offset(following, zone):
            found.append(_change(moment, following, zone))
        moment = following
    return found


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first minute of a day at which clocks go as they do at its end."""
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // 2
        middle = middle.replace(second=0, microsecond=0)
        if _offset(middle, zone) == _offset(after, zone):
            after = middle
        else:
            before = middle
    return after


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
