"""Campaigns: what is planned, when each wave begins, and what may be done with one when.

A campaign asks an audience, once or again and again. Each time it asks is a wave.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from widget.domain.ask_times import day_of_hours, opening, within_hours
from widget.domain.asking import MOST_REMINDERS, AskingRules
from widget.domain.audiences import trait_named

CampaignStatus = Literal["draft", "scheduled", "running", "paused", "stopped", "done"]
CAMPAIGN_STATUSES: tuple[CampaignStatus, ...] = get_args(CampaignStatus)

# `draw`: whom it asks is being found out; `making`: their requests are being made.
WaveStatus = Literal["draw", "making", "made"]

Who = Literal["everybody", "sample"]
Every = Literal["once", "week", "month"]
EVERY: tuple[Every, ...] = get_args(Every)
# What a sample is wished by: its margin of error, or its size.
SizedBy = Literal["margin", "number"]

MOST_TRAITS = 3


@dataclass(frozen=True)
class CampaignPlan:
    """All that is chosen of a campaign besides its survey and audience.

    A sample is sized by its `margin` of error (points for NPS, percentage points for others) and
    the `response_rate` that is expected (1 to 100 per cent), or by `number`. `traits` are what it
    is stratified by, as `audiences.Trait.name`.

    `starts_on` (None: at once) and `starts_hour` (0 to 23) are the workspace's; then every
    `repeat` weeks or months. A wave is spread over `spread_days`, within local hours of the day;
    with `weekdays_only` those of Monday to Friday.
    `quiet_days`: whoever was asked for anything within so many days is not asked; 0 is off.
    `reminders` are sent `reminder_days` apart; None leaves both to the survey's rules.
    """

    who: Who = "everybody"
    sized_by: SizedBy = "margin"
    margin: float = 5.0
    response_rate: float = 20.0
    number: int = 400
    traits: tuple[str, ...] = ()
    starts_on: date | None = None
    starts_hour: int = 9
    every: Every = "once"
    repeat: int = 3
    spread_days: int = 1
    hours_from: int = 8
    hours_until: int = 20
    weekdays_only: bool = False
    quiet_days: int = 30
    reminders: int | None = None
    reminder_days: int = 3

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "CampaignPlan":
        """A plan as stored; what is not there has its default."""
        names = {field.name for field in fields(cls)}
        known = {name: value for name, value in (data or {}).items() if name in names}
        if day := known.get("starts_on"):
            known["starts_on"] = date.fromisoformat(day)
        known["traits"] = tuple(known.get("traits", ()))
        return cls(**known)

    def to_json(self) -> dict[str, Any]:
        day = self.starts_on.isoformat() if self.starts_on else None
        return {**asdict(self), "starts_on": day, "traits": list(self.traits)}


# A day before or after is none that anybody chose, and dates have an end.
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
_RANGES: Mapping[str, tuple[float, float]] = {
    "margin": (0.5, 50),
    "response_rate": (1, 100),
    "number": (1, 10_000_000),
    "starts_hour": (0, 23),
    "repeat": (1, 52),
    "spread_days": (1, 90),
    "hours_from": (0, 23),
    "hours_until": (1, 24),
    "quiet_days": (0, 3650),
    "reminder_days": (1, 60),
}


def plan_problems(plan: CampaignPlan) -> dict[str, str]:
    """What cannot be of a plan, by field."""
    found = {
        name: f"Choose a number from {least:g} to {most:g}."
        for name, (least, most) in _RANGES.items()
        if not least <= getattr(plan, name) <= most
    }
    if plan.reminders is not None and not 0 <= plan.reminders <= MOST_REMINDERS:
        found["reminders"] = f"Choose a number from 0 to {MOST_REMINDERS}."
    if plan.starts_on is not None and not _FIRST_DAY <= plan.starts_on < _LAST_DAY:
        found["starts_on"] = "Choose a day."
    if plan.hours_from == plan.hours_until:
        found["hours_until"] = "Sending hours need a beginning and a different end."
    if len(plan.traits) > MOST_TRAITS:
        found["traits"] = f"A sample is stratified by {MOST_TRAITS} things at most."
    elif any(trait_named(name) is None for name in plan.traits):
        found["traits"] = "Choose what customers are told apart by."
    if not found and plan.who == "everybody" and passes_over_its_own(plan):
        found["quiet_days"] = (
            "Each wave would pass over whom the last one asked: choose "
            f"{most_quiet_days(plan)} days at most, or waves that are further apart."
        )
    return found


def most_quiet_days(plan: CampaignPlan) -> int | None:
    """How many quiet days there may be if whoever is asked by one wave is to be asked by the next;
    None for a campaign that is sent once. Of a plan without other problems."""
    if plan.every == "once":
        return None
    if plan.every == "week":
        apart = 7 * plan.repeat
    else:
        # The shortest so many months, of years without a 29 February.
        begins = [date(2001, month, 1) for month in range(1, 13)]
        apart = min((_months_later(day, plan.repeat) - day).days for day in begins)
    days = plan.spread_days
    if plan.weekdays_only:
        days += 2 * (1 + plan.spread_days // 5)
    # One more, as mails leave some hours after they are due.
    return max(apart - days - 1, 0)


def passes_over_its_own(plan: CampaignPlan) -> bool:
    """Whether waves leave out some whom an earlier wave of the same campaign asked."""
    most = most_quiet_days(plan)
    return most is not None and plan.quiet_days > most


def rules_of(plan: CampaignPlan, survey: AskingRules) -> AskingRules:
    """The rules by which a campaign's mails leave: the survey's, but for what the plan says.

    The campaign's own quiet days, which count every survey, stand in for the survey's window.
    """
    rules = replace(
        survey,
        suppression_days=0,
        delay_minutes=0,
        hours_from=plan.hours_from,
        hours_until=plan.hours_until,
        weekdays_only=plan.weekdays_only,
    )
    if plan.reminders is None:
        return rules
    return replace(rules, reminders=plan.reminders, reminder_days=plan.reminder_days)


def wave_at(plan: CampaignPlan, first: datetime, number: int, zone: ZoneInfo) -> datetime | None:
    """When a wave is to begin, in UTC, `first` being that of number 1; None when there is none.

    Later ones begin at the same hour of local clocks; where a month has no such day, on its last.
    """
    if number == 1:
        return first
    if plan.every == "once":
        return None
    local = first.astimezone(zone)
    steps = plan.repeat * (number - 1)
    if plan.every == "week":
        day = local.date() + timedelta(weeks=steps)
    else:
        day = _months_later(local.date(), steps)
    # By way of UTC, where an hour that clocks skip becomes one that there is.
    return datetime.combine(day, local.time(), zone).astimezone(UTC)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


@dataclass(frozen=True)
class NextWave:
    """The wave whose turn it is at some moment (None: it was missed, and is left out), and when the
    one after it begins."""

    number: int | None
    following: datetime | None


# Whoever is that late begins a wave all the same.
_LATE = timedelta(days=1)


def next_wave(
    plan: CampaignPlan, first: datetime, number: int, zone: ZoneInfo, now: datetime
) -> NextWave:
    """The last wave from `number` on that was due by `now`, unless it was so more than a day ago.

    What was missed is not made up for: customers would be asked twice in a row, or on another day
    than was planned. Only a campaign that is sent once begins however late it is.
    """
    following = wave_at(plan, first, number + 1, zone)
    while following is not None and following <= now:
        number += 1
        following = wave_at(plan, first, number + 1, zone)
    due = wave_at(plan, first, number, zone)
    is_missed = due is not None and following is not None and due < now - _LATE
    return NextWave(None if is_missed else number, following)


def first_wave_at(plan: CampaignPlan, zone: ZoneInfo, now: datetime) -> datetime:
    """When a campaign that is launched now begins, in UTC: never before now."""
    if plan.starts_on is None:
        return now
    start = datetime.combine(plan.starts_on, time(plan.starts_hour), zone).astimezone(UTC)
    return max(start, now)


def mail_at(plan: CampaignPlan, wave: datetime, zone: ZoneInfo, place: float) -> datetime:
    """When somebody's mail of a wave is due, in UTC: within hours of their own clocks (`zone`).

    `place` is theirs among all, from 0 to below 1. A wave of several days is spread evenly over the
    sending hours of so many days, from the first moment on that is within them; where they have
    begun, the rest of them is made up for after the last whole day. A wave of one day goes out as
    fast as it can.
    """
    rules = rules_of(plan, AskingRules())
    begins = within_hours(rules, zone, wave)
    if plan.spread_days == 1:
        return begins
    hours = timedelta(hours=(plan.hours_until - plan.hours_from) % 24 or 24)
    day = day_of_hours(rules, begins.astimezone(zone))
    gone = max(begins - opening(rules, zone, day), timedelta())
    days, of_day = divmod(gone + place * plan.spread_days * hours, hours)
    if not days:
        return within_hours(rules, zone, begins - gone + of_day)
    day = _sending_day(rules, day, days)
    return within_hours(rules, zone, opening(rules, zone, day) + of_day)


def _sending_day(rules: AskingRules, day: date, later: int) -> date:
    """The day so many sending days after one."""
    if not rules.weekdays_only:
        return day + timedelta(days=later)
    weeks, days = divmod(later, 5)
    # From Friday on the weekend lies between.
    return day + timedelta(weeks=weeks, days=days + (2 if day.weekday() + days > 4 else 0))


# What was decided when a mail was made holds for so long: others may have asked meanwhile.
MAIL_HOLDS = timedelta(minutes=30)


def decided_again_at(
    plan: CampaignPlan, zone: ZoneInfo, *, made_at: datetime, now: datetime
) -> datetime | None:
    """When a mail that was made at some moment, and is about to leave, is to be decided on again:
    when its hours begin, or now where the decision is old. None lets it leave."""
    hours_at = within_hours(rules_of(plan, AskingRules()), zone, now)
    return hours_at if hours_at > now or now - made_at > MAIL_HOLDS else None


Verb = Literal["launch", "pause", "resume", "stop"]
_ALLOWED: Mapping[Verb, frozenset[str]] = {
    "launch": frozenset({"draft"}),
    "pause": frozenset({"scheduled", "running"}),
    "resume": frozenset({"paused"}),
    "stop": frozenset({"scheduled", "running", "paused"}),
}


def may(verb: Verb, status: str) -> bool:
    """Whether this can be done with a campaign that is in such a state."""
    return status in _ALLOWED[verb]


def is_editable(status: str) -> bool:
    """Whether its plan may still be changed: nobody has been promised anything yet."""
    return status == "draft"
