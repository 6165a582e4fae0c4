"""What a workspace decides about its members: their profiles, and what they see of one another."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from widget.domain.errors import PeopleRulesRefused

QUESTIONS_LIMIT = 5
QUESTION_TEXT_LIMIT = 100
ANSWER_LIMIT = 200
# Fewer answers than this say next to nothing of anybody.
LEAST_RANKED_FROM, MOST_RANKED_FROM = 5, 1_000


@dataclass(frozen=True)
class ProfileQuestion:
    """Something that profiles answer, such as how a weekend is spent. `id` never changes."""

    id: str
    text: str


@dataclass(frozen=True)
class PeopleRules:
    """A workspace's rules about members.

    `members_see_team`: members read what customers said of their team, and not only of them.
    `review_profiles`: what a member changes of their own profile waits for a manager's approval.
    `leaderboards`: whether members are ranked at all, and `ranked_from`: with how many answers.
    """

    members_see_team: bool = False
    review_profiles: bool = True
    leaderboards: bool = True
    ranked_from: int = 10
    profile_questions: tuple[ProfileQuestion, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "PeopleRules":
        """Rules as stored; what is not there has its default."""
        known = {name: value for name, value in (data or {}).items() if name in _NAMES}
        asked = known.pop("profile_questions", ())
        return cls(**known, profile_questions=tuple(ProfileQuestion(**one) for one in asked))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


_NAMES = frozenset(PeopleRules.__dataclass_fields__)


def tidy_rules(rules: PeopleRules) -> PeopleRules:
    """Rules as they are kept. Raises PeopleRulesRefused."""
    questions, problems = _tidy_questions(rules.profile_questions)
    if not LEAST_RANKED_FROM <= rules.ranked_from <= MOST_RANKED_FROM:
        problems["ranked_from"] = (
            f"Write a number from {LEAST_RANKED_FROM} to {MOST_RANKED_FROM}: "
            "with fewer answers a rank is luck."
        )
    if problems:
        raise PeopleRulesRefused(problems)
    return replace(rules, profile_questions=questions)


def _tidy_questions(
    questions: Iterable[ProfileQuestion],
) -> tuple[tuple[ProfileQuestion, ...], dict[str, str]]:
    """Questions in their order, and what is wrong with them by id."""
    problems: dict[str, str] = {}
    found: list[ProfileQuestion] = []
    for question in questions:
        text = " ".join(question.text.split())
        if not text:
            problems[question.id] = "Write the question, or remove it."
        elif len(text) > QUESTION_TEXT_LIMIT:
            problems[question.id] = f"A question has at most {QUESTION_TEXT_LIMIT} characters."
        elif text.casefold() in (other.text.casefold() for other in found):
            problems[question.id] = "This question is asked already."
        found.append(ProfileQuestion(question.id, text))
    if len(found) > QUESTIONS_LIMIT:
        problems[found[-1].id] = f"Ask at most {QUESTIONS_LIMIT} questions."
    return tuple(found), problems
