"""Teams: the tree, and each team's place, members and leaders."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions import change_team
from widget.domain.addresses import storable
from widget.domain.errors import TeamRefused, TeamsCannotNest, UnknownPerson
from widget.domain.teams import TeamNode, TeamPlace, with_teams_below
from widget.extensions import db
from widget.storage.member_list import MemberFilter, members_page
from widget.storage.teams import leaders_by_team, managers, member_counts, team_tree
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

# How many of a team's members its page shows.
SHOWN = 50


@blueprint.get("/teams")
@needs("lead")
def teams() -> str:
    """The teams that somebody leads, as they nest."""
    return _list({})


@blueprint.post("/teams/new")
@needs("manage_workspace")
def team_new() -> Response | tuple[str, int]:
    """Make a team."""
    name, parent_id = storable(request.form.get("name", "")), request.form.get("parent", type=int)
    try:
        change_team.make_team(
            db.session(), seat().workspace_id, name=name, parent_id=parent_id, at=now()
        )
    except TeamRefused as error:
        return _list({"name": str(error)}), 422
    except TeamsCannotNest as error:
        return _list({"parent": str(error)}), 422
    flash(_("Made."))
    return redirect(url_for("console.teams"), 303)


@blueprint.get("/teams/<int(max=2147483647):team_id>")
@needs("lead")
def team(team_id: int) -> str:
    """One team."""
    return _one(team_id, {})


@blueprint.post("/teams/<int(max=2147483647):team_id>/change")
@needs("manage_workspace")
def team_change(team_id: int) -> Response | tuple[str, int]:
    """Rename a team and put it in its place."""
    try:
        change_team.change_team(
            db.session(),
            seat().workspace_id,
            team_id,
            name=storable(request.form.get("name", "")),
            parent_id=request.form.get("parent", type=int),
        )
    except TeamRefused as error:
        return _one(team_id, {"name": str(error)}), 422
    except TeamsCannotNest as error:
        return _one(team_id, {"parent": str(error)}), 422
    flash(_("Saved."))
    return redirect(url_for("console.team", team_id=team_id), 303)


@blueprint.post("/teams/<int(max=2147483647):team_id>/leaders")
@needs("manage_workspace")
def team_leader(team_id: int) -> Response:
    """Let a manager lead a team, or no longer."""
    leads = "add" in request.form
    user_id = request.form.get("user" if leads else "remove", 0, type=int)
    try:
        change_team.set_leader(db.session(), seat().workspace_id, team_id, user_id, leads=leads)
        flash(_("Saved."))
    except UnknownPerson as error:
        flash(str(error), "error")
    return redirect(url_for("console.team", team_id=team_id), 303)


@blueprint.post("/teams/<int(max=2147483647):team_id>/remove")
@needs("manage_workspace")
def team_remove(team_id: int) -> Response:
    """Remove a team; the form says where its members go."""
    try:
        change_team.remove_team(
            db.session(),
            seat().workspace_id,
            team_id,
            members_to=request.form.get("members_to", type=int),
        )
    except TeamRefused as error:
        flash(str(error), "error")
        return redirect(url_for("console.team", team_id=team_id), 303)
    flash(_("Removed."))
    return redirect(url_for("console.teams"), 303)


def _list(problems: dict[str, str]) -> str:
    workspace_id = seat().workspace_id
    tree = team_tree(db.session(), workspace_id, seat().scope)
    return render_template(
        "console/teams/list.html",
        tree=_levels(tree),
        counts=member_counts(db.session(), workspace_id),
        leaders=leaders_by_team(db.session(), workspace_id),
        parents=_choices(tree, _("At the top")),
        may_change=seat().may("manage_workspace"),
        problems=problems,
        typed=request.form,
    )


def _one(team_id: int, problems: dict[str, str]) -> str:
    workspace_id = seat().workspace_id
    tree = team_tree(db.session(), workspace_id, seat().scope)
    found = next((one for one in tree if one.id == team_id), None)
    if found is None:
        abort(404, "There is no such team in this workspace, or it is not yours.")
    places = [TeamPlace(one.id, one.parent_id) for one in tree]
    below = with_teams_below(places, [team_id])
    wanted = MemberFilter(seat().scope, teams=frozenset({team_id}))
    leaders = leaders_by_team(db.session(), workspace_id).get(team_id, [])
    may_change = seat().may("manage_workspace")
    leading = {one.user_id for one in leaders}
    return render_template(
        "console/teams/one.html",
        team=found,
        below=[one for one in tree if one.parent_id == team_id],
        members=members_page(db.session(), workspace_id, wanted, limit=SHOWN),
        leaders=leaders,
        managers=[
            (str(one.user_id), one.words)
            for one in (managers(db.session(), workspace_id) if may_change else [])
            if one.user_id not in leading
        ],
        parents=_choices([one for one in tree if one.id not in below], _("At the top")),
        others=_choices([one for one in tree if one.id != team_id], _("To no team")),
        may_change=may_change,
        problems=problems,
        typed=request.form,
    )


def _choices(tree: list[TeamNode], none: str) -> list[tuple[str, str]]:
    return [("", none), *((str(one.id), one.full_name) for one in tree)]


def _levels(tree: list[TeamNode]) -> list[dict[str, Any]]:
    """The tree as lists within lists: what is above a scope's teams is left out."""
    by_id: dict[int, dict[str, Any]] = {one.id: {"team": one, "below": []} for one in tree}
    top: list[dict[str, Any]] = []
    for one in tree:
        above = by_id.get(one.parent_id) if one.parent_id is not None else None
        (above["below"] if above else top).append(by_id[one.id])
    return top
