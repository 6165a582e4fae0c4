from dataclasses import replace

import pytest

from widget.domain.scales import KINDS, STYLES
from widget.domain.surveys import (
    Question,
    Reason,
    definition_from_json,
    new_definition,
    with_text,
)

WORDS = {
    ("Send", "de"): "Senden",
    ("What went well?", "de"): "Was war gut?",
    ("What went well?", "fr"): "Qu’est-ce qui vous a plu ?",
}


def translate(text: str, language: str) -> str | None:
    base = language.split("-")[0]
    return WORDS.get((text, base), text) if base in ("en", "de", "fr") else None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_starts_with_a_question_and_survives_storage(kind) -> None:
    for style in STYLES[kind]:
        definition = new_definition(kind, style)
        assert definition.text(f"question.{kind}", "en", translate).value
        assert definition_from_json(definition.to_json()) == definition


def test_the_teams_wording_stands_before_the_built_in_one() -> None:
    definition = with_text(new_definition("stars"), "positive_prompt", "en", "What was good?")
    assert definition.text("positive_prompt", "en", translate).value == "What was good?"


def test_a_region_falls_back_to_its_language_then_to_the_main_language() -> None:
    definition = with_text(new_definition("stars"), "positive_prompt", "fr", "Quoi de bien ?")
    definition = with_text(definition, "positive_prompt", "en", "What was good?")
    assert definition.text("positive_prompt", "fr-CA", translate).value == "Quoi de bien ?"
    german = definition.text("positive_prompt", "de", translate)
    assert (german.value, german.language) == ("What was good?", "en")


def test_what_nobody_worded_is_built_in_in_the_visitors_language() -> None:
    definition = new_definition("stars")
    text = definition.text("positive_prompt", "de-AT", translate)
    assert (text.value, text.language) == ("Was war gut?", "de-AT")


def test_a_language_we_lack_gets_the_main_language_and_says_so() -> None:
    definition = new_definition("stars", language="fr")
    text = definition.text("positive_prompt", "sv", translate)
    assert (text.value, text.language) == ("Qu’est-ce qui vous a plu ?", "fr")


def test_an_emptied_text_brings_the_built_in_one_back() -> None:
    definition = with_text(new_definition("stars"), "thanks_title", "en", "Ta")
    assert with_text(definition, "thanks_title", "en", "") == new_definition("stars")


def test_an_extra_question_brings_its_own_texts() -> None:
    definition = replace(new_definition("stars"), extras=(Question("nps", "numbers"),))
    keys = [slot.key for slot in definition.slots]
    assert "question.stars" in keys
    assert "question.nps" in keys
    assert "low.nps" in keys


def test_a_reason_keeps_its_id_when_it_is_reworded() -> None:
    reason = Reason("fast", {"en": "Quick"}, builtin="Fast")
    definition = replace(new_definition("stars"), positive_reasons=(reason,))
    again = definition_from_json(definition.to_json())
    assert again.positive_reasons[0].id == "fast"
    assert again.reason_text(again.positive_reasons[0], "en", translate).value == "Quick"


def test_a_version_from_before_faces_and_ticks_still_loads() -> None:
    data = new_definition("stars").to_json()
    for name in ("show_member", "ask_contact", "ask_publish"):
        del data[name]
    old = definition_from_json(data)
    assert (old.show_member, old.ask_contact, old.ask_publish) == (True, True, False)
