"""When a rule holds: conditions of one response, in groups.

They are judged here and nowhere else, for a response that has just been finished and for those of a
dry run alike, so that a dry run cannot promise what does not happen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from widget.domain.addresses import storable
from widget.domain.alert_rules import HIGHEST
from widget.domain.condition_groups import (
    MOST_ITEMS,
    Group,
    group_from_json,
    group_to_json,
    one_of,
    problems_of,
)
from widget.domain.errors import RulesRefused, TagRefused
from widget.domain.keywords import keywords_in
from widget.domain.response_filters import MOODS, Mood, mood_of
from widget.domain.scales import KINDS, Kind
from widget.domain.tags import read_tag

# What the customer's page or request said; compared whatever its capitals.
TextField = Literal["client", "segment", "channel", "language"]
TEXT_FIELDS: tuple[TextField, ...] = get_args(TextField)
# One of a workspace's own things, by public id where it has one, else by id or name.
ThingField = Literal["survey", "campaign", "member", "team", "tag"]
THING_FIELDS: tuple[ThingField, ...] = get_args(ThingField)
Field = Literal["score", "mood", "comment", "contact", "again", ThingField, TextField]
FIELDS: tuple[Field, ...] = (
    *("score", "mood", "comment", "contact"),
    *TEXT_FIELDS,
    *THING_FIELDS,
    "again",
)

Operator = Literal[
    "at_most",
    "at_least",
    "is",
    "is_not",
    "contains",
    "is_known",
    "is_unknown",
    "has_words",
    "has_no_words",
    "yes",
    "no",
]
_OPERATORS: Mapping[Field, tuple[Operator, ...]] = {
    "score": ("at_most", "at_least", "is"),
    "mood": ("is", "is_not"),
    "comment": ("has_words", "has_no_words", "is_known", "is_unknown"),
    "contact": ("yes", "no"),
    "again": ("yes", "no"),
    "survey": ("is", "is_not"),
    "campaign": ("is", "is_not", "is_known", "is_unknown"),
    "member": ("is", "is_not", "is_known", "is_unknown"),
    "team": ("is", "is_not"),
    "tag": ("is", "is_not"),
}
_OF_TEXT: tuple[Operator, ...] = ("is", "is_not", "contains", "is_known", "is_unknown")
_NEEDS_NO_VALUE: frozenset[Operator] = frozenset({"is_known", "is_unknown", "yes", "no"})

TOO_MANY = f"A rule has at most {MOST_ITEMS} conditions and groups."
MOST_WORDS = 50
WORD_LIMIT = 60
_VALUE, _KEY = 2_000, 10
_TEXT = 200
# No scale goes beyond, and a number of thousands of digits is read by nothing.
_DIGITS = 2


@dataclass(frozen=True)
class Condition:
    """One thing that is so of a response.

    `value` is a text, a score, a mood, an id, or words separated by commas or lines; "" where the
    operator needs none. `key` is the kind whose score is meant.
    """

    field: Field
    operator: Operator
    value: str = ""
    key: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The value as words to look for, each once."""
        pieces = self.value.replace(",", "\n").splitlines()
        return tuple(dict.fromkeys(" ".join(one.split()) for one in pieces if one.strip()))


Conditions = Group[Condition]
ALWAYS: Conditions = Group()


@dataclass(frozen=True)
class Answered:
    """What is known of a response as far as conditions go; "" is nothing.

    `kind` is the main question's, `positive_from` where its survey begins to call scores positive.
    `survey` and `member` are public ids, `campaign` an id as text, `teams` the member's team and
    those above it, as texts. `is_recovery`: the customer was asked again after a follow-up.
    """

    kind: Kind
    scores: Mapping[Kind, int]
    positive_from: int
    comment: str = ""
    wants_contact: bool = False
    is_recovery: bool = False
    client: str = ""
    segment: str = ""
    channel: str = ""
    language: str = ""
    survey: str = ""
    campaign: str = ""
    member: str = ""
    teams: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    @property
    def mood(self) -> Mood:
        """How good the main answer is, as scores count it: `other` are the passives of NPS."""
        return mood_of(self.kind, self.scores[self.kind], self.positive_from)


def operators_of(field: Field) -> tuple[Operator, ...]:
    """What may be said of a field."""
    return _OPERATORS.get(field, _OF_TEXT)


def lowest_score(kind: Kind) -> int:
    """The lowest score that a customer can choose."""
    return 0 if kind == "nps" else 1


def needs_value(operator: Operator) -> bool:
    """Whether something has to be named beside the operator."""
    return operator not in _NEEDS_NO_VALUE


def holds(conditions: Conditions, answered: Answered) -> bool:
    """Whether conditions without problems hold of a response."""
    found = (
        holds(item, answered) if isinstance(item, Group) else _holds(item, answered)
        for item in conditions.items
    )
    if conditions.match == "all":
        return all(found)
    return any(found) if conditions.match == "any" else not any(found)


def _holds(condition: Condition, answered: Answered) -> bool:
    field, operator = condition.field, condition.operator
    if field == "score":
        return _score_holds(condition, answered)
    if field == "comment":
        return _comment_holds(condition, answered.comment)
    if field in ("contact", "again"):
        said = answered.wants_contact if field == "contact" else answered.is_recovery
        return said == (operator == "yes")
    if field in ("team", "tag"):
        those = answered.teams if field == "team" else answered.tags
        return (condition.value in those) == (operator == "is")
    text: str = answered.mood if field == "mood" else getattr(answered, field)
    value = condition.value
    if field in TEXT_FIELDS:
        text, value = text.casefold(), value.casefold()
    return _TEXT_HOLDS[operator](text, value)


_TEXT_HOLDS: Mapping[Operator, Callable[[str, str], bool]] = {
    "is": lambda text, value: text == value,
    "is_not": lambda text, value: text != value,
    "contains": lambda text, value: value in text,
    "is_known": lambda text, _value: text != "",
    "is_unknown": lambda text, _value: text == "",
}


def _score_holds(condition: Condition, answered: Answered) -> bool:
    score = next((one for kind, one in answered.scores.items() if kind == condition.key), None)
    if score is None:
        return False
    limit = int(condition.value)
    if condition.operator == "is":
        return score == limit
    return score <= limit if condition.operator == "at_most" else score >= limit


def _comment_holds(condition: Condition, comment: str) -> bool:
    if condition.operator in ("is_known", "is_unknown"):
        return bool(comment.strip()) == (condition.operator == "is_known")
    has_one = bool(keywords_in(comment, condition.words))
    return has_one == (condition.operator == "has_words")


def conditions_to_json(conditions: Conditions) -> dict[str, Any]:
    """The conditions as they are stored."""
    stored: dict[str, Any] = group_to_json(conditions, _to_json)
    return stored


def _to_json(condition: Condition) -> dict[str, str]:
    said = {
        "field": condition.field,
        "operator": condition.operator,
        "value": condition.value,
        "key": condition.key,
    }
    return {name: value for name, value in said.items() if value}


def conditions_from_json(data: object) -> Conditions:
    """The conditions from their stored form. Raises RulesRefused for what they are not made of;
    what is merely not filled in `condition_problems` tells."""
    return group_from_json(data, _from_json, TOO_MANY)


def _from_json(data: Mapping[Any, Any]) -> Condition:
    field = one_of(FIELDS, data["field"], "field")
    operator = one_of(operators_of(field), data.get("operator"), "operator")
    value = _text(data, "value", _VALUE)
    if field == "tag" and value:
        try:
            value = read_tag(value)
        except TagRefused:
            value = ""
    return Condition(field, operator, value, _text(data, "key", _KEY))


def _text(data: Mapping[Any, Any], name: str, limit: int) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise RulesRefused(f"A condition’s {name} is a text.")
    # Lines separate words.
    return "\n".join(storable(line) for line in value.splitlines()).strip()[:limit]


def condition_problems(conditions: Conditions) -> dict[str, str]:
    """What is not filled in, or not rightly, by the path of the item."""
    return problems_of(conditions, _problem)


def _problem(condition: Condition) -> str:
    if condition.field == "score":
        return _score_problem(condition)
    if not needs_value(condition.operator):
        return ""
    if condition.field == "mood":
        return "" if condition.value in MOODS else "Choose how good the answer was."
    if condition.field == "comment":
        return _words_problem(condition)
    if len(condition.value) > _TEXT:
        return f"At most {_TEXT} characters, please."
    return "" if condition.value else "Say what to compare with."


def _score_problem(condition: Condition) -> str:
    kind = next((one for one in KINDS if one == condition.key), None)
    if kind is None:
        return "Choose which score is meant."
    lowest = lowest_score(kind)
    value = condition.value
    is_number = value.isascii() and value.isdigit() and len(value) <= _DIGITS
    if is_number and lowest <= int(value) <= HIGHEST[kind]:
        return ""
    return f"Give a score from {lowest} to {HIGHEST[kind]}."


def _words_problem(condition: Condition) -> str:
    words = condition.words
    if not words:
        return "Say which words to look for."
    if len(words) > MOST_WORDS:
        return f"At most {MOST_WORDS} words, please."
    long = next((word for word in words if len(word) > WORD_LIMIT), None)
    return f"“{long[:20]}…” is longer than {WORD_LIMIT} characters." if long else ""
