from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from widget.domain.definition_changes import definition_changes
from widget.domain.definition_checks import definition_problems
from widget.domain.errors import InvalidReward
from widget.domain.flow import Answer, is_last_question, offer_of, step_after, step_named, steps
from widget.domain.held import Held
from widget.domain.rewards import (
    ICONS,
    NO_OFFER,
    READY_MADE,
    Reward,
    check_reward,
    chosen_from,
    make_offer,
)
from widget.domain.surveys import Question, definition_from_json, new_definition
from widget.translations import translate
from widget.web.face.forms import Submission, read_submission
from widget.web.face.speech import built_in_text

COFFEE = Reward("coffee", builtin="Coffee", icon="coffee", votes=5)
LUNCH = Reward("lunch", {"de": "Essen gehen"}, icon="lunch")
OFFER = make_offer([COFFEE, LUNCH])
ASKING = replace(new_definition("stars"), ask_reward=True)


def submit(step: str, offer: object = OFFER, **fields: str) -> Submission:
    return read_submission(MultiDict({"step": step, **fields}), ASKING, offer)  # type: ignore[arg-type]


def test_the_reward_comes_last_and_only_after_a_good_score() -> None:
    survey = replace(ASKING, extras=(Question("nps", "numbers"),))
    assert [one.key for one in steps(survey)] == [
        "score",
        "follow_up",
        "extra.nps",
        "reward",
        "thanks",
    ]
    extra = step_named(survey, "extra.nps")
    assert step_after(survey, extra, 4, OFFER).name == "reward"
    assert step_after(survey, extra, 3, OFFER).name == "thanks"
    assert is_last_question(survey, extra, 3, OFFER)
    assert not is_last_question(survey, extra, 5, OFFER)
    assert is_last_question(survey, step_named(survey, "reward"), 5, OFFER)


def test_a_survey_may_ask_from_five_stars_only() -> None:
    survey = replace(ASKING, reward_from=5)
    follow_up = step_named(survey, "follow_up")
    assert step_after(survey, follow_up, 4, OFFER).name == "thanks"
    assert step_after(survey, follow_up, 5, OFFER).name == "reward"


def test_nobody_is_asked_where_nothing_is_on_offer_or_nobody_known_is_rated() -> None:
    follow_up = step_named(ASKING, "follow_up")
    assert step_after(ASKING, follow_up, 5, NO_OFFER).name == "thanks"
    assert offer_of(ASKING, OFFER, None) == NO_OFFER
    assert offer_of(new_definition("stars"), OFFER, 7) == NO_OFFER
    assert offer_of(ASKING, OFFER, 7) == OFFER


def test_an_offer_holds_what_is_active_and_chosen() -> None:
    assert make_offer([replace(COFFEE, is_active=False)]) == NO_OFFER
    assert chosen_from(OFFER, ("lunch", "gone")).rewards == (LUNCH,)
    assert chosen_from(OFFER, ("gone",)) == NO_OFFER
    assert chosen_from(OFFER, ()) is OFFER


def test_offers_differ_when_a_customer_would_see_a_difference() -> None:
    reworded = make_offer([replace(COFFEE, texts={"en": "Espresso"}), LUNCH])
    assert reworded != OFFER
    assert make_offer([replace(COFFEE, budget=1, votes=9), LUNCH]) == OFFER


def test_a_suggestion_is_read_and_the_negative_follow_up_finishes() -> None:
    coffee = submit("reward", main_score="5", reward="coffee").answer
    assert coffee is not None
    assert (coffee.reward, coffee.finished) == ("coffee", True)
    bad = submit("follow_up", main_score="2", comment="Slow").answer
    assert bad is not None
    assert (bad.reward, bad.finished) == (None, True)
    good = submit("follow_up", main_score="5", comment="Fast").answer
    assert good is not None
    assert (good.reward, good.finished) == (None, False)


def test_skipping_and_choosing_nothing_say_that_there_is_none() -> None:
    for fields in ({"go": "skip", "reward": "coffee"}, {}):
        answer = submit("reward", main_score="5", **fields).answer
        assert answer is not None
        assert (answer.reward, answer.finished) == ("", True)


def test_going_back_keeps_what_is_chosen_and_takes_nothing_away() -> None:
    kept = submit("reward", main_score="5", reward="coffee", go="back").answer
    silent = submit("reward", main_score="5", go="back").answer
    assert kept is not None
    assert silent is not None
    assert (kept.reward, silent.reward) == ("coffee", None)
    assert not kept.finished


def test_one_that_was_retired_meanwhile_is_refused_with_a_sentence() -> None:
    refused = submit("reward", make_offer([LUNCH]), main_score="5", reward="coffee")
    assert refused.answer is None
    assert refused.problem is not None
    assert "no longer offered" in refused.problem.text


def test_a_suggestion_after_a_bad_score_is_no_suggestion() -> None:
    answer = submit("reward", main_score="3", reward="coffee").answer
    assert answer is not None
    assert answer.reward is None


def test_a_held_answer_keeps_its_suggestion_until_it_speaks_of_it_again() -> None:
    class Head:
        pass

    old = Held(Head(), Answer(scores={"stars": 5}, reward="coffee"), None)  # type: ignore[arg-type]
    silent = Held(Head(), Answer(scores={"stars": 4}), None)  # type: ignore[arg-type]
    skipped = Held(Head(), Answer(scores={"stars": 4}, reward=""), None)  # type: ignore[arg-type]
    assert old.merged_with(silent).answer.reward == "coffee"
    assert old.merged_with(skipped).answer.reward == ""


def test_a_version_from_before_rewards_asks_for_none() -> None:
    data = new_definition("nps").to_json()
    for name in ("ask_reward", "reward_from", "rewards"):
        del data[name]
    survey = definition_from_json(data)
    assert (survey.ask_reward, survey.rewards_from, survey.rewards) == (False, 9, ())
    asking = replace(ASKING, reward_from=5, rewards=("coffee",))
    assert definition_from_json(asking.to_json()) == asking


def test_rewards_begin_within_the_positive_scores() -> None:
    assert definition_problems(ASKING) == {}
    assert definition_problems(replace(ASKING, reward_from=5)) == {}
    for wrong in (3, 6, -1):
        assert "reward_from" in definition_problems(replace(ASKING, reward_from=wrong))
    # What is not asked does not keep a survey from being published.
    assert definition_problems(replace(ASKING, reward_from=3, ask_reward=False)) == {}


def test_changes_name_the_rewards() -> None:
    changed = replace(ASKING, rewards=("coffee",), reward_from=5)
    found = definition_changes(
        new_definition("stars"), changed, built_in_text, str, {"coffee": "Coffee"}
    )
    assert {(one.what, one.old, one.new) for one in found} == {
        ("Asks for a reward", "no", "yes"),
        ("Reward from", "", "5"),
        ("Rewards on offer", "all", "Coffee"),
    }


def test_the_question_can_be_worded_only_where_it_is_asked() -> None:
    assert "reward_prompt" in [slot.key for slot in ASKING.slots]
    assert "reward_prompt" not in [slot.key for slot in new_definition("stars").slots]


def test_a_name_falls_back_to_another_language_rather_than_to_nothing() -> None:
    def name(reward: Reward, language: str) -> tuple[str, str]:
        text = ASKING.reward_text(reward, language, built_in_text)
        return text.value, text.language

    assert name(COFFEE, "fr") == ("Café", "fr")
    assert name(LUNCH, "fr") == ("Essen gehen", "de")
    assert name(replace(COFFEE, texts={"en": "Espresso"}), "fr") == ("Espresso", "en")


def test_every_ready_made_reward_is_valid_and_known_in_ten_languages() -> None:
    for reward in READY_MADE:
        check_reward(reward)
        assert translate(reward.builtin, "ja") != reward.builtin
    assert {reward.builtin for reward in READY_MADE} == {
        "High five",
        "Coffee",
        "Lunch",
        "Movie night",
        "Extra break",
        "Gift card",
    }


def test_every_icon_has_a_drawing() -> None:
    drawings = Path("templates/frame/_reward_icon.html").read_text()
    # The star is what is drawn for any other name.
    assert [icon for icon in ICONS if icon != "star" and f'"{icon}"' not in drawings] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"builtin": ""}, "name"),
        ({"texts": {"en": "x" * 61}}, "name.en"),
        ({"icon": "skull"}, "icon"),
        ({"size": "huge"}, "size"),
        ({"votes": 0}, "votes"),
        ({"votes": -1}, "votes"),
        ({"budget": -1}, "budget"),
        ({"budget": 10_001}, "budget"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidReward) as caught:
        check_reward(replace(COFFEE, **change))  # type: ignore[arg-type]
    assert list(caught.value.problems) == [field]
