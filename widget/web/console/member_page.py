"""One member: what customers see of them, how they are known, and who signs in as them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from widget.actions.assign_answers import assign_answers
from widget.actions.change_member import change_member
from widget.actions.create_member import enter_member
from widget.domain.addresses import email_problem, normal_email, shown, storable
from widget.domain.errors import MemberExists, NotTheirs, ProfileRefused, UnknownTeam
from widget.domain.people_rules import ANSWER_LIMIT
from widget.domain.profiles import BIO_LIMIT, NO_ENTRY, Entry, Profile
from widget.extensions import db
from widget.storage.member_list import ListedMember, listed_member
from widget.storage.people import people
from widget.storage.teams import team_tree
from widget.storage.unassigned import unassigned_name
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.member_forms import read_entry, read_profile


@blueprint.route("/members/new", methods=["GET", "POST"])
@needs("lead")
def member_new() -> str | Response | tuple[str, int]:
    """A form for one more; `given` is a name whose answers are to become theirs."""
    given = storable(request.values.get("given", ""))[:200]
    may_assign = bool(given) and seat().may("edit_surveys")
    waiting = unassigned_name(db.session(), seat().workspace_id, given) if may_assign else None
    profile, entry = Profile(name=""), _entry_of(given)
    problems: dict[str, str] = {}
    if request.method == "POST":
        profile, problems = read_profile(seat().rules, profile)
        entry, wrong = read_entry()
        problems |= wrong
        if not problems:
            made, problems = _enter(profile, entry)
            if made:
                _credit(made, given if waiting else "")
                return redirect(url_for("console.member", member_id=made), 303)
    page = render_template(
        "console/members/new.html", waiting=waiting, **_form_values(profile, entry, problems)
    )
    return (page, 422) if problems else page


@blueprint.route("/members/<int(max=2147483647):member_id>", methods=["GET", "POST"])
@needs("lead")
def member(member_id: int) -> str | Response | tuple[str, int]:
    """One member: their profile, how they are known, and who signs in as them."""
    found = led_member(member_id)
    profile, entry = found.profile, found.entry
    problems: dict[str, str] = {}
    if request.method == "POST":
        profile, problems = read_profile(seat().rules, profile)
        entry, wrong = read_entry()
        problems |= wrong
        if not problems:
            problems = _change(member_id, profile, entry)
        if not problems:
            flash(_("Saved."))
            return redirect(url_for("console.member", member_id=member_id), 303)
    linkable = seat().may("manage_workspace")
    page = render_template(
        "console/members/one.html",
        member=found,
        people=people(db.session(), seat().workspace_id) if linkable else [],
        may_link=linkable,
        **_form_values(profile, entry, problems),
    )
    return (page, 422) if problems else page


def led_member(member_id: int) -> ListedMember:
    """A member whom the signed-in user leads; the page of others is not found."""
    return listed_member(db.session(), seat().workspace_id, member_id, seat().scope)


def _enter(profile: Profile, entry: Entry) -> tuple[int | None, dict[str, str]]:
    """Add a member; the id, or what is wrong."""
    try:
        made = enter_member(
            db.session(), seat().workspace_id, profile, entry, scope=seat().scope, at=now()
        )
    except (MemberExists, NotTheirs, UnknownTeam, ProfileRefused) as error:
        return None, _problems(error)
    flash(_("Added."))
    return made, {}


def _change(member_id: int, profile: Profile, entry: Entry) -> dict[str, str]:
    """Change a member; what is wrong."""
    try:
        change_member(
            db.session(), seat().workspace_id, member_id, profile, entry, scope=seat().scope
        )
    except (MemberExists, NotTheirs, UnknownTeam, ProfileRefused) as error:
        return _problems(error)
    return {}


def _problems(error: MemberExists | NotTheirs | UnknownTeam | ProfileRefused) -> dict[str, str]:
    """What is wrong, by field."""
    if isinstance(error, ProfileRefused):
        return error.problems
    return {"email" if isinstance(error, MemberExists) else "team": str(error)}


def _credit(member_id: int, given: str) -> None:
    """Give a new member the answers that named them before anybody knew them."""
    if given and "assign" in request.form:
        moved = assign_answers(
            db.session(),
            seat().workspace_id,
            given,
            member_id,
            user_id=current_user.id,
            at=now(),
        )
        flash(_("Ratings that are theirs now: %(number)s.", number=moved))


def _entry_of(given: str) -> Entry:
    """How somebody would be known whom a page has named."""
    email = normal_email(given)
    if email_problem(email) is None:
        return Entry(email=email)
    return Entry(employee_id=shown(given, 100)) if given else NO_ENTRY


def _form_values(profile: Profile, entry: Entry, problems: dict[str, str]) -> dict[str, Any]:
    tree = team_tree(db.session(), seat().workspace_id, seat().scope)
    teams = [(str(team.id), team.full_name) for team in tree]
    return {
        "profile": profile,
        "entry": entry,
        "problems": problems,
        "typed": request.form,
        "teams": [("", _("No team")), *teams] if seat().scope.everything else teams,
        "questions": seat().rules.profile_questions,
        "bio_limit": BIO_LIMIT,
        "answer_limit": ANSWER_LIMIT,
    }
