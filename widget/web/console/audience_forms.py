"""An audience's rules as its form gives them."""

from collections.abc import Mapping, Sequence

from widget.domain.audiences import (
    FIELDS,
    TOO_MANY,
    Rule,
    Rules,
    operators_of,
    rules_from_json,
)
from widget.web.console import condition_forms

# What a new rule says until somebody changes it.
NEW_RULE = Rule("client", "is")


def rules_in(form: Mapping[str, str]) -> Rules:
    """The rules that were typed. Raises RulesRefused for what no page of ours sends."""
    return rules_from_json(condition_forms.typed_group(form, _operators_of))


def _operators_of(field: str) -> Sequence[str]:
    return next((operators_of(known) for known in FIELDS if known == field), ())


def changed(rules: Rules, change: str) -> Rules:
    """The rules after a press of one of the form's buttons. Raises RulesRefused where it cannot be
    done."""
    return condition_forms.changed(rules, change, NEW_RULE, TOO_MANY)
