"""When a request is due: after the interaction, within sending hours, before it expires."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from widget.domain.asking import MOST_REMINDERS, AskingRules

_SATURDAY = 5


def zone_named(*names: str) -> ZoneInfo:
    """The first of some time zones that exists; UTC when none does."""
    for name in names:
        if is_zone(name):
            return ZoneInfo(name)
    return ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    """Whether a name such as `Europe/Lisbon` is a time zone's."""
    try:
        return bool(name) and ZoneInfo(name) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def delay_of(rules: AskingRules, delay_s: int | None) -> timedelta:
    """How long after the interaction to ask: a request's own delay, else the survey's."""
    return timedelta(minutes=rules.delay_minutes) if delay_s is None else timedelta(seconds=delay_s)


def first_due(
    rules: AskingRules,
    zone: ZoneInfo,
    *,
    now: datetime,
    interaction_at: datetime,
    delay_s: int | None = None,
) -> datetime:
    """When the first mail is to leave, in UTC: never before now, and within sending hours."""
    moment = max(now, interaction_at + delay_of(rules, delay_s))
    return within_hours(rules, zone, moment)


def expiry(rules: AskingRules, *, interaction_at: datetime, delay_s: int | None = None) -> datetime:
    """When a request can no longer be answered: so many days after it was to be asked."""
    return (
        interaction_at + delay_of(rules, delay_s) + timedelta(days=rules.expires_days)
    ).astimezone(UTC)


def within_hours(rules: AskingRules, zone: ZoneInfo, moment: datetime) -> datetime:
    """The moment itself when local clocks are within sending hours, else when the hours begin.

    Hours may pass midnight (22 to 6). The hour that clocks skip in spring is made up for by the
    moment they jump to, when that is still within the hours, and by the next day otherwise.
    """
    while not _is_within(rules, moment.astimezone(zone)):
        local = moment.astimezone(zone)
        day = local.date() + timedelta(days=0 if local.hour < rules.hours_from else 1)
        # By way of UTC, where an hour that does not exist becomes one that does.
        moment = opening(rules, zone, day)
    return moment.astimezone(UTC)


def opening(rules: AskingRules, zone: ZoneInfo, day: date) -> datetime:
    """When the sending hours of a day begin, in UTC."""
    return datetime.combine(day, time(rules.hours_from % 24), zone).astimezone(UTC)


def day_of_hours(rules: AskingRules, local: datetime) -> date:
    """The day on which the sending hours of a local moment have begun."""
    begins_before = rules.hours_from % 24 >= rules.hours_until % 24 and rules.hours_until < 24
    is_of_yesterday = begins_before and local.hour < rules.hours_from
    return local.date() - timedelta(days=1) if is_of_yesterday else local.date()


def is_sending_day(rules: AskingRules, day: date) -> bool:
    """Whether sending hours begin on a day."""
    return not rules.weekdays_only or day.weekday() < _SATURDAY


def _is_within(rules: AskingRules, local: datetime) -> bool:
    hour, first, last = local.hour, rules.hours_from % 24, rules.hours_until
    if first == last % 24:
        is_open = True
    else:
        is_open = first <= hour < last if first < last else hour >= first or hour < last
    return is_open and is_sending_day(rules, day_of_hours(rules, local))


def next_reminder(
    rules: AskingRules,
    zone: ZoneInfo,
    *,
    last_mail_at: datetime,
    reminders_sent: int,
    expires_at: datetime,
) -> datetime | None:
    """When the next reminder is due; None when there is to be none before the request expires."""
    if reminders_sent >= min(rules.reminders, MOST_REMINDERS):
        return None
    due = within_hours(rules, zone, last_mail_at + timedelta(days=rules.reminder_days))
    return due if due < expires_at else None
