"""The queues of follow-ups, and which of them the address asks for."""

from datetime import datetime
from uuid import UUID

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.domain.errors import MomentRefused
from widget.domain.follow_ups import STATUS_WORDS, STATUSES
from widget.domain.moments import read_moment
from widget.extensions import db
from widget.storage.follow_up_counts import follow_up_counts
from widget.storage.follow_ups import (
    COUNTED_TO,
    QUEUES,
    FollowUpFilter,
    Place,
    Queue,
    Reader,
    follow_ups_page,
    followed_members,
)
from widget.storage.leads import leads_of
from widget.storage.survey_editing import survey_names
from widget.storage.unanswered import LOOKED_AT_FOR, count_unanswered, unanswered_page
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.follow_ups import reader, speech_of
from widget.web.console.response_guide import group_name, group_of

PAGE = 50
FILTERS = ("queue", "status", "assignee", "survey", "member", "client", "segment")
NOBODY = "nobody"
UNANSWERED = "unanswered"


@blueprint.get("/follow-ups")
@needs("lead")
def follow_ups() -> Response:
    """A queue of follow-ups, filtered by the query."""
    who, wanted, at = reader(), _filter(), now()
    is_unanswered = request.args.get("queue") == UNANSWERED
    find = unanswered_page if is_unanswered else follow_ups_page
    statuses = STATUSES if wanted.queue == "all" else STATUSES[:-1]
    values = {
        "page": find(db.session(), who, wanted, now=at, limit=PAGE, after=_place()),
        "queue": UNANSWERED if is_unanswered else wanted.queue,
        "is_unanswered": is_unanswered,
        "queues": _queues(who, at),
        "chosen": {name: request.args[name] for name in FILTERS if request.args.get(name)},
        "surveys": survey_names(db.session(), seat().workspace_id),
        "members": followed_members(db.session(), who),
        "leads": [lead.choice for lead in leads_of(db.session(), seat().workspace_id)],
        "statuses": [(status, _(STATUS_WORDS[status])) for status in statuses],
        "speech": speech_of,
        "group_of": group_of,
        "group_name": group_name,
        "nobody": NOBODY,
        "days": LOOKED_AT_FOR.days,
        "may_set": seat().may("manage_workspace"),
    }
    return htmx.page_or_partial(
        render_template("console/follow_ups/list.html", **values),
        render_template("console/follow_ups/_rows.html", **values),
    )


def _queues(who: Reader, at: datetime) -> list[tuple[str, str, str]]:
    """Each queue's name in addresses, its words, and how many it has, "" where that is unknown."""
    words: dict[Queue, str] = {
        "mine": _("My open"),
        "unassigned": _("Unassigned"),
        "open": _("Open"),
        "overdue": _("Overdue"),
        "waiting": _("Waiting"),
        "all": _("All"),
    }
    numbers = follow_up_counts(db.session(), who, at)
    found: list[tuple[str, str, str]] = [
        (key, words[key], _number(numbers.get(key))) for key in QUEUES
    ]
    unanswered = _number(count_unanswered(db.session(), who, at))
    found.insert(-1, (UNANSWERED, _("Unanswered detractors"), unanswered))
    return found


def _number(count: int | None) -> str:
    if count is None:
        return ""
    return str(count) if count <= COUNTED_TO else f"{COUNTED_TO}+"


def _filter() -> FollowUpFilter:
    args = request.args
    assignee = args.get("assignee", "")
    is_number = assignee.isascii() and assignee.isdecimal() and len(assignee) < 10
    return FollowUpFilter(
        queue=next((known for known in QUEUES if known == args.get("queue")), "open"),
        status=next((known for known in STATUSES if known == args.get("status")), None),
        assignee=0 if assignee == NOBODY else int(assignee) if is_number else None,
        survey=args.get("survey") or None,
        member=args.get("member") or None,
        client=args.get("client") or None,
        segment=args.get("segment") or None,
    )


def _place() -> Place | None:
    moment, _underscore, id = request.args.get("after", "").partition("_")
    try:
        return Place(read_moment(moment, seat().time_zone), UUID(id))
    except (MomentRefused, ValueError):
        # A damaged address shows the first page.
        return None
