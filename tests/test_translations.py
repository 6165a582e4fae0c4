import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import widget.translations
from widget.translations import LANGUAGES, RTL, direction, match_language, translate

FOLDER = Path(widget.translations.__file__).parent
MESSAGES = [
    line
    for line in (FOLDER / "messages.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
TRANSLATED = [code for code in LANGUAGES if code != "en"]

SAME_AS_ENGLISH = {
    ("de", "Neutral"),
    ("es", "Neutral"),
    ("es", "No"),
    ("fr", "Excellent"),
    ("it", "No"),
}

# What the domain allows a team to enter in the same places.
FALLBACKS = {"our team": 60, "dear customer": 60, "us": 60}


def catalog(code: str) -> Catalog:
    with (FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def braces(text: str) -> list[str]:
    return sorted(re.findall(r"\{[^{}]*\}|[{}]", text))


def test_the_ten_languages_start_with_english_and_carry_their_own_names() -> None:
    assert list(LANGUAGES) == ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "ar"]
    assert all(language.code == code for code, language in LANGUAGES.items())
    assert LANGUAGES["de"].name == "Deutsch"
    assert LANGUAGES["ja"].name == "日本語"


def test_every_catalogue_belongs_to_a_language() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.po")) == sorted(TRANSLATED)


def test_no_built_in_string_is_listed_twice() -> None:
    assert len(set(MESSAGES)) == len(MESSAGES)


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_language_translates_every_string_in_the_listed_order(code: str) -> None:
    entries = [message for message in catalog(code) if message.id]
    assert [message.id for message in entries] == MESSAGES
    assert [message.id for message in entries if not message.string or message.fuzzy] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_catalogue_says_its_language_and_encoding(code: str) -> None:
    headers = dict(catalog(code).mime_headers)
    assert headers["Language"] == code
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_translation_keeps_the_braces(code: str) -> None:
    wrong = [text for text in MESSAGES if braces(translate(text, code)) != braces(text)]
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_translation_is_left_in_english(code: str) -> None:
    same = {(code, text) for text in MESSAGES if translate(text, code) == text}
    assert same == {pair for pair in SAME_AS_ENGLISH if pair[0] == code}


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_translation_has_stray_spaces(code: str) -> None:
    translations = [translate(text, code) for text in MESSAGES]
    assert [text for text in translations if text != text.strip() or "  " in text] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_words_of_a_scale_and_its_reasons_can_be_told_apart(code: str) -> None:
    words = MESSAGES[MESSAGES.index("1 star") : MESSAGES.index("our team")]
    reasons = MESSAGES[MESSAGES.index("Friendly") : MESSAGES.index("Thank you!")]
    for group in (words, reasons):
        assert len({translate(text, code) for text in group}) == len(group)


@pytest.mark.parametrize("code", TRANSLATED)
def test_fallbacks_and_reasons_fit_where_a_team_could_word_them(code: str) -> None:
    reasons = MESSAGES[MESSAGES.index("Friendly") : MESSAGES.index("Thank you!")]
    limits = FALLBACKS | dict.fromkeys(reasons, 60)
    assert [text for text, limit in limits.items() if len(translate(text, code)) > limit] == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Wie gut hat unser Team Ihnen heute geholfen?"),
        ("pl", "Dziś pomaga Państwu nasz zespół. Jak oceniają Państwo tę pomoc?"),
        ("it", "Come valuta l’assistenza che il nostro team le ha fornito oggi?"),
        ("ar", "كيف كان أداء فريقنا اليوم؟"),
    ],
)
def test_a_question_reads_well_with_its_fallback(language: str, sentence: str) -> None:
    question = translate("How did {member} do today?", language)
    assert question.format(member=translate("our team", language)) == sentence


def test_a_region_falls_back_to_its_language() -> None:
    assert translate("Send", "fr-CA") == translate("Send", "fr") == "Envoyer"
    assert translate("Send", "de-AT") == "Senden"


def test_the_case_of_a_tag_does_not_matter() -> None:
    assert translate("Send", "DE-at") == "Senden"


@pytest.mark.parametrize("language", ["sv", "en", "en-GB", "", "fro", "../de"])
def test_an_unknown_language_and_english_itself_give_english(language: str) -> None:
    assert translate("Send", language) == "Send"


def test_a_text_that_is_not_built_in_stays_as_it_is() -> None:
    assert translate("Quite something", "de") == "Quite something"
    assert translate("", "de") == ""


def test_arabic_is_right_to_left_and_the_others_are_not() -> None:
    assert {code for code, language in LANGUAGES.items() if language.direction == "rtl"} == {"ar"}


@pytest.mark.parametrize("code", [*sorted(RTL), "ar-EG", "AR", "he-IL"])
def test_direction_looks_at_the_base_language(code: str) -> None:
    assert direction(code) == "rtl"


@pytest.mark.parametrize("code", ["en", "de-AT", "arn", "en-AR", ""])
def test_every_other_language_is_left_to_right(code: str) -> None:
    assert direction(code) == "ltr"


@pytest.mark.parametrize(
    ("wanted", "offered", "match"),
    [
        pytest.param(["fr-CA"], ["fr", "fr-CA"], "fr-CA", id="exact first"),
        pytest.param(["fr-CA"], ["en", "fr"], "fr", id="then the base language"),
        pytest.param(["FR-ca"], ["fr-CA"], "fr-CA", id="case does not matter"),
        pytest.param(["fr"], ["FR"], "FR", id="spelt as offered"),
        pytest.param(["fr"], ["fr-CA"], None, id="never more exact than wanted"),
        pytest.param(["sv", "de"], ["de", "en"], "de", id="the next wanted"),
        pytest.param(["fr-CA", "en"], ["en", "fr"], "fr", id="wanted order beats exactness"),
        pytest.param(["zh-Hant-TW"], ["zh", "zh-Hant"], "zh-Hant", id="one part at a time"),
        pytest.param(["zh-x-own"], ["zh-x", "zh"], "zh", id="no tag ends in a single letter"),
        pytest.param(["*", "de"], ["de"], "de", id="a wildcard matches nothing itself"),
        pytest.param(["fro"], ["fr"], None, id="parts match whole"),
        pytest.param([""], ["en"], None, id="an empty tag"),
        pytest.param([], ["en"], None, id="nothing wanted"),
        pytest.param(["en"], [], None, id="nothing offered"),
    ],
)
def test_match_language_finds(wanted: list[str], offered: list[str], match: str | None) -> None:
    assert match_language(wanted, offered) == match
