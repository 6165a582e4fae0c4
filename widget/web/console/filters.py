"""How templates write times, kinds and scores."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext as _

from widget.domain.scales import KIND_NAMES, Kind
from widget.web.console.access import blueprint


@blueprint.app_template_filter("kind_name")
def kind_name(kind: Kind) -> str:
    """`csat` as CSAT."""
    return KIND_NAMES[kind]


@blueprint.app_template_filter("moment")
def moment(at: datetime) -> str:
    """A time in the workspace's zone, as `23 Nov 2026, 14:05`."""
    local = at.astimezone(ZoneInfo(g.seat.time_zone))
    return f"{local.day} {local:%b %Y, %H:%M}"


@blueprint.app_template_filter("score_words")
def score_words(score: int, kind: Kind) -> str:
    """A score with its range: `4 of 5 stars`, `9 of 10`."""
    highest = {"stars": 5, "csat": 5, "nps": 10, "ces": 7}[kind]
    if kind == "stars":
        return str(_("%(score)s of %(highest)s stars", score=score, highest=highest))
    return str(
        _("%(name)s %(score)s of %(highest)s", name=KIND_NAMES[kind], score=score, highest=highest)
    )
