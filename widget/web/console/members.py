"""The people whom customers rate, and how pages name them."""

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.domain.addresses import shown
from widget.domain.profiles import STATUSES, Status
from widget.domain.teams import TeamNode, TeamPlace, with_teams_below
from widget.extensions import db
from widget.storage.member_list import MemberFilter, members_page, pending_changes, tags_in_use
from widget.storage.teams import team_tree
from widget.storage.unassigned import unassigned_count
from widget.web import htmx
from widget.web.console.access import blueprint, needs, seat

PAGE = 50
STATUS_NAMES: dict[Status, str] = {
    "active": "Active",
    "pending": "Pending review",
    "unapproved": "Unapproved",
    "archived": "Archived",
}


@blueprint.app_template_filter("status_name")
def status_name(status: Status) -> str:
    """`pending` as Pending review."""
    return STATUS_NAMES[status]


@blueprint.get("/members")
@needs("lead")
def members() -> Response:
    """Those whom somebody leads, by filters."""
    tree = team_tree(db.session(), seat().workspace_id, seat().scope)
    wanted, chosen = _filter(tree)
    number = max(request.args.get("page", 1, type=int), 1)
    found = members_page(
        db.session(), seat().workspace_id, wanted, limit=PAGE, skip=(min(number, 10_000) - 1) * PAGE
    )
    values: dict[str, Any] = {
        "found": found,
        "chosen": chosen,
        "page": number,
        "last_page": max(1, -(-found.total // PAGE)),
        "paths": {team.id: team.full_name for team in tree},
    }
    if htmx.wants_partial():
        return htmx.page_or_partial("", render_template("console/members/_rows.html", **values))
    everywhere = seat().may("edit_surveys")
    page = render_template(
        "console/members/list.html",
        **values,
        teams=[(str(team.id), team.full_name) for team in tree],
        tags=[(tag, tag) for tag in tags_in_use(db.session(), seat().workspace_id, seat().scope)],
        statuses=[(status, _(STATUS_NAMES[status])) for status in STATUSES],
        waiting=pending_changes(db.session(), seat().workspace_id, seat().scope),
        unassigned=unassigned_count(db.session(), seat().workspace_id) if everywhere else 0,
        may_import=everywhere,
    )
    return htmx.page_or_partial(page, "")


def _filter(tree: list[TeamNode]) -> tuple[MemberFilter, dict[str, str]]:
    """The filter in the address, and its words as the form shows them."""
    search = shown(request.args.get("search", ""), 100)
    tag = shown(request.args.get("tag", ""), 100)
    team = request.args.get("team", "")
    chosen_team = next((one for one in tree if str(one.id) == team), None)
    status = next((one for one in STATUSES if one == request.args.get("status")), None)
    below = None
    if chosen_team:
        places = [TeamPlace(one.id, one.parent_id) for one in tree]
        below = with_teams_below(places, [chosen_team.id])
    wanted = MemberFilter(
        scope=seat().scope,
        search=search,
        teams=below,
        without_team=team == "none",
        tag=tag,
        status=status,
    )
    chosen = {
        "search": search,
        "team": team if chosen_team or team == "none" else "",
        "tag": tag,
        "status": status or "",
    }
    return wanted, {name: value for name, value in chosen.items() if value}
