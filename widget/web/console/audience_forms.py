"""The form of an audience's rules: fields named by the path of the rule that they are part of.

`match.` is the outermost group's, `field.0.1` that of the second rule of its first group.
"""

from collections.abc import Mapping
from typing import Any

from widget.domain.audiences import (
    FIELDS,
    MOST_DEPTH,
    MOST_ITEMS,
    Group,
    Rule,
    group_from_json,
    operators_of,
    walk,
    with_item,
    without_item,
)
from widget.domain.errors import RulesRefused

# What a new rule says until somebody changes it.
NEW_RULE = Rule("client", "is")


def rules_in(form: Mapping[str, str]) -> Group:
    """The rules that were typed. Raises RulesRefused for what no page of ours sends."""
    return group_from_json(_group(form, "", 1))


def _group(form: Mapping[str, str], path: str, depth: int) -> dict[str, Any]:
    items = []
    # One more than may be: whoever sends that many is told so.
    for place in range(MOST_ITEMS + 1):
        at = f"{path}.{place}" if path else str(place)
        if f"field.{at}" in form:
            items.append(_rule(form, at))
        elif f"match.{at}" in form and depth <= MOST_DEPTH:
            items.append(_group(form, at, depth + 1))
        else:
            break
    return {"match": form.get(f"match.{path}", "all"), "items": items}


def _rule(form: Mapping[str, str], path: str) -> dict[str, str]:
    field = form[f"field.{path}"]
    known = next((one for one in FIELDS if one == field), None)
    operator = form.get(f"operator.{path}", "")
    if known is not None and operator not in operators_of(known):
        # The field was changed: what was said of the one before may not be said of it.
        operator = operators_of(known)[0]
    return {
        "field": field,
        "operator": operator,
        "value": form.get(f"value.{path}", ""),
        "key": form.get(f"key.{path}", ""),
    }


def changed(group: Group, change: str) -> Group:
    """The rules after a press of one of the form's buttons, such as `rule:0` or `remove:0.1`.

    Raises RulesRefused where it cannot be done.
    """
    verb, _colon, path = change.partition(":")
    if verb == "rule":
        made = with_item(group, path, NEW_RULE)
    elif verb == "group":
        if path.count(".") + (2 if path else 1) >= MOST_DEPTH:
            raise RulesRefused(f"Groups of rules go {MOST_DEPTH} deep at most.")
        made = with_item(group, path, Group("any", (NEW_RULE,)))
    elif verb == "remove":
        made = without_item(group, path)
    else:
        return group
    # A form with too many could not be read again.
    if sum(1 for _item in walk(made)) > MOST_ITEMS:
        raise RulesRefused(f"An audience has at most {MOST_ITEMS} rules and groups.")
    return made
