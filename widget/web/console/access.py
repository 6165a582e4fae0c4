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
from widget.storage.seats import OtherSeat, Seat, seat_of, seats_of
from widget.web.plain_text import refuse_nul

blueprint = Blueprint("console", __name__, url_prefix="/console")


@dataclass(frozen=True)
class Area:
    """A part of the console: the page the header links to, and how the names of its routes begin.

    An area that is reached otherwise has no label. `is_shown`: what a workspace may switch off.
    """

    endpoint: str
    needs: Ability
    begins: tuple[str, ...]
    label: Callable[[], str] | None = None
    is_shown: Callable[[Seat], bool] = lambda _seat: True

    def is_for(self, found: Seat) -> bool:
        """Whether the header links to it for a seat."""
        return self.label is not None and found.may(self.needs) and self.is_shown(found)


# In the order of the header. Routes that no other area names belong to surveys.
AREAS = (
    Area("console.surveys", "edit_surveys", ("",), lambda: str(_("Surveys"))),
    Area("console.stream", "see_own", ("stream",), lambda: str(_("Stream"))),
    Area(
        "console.dashboard",
        "see_own",
        ("dashboard", "filter", "subscription"),
        lambda: str(_("Dashboard")),
    ),
    Area("console.responses", "see_own", ("response",), lambda: str(_("Responses"))),
    Area(
        "console.follow_ups",
        "lead",
        ("follow_up", "reply_template", "alert", "rule", "webhook"),
        lambda: str(_("Follow-ups")),
    ),
    Area("console.clients", "read_responses", ("client",), lambda: str(_("Clients"))),
    Area("console.reports", "lead", ("report",), lambda: str(_("Reports"))),
    Area("console.requests", "read_responses", ("request", "asking"), lambda: str(_("Requests"))),
    Area(
        "console.campaigns",
        "read_responses",
        ("campaign", "audience"),
        lambda: str(_("Campaigns")),
    ),
    Area("console.customers", "read_responses", ("customer",), lambda: str(_("Customers"))),
    Area("console.members", "lead", ("member", "team", "unassigned"), lambda: str(_("Members"))),
    Area("console.rewards", "lead", ("reward", "grant"), lambda: str(_("Rewards"))),
    Area(
        "console.my_rewards",
        "see_own",
        ("my_rewards",),
        lambda: str(_("My rewards")),
        lambda found: found.member_id is not None,
    ),
    Area(
        "console.leaderboard",
        "see_own",
        ("leaderboard",),
        lambda: str(_("Leaderboard")),
        lambda found: found.rules.leaderboards,
    ),
    Area("console.testimonials", "lead", ("testimonial",), lambda: str(_("Testimonials"))),
    Area("console.deliveries", "edit_surveys", ("deliveries",), lambda: str(_("Deliveries"))),
    Area("console.profile", "see_own", ("profile",)),
    Area("console.sites", "edit_surveys", ("site",), lambda: str(_("Sites"))),
    Area("console.keys", "manage_workspace", ("key",), lambda: str(_("API keys"))),
    Area("console.sharing", "manage_workspace", ("sharing",)),
    Area("console.people", "manage_workspace", ("people", "person", "workspace", "invitation")),
    Area("console.account", "see_own", ("account", "leave")),
)
# What the header has room for in one line. Where there are more, the last of them are folded away.
IN_LINE = 6

P = ParamSpec("P")
R = TypeVar("R")

# Routes that somebody who is not signed in may open.
_OPEN = {
    "console.set_up",
    "console.welcome",
    "console.forgot_password",
    "console.new_password",
}
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
    seat = signed_in_seat()
    if seat is None:
        abort(403, "Your account belongs to no workspace. Ask a workspace’s owner to invite you.")
    g.seat = seat
    return None


def signed_in_seat() -> Seat | None:
    """The place of whoever is signed in, in the workspace they chose; None for strangers."""
    if not current_user.is_authenticated:
        return None
    return seat_of(db.session(), current_user.id, session.get(CHOSEN_WORKSPACE))


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
    return {
        "seat": found,
        **_navigation(found),
        "other_seats": other_seats,
    }


def other_seats() -> list[OtherSeat]:
    """The other workspaces of whoever is signed in. Asked for by whole pages only."""
    found: Seat | None = g.get("seat")
    if found is None:
        return []
    return [
        other
        for other in seats_of(db.session(), found.user_id)
        if other.workspace_id != found.workspace_id
    ]


def _navigation(found: Seat | None) -> dict[str, list[tuple[str, str, bool]]]:
    """What the header links to for a seat, in its line and folded away: address, words, and
    whether it is where one is."""
    links = _links(found) if found else []
    in_line = len(links) if len(links) <= IN_LINE else IN_LINE - 1
    return {"navigation": links[:in_line], "more_navigation": links[in_line:]}


def _links(found: Seat) -> list[tuple[str, str, bool]]:
    endpoint = (request.endpoint or "").partition(".")[2]
    # The area whose beginning says most.
    fits = [
        (len(begin), area) for area in AREAS for begin in area.begins if endpoint.startswith(begin)
    ]
    is_console = request.blueprint == blueprint.name
    here = max(fits, key=lambda pair: pair[0])[1] if is_console else None
    return [
        (url_for(area.endpoint), area.label(), area is here)
        for area in AREAS
        if area.label and area.is_for(found)
    ]


@blueprint.get("/")
def home() -> Response:
    """The first page of the console that somebody may open."""
    open_to_them = (area for area in AREAS if area.is_for(seat()))
    first = next(open_to_them, None)
    return redirect(url_for(first.endpoint if first else "console.account"))
