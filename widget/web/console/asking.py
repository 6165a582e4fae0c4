"""When customers are asked: a survey's rules, and what holds for the whole workspace."""

from collections.abc import Sequence
from dataclasses import fields

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.change_asking import change_asking_policy, change_asking_rules
from widget.domain.asking import MOST_REMINDERS, AskingPolicy, AskingRules
from widget.domain.errors import InvalidAsking
from widget.extensions import db
from widget.storage.asking import asking_of, workspace_asking
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat

_NOT_A_NUMBER = -1


@blueprint.route("/surveys/<public_id>/asking", methods=["GET", "POST"])
@needs("edit_surveys")
def survey_asking(public_id: str) -> Response | str:
    """A survey's rules."""
    found = asking_of(db.session(), seat().workspace_id, public_id)
    problems: dict[str, str] = {}
    rules, accepts_unsigned = found.rules, found.accepts_unsigned
    if request.method == "POST":
        numbers = [field.name for field in fields(AskingRules) if field.name != "weekdays_only"]
        rules = AskingRules(**_numbers(numbers), weekdays_only="weekdays_only" in request.form)
        accepts_unsigned = "accepts_unsigned" in request.form
        try:
            change_asking_rules(
                db.session(),
                seat().workspace_id,
                public_id,
                rules,
                accepts_unsigned=accepts_unsigned,
                at=now(),
            )
        except InvalidAsking as error:
            problems = error.problems
        else:
            flash(_("Saved. Requests that wait are asked these rules when they are due."))
            return redirect(url_for("console.survey_asking", public_id=public_id), 303)
    page = render_template(
        "console/requests/survey_asking.html",
        survey=found,
        rules=rules,
        typed=request.form,
        accepts_unsigned=accepts_unsigned,
        problems=problems,
        most_reminders=MOST_REMINDERS,
    )
    return make_response(page, 422) if problems else page


@blueprint.route("/asking", methods=["GET", "POST"])
@needs("manage_workspace")
def asking() -> Response | str:
    """What holds for every survey of the workspace, and test mode."""
    found = workspace_asking(db.session(), seat().workspace_id)
    policy, test_mail_to = found.policy, found.test_mail_to
    problems: dict[str, str] = {}
    if request.method == "POST":
        policy = AskingPolicy(
            **_numbers(["cap", "cap_days", "mails_per_minute"]),
            sender=request.form.get("sender", "").strip(),
            postal_address=request.form.get("postal_address", "").strip(),
        )
        test_mail_to = request.form.get("test_mail_to", "").strip()
        try:
            change_asking_policy(
                db.session(), seat().workspace_id, policy, test_mail_to=test_mail_to
            )
        except InvalidAsking as error:
            problems = error.problems
        else:
            flash(_("Saved."))
            return redirect(url_for("console.asking"), 303)
    page = render_template(
        "console/requests/asking.html",
        policy=policy,
        test_mail_to=test_mail_to,
        typed=request.form,
        problems=problems,
    )
    return make_response(page, 422) if problems else page


def _numbers(names: Sequence[str]) -> dict[str, int]:
    """Whole numbers of the form; what is none is out of every range, so that it is refused."""
    found = {}
    for name in names:
        text = request.form.get(name, "").strip()
        found[name] = int(text) if text.isdecimal() and len(text) < 10 else _NOT_A_NUMBER
    return found
