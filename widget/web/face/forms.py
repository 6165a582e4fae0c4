"""What a frame's form says, as domain types. Nothing typed is lost when it says something wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from werkzeug.datastructures import MultiDict

from widget.domain.contacts import CONTACT_LIMIT, read_contact
from widget.domain.errors import (
    CommentTooLong,
    ContactRefused,
    RewardNotOffered,
    ScoreOutOfRange,
)
from widget.domain.flow import (
    COMMENT_LIMIT,
    Answer,
    Step,
    fitting,
    is_last_question,
    may_suggest,
    offered_ticks,
    question_of,
    read_comment,
    read_reasons,
    read_reward,
    read_score,
    step_named,
    steps,
)
from widget.domain.rewards import NO_OFFER, Offer
from widget.domain.scales import Kind
from widget.domain.surveys import Definition
from widget.web.face.pages import Typed

Direction = Literal["next", "back"]


@dataclass(frozen=True)
class Problem:
    """A sentence to show, as a built-in text with its values. `field` is the one it is about."""

    text: str
    values: Mapping[str, object]
    field: str = ""


@dataclass(frozen=True)
class Submission:
    """One posted step. `answer` is None when `problem` says why."""

    step: Step
    typed: Typed
    direction: Direction
    answer: Answer | None
    problem: Problem | None = None


def read_submission(
    form: MultiDict[str, str], definition: Definition, offer: Offer = NO_OFFER
) -> Submission:
    """A step's form against the version its customer saw, and the rewards that it offers them."""
    step = step_named(definition, form.get("step", "score"))
    go = form.get("go", "")
    typed = Typed(
        score=_point(definition, step, form.get("score", "")),
        main_score=_point(definition, steps(definition)[0], form.get("main_score", "")),
        reasons=tuple(form.getlist("reasons")[:50]),
        comment=form.get("comment", ""),
        wants_contact="wants_contact" in form,
        contact=form.get("contact", "")[: 2 * CONTACT_LIMIT],
        may_publish="may_publish" in form,
        reward=form.get("reward", "")[:40] if step.name == "reward" else "",
    )
    if step.name != "score" and typed.main_score is None:
        # Every later step rests on the score, so without one the customer is asked it first.
        step, typed = steps(definition)[0], Typed()
    direction: Direction = "back" if go == "back" else "next"
    try:
        answer = _answer(form, definition, step, typed, offer)
    except RewardNotOffered as error:
        return Submission(step, typed, direction, None, Problem(str(error), {}))
    except ScoreOutOfRange:
        return Submission(step, typed, direction, None, Problem("Please choose an answer.", {}))
    except CommentTooLong:
        problem = Problem(
            "Your comment is too long. Please shorten it to {limit} characters.",
            {"limit": COMMENT_LIMIT},
            "comment",
        )
        return Submission(step, typed, direction, None, problem)
    except ContactRefused:
        problem = Problem("Please write an email address or a telephone number.", {}, "contact")
        return Submission(step, typed, direction, None, problem)
    return Submission(step, typed, direction, answer)


def _answer(
    form: MultiDict[str, str], definition: Definition, step: Step, typed: Typed, offer: Offer
) -> Answer:
    skipped = form.get("go") == "skip"
    scores: dict[Kind, int] = {}
    main = typed.score if step.name == "score" else typed.main_score
    if main is None:
        raise ScoreOutOfRange("Please choose an answer.")
    scores[definition.question.kind] = main
    if step.name == "extra" and step.kind and not skipped:
        scores[step.kind] = read_score(question_of(definition, step), form.get("score", ""))
    answer = _follow_up(definition, main, typed) if step.name == "follow_up" else Answer()
    return replace(
        answer,
        scores=scores,
        reward=_reward(definition, step, typed, offer, form.get("go", "")),
        fitting=fitting(definition, main),
        finished=is_last_question(definition, step, main, offer) and form.get("go") != "back",
    )


def _follow_up(definition: Definition, main: int, typed: Typed) -> Answer:
    """What stands beside a score. A box that was offered and not ticked says no."""
    answer = Answer(
        reasons=read_reasons(definition, main, list(typed.reasons)),
        comment=read_comment(typed.comment),
    )
    offered = offered_ticks(definition, main)
    if "wants_contact" in offered:
        # An address is kept for the sake of the wish alone.
        contact = read_contact(typed.contact) if typed.wants_contact else ""
        answer = replace(answer, wants_contact=typed.wants_contact, contact=contact)
    if "may_publish" in offered:
        # A yes is to the words that stand there, and not to any that may follow.
        answer = replace(answer, may_publish=typed.may_publish and bool(answer.comment))
    return answer


def _reward(definition: Definition, step: Step, typed: Typed, offer: Offer, go: str) -> str | None:
    """What a step says about a reward: an id, "" for none, None where it says nothing."""
    if step.name != "reward" or not may_suggest(definition, typed.main_score, offer):
        return None
    if go == "skip":
        return ""
    if go == "back":
        # Whoever goes back without having chosen has not said that they want none.
        return typed.reward if offer.has(typed.reward) else None
    return read_reward(offer, typed.reward)


def _point(definition: Definition, step: Step, text: str) -> int | None:
    """The chosen point of a step's question; None where nothing valid was chosen."""
    if step.kind is None:
        return None
    try:
        return read_score(question_of(definition, step), text)
    except ScoreOutOfRange:
        return None
