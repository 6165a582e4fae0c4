"""The part of a form that says what somebody is to be: their role, and whose responses they see."""

from typing import Any

from flask import request

from widget.domain.invitations import Place
from widget.domain.roles import ROLE_MEANINGS, ROLES, may_manage
from widget.extensions import db
from widget.storage.teams import team_tree
from widget.web.console.access import seat

_TEAMS_LIMIT = 1_000


def posted_place() -> Place | None:
    """The place that a form was sent with; None when it names no role.

    A manager is one of teams unless the form says that they see the whole workspace.
    """
    wanted = request.form.get("role", "")
    role = next((known for known in ROLES if known == wanted), None)
    if role is None:
        return None
    given = request.form.getlist("teams")[:_TEAMS_LIMIT]
    teams = tuple(int(id) for id in given if id.isascii() and id.isdecimal() and len(id) < 10)
    return Place(role, request.form.get("scope") == "all", teams).tidy()


def place_choices() -> dict[str, Any]:
    """What a template needs to ask for a place."""
    return {
        "roles": [role for role in ROLES if may_manage(seat().role, role)],
        "meanings": ROLE_MEANINGS,
        "teams": team_tree(db.session(), seat().workspace_id),
    }
