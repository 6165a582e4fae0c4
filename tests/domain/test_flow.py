from dataclasses import replace

import pytest

from widget.domain.errors import CommentTooLong, ScoreOutOfRange
from widget.domain.flow import (
    COMMENT_LIMIT,
    fitting,
    is_last_question,
    offered_ticks,
    read_comment,
    read_reasons,
    read_score,
    step_after,
    step_named,
    steps,
)
from widget.domain.surveys import Question, new_definition

STARS = new_definition("stars")
WITH_NPS = replace(STARS, extras=(Question("nps", "numbers"),))


def test_a_survey_asks_score_follow_up_extras_and_thanks() -> None:
    assert [step.key for step in steps(WITH_NPS)] == ["score", "follow_up", "extra.nps", "thanks"]


def test_a_follow_up_without_anything_to_say_is_left_out() -> None:
    bare = replace(STARS, ask_reasons=False, ask_comment=False)
    assert [step.key for step in steps(bare)] == ["score", "thanks"]
    no_lists = replace(STARS, ask_comment=False, positive_reasons=(), negative_reasons=())
    assert [step.key for step in steps(no_lists)] == ["score", "thanks"]


def test_a_step_the_survey_has_not_is_its_first() -> None:
    assert step_named(STARS, "extra.nps").key == "score"
    assert step_named(STARS, "nonsense").key == "score"


def test_the_last_question_leads_to_the_thanks() -> None:
    follow_up = step_named(WITH_NPS, "follow_up")
    assert not is_last_question(WITH_NPS, follow_up)
    extra = step_after(WITH_NPS, follow_up)
    assert is_last_question(WITH_NPS, extra)
    assert step_after(WITH_NPS, extra).name == "thanks"


@pytest.mark.parametrize("text", ["", "0", "6", "-1", "4.5", "four", "٤", "4 ", "4\n", "9" * 400])
def test_what_is_no_point_of_the_scale_is_refused(text: str) -> None:
    with pytest.raises(ScoreOutOfRange):
        read_score(STARS.question, text)


def test_a_comment_is_trimmed_and_limited() -> None:
    assert read_comment("  hi\r\nthere\x00 ") == "hi\nthere"
    assert len(read_comment("x" * COMMENT_LIMIT)) == COMMENT_LIMIT
    with pytest.raises(CommentTooLong):
        read_comment("x" * (COMMENT_LIMIT + 1))


def test_reasons_nobody_offers_are_dropped() -> None:
    assert read_reasons(STARS, 5, ["easy", "fast", "fast", "<script>"]) == ("fast", "easy")


def test_reasons_of_the_other_list_are_not_taken() -> None:
    assert read_reasons(STARS, 5, ["slow", "fast"]) == ("fast",)
    assert read_reasons(STARS, 1, ["slow", "fast"]) == ("slow",)


def test_low_scores_are_offered_a_word_and_high_ones_asked_for_theirs() -> None:
    asking = replace(STARS, ask_publish=True)
    assert [offered_ticks(asking, score) for score in (3, 4)] == [
        {"wants_contact"},
        {"may_publish"},
    ]
    assert [offered_ticks(STARS, score) for score in (3, 4)] == [{"wants_contact"}, set()]
    assert offered_ticks(replace(STARS, ask_contact=False), 1) == set()
    assert offered_ticks(replace(asking, ask_comment=False), 5) == set()


def test_what_fits_a_score_is_its_reasons_and_its_ticks() -> None:
    assert fitting(STARS, 1) == {reason.id for reason in STARS.negative_reasons} | {"wants_contact"}
    assert fitting(STARS, 5) == {reason.id for reason in STARS.positive_reasons}
