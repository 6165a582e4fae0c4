"""Who may see what in the console: every route of its blueprint passes through here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Blueprint, abort, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.domain.roles import Ability
from widget.extensions import db
from widget.storage.accounts import has_users
from widget.storage.seats import Seat, seat_of
from widget.web.plain_text import refuse_nul

blueprint = Blueprint("console", __name__, url_prefix="/console")


@dataclass(frozen=True)
class Area:
    """A part of the console: the page the header links to, and how the names of its routes begin.

    An area that is reached otherwise has no label.
    """

    endpoint: str
    needs: Ability
    begins: tuple[str, ...]
    label: Callable[[], str] | None = None


# In the order of the header. Routes that no other area names belong to surveys.
AREAS = (
    Area("console.surveys", "edit_surveys", ("",), lambda: str(_("Surveys"))),
    Area("console.stream", "see_own", ("stream",), lambda: str(_("Stream"))),
    Area("console.responses", "read_responses", ("response",), lambda: str(_("Responses"))),
    Area("console.requests", "read_responses", ("request", "asking"), lambda: str(_("Requests"))),
    Area("console.deliveries", "edit_surveys", ("deliveries",), lambda: str(_("Deliveries"))),
    Area("console.members", "edit_surveys", ("member",), lambda: str(_("Members"))),
    Area("console.sites", "edit_surveys", ("site",), lambda: str(_("Sites"))),
    Area("console.keys", "manage_workspace", ("key",), lambda: str(_("API keys"))),
    Area("console.people", "manage_workspace", ("people", "person", "workspace")),
)

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
    found: Seat | None = g.get("seat")
    return {"seat": found, "navigation": _navigation(found) if found else []}


def _navigation(found: Seat) -> list[tuple[str, str, bool]]:
    """What the header links to for a seat: address, words, and whether it is where one is."""
    endpoint = (request.endpoint or "").partition(".")[2]
    # The area whose beginning says most.
    fits = [
        (len(begin), area) for area in AREAS for begin in area.begins if endpoint.startswith(begin)
    ]
    here = max(fits, key=lambda pair: pair[0])[1]
    return [
        (url_for(area.endpoint), area.label(), area is here)
        for area in AREAS
        if area.label and found.may(area.needs)
    ]


@blueprint.get("/")
def home() -> Response:
    """The console's first page: what somebody most likely came for."""
    first = "surveys" if seat().may("edit_surveys") else "stream"
    return redirect(url_for(f"console.{first}"))
