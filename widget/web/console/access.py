"""Who may see what in the console: every route of its blueprint passes through here."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Blueprint, abort, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.domain.roles import Ability
from widget.extensions import db
from widget.storage.accounts import has_users
from widget.storage.seats import Seat, seat_of
from widget.web.plain_text import refuse_nul

blueprint = Blueprint("console", __name__, url_prefix="/console")

P = ParamSpec("P")
R = TypeVar("R")

# Routes that somebody who is not signed in may open.
_OPEN = {"console.set_up", "console.welcome"}
# Where the session keeps which of their workspaces somebody is in.
CHOSEN_WORKSPACE = "workspace"


blueprint.before_request(refuse_nul)


@blueprint.before_request
def require_sign_in() -> Response | None:
    """Send strangers to the sign-in page, and everybody to the set-up page on the first run."""
    if request.endpoint in _OPEN:
        return None
    if not current_user.is_authenticated:
        if not has_users(db.session()):
            return redirect(url_for("console.set_up"))
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    seat = seat_of(db.session(), current_user.id, session.get(CHOSEN_WORKSPACE))
    if seat is None:
        abort(403, "Your account belongs to no workspace. Ask a workspace's owner to invite you.")
    g.seat = seat
    return None


def seat() -> Seat:
    """The signed-in user's place in their workspace."""
    found: Seat = g.seat
    return found


def needs(ability: Ability) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Refuse a route to roles without an ability, with a sentence that says so.

    A test walks all routes: each of the console's declares what it needs.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not seat().may(ability):
                abort(403, f"Your role ({seat().role}) does not allow this.")
            return view(*args, **kwargs)

        guarded.ability = ability  # type: ignore[attr-defined]
        return guarded

    return decorate


@blueprint.app_context_processor
def _seat_for_templates() -> dict[str, Any]:
    # Which entry of the navigation is the current one: a subject's first module-level endpoint.
    areas = {
        "response": "console.responses",
        "request": "console.requests",
        "asking": "console.requests",
        "member": "console.members",
        "site": "console.sites",
        "deliveries": "console.deliveries",
        "key": "console.keys",
    }
    endpoint = (request.endpoint or "").partition(".")[2]
    area = next((page for word, page in areas.items() if endpoint.startswith(word)), None)
    if endpoint.startswith(("people", "person", "workspace")):
        return {"seat": g.get("seat"), "area": None}
    if area is None and (request.endpoint or "").startswith("console."):
        area = "console.surveys"
    return {"seat": g.get("seat"), "area": area}


@blueprint.get("/")
def home() -> Response:
    """The console's first page."""
    return redirect(url_for("console.surveys"))
