"""What members have earned: decided about by who leads them, and seen by themselves."""

from datetime import date
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.decide_grant import Decider, approve_grant, decline_grant, hand_grant_over
from widget.domain.errors import GrantRefused, MomentRefused
from widget.domain.grants import Status, Verb
from widget.domain.moments import read_day, read_moment
from widget.extensions import db
from widget.storage.grants import (
    GrantPlace,
    grant_counts,
    grants_of_member,
    grants_page,
    progress_of,
)
from widget.storage.rewards import catalogue
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.rewards import spent_this_month

PAGE = 50
# The tabs of the page, and which grants each shows.
TABS: dict[str, tuple[Status, ...]] = {
    "waiting": ("earned",),
    "approved": ("approved",),
    "done": ("handed_over", "declined"),
    "withdrawn": ("withdrawn",),
}


@blueprint.get("/rewards/grants")
@needs("lead")
def grants() -> str:
    """What the members in one's scope have earned, newest first."""
    asked = request.args.get("show", "")
    tab = asked if asked in TABS else "waiting"
    workspace_id, scope = seat().workspace_id, seat().scope
    found = grants_page(
        db.session(),
        workspace_id,
        scope,
        statuses=TABS[tab],
        limit=PAGE + 1,
        before=_place(),
    )
    counts = grant_counts(db.session(), workspace_id, scope)
    return render_template(
        "console/rewards/grants.html",
        grants=found[:PAGE],
        has_older=len(found) > PAGE,
        tab=tab,
        counts={name: sum(counts.get(one, 0) for one in of) for name, of in TABS.items()},
        spent=spent_this_month(catalogue(db.session(), workspace_id)),
        today=_today().isoformat(),
        own=_not_for(),
    )


@blueprint.post("/rewards/grants/<uuid:grant_id>/<any(approve,decline,'hand-over'):verb>")
@needs("lead")
def grant_decide(grant_id: UUID, verb: Verb) -> Response:
    """Approve a grant, decline it with a reason, or note that it was handed over."""
    by = Decider(seat().user_id, seat().scope, _not_for(), now())
    session, workspace_id = db.session(), seat().workspace_id
    try:
        if verb == "approve":
            link = current_app.config["SAYSO_PUBLIC_URL"] + url_for("console.my_rewards")
            zone = seat().time_zone
            approve_grant(session, workspace_id, grant_id, by, time_zone=zone, link=link)
            flash(_("Approved."))
        elif verb == "decline":
            decline_grant(session, workspace_id, grant_id, by, request.form.get("reason", ""))
            flash(_("Declined."))
        else:
            on, note = _day(request.form.get("on", "")), request.form.get("note", "")
            hand_grant_over(session, workspace_id, grant_id, by, on=on, note=note)
            flash(_("Handed over."))
    except (GrantRefused, MomentRefused) as error:
        flash(str(error), "error")
    shown = request.args.get("show", "")
    return redirect(url_for("console.grants", show=shown if shown in TABS else None), 303)


@blueprint.get("/rewards/mine")
@needs("see_own")
def my_rewards() -> str:
    """One's own progress and grants, for who is rated themselves."""
    workspace_id, member_id = seat().workspace_id, seat().member_id
    return render_template(
        "console/rewards/mine.html",
        is_member=member_id is not None,
        progress=progress_of(db.session(), workspace_id, member_id) if member_id else [],
        grants=grants_of_member(db.session(), workspace_id, member_id) if member_id else [],
    )


def _not_for() -> int | None:
    """The member about whose grants the signed-in person does not decide: themselves, unless the
    workspace is theirs to manage."""
    return None if seat().may("manage_workspace") else seat().member_id


def _today() -> date:
    return now().astimezone(ZoneInfo(seat().time_zone)).date()


def _day(text: str) -> date:
    day = read_day(text) if text.strip() else _today()
    if day > _today():
        raise GrantRefused(_("Choose a day that has come."))
    return day


def _place() -> GrantPlace | None:
    at, _underscore, id = request.args.get("before", "").partition("_")
    try:
        return GrantPlace(read_moment(at, seat().time_zone), UUID(id))
    except (MomentRefused, ValueError):
        # A damaged address shows the first page.
        return None


@blueprint.app_template_filter("grant_state")
def grant_state(status: str) -> str:
    """What became of a grant, in words."""
    words: dict[Status, str] = {
        "earned": _("Waits for approval"),
        "approved": _("Approved"),
        "declined": _("Declined"),
        "handed_over": _("Handed over"),
        "withdrawn": _("Withdrawn"),
    }
    return words[cast(Status, status)]
