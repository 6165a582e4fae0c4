"""The order in which a survey asks, and what each step of it may say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from widget.domain.errors import CommentTooLong, RewardNotOffered, ScoreOutOfRange
from widget.domain.rewards import NO_OFFER, Offer, chosen_from
from widget.domain.scales import Kind, Sentiment, sentiment
from widget.domain.surveys import Definition, Question

COMMENT_LIMIT = 5000

# What a customer says yes to, or does not: boxes beside the comment.
Tick = Literal["wants_contact", "may_publish"]
TICKS: tuple[Tick, ...] = get_args(Tick)

_SCORE = re.compile(r"[0-9]{1,2}\Z")

StepName = Literal["score", "follow_up", "extra", "reward", "thanks"]


@dataclass(frozen=True)
class Step:
    """One screen of the frame. `kind` names the question of a score or extra step."""

    name: StepName
    kind: Kind | None = None

    @property
    def key(self) -> str:
        """How a form names the step: `score`, `follow_up`, `extra.nps`, `reward`, `thanks`."""
        return f"extra.{self.kind}" if self.name == "extra" else self.name


@dataclass(frozen=True)
class Answer:
    """What a customer said in one step. None and missing kinds: this step did not speak of it.

    `contact` is where they can be reached; "" takes back what was said. `fitting` is all that can
    be ticked with this main score: ids of reasons, and TICKS. Whatever was ticked before and is not
    among it goes. None when that is not known. `reward` is the id of the one that was suggested, ""
    where none was.
    """

    scores: Mapping[Kind, int] = field(default_factory=dict)
    reasons: tuple[str, ...] | None = None
    comment: str | None = None
    wants_contact: bool | None = None
    may_publish: bool | None = None
    contact: str | None = None
    reward: str | None = None
    finished: bool = False
    fitting: frozenset[str] | None = None


def steps(definition: Definition) -> tuple[Step, ...]:
    """Every screen of a survey in order, those too that only some customers meet."""
    asked = [Step("score", definition.question.kind)]
    if definition.ask_comment or _has_reasons(definition):
        asked.append(Step("follow_up"))
    asked += [Step("extra", extra.kind) for extra in definition.extras]
    if definition.ask_reward:
        asked.append(Step("reward"))
    return (*asked, Step("thanks"))


def step_named(definition: Definition, key: str) -> Step:
    """The step that a form names; the first one when the survey has no such step."""
    every = steps(definition)
    return next((step for step in every if step.key == key), every[0])


def step_after(
    definition: Definition, step: Step, score: int | None = None, offer: Offer = NO_OFFER
) -> Step:
    """The screen that follows for a customer who gave this main score and is offered this."""
    every = steps(definition)
    for following in every[every.index(step) + 1 :]:
        if following.name != "reward" or may_suggest(definition, score, offer):
            return following
    return every[-1]


def is_last_question(
    definition: Definition, step: Step, score: int | None = None, offer: Offer = NO_OFFER
) -> bool:
    """Whether only the thanks follow. Takes what `step_after` takes."""
    return step_after(definition, step, score, offer).name == "thanks"


def offer_of(definition: Definition, catalogue: Offer, member_id: int | None) -> Offer:
    """What a survey offers of a workspace's rewards. They are for somebody: nothing where nobody
    known is rated."""
    if not definition.ask_reward or member_id is None:
        return NO_OFFER
    return chosen_from(catalogue, definition.rewards)


def may_suggest(definition: Definition, score: int | None, offer: Offer) -> bool:
    """Whether a customer with this main score is asked for a reward."""
    if not definition.ask_reward or score is None:
        return False
    return bool(offer) and score >= definition.rewards_from


def question_of(definition: Definition, step: Step) -> Question:
    """The question that a score or extra step asks. Raises ValueError for another step."""
    for question in definition.questions:
        if question.kind == step.kind:
            return question
    raise ValueError(f"The step {step.key} asks no question.")


def sentiment_of(definition: Definition, score: int) -> Sentiment:
    return sentiment(score, definition.positive_from)


def read_score(question: Question, text: str) -> int:
    """The score that a form's text means. Raises ScoreOutOfRange when it is no point."""
    if not _SCORE.match(text):
        raise ScoreOutOfRange("Please choose an answer.")
    return question.scale.point(int(text)).score


def read_comment(text: str) -> str:
    """A comment with surrounding space and NULs gone. Raises CommentTooLong past the limit."""
    comment = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(comment) > COMMENT_LIMIT:
        raise CommentTooLong(f"A comment may be {COMMENT_LIMIT} characters long.")
    return comment


def read_reasons(definition: Definition, score: int, ids: list[str]) -> tuple[str, ...]:
    """The ticked reasons that are offered with this score, in their order; others are dropped."""
    offered = definition.reasons_for(sentiment_of(definition, score))
    return tuple(dict.fromkeys(reason.id for reason in offered if reason.id in ids))


def offered_ticks(definition: Definition, score: int) -> frozenset[Tick]:
    """The boxes that stand beside the comment with a score."""
    if sentiment_of(definition, score) == "negative":
        return frozenset({"wants_contact"} if definition.ask_contact else ())
    asks = definition.ask_publish and definition.ask_comment
    return frozenset({"may_publish"} if asks else ())


def read_reward(offer: Offer, id: str) -> str:
    """The suggested reward's id; "" for none. Raises RewardNotOffered for any other."""
    if id and not offer.has(id):
        raise RewardNotOffered("This one is no longer offered. Please choose another, or skip.")
    return id


def fitting(definition: Definition, score: int) -> frozenset[str]:
    """Everything that can be ticked with a score: ids of reasons, and TICKS."""
    offered = definition.reasons_for(sentiment_of(definition, score))
    return frozenset(reason.id for reason in offered) | offered_ticks(definition, score)


def _has_reasons(definition: Definition) -> bool:
    return definition.ask_reasons and bool(
        definition.positive_reasons or definition.negative_reasons
    )
