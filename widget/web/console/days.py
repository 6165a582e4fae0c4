"""Days in an address."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from widget.domain.errors import MomentRefused
from widget.domain.moments import read_day
from widget.domain.periods import PERIODS, Period, PeriodName, period_of
from widget.web.clock import now
from widget.web.console.access import seat


def asked_day(name: str, problems: dict[str, Any]) -> date | None:
    """The day that a parameter names; None for none. What is no day is told in `problems`."""
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        return read_day(text)
    except MomentRefused as error:
        problems[name] = str(error)
        return None


def today() -> date:
    """The workspace's day."""
    return now().astimezone(ZoneInfo(seat().time_zone)).date()


def asked_period() -> Period:
    """The period that the address names, today's where it names none that has begun."""
    wanted = request.args.get("period", "")
    name: PeriodName = next((known for known in PERIODS if known == wanted), "month")
    last = today()
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = last
    # Nobody has answered before there was anything to answer, nor will have tomorrow.
    return period_of(name, min(max(day, date(2000, 1, 1)), last))
