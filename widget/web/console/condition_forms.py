"""The form of conditions in groups: fields named by the path of the condition they are part of.

`match.` is the outermost group's, `field.0.1` that of the second condition of its first group.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from widget.domain.condition_groups import (
    MOST_DEPTH,
    MOST_ITEMS,
    Group,
    number_of_items,
    with_item,
    without_item,
)
from widget.domain.errors import RulesRefused

Item = TypeVar("Item")


def typed_group(
    form: Mapping[str, str], operators_of: Callable[[str], Sequence[str]]
) -> dict[str, Any]:
    """The tree that was typed, in its stored form; nothing is checked but that it is one.

    `operators_of` says what may be said of a field: nothing of one that is not known.
    """
    return _group(form, "", 1, operators_of)


def _group(
    form: Mapping[str, str], path: str, depth: int, operators_of: Callable[[str], Sequence[str]]
) -> dict[str, Any]:
    items = []
    # One more than may be: whoever sends that many is told so.
    for place in range(MOST_ITEMS + 1):
        at = f"{path}.{place}" if path else str(place)
        if f"field.{at}" in form:
            items.append(_condition(form, at, operators_of))
        elif f"match.{at}" in form and depth <= MOST_DEPTH:
            items.append(_group(form, at, depth + 1, operators_of))
        else:
            break
    return {"match": form.get(f"match.{path}", "all"), "items": items}


def _condition(
    form: Mapping[str, str], path: str, operators_of: Callable[[str], Sequence[str]]
) -> dict[str, str]:
    field = form[f"field.{path}"]
    known = operators_of(field)
    operator = form.get(f"operator.{path}", "")
    if known and operator not in known:
        # The field was changed: what was said of the one before may not be said of it.
        operator = known[0]
    return {
        "field": field,
        "operator": operator,
        "value": form.get(f"value.{path}", ""),
        "key": form.get(f"key.{path}", ""),
    }


def changed(group: Group[Item], change: str, new: Item, too_many: str) -> Group[Item]:
    """The tree after a press of one of the form's buttons, such as `rule:0` or `remove:0.1`.

    `new` is what a new condition says. Raises RulesRefused where it cannot be done, with the
    sentence `too_many` where there would be too many.
    """
    verb, _colon, path = change.partition(":")
    if verb == "rule":
        made = with_item(group, path, new)
    elif verb == "group":
        if path.count(".") + (2 if path else 1) >= MOST_DEPTH:
            raise RulesRefused(f"Groups of rules go {MOST_DEPTH} deep at most.")
        made = with_item(group, path, Group("any", (new,)))
    elif verb == "remove":
        made = without_item(group, path)
    else:
        return group
    # A form with too many could not be read again.
    if number_of_items(made) > MOST_ITEMS:
        raise RulesRefused(too_many)
    return made
