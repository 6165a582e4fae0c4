"""How quickly customers are replied to and follow-ups resolved: by person and by team."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import render_template
from flask_babel import gettext as _

from widget.domain.follow_up_times import Times, all_times, times_by
from widget.domain.score_summary import FEW
from widget.extensions import db
from widget.storage.follow_up_times import team_names, what_happened
from widget.storage.follow_ups import names_of
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.days import asked_period, today
from widget.web.console.follow_ups import reader


@blueprint.get("/follow-ups/times")
@needs("lead")
def follow_up_times() -> str:
    """The figures of a week, month or quarter, within the reader's scope."""
    period, zone = asked_period(), ZoneInfo(seat().time_zone)
    since = datetime.combine(period.first, time(), zone)
    until = datetime.combine(period.last + timedelta(days=1), time(), zone)
    happened = what_happened(db.session(), reader(), since, until, now())
    by_person = times_by(happened, lambda whose: whose.user_id)
    by_team = times_by(happened, lambda whose: whose.team_id)
    people = names_of(db.session(), {id for id in by_person if id})
    teams = team_names(db.session(), seat().workspace_id)
    return render_template(
        "console/follow_ups/times.html",
        period=period,
        is_current=period.last >= today(),
        periods=[("week", _("Week")), ("month", _("Month")), ("quarter", _("Quarter"))],
        everybody=all_times(happened),
        people=_lines(by_person, people, _("Nobody’s")),
        teams=_lines(by_team, teams, _("Of no team")),
        few=FEW,
    )


def _lines(
    found: Mapping[int | None, Times], names: Mapping[int, str], nobody: str
) -> list[tuple[str, Times]]:
    """Each one's name and times, by name, and at the end those of nobody."""
    known = [(names[id], times) for id, times in found.items() if id and id in names]
    known.sort(key=lambda line: line[0].casefold())
    rest = [(nobody, times) for id, times in found.items() if id not in names]
    return known + rest
