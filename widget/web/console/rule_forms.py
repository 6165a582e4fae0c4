"""A rule as its form gives it."""

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from widget.domain.addresses import normal_email
from widget.domain.alert_rules import ASSIGNS
from widget.domain.rules.conditions import (
    FIELDS,
    TOO_MANY,
    Condition,
    Conditions,
    conditions_from_json,
    operators_of,
)
from widget.domain.rules.rule import Acts, Rule
from widget.web.console import condition_forms
from widget.web.console.alert_forms import ids_in, lines_in

# What a new condition says until somebody changes it.
NEW_CONDITION = Condition("score", "at_most")


def read_rule(form: MultiDict[str, str], id: int) -> Rule:
    """The rule that a form describes. Raises RulesRefused for conditions that no page of ours
    sends."""
    return Rule(
        id=id,
        name=" ".join(form.get("name", "").split()),
        is_on="is_on" in form,
        stops="stops" in form,
        with_tests="with_tests" in form,
        conditions=conditions_from_json(condition_forms.typed_group(form, _operators_of)),
        acts=_acts(form),
    )


def changed(conditions: Conditions, change: str) -> Conditions:
    """The conditions after a press of one of the form's buttons. Raises RulesRefused where it
    cannot be done."""
    return condition_forms.changed(conditions, change, NEW_CONDITION, TOO_MANY)


def _operators_of(field: str) -> Sequence[str]:
    return next((operators_of(known) for known in FIELDS if known == field), ())


def _acts(form: MultiDict[str, str]) -> Acts:
    assign = next((known for known in ASSIGNS if known == form.get("follow_up")), None)
    chosen = form.getlist("person") if assign == "person" else form.getlist("people")
    return Acts(
        follow_up=assign or "",
        people=ids_in(chosen) if assign in ("person", "in_turn") else (),
        tags=lines_in(form.get("tags", "")),
        channels=ids_in(form.getlist("channels")),
        mail_people=ids_in(form.getlist("mail_people")),
        mail_to=tuple(normal_email(one) for one in lines_in(form.get("mail_to", ""))),
        webhooks=ids_in(form.getlist("webhooks")),
    )
