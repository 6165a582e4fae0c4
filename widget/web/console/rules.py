"""Rules: their list in order, one with its dry run, and what is done with them."""

from dataclasses import dataclass, replace
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from widget.actions import change_rules
from widget.domain.alert_rules import ASSIGNS
from widget.domain.condition_groups import MOST_DEPTH, Group
from widget.domain.errors import InvalidRule, MomentRefused, RulesRefused
from widget.domain.moments import read_day
from widget.domain.rules.conditions import condition_problems
from widget.domain.rules.rule import MOST_RULES, Rule
from widget.domain.scales import KIND_NAMES, KINDS
from widget.extensions import db
from widget.storage.alert_rules import channels_of
from widget.storage.follow_ups import names_of
from widget.storage.leads import leads_of
from widget.storage.people import people
from widget.storage.responses import days
from widget.storage.rule_trials import LOOKS, Trial, try_rule
from widget.storage.rules import rule_of, rules_in_order
from widget.storage.webhooks import webhooks_of
from widget.web import htmx
from widget.web.clock import now
from widget.web.console.access import blueprint, needs, seat
from widget.web.console.audience_words import match_options
from widget.web.console.rule_forms import NEW_CONDITION, changed, read_rule
from widget.web.console.rule_words import (
    acts_in_words,
    assign_words,
    conditions_in_words,
    field_options,
    things,
)

# As many of a dry run's responses are shown as anybody reads.
SHOWN = 10
_USUAL_LOOK = 400


@dataclass(frozen=True)
class Look:
    """Which responses a dry run looks at: the newest so many of some days. `problems` by field."""

    limit: int
    first: date | None
    last: date | None
    problems: dict[str, str]


@blueprint.get("/rules")
@needs("manage_workspace")
def rules() -> str:
    """Every rule, in the order in which they are looked at."""
    session, workspace_id = db.session(), seat().workspace_id
    found = rules_in_order(session, workspace_id)
    known = things() if found else None
    webhooks = {one.id: one.name for one in webhooks_of(session, workspace_id)}
    chats = {one.id: one.name for one in channels_of(session, workspace_id)}
    named = {id for one in found for id in (*one.acts.people, *one.acts.mail_people)}
    names = names_of(session, named)
    return render_template(
        "console/rules/list.html",
        rules=[
            (
                rule,
                conditions_in_words(rule.conditions, known) if known else "",
                acts_in_words(rule.acts, webhooks, chats, names),
            )
            for rule in found
        ],
        is_full=len(found) >= MOST_RULES,
        webhooks=len(webhooks),
    )


@blueprint.route("/rules/new", methods=["GET", "POST"], defaults={"rule_id": 0})
@blueprint.route("/rules/<int(max=2147483647):rule_id>", methods=["GET", "POST"])
@needs("manage_workspace")
def rule(rule_id: int) -> Response | str | tuple[str, int]:
    """A rule: when it holds, what it does, and what it would have done."""
    stored = _stored(rule_id)
    if request.method == "GET":
        return _page(stored, {})
    typed = _typed(rule_id)
    if "change" in request.form:
        return _conditions(typed, request.form["change"])
    try:
        change_rules.save_rule(
            db.session(), seat().workspace_id, typed, by=seat().user_id, at=now()
        )
    except InvalidRule as error:
        return _page(typed, error.problems), 422
    flash(_("Saved."))
    return redirect(url_for("console.rules"), 303)


@blueprint.post("/rules/matches")
@needs("manage_workspace")
def rule_matches() -> str:
    """What a rule of a form would have done, while somebody types it."""
    id = request.form.get("rule_id", "")
    is_id = id.isascii() and id.isdecimal() and len(id) < 10
    return render_template("console/rules/_matches.html", **_trial(_typed(int(id) if is_id else 0)))


@blueprint.post("/rules/<int(max=2147483647):rule_id>/<any(on, off, earlier, later, remove):verb>")
@needs("manage_workspace")
def rule_act(rule_id: int, verb: str) -> Response:
    """Switch a rule, change its place, or remove it."""
    session, workspace_id, by = db.session(), seat().workspace_id, seat().user_id
    if verb in ("on", "off"):
        change_rules.switch_rule(
            session, workspace_id, rule_id, is_on=verb == "on", by=by, at=now()
        )
    elif verb == "remove":
        change_rules.remove_rule(session, workspace_id, rule_id, by=by, at=now())
        flash(_("Removed."))
    else:
        change_rules.move_rule(
            session, workspace_id, rule_id, later=verb == "later", by=by, at=now()
        )
    return redirect(url_for("console.rules"), 303)


def _stored(rule_id: int) -> Rule:
    """The rule of an address; for 0 a new one, with one condition to fill in."""
    if rule_id:
        return rule_of(db.session(), seat().workspace_id, rule_id)
    return Rule(conditions=Group("all", (NEW_CONDITION,)))


def _typed(rule_id: int) -> Rule:
    try:
        return read_rule(request.form, rule_id)
    except RulesRefused as error:
        abort(422, str(error))


def _conditions(typed: Rule, change: str) -> Response:
    """The form's conditions after a press of one of their buttons: for htmx without the page."""
    wrong: dict[str, str] = {}
    try:
        typed = replace(typed, conditions=changed(typed.conditions, change))
    except RulesRefused as error:
        wrong = {"conditions": str(error)}
    values = _values(typed, wrong)
    return htmx.page_or_partial(
        render_template("console/rules/rule.html", **values),
        # The dry run stands further below, and is of these conditions.
        render_template("console/rules/_conditions.html", **values)
        + render_template("console/rules/_matches.html", oob=True, **values),
        422 if wrong else 200,
    )


def _page(rule: Rule, wrong: dict[str, str]) -> str:
    return render_template("console/rules/rule.html", **_values(rule, wrong))


def _values(rule: Rule, wrong: dict[str, str]) -> dict[str, object]:
    session, workspace_id = db.session(), seat().workspace_id
    words = assign_words()
    return {
        "rule": rule,
        "problems": wrong,
        "fields": field_options(),
        "groupings": match_options(),
        "things": things(),
        "kinds": [(kind, KIND_NAMES[kind]) for kind in KINDS],
        "most_depth": MOST_DEPTH,
        "assigns": [("", _("opens no follow-up")), *((one, words[one]) for one in ASSIGNS)],
        "leads": leads_of(session, workspace_id),
        "people": people(session, workspace_id),
        "channels": channels_of(session, workspace_id),
        "webhooks": webhooks_of(session, workspace_id),
        **_trial(rule),
    }


def _trial(rule: Rule) -> dict[str, object]:
    """A dry run of a rule as it is typed; None while it is not filled in."""
    look = _look()
    trial: Trial | None = None
    if not condition_problems(rule.conditions) and not look.problems:
        since, until = days(look.first, look.last, seat().time_zone)
        trial = try_rule(
            db.session(),
            seat().workspace_id,
            rule,
            seat().scope,
            limit=look.limit,
            since=since,
            until=until,
        )
    return {
        "trial": trial,
        "shown": SHOWN,
        "look": look,
        "looks": [(str(one), _("the last %(number)s", number=f"{one:,}")) for one in LOOKS],
        "kind_names": KIND_NAMES,
    }


def _look() -> Look:
    problems: dict[str, str] = {}
    chosen = request.form.get("look", "")
    limit = next((one for one in LOOKS if str(one) == chosen), _USUAL_LOOK)
    return Look(limit, _day("from", problems), _day("to", problems), problems)


def _day(name: str, problems: dict[str, str]) -> date | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return read_day(text)
    except MomentRefused as error:
        problems[name] = str(error)
        return None
