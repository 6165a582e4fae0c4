"""How quickly customers were replied to, follow-ups were resolved, and due dates were kept."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from widget.domain.scores.durations import median_time
from widget.domain.scores.estimates import Score

_MINUTE_S = 60
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True)
class Whose:
    """Whom a follow-up counts for: the user who has it, and the team of the member whom its
    response is about. None for nobody and none."""

    user_id: int | None
    team_id: int | None


@dataclass(frozen=True)
class Happened:
    """What happened in a period. `replies` and `resolutions` are whose it was, when the follow-up
    was opened, and when it happened; `due` are whose it was, and whether it was resolved by then,
    of those whose due date was in the period."""

    replies: list[tuple[Whose, datetime, datetime]]
    resolutions: list[tuple[Whose, datetime, datetime]]
    due: list[tuple[Whose, bool]]


@dataclass(frozen=True)
class Times:
    """Medians in seconds with how many they are of, and of how many that were due how many were
    resolved in time."""

    first_reply: Score
    resolution: Score
    due: int
    in_time: int

    @property
    def share_in_time(self) -> float | None:
        """From 0 to 100; None where nothing was due."""
        return 100 * self.in_time / self.due if self.due else None


@dataclass
class _Tally:
    replies: Counter[int] = field(default_factory=Counter)
    resolutions: Counter[int] = field(default_factory=Counter)
    due: int = 0
    in_time: int = 0


def times_by(happened: Happened, key: Callable[[Whose], _Key]) -> dict[_Key, Times]:
    """The times of each key that anything happened for. Times are counted to the minute."""
    tallies: dict[_Key, _Tally] = {}

    def of(whose: Whose) -> _Tally:
        return tallies.setdefault(key(whose), _Tally())

    for whose, minutes in _durations(happened.replies):
        of(whose).replies[minutes] += 1
    for whose, minutes in _durations(happened.resolutions):
        of(whose).resolutions[minutes] += 1
    for whose, is_kept in happened.due:
        of(whose).due += 1
        of(whose).in_time += is_kept
    return {
        one: Times(
            median_time(tally.replies), median_time(tally.resolutions), tally.due, tally.in_time
        )
        for one, tally in tallies.items()
    }


def all_times(happened: Happened) -> Times:
    """The times of everything together."""
    nothing = Times(median_time({}), median_time({}), 0, 0)
    return times_by(happened, lambda _whose: True).get(True, nothing)


def _durations(
    spans: Iterable[tuple[Whose, datetime, datetime]],
) -> Iterable[tuple[Whose, int]]:
    for whose, began, ended in spans:
        seconds = max(0.0, (ended - began).total_seconds())
        yield whose, int(seconds // _MINUTE_S) * _MINUTE_S
