"""When follow-ups are due: working days, and how long each reason may take."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions.change_due_rules import change_due_rules
from widget.domain.due_dates import UNITS, Allowed, DueRules, Unit
from widget.domain.errors import DueRulesRefused
from widget.domain.follow_ups import WHY_WORDS, WHYS, Why
from widget.extensions import db
from widget.storage.due_rules import due_rules
from widget.web.console.access import blueprint, needs, seat

_HALF_HOURS = range(0, 24 * 60 + 1, 30)


@blueprint.route("/follow-ups/due-dates", methods=["GET", "POST"])
@needs("manage_workspace")
def follow_up_due_rules() -> Response | tuple[str, int] | str:
    """The form."""
    rules, time_zone = due_rules(db.session(), seat().workspace_id)
    problems: dict[str, str] = {}
    if request.method == "POST":
        rules = _read()
        try:
            change_due_rules(db.session(), seat().workspace_id, rules)
        except DueRulesRefused as error:
            problems = error.problems
        else:
            flash(_("Saved. Follow-ups that are open keep their due dates."))
            return redirect(url_for("console.follow_up_due_rules"), 303)
    page = render_template(
        "console/follow_ups/due_rules.html",
        rules=rules,
        time_zone=time_zone,
        weekdays=[
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
        times=[(str(at), f"{at // 60:02}:{at % 60:02}") for at in _HALF_HOURS],
        whys=[(why, _(WHY_WORDS[why])) for why in WHYS],
        units=[("days", _("working days")), ("hours", _("working hours"))],
        typed=request.form,
        problems=problems,
    )
    return (page, 422) if problems else page


def _read() -> DueRules:
    """The rules that the posted form describes; what is no number is one that cannot be."""
    form = request.form
    return DueRules(
        days=tuple(day for day in range(7) if str(day) in form.getlist("days")),
        begins=_number(form.get("begins", "")),
        ends=_number(form.get("ends", "")),
        allowed={why: _allowed(why) for why in WHYS if form.get(f"number.{why}", "").strip()},
    )


def _allowed(why: Why) -> Allowed:
    unit: Unit = next((one for one in UNITS if one == request.form.get(f"unit.{why}")), "days")
    return Allowed(_number(request.form[f"number.{why}"]), unit)


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1
