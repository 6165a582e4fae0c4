"""Held answers come back as they were, and later steps add to what was said."""

from datetime import timedelta

import pytest

from tests.builders import MONDAY
from widget.domain.context import Context, Problem
from widget.domain.flow import Answer
from widget.domain.held import Held, may_still_change
from widget.domain.responses import ResponseHead
from widget.storage.ids import new_id

HEAD = ResponseHead(
    workspace_id=1,
    id=new_id(),
    survey_id=2,
    version_id=3,
    kind="stars",
    language="de",
    source="email",
    is_test=False,
    context=Context(ref="T-1", problems=(Problem("name", "{{x}}"),), attributes={"plan": "pro"}),
    member_id=None,
    answered_at=MONDAY,
)


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"stars": 4}),
        Answer({"stars": 4, "nps": 9}, reasons=("fast",), comment="Thanks", finished=True),
        Answer({"stars": 4}, fitting=frozenset({"fast", "friendly"})),
        Answer({"stars": 1}, wants_contact=True, contact="kim@c.example", may_publish=False),
    ],
)
def test_an_answer_survives_being_kept(answer: Answer) -> None:
    held = Held(HEAD, answer, MONDAY - timedelta(minutes=1))
    assert Held.from_json(*held.to_json()) == held


def test_a_later_step_adds_and_leaves_what_it_does_not_speak_of() -> None:
    first = Held(HEAD, Answer({"stars": 4}), MONDAY)
    comment = Held(HEAD, Answer({"stars": 4}, ("fast",), "Hello", finished=True), MONDAY)
    extra = Held(HEAD, Answer({"stars": 2, "nps": 9}), MONDAY)
    merged = first.merged_with(comment).merged_with(extra).answer
    assert merged == Answer({"stars": 2, "nps": 9}, ("fast",), "Hello", finished=True)


def test_reasons_that_no_longer_fit_the_score_are_dropped() -> None:
    first = Held(HEAD, Answer({"stars": 4}, reasons=("fast",)), MONDAY)
    worse = Held(HEAD, Answer({"stars": 1}, fitting=frozenset({"slow"})), MONDAY)
    assert first.merged_with(worse).answer.reasons == ()


@pytest.mark.parametrize(
    ("opened", "days", "may"),
    [
        (timedelta(days=30), 30, True),
        (timedelta(days=30, seconds=1), 30, False),
        (timedelta(seconds=-5), 0, True),
        (timedelta(seconds=1), 0, False),
    ],
)
def test_a_page_opened_in_time_may_change_the_answer(
    opened: timedelta, days: int, may: bool
) -> None:
    assert may_still_change(MONDAY, MONDAY + opened, days) == may


def test_a_wish_goes_with_the_score_that_it_was_asked_with() -> None:
    low = frozenset({"slow", "wants_contact"})
    bad = Answer({"stars": 1}, wants_contact=True, contact="kim@c.example", fitting=low)
    unhappy = Held(HEAD, bad, MONDAY)
    lower = unhappy.merged_with(Held(HEAD, Answer({"stars": 2}, fitting=low), MONDAY)).answer
    assert (lower.wants_contact, lower.contact) == (True, "kim@c.example")
    high = Answer({"stars": 5}, fitting=frozenset({"fast", "may_publish"}))
    higher = unhappy.merged_with(Held(HEAD, high, MONDAY)).answer
    assert (higher.wants_contact, higher.contact) == (None, None)
