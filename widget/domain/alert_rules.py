"""When a response opens a follow-up by itself, who gets it, and who is told."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from widget.domain.addresses import email_problem
from widget.domain.follow_ups import Why
from widget.domain.keywords import keywords_in
from widget.domain.scales import KINDS, POSITIVE_FROM, Kind

Assign = Literal["manager", "in_turn", "person", "nobody"]
ASSIGNS: tuple[Assign, ...] = get_args(Assign)

KEYWORDS_LIMIT = 100
KEYWORD_LIMIT = 60
MAIL_TO_LIMIT = 20
# What a threshold says instead of a score.
NEVER = -1
HIGHEST: dict[Kind, int] = {"stars": 5, "csat": 5, "nps": 10, "ces": 7}
# Passives of NPS are not positive, and no alarm either.
_NOT_BELOW_POSITIVE: dict[Kind, int] = {"nps": 6}


@dataclass(frozen=True)
class AlertRule:
    """A rule as a workspace sets it.

    `at_most`: by kind, the highest score that opens a follow-up, or NEVER; a kind that is not there
    has its default: below positive, and detractors for NPS. `people` are the users of `in_turn`,
    or the one of `person`. `mail_to` are addresses told besides the assignee, `channels` ids.
    """

    is_on: bool = True
    at_most: Mapping[Kind, int] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    on_contact: bool = True
    assign: Assign = "manager"
    people: tuple[int, ...] = ()
    mail_assignee: bool = True
    mail_to: tuple[str, ...] = ()
    channels: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "AlertRule":
        """A rule as stored; what is not there has its default."""
        known = {name: value for name, value in data.items() if name in cls.__dataclass_fields__}
        for name in ("keywords", "people", "mail_to", "channels"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


OFF = AlertRule(is_on=False)


@dataclass(frozen=True)
class Said:
    """What a response says as far as rules go. `positive_from` is its survey's main question's."""

    kind: Kind
    scores: Mapping[Kind, int]
    comment: str
    wants_contact: bool
    positive_from: int


def threshold(rule: AlertRule, said: Said, kind: Kind) -> int:
    """The highest score of a kind that opens a follow-up; NEVER where none does."""
    if kind in rule.at_most:
        return rule.at_most[kind]
    if kind in _NOT_BELOW_POSITIVE:
        return _NOT_BELOW_POSITIVE[kind]
    return (said.positive_from if kind == said.kind else POSITIVE_FROM[kind]) - 1


def is_low(rule: AlertRule, said: Said, scores: Mapping[Kind, int]) -> bool:
    """Whether one of some scores is at or below its threshold."""
    return any(score <= threshold(rule, said, kind) for kind, score in scores.items())


def whys(rule: AlertRule, said: Said) -> tuple[Why, ...]:
    """Why a finished response opens a follow-up; empty when it does not."""
    if not rule.is_on:
        return ()
    found: list[Why] = []
    if rule.on_contact and said.wants_contact:
        found.append("contact")
    if is_low(rule, said, said.scores):
        found.append("score")
    if keywords_in(said.comment, rule.keywords):
        found.append("keyword")
    return tuple(found)


def rule_problems(rule: AlertRule) -> dict[str, str]:
    """What cannot be of a rule, by field."""
    problems = {
        f"at_most_{kind}": f"Choose a score from 0 to {HIGHEST[kind]}, or never."
        for kind in KINDS
        if kind in rule.at_most and not NEVER <= rule.at_most[kind] <= HIGHEST[kind]
    }
    if len(rule.keywords) > KEYWORDS_LIMIT:
        problems["keywords"] = f"At most {KEYWORDS_LIMIT} keywords, please."
    elif long := next((word for word in rule.keywords if len(word) > KEYWORD_LIMIT), None):
        problems["keywords"] = f"“{long[:20]}…” is longer than {KEYWORD_LIMIT} characters."
    if rule.assign in ("in_turn", "person") and not rule.people:
        problems["people"] = "Choose who follows up."
    if len(rule.mail_to) > MAIL_TO_LIMIT:
        problems["mail_to"] = f"At most {MAIL_TO_LIMIT} addresses, please."
    elif wrong := next((one for one in rule.mail_to if email_problem(one)), None):
        problems["mail_to"] = f"{wrong}: {email_problem(wrong)}"
    return problems
