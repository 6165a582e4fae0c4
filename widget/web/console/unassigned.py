"""Ratings of members whom nobody knows: to whom they belong."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.assign_answers import assign_answers
from widget.domain.addresses import shown, storable
from widget.domain.roles import EVERYTHING
from widget.extensions import db
from widget.storage.member_list import MemberFilter, members_page
from widget.storage.unassigned import (
    Unassigned,
    newest_assignments,
    unassigned_count,
    unassigned_name,
    unassigned_names,
)
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

PAGE = 50
# How many members a search offers.
OFFERED = 20


@blueprint.get("/unassigned")
@needs("edit_surveys")
def unassigned() -> str:
    """Every name that was given and is nobody's, with what was assigned lately."""
    number = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    total = unassigned_count(db.session(), seat().workspace_id)
    return render_template(
        "console/unassigned/list.html",
        names=unassigned_names(
            db.session(), seat().workspace_id, limit=PAGE, skip=(number - 1) * PAGE
        ),
        total=total,
        page=number,
        has_more=number * PAGE < total,
        past=newest_assignments(db.session(), seat().workspace_id, 10),
    )


@blueprint.get("/unassigned/assign")
@needs("edit_surveys")
def unassigned_assign() -> str:
    """One name, and a search for the member that it means."""
    found = _found(request.args.get("given", ""))
    search = shown(request.args.get("search", ""), 100)
    wanted = MemberFilter(EVERYTHING, search=search)
    return render_template(
        "console/unassigned/assign.html",
        found=found,
        search=search,
        members=members_page(db.session(), seat().workspace_id, wanted, limit=OFFERED),
    )


@blueprint.post("/unassigned/assign")
@needs("edit_surveys")
def unassigned_assign_to() -> Response:
    """Give a name's ratings to a member."""
    found = _found(request.form.get("given", ""))
    moved = assign_answers(
        db.session(),
        seat().workspace_id,
        found.given,
        request.form.get("member", 0, type=int),
        user_id=current_user.id,
        at=now(),
    )
    flash(_("Ratings that are theirs now: %(number)s.", number=moved))
    return redirect(url_for("console.unassigned"), 303)


def _found(given: str) -> Unassigned:
    found = unassigned_name(db.session(), seat().workspace_id, storable(given)[:200])
    if found is None:
        abort(404, "Nothing is unassigned under this name any more.")
    return found
