"""When something that failed is tried again."""

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

# Soon first, for greylisting and short outages, then over most of a day.
RETRY_DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)


def retry_delay(attempts: int) -> timedelta | None:
    """How long to wait after the attempt with this number, from 1; None when it was the last."""
    return RETRY_DELAYS[attempts - 1] if attempts <= len(RETRY_DELAYS) else None


# No mail is tried more often, even if nobody lived to say how an attempt ended.
MOST_ATTEMPTS = len(RETRY_DELAYS) + 1


_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)


def wait_by_age(age: timedelta) -> timedelta:
    """How long to leave something alone that failed at this age: as long again, at least a minute
    and at most an hour. So waits grow without anybody counting failures."""
    return min(max(age, _SHORTEST_WAIT), _LONGEST_WAIT)


class Backoff(Generic[Key]):
    """Remembers, within one process, what failed and is to be left alone for a while.

    The first failure of a key puts it off for `first`, each further one for twice as long as
    before, at most `longest`. Not for several threads at once.
    """

    def __init__(self, first: timedelta, longest: timedelta) -> None:
        self._first, self._longest = first, longest
        self._waits: dict[Key, tuple[datetime, timedelta]] = {}

    def failed(self, key: Key, now: datetime) -> datetime:
        """Put a key off; returns until when."""
        _, before = self._waits.get(key, (now, self._first / 2))
        delay = min(before * 2, self._longest)
        self._waits[key] = now + delay, delay
        return now + delay

    def succeeded(self, key: Key) -> None:
        """Forget a key's failures."""
        self._waits.pop(key, None)

    def waiting(self, now: datetime) -> list[Key]:
        """The keys to leave alone at `now`."""
        return [key for key, (until, _) in self._waits.items() if until > now]
