"""What became of a request, in the words and the time zone of whoever reads the console."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import format_datetime
from flask_babel import gettext as _

from widget.domain.requests import (
    STATUS_SENTENCES,
    STATUS_WORDS,
    STATUSES,
    why_in_words,
)
from widget.storage.requests import ListedRequest
from widget.web.console.access import blueprint, seat


@blueprint.app_template_filter("why_words")
def why_words(found: ListedRequest) -> str:
    """Why a request was not sent, in the workspace's time zone; "" when it was or will be."""
    row = found.request
    return reason(row.why, until=row.why_until, detail=row.why_text)


def reason(
    why: str, *, until: datetime | None = None, by: str | None = None, detail: str = ""
) -> str:
    """A reason as a sentence or two, like `why_in_words`."""
    return why_in_words(why, until=until, by=by, detail=detail, translate=_, write=_moment)


@blueprint.app_template_filter("status_words")
def status_words(status: str) -> str:
    """A status of a request in a word or two."""
    return next((_(STATUS_WORDS[known]) for known in STATUSES if known == status), status)


@blueprint.app_template_filter("status_sentence")
def status_sentence(status: str) -> str:
    """A status of a request in a sentence."""
    return next((_(STATUS_SENTENCES[known]) for known in STATUSES if known == status), status)


def _moment(at: datetime) -> str:
    local = at.astimezone(ZoneInfo(seat().time_zone))
    return f"{format_datetime(local, 'd MMM y, HH:mm', rebase=False)} ({local.tzname()})"
