"""What pages call where a follow-up stands, why it was opened, and its times."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from widget.domain.due_dates import is_overdue
from widget.domain.follow_ups import STATUS_WORDS, STATUSES, WHY_WORDS, WHYS
from widget.web.clock import now
from widget.web.console.access import blueprint, seat
from widget.web.console.filters import moment


@blueprint.app_template_filter("follow_up_status")
def follow_up_status_words(status: str) -> str:
    """Where a follow-up stands, in a word or two."""
    return next((_(STATUS_WORDS[known]) for known in STATUSES if known == status), status)


@blueprint.app_template_filter("follow_up_why")
def follow_up_why(whys: list[str]) -> str:
    """Why a follow-up was opened."""
    return ", ".join(_(WHY_WORDS[known]) for known in WHYS if known in whys)


@blueprint.app_template_filter("local_moment")
def local_moment(at: datetime | None) -> str:
    """A time in the workspace's zone as browsers take it, `2026-11-23T14:05`; "" for none."""
    return f"{at.astimezone(ZoneInfo(seat().time_zone)):%Y-%m-%dT%H:%M}" if at else ""


@blueprint.app_template_filter("stored_moment")
def stored_moment(text: str) -> str:
    """A time as a note keeps it, in words."""
    return moment(datetime.fromisoformat(text))


@blueprint.app_template_test("overdue")
def overdue(row: Any) -> bool:
    """Whether a follow-up should be resolved by now."""
    return is_overdue(row.due_at, row.resolved_at, now())
