"""When a follow-up is due: so many working hours or days after it was opened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from widget.domain.errors import DueRulesRefused
from widget.domain.follow_ups import WHYS, Why

Unit = Literal["hours", "days"]
UNITS: tuple[Unit, ...] = get_args(Unit)
MOST: dict[Unit, int] = {"hours": 200, "days": 90}
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Allowed:
    """How long something may take, in working hours or working days."""

    number: int
    unit: Unit


@dataclass(frozen=True)
class DueRules:
    """A workspace's working time, and how long a follow-up may take by why it was opened.

    `days` are weekdays from 0, which is Monday; `begins` and `ends` are minutes of the day, the
    last of which may be midnight, 1440. Whys that `allowed` lacks have no due date.
    """

    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    begins: int = 9 * 60
    ends: int = 17 * 60
    allowed: Mapping[Why, Allowed] = field(
        default_factory=lambda: {
            "contact": Allowed(1, "days"),
            "score": Allowed(2, "days"),
            "keyword": Allowed(2, "days"),
            "by_hand": Allowed(5, "days"),
        }
    )

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "DueRules":
        """Rules as stored; None are the defaults."""
        if data is None:
            return cls()
        allowed = {why: Allowed(**one) for why, one in data["allowed"].items() if why in WHYS}
        return cls(tuple(data["days"]), data["begins"], data["ends"], allowed)

    def to_json(self) -> dict[str, Any]:
        return {
            "days": list(self.days),
            "begins": self.begins,
            "ends": self.ends,
            "allowed": {
                why: {"number": one.number, "unit": one.unit} for why, one in self.allowed.items()
            },
        }


def check_due_rules(rules: DueRules) -> None:
    """Raises DueRulesRefused with a sentence for each field of what cannot be kept."""
    problems: dict[str, str] = {}
    if not rules.days or not set(rules.days) <= set(range(7)):
        problems["days"] = "Choose one working day at least."
    if not 0 <= rules.begins < rules.ends <= _DAY_MINUTES:
        problems["ends"] = "The working day must end after it begins."
    for why, one in rules.allowed.items():
        if not 1 <= one.number <= MOST[one.unit]:
            problems[why] = f"Write a number from 1 to {MOST[one.unit]}, or nothing."
    if problems:
        raise DueRulesRefused(problems)


def due_at(
    opened_at: datetime, whys: Sequence[Why], rules: DueRules, time_zone: str
) -> datetime | None:
    """By when a follow-up should be resolved, in UTC: the soonest that one of its whys asks for.
    None where none asks."""
    zone = ZoneInfo(time_zone)
    asked = [rules.allowed[why] for why in whys if why in rules.allowed]
    return min((_after(opened_at, one, rules, zone) for one in asked), default=None)


def is_overdue(due: datetime | None, resolved_at: datetime | None, now: datetime) -> bool:
    """Whether a follow-up should have been resolved by now and is not."""
    return due is not None and resolved_at is None and due <= now


def _after(moment: datetime, allowed: Allowed, rules: DueRules, zone: ZoneInfo) -> datetime:
    shifts = _shifts(moment, rules, zone)
    if allowed.unit == "days":
        # The same time of the day, so many working days later.
        begins, _ends = next(shifts)
        at = begins.astimezone(zone).time()
        day = next(islice(shifts, allowed.number - 1, None))[0].astimezone(zone).date()
        return datetime.combine(day, at, zone).astimezone(UTC)
    left = timedelta(hours=allowed.number)
    for begins, ends in shifts:
        if left <= ends - begins:
            return begins + left
        left -= ends - begins
    raise AssertionError("Working days never end.")


def _shifts(
    moment: datetime, rules: DueRules, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """What is left of the working day that `moment` falls into, and all after it, in UTC."""
    day = moment.astimezone(zone).date()
    while True:
        if day.weekday() in rules.days:
            # In UTC, as a working day may be longer by the clocks than it is.
            begins, ends = _at(day, rules.begins, zone), _at(day, rules.ends, zone)
            if moment < ends:
                yield max(begins, moment.astimezone(UTC)), ends
        day += timedelta(days=1)


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    days, minutes = divmod(minutes, _DAY_MINUTES)
    at = time(minutes // 60, minutes % 60)
    return datetime.combine(day + timedelta(days=days), at, zone).astimezone(UTC)
