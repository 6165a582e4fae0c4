"""Which customers an audience has: rules over what is known of them, or a list of names.

Rules are a tree. A group says that all, any or none of its items hold; an item is a rule or a
group. They are kept as JSON, and nothing that is not in the lists below is let in.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from widget.domain.addresses import storable
from widget.domain.condition_groups import (
    MOST_ITEMS,
    Group,
    group_from_json,
    group_to_json,
    one_of,
    problems_of,
)
from widget.domain.errors import RulesRefused
from widget.domain.response_filters import MOODS

# What is one of a customer's own columns; `attribute` is whichever the rule's key names.
TextField = Literal["client", "segment", "language", "country", "attribute"]
TEXT_FIELDS: tuple[TextField, ...] = get_args(TextField)
# When something last happened: the customer was added, was asked, answered.
TimeField = Literal["added", "asked", "answered"]
TIME_FIELDS: tuple[TimeField, ...] = get_args(TimeField)
# How good the last answer was: one of `MOODS`.
ScoreField = Literal["last_score"]

RuleField = Literal[TextField, TimeField, ScoreField]
FIELDS: tuple[RuleField, ...] = (*TEXT_FIELDS, *TIME_FIELDS, "last_score")

Operator = Literal[
    "is",
    "is_not",
    "contains",
    "is_known",
    "is_unknown",
    "at_least",
    "at_most",
    "within",
    "not_within",
    "ever",
    "never",
]
_TEXT_OPERATORS: tuple[Operator, ...] = ("is", "is_not", "contains", "is_known", "is_unknown")
# Of attributes that are numbers; neither holds of one that is none, or is not known.
NUMBER_OPERATORS: tuple[Operator, ...] = ("at_least", "at_most")
# `within` so many days; `not_within` holds as well where it never happened.
_TIME_OPERATORS: tuple[Operator, ...] = ("within", "not_within", "ever", "never")
_NEEDS_VALUE: frozenset[Operator] = frozenset(
    {"is", "is_not", "contains", "within", "not_within", *NUMBER_OPERATORS}
)
# As numbers are written in JSON, and short enough to be compared exactly.
NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?"
MOST_DIGITS = 15

TOO_MANY = f"An audience has at most {MOST_ITEMS} rules and groups."
MOST_DAYS = 3650
_VALUE, _KEY = 200, 50


@dataclass(frozen=True)
class Rule:
    """One thing that is so of a customer.

    `value` is a text, a number of days, or a mood; "" where the operator needs none. `key` names
    the attribute of the field `attribute`.
    """

    field: RuleField
    operator: Operator
    value: str = ""
    key: str = ""

    @property
    def number(self) -> float:
        """The value as a number, of a rule without problems."""
        return float(self.value)

    @property
    def days(self) -> int:
        """The value as days, of a rule without problems; rules of before may say any number."""
        return min(int(self.value), MOST_DAYS)


Rules = Group[Rule]
EVERYBODY: Rules = Group()


def operators_of(field: RuleField) -> tuple[Operator, ...]:
    """What may be said of a field."""
    if field == "attribute":
        return (*_TEXT_OPERATORS, *NUMBER_OPERATORS)
    if field in TEXT_FIELDS:
        return _TEXT_OPERATORS
    return _TIME_OPERATORS if field in TIME_FIELDS else ("is", "is_not")


def needs_value(operator: Operator) -> bool:
    """Whether something has to be named beside the operator."""
    return operator in _NEEDS_VALUE


def rules_to_json(rules: Rules) -> dict[str, Any]:
    """The rules as they are stored."""
    stored: dict[str, Any] = group_to_json(rules, _rule_to_json)
    return stored


def _rule_to_json(rule: Rule) -> dict[str, str]:
    data = {"field": rule.field, "operator": rule.operator, "value": rule.value, "key": rule.key}
    return {name: value for name, value in data.items() if value}


def rules_from_json(data: object) -> Rules:
    """The rules from their stored form. Raises RulesRefused for what no rules are made of: unknown
    words, wrong types, too many items or too deep. What is merely not filled in `problems` tells.
    """
    return group_from_json(data, _rule_from_json, TOO_MANY)


def _rule_from_json(data: Mapping[Any, Any]) -> Rule:
    field = one_of(FIELDS, data["field"], "field")
    operator = one_of(operators_of(field), data.get("operator"), "operator")
    return Rule(field, operator, _text(data, "value", _VALUE), _text(data, "key", _KEY))


def _text(data: Mapping[Any, Any], name: str, limit: int) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise RulesRefused(f"A rule’s {name} is a text.")
    return attribute_key(value) if name == "key" else storable(value).strip()[:limit]


def attribute_key(text: str) -> str:
    """The name of an attribute, without what would end the name in a path of JSON."""
    return re.sub(r'["\\]', "", storable(text)).strip()[:_KEY]


def problems(rules: Rules) -> dict[str, str]:
    """What is not filled in, or not rightly, by the path of the item."""
    return problems_of(rules, _problem)


def _problem(rule: Rule) -> str:
    if rule.field == "attribute" and not rule.key:
        return "Say which attribute is meant."
    if not needs_value(rule.operator):
        return ""
    if rule.field == "last_score":
        return "" if rule.value in MOODS else "Choose how good the answer was."
    if rule.field in TIME_FIELDS:
        is_number = rule.value.isascii() and rule.value.isdigit()
        is_fine = is_number and len(rule.value) <= 4 and 1 <= int(rule.value) <= MOST_DAYS
        return "" if is_fine else f"Give a number of days from 1 to {MOST_DAYS}."
    if rule.operator in NUMBER_OPERATORS:
        is_number = re.fullmatch(NUMBER, rule.value) is not None
        is_short = len(rule.value) <= MOST_DIGITS
        return "" if is_number and is_short else "Give a number such as 1200 or -3.5."
    return "" if rule.value else "Say what to compare with."


@dataclass(frozen=True)
class Trait:
    """What customers are told apart by: a column of theirs, or the attribute that `key` names."""

    field: TextField
    key: str = ""

    @property
    def name(self) -> str:
        """As it is kept: `client`, or `attribute:plan`."""
        return f"{self.field}:{self.key}" if self.field == "attribute" else self.field


def trait_named(name: str) -> Trait | None:
    """The trait of a kept name; None for a name that is none's."""
    field, _colon, key = name.partition(":")
    known = next((one for one in TEXT_FIELDS if one == field), None)
    if known is None or (known == "attribute") != bool(key):
        return None
    return Trait(known, attribute_key(key))


def traits_named(names: Sequence[str]) -> list[Trait]:
    """The traits of kept names, in their order."""
    return [trait for name in names if (trait := trait_named(name)) is not None]
