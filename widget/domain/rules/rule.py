"""A rule: when its conditions hold of a finished response, what is done, and what of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from widget.domain.addresses import email_problem
from widget.domain.alert_rules import Assign
from widget.domain.errors import TagRefused
from widget.domain.rules.conditions import ALWAYS, Answered, Conditions, condition_problems, holds
from widget.domain.tags import read_tag

NAME_LIMIT = 100
# Of a workspace: each costs a look at every finished response.
MOST_RULES = 50
# Of one rule: each of these is something that happens for every response it holds of.
MOST_TAGS = 5
MOST_CHATS = 10
MOST_MAILS = 20
MOST_WEBHOOKS = 5


@dataclass(frozen=True)
class Acts:
    """What a rule does. Everything is done that is named here.

    `follow_up` says who gets the follow-up that is opened, "" that none is; `people` are the users
    of `in_turn`, or the one of `person`. `mail_people` are users, `mail_to` addresses. `channels`
    and `webhooks` are ids.
    """

    follow_up: Assign | Literal[""] = ""
    people: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    channels: tuple[int, ...] = ()
    mail_people: tuple[int, ...] = ()
    mail_to: tuple[str, ...] = ()
    webhooks: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Acts":
        """Acts as stored; what is not there is not done."""
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in data.items()
            if name in cls.__dataclass_fields__
        }
        return cls(**known)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


NOTHING = Acts()


@dataclass(frozen=True)
class Rule:
    """A rule as a workspace sets it. `id` is 0 for one that is not stored yet.

    `stops`: where it holds, the rules after it are not looked at. `on_since`: responses that were
    finished earlier are none of its business; None while it is off. `with_tests`: it acts on test
    responses too.
    """

    id: int = 0
    name: str = ""
    is_on: bool = True
    stops: bool = False
    with_tests: bool = False
    conditions: Conditions = ALWAYS
    acts: Acts = NOTHING
    on_since: datetime | None = None


def acting(rules: Sequence[Rule], answered: Answered) -> list[Rule]:
    """Those of some rules, in their order, that act on a response: they hold, and none before them
    stops the others.

    A tag that one of them gives is there for those after it.
    """
    found = []
    for rule in rules:
        if not holds(rule.conditions, answered):
            continue
        found.append(rule)
        if rule.stops:
            break
        answered = replace(answered, tags=answered.tags | set(rule.acts.tags))
    return found


def is_due(rule: Rule, *, finished_at: datetime, is_test: bool) -> bool:
    """Whether a rule looks at a response at all."""
    is_new = rule.on_since is not None and finished_at >= rule.on_since
    return rule.is_on and is_new and (rule.with_tests or not is_test)


def rule_problems(rule: Rule) -> dict[str, str]:
    """What cannot be of a rule, by field; of its conditions by the path of each."""
    problems = condition_problems(rule.conditions)
    if not rule.name or len(rule.name) > NAME_LIMIT:
        problems["name"] = f"Give it a name of at most {NAME_LIMIT} characters."
    return problems | _act_problems(rule.acts)


def _act_problems(acts: Acts) -> dict[str, str]:
    problems = {}
    if acts.follow_up in ("in_turn", "person") and not acts.people:
        problems["people"] = "Choose who follows up."
    if wrong := _tags_problem(acts.tags):
        problems["tags"] = wrong
    if len(acts.channels) > MOST_CHATS:
        problems["channels"] = f"At most {MOST_CHATS} chats, please."
    if len(acts.webhooks) > MOST_WEBHOOKS:
        problems["webhooks"] = f"At most {MOST_WEBHOOKS} webhooks, please."
    if len(acts.mail_to) + len(acts.mail_people) > MOST_MAILS:
        problems["mail_to"] = f"At most {MOST_MAILS} mails, please."
    elif bad := next((one for one in acts.mail_to if email_problem(one)), None):
        problems["mail_to"] = f"{bad}: {email_problem(bad)}"
    if not problems and acts == NOTHING:
        problems["acts"] = "Choose at least one thing that is done."
    return problems


def _tags_problem(tags: Sequence[str]) -> str:
    if len(tags) > MOST_TAGS:
        return f"At most {MOST_TAGS} tags, please."
    try:
        for tag in tags:
            read_tag(tag)
    except TagRefused as error:
        return str(error)
    return ""


# What became of one act of a rule on one response. `refused` carries a sentence.
DidWhat = Literal[
    "opened",
    "assigned",
    "had_follow_up",
    "tagged",
    "had_tag",
    "refused",
    "chats",
    "mails",
    "not_theirs",
    "webhooks",
]


@dataclass(frozen=True)
class Did:
    """One thing that a rule did: `text` is a tag or a sentence, `number` how many were told.
    `people` are those users among them, or whoever was given the follow-up."""

    what: DidWhat
    text: str = ""
    number: int = 0
    people: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Did":
        """One as stored, perhaps from before people were named."""
        return cls(**{**data, "people": tuple(data.get("people", ()))})


@dataclass(frozen=True)
class Acted:
    """A rule that acted on a response, as it was called then, and what it did."""

    rule_id: int
    name: str
    did: tuple[Did, ...] = field(default=())

    @property
    def people(self) -> frozenset[int]:
        """The users who are named in what it did."""
        return frozenset(id for did in self.did for id in did.people)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Acted":
        """What `to_json` gave."""
        return cls(data["rule_id"], data["name"], tuple(map(Did.from_json, data["did"])))
