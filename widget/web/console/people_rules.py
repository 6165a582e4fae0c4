"""What a workspace decides about its members: its rules, and the questions of profiles."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.change_people_rules import change_people_rules
from widget.domain.addresses import storable
from widget.domain.errors import PeopleRulesRefused
from widget.domain.people_rules import (
    QUESTION_TEXT_LIMIT,
    QUESTIONS_LIMIT,
    PeopleRules,
    ProfileQuestion,
)
from widget.extensions import db
from widget.storage.ids import new_public_id
from widget.web.console.access import blueprint, needs, seat

NUMBER_DIGITS = 10
_SWITCHES = ("members_see_team", "review_profiles", "leaderboards")


@blueprint.route("/workspace/members", methods=["GET", "POST"])
@needs("manage_workspace")
def workspace_members() -> Response | tuple[str, int] | str:
    """The form; each of its buttons saves all of it."""
    rules, problems = seat().rules, dict[str, str]()
    if request.method == "POST":
        rules = _read(rules)
        try:
            change_people_rules(db.session(), seat().workspace_id, rules)
        except PeopleRulesRefused as error:
            problems = error.problems
        else:
            moved = request.form.get("move", "")
            if not moved:
                flash(_("Saved."))
            return redirect(url_for("console.workspace_members", moved=moved or None), 303)
    page = render_template(
        "console/workspace/members.html",
        rules=rules,
        problems=problems,
        moved=request.args.get("moved", ""),
        most=QUESTIONS_LIMIT,
        limit=QUESTION_TEXT_LIMIT,
    )
    return (page, 422) if problems else page


def _read(rules: PeopleRules) -> PeopleRules:
    """The rules that the posted form describes; what it does not show stays."""
    questions = [
        ProfileQuestion(one.id, _said(f"question.{one.id}"))
        for one in rules.profile_questions
        if request.form.get("remove") != one.id
    ]
    if _said("add").strip():
        questions.append(ProfileQuestion(new_public_id(), _said("add")))
    switches = {name: name in request.form for name in _SWITCHES}
    # Whatever is no whole number is none that can be.
    typed = request.form.get("ranked_from", str(rules.ranked_from)).strip()
    number = int(typed) if typed.isdecimal() and len(typed) < NUMBER_DIGITS else -1
    return replace(
        rules, **switches, ranked_from=number, profile_questions=tuple(_moved(questions))
    )


def _moved(questions: list[ProfileQuestion]) -> list[ProfileQuestion]:
    """The questions with the one whose arrow was pressed a place further."""
    id, _dot, way = request.form.get("move", "").partition(".")
    places = [place for place, one in enumerate(questions) if one.id == id]
    if not places or way not in ("up", "down"):
        return questions
    place = places[0]
    question = questions.pop(place)
    questions.insert(max(place - 1, 0) if way == "up" else place + 1, question)
    return questions


def _said(name: str) -> str:
    return storable(request.form.get(name, ""))
