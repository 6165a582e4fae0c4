"""One's own profile, for members who sign in."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.propose_profile import propose_profile, withdraw_proposal
from widget.domain.errors import LogoRefused, ProfileRefused
from widget.domain.people_rules import ANSWER_LIMIT
from widget.domain.profiles import BIO_LIMIT, Profile
from widget.extensions import db
from widget.storage.member_list import own_member
from widget.storage.profiles import proposal_of
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.member_forms import read_profile, uploaded_photo


@blueprint.route("/profile", methods=["GET", "POST"])
@needs("see_own")
def profile() -> str | Response | tuple[str, int]:
    """The form of one's own profile, with what waits or was declined."""
    member_id = seat().member_id
    if member_id is None:
        return render_template("console/profile/nobody.html")
    found = own_member(db.session(), seat().workspace_id, member_id)
    proposal = proposal_of(db.session(), seat().workspace_id, member_id)
    wanted = proposal.profile if proposal else found.profile
    problems: dict[str, str] = {}
    if request.method == "POST":
        wanted, problems = read_profile(seat().rules, wanted)
        if not problems:
            problems = _propose(member_id, wanted)
        if not problems:
            return redirect(url_for("console.profile"), 303)
    page = render_template(
        "console/profile/own.html",
        member=found,
        proposal=proposal,
        profile=wanted,
        problems=problems,
        typed=request.form,
        waits=seat().rules.review_profiles and not _leads(found.entry.team_id),
        questions=seat().rules.profile_questions,
        bio_limit=BIO_LIMIT,
        answer_limit=ANSWER_LIMIT,
    )
    return (page, 422) if problems else page


@blueprint.post("/profile/withdraw")
@needs("see_own")
def profile_withdraw() -> Response:
    """Forget what one wanted one's profile to say."""
    member_id = seat().member_id
    if member_id is not None:
        withdraw_proposal(db.session(), seat().workspace_id, member_id)
        flash(_("Withdrawn. Customers go on seeing what they see now."))
    return redirect(url_for("console.profile"), 303)


def _leads(team_id: int | None) -> bool:
    return seat().may("lead") and seat().scope.leads(team_id)


def _propose(member_id: int, wanted: Profile) -> dict[str, str]:
    """Change one's own profile, or let the change wait; what is wrong with it."""
    if "remove_photo" in request.form:
        wanted = replace(wanted, photo=None)
    try:
        outcome = propose_profile(
            db.session(),
            seat().workspace_id,
            member_id,
            wanted,
            photo=uploaded_photo(),
            leads=seat().scope if seat().may("lead") else None,
            user_id=current_user.id,
            at=now(),
        )
    except LogoRefused as error:
        return {"photo": str(error)}
    except ProfileRefused as error:
        return error.problems
    said = {
        "shown": _("Saved: customers see it now."),
        "waiting": _("Saved. Customers see it once somebody who leads you has approved it."),
        "same": _("Nothing has changed: this is what customers see."),
    }
    flash(said[outcome])
    return {}
