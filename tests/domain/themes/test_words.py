"""The words of a comment, in every language that separates them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.themes.function_words import FUNCTION, NEGATIONS
from widget.domain.themes.words import (
    base_language,
    folded,
    separates_words,
    word_of,
    words_in,
)
from widget.translations import LANGUAGES

SPACED = sorted(code for code in LANGUAGES if separates_words(code))


def keys(text: str, language: str) -> list[str]:
    """The keys of a text's words, with | where something parts them."""
    return [word.key if word else "|" for word in words_in(text, language)]


@pytest.mark.parametrize(
    "tag", ["ja", "zh", "zh-Hant", "ja-JP", "th", "km", "lo", "my", "bo", "yue"]
)
def test_some_languages_put_no_spaces_between_words(tag: str) -> None:
    assert not separates_words(tag)


@pytest.mark.parametrize("tag", ["en", "de-AT", "ar-EG", "ko", "vi", "hi", "xx"])
def test_others_do(tag: str) -> None:
    assert separates_words(tag)


def test_every_shipped_language_that_separates_words_has_its_function_words() -> None:
    assert sorted(FUNCTION) == sorted(NEGATIONS) == SPACED
    assert SPACED == ["ar", "de", "en", "es", "fr", "it", "nl", "pl", "pt"]


@pytest.mark.parametrize("language", SPACED)
def test_each_list_holds_a_language_s_closed_classes(language: str) -> None:
    words = [word_of(word, language) for word in FUNCTION[language].split()]
    assert len({word.key for word in words}) >= 80
    assert all(word.is_function and not word.is_negation for word in words)


@pytest.mark.parametrize("language", SPACED)
def test_a_negation_is_no_function_word(language: str) -> None:
    words = [word_of(word, language) for word in NEGATIONS[language].split()]
    assert len(words) >= 8
    assert all(word.is_negation and not word.is_function for word in words)


@pytest.mark.parametrize(
    ("language", "written", "read"),
    [
        ("en", "The E-Mail, e-mail and EMAIL", "the email | email and email"),
        ("en", "It wasn't helpful; it wasn’t", "it wasnt helpful | it wasnt"),
        ("en", "we'll call the company's desk, I've", "we call the company desk | i"),
        ("en", "follow\u2011up and coop\u00aderate", "followup and cooperate"),
        ("en", "good_work", "good | work"),
        ("en", "a 10.Great", "a | | great"),
        ("en", "B2B and covid-19", "b2b and covid19"),
        ("en", "“Great!” she said (twice)", "| great | | she said | twice |"),
        ("en", "login/logout & food", "login | logout | food"),
        ("en", "first line\nsecond line", "first line | second line"),
        ("en", "slow 😡 slow", "slow | slow"),
        ("de", "GRÖSSE, Größe und Straße: STRASSE", "grösse | grösse und strasse | strasse"),
        ("de", "Wie geht's?", "wie geht |"),
        ("fr", "L’attente n'est pas d'aujourd'hui", "l' attente n' est pas d' aujourdhui"),
        ("fr", "Qu'il s'agisse d´un rendez-vous", "qu' il s' agisse d' un rendezvous"),
        (
            "it",
            "C'è un'ora di attesa dell'ordine, un po'",
            "c' è un' ora di attesa dell' ordine | un po |",
        ),
        ("nl", "zo'n wachtrij 's avonds", "zon wachtrij | s avonds"),
        ("es", "¿Dónde está?", "| dónde está |"),
        ("pl", "ŻÓŁĆ i żółć", "żółć i żółć"),
        ("pt", "ligaram-me às 9h", "ligaramme às |"),
        ("ar", "الخدمةُ مـمتازة، وَالخدمه", "خدمه ممتازه | خدمه"),
        ("ar", "أحمد وإلى على الإنتظار", "احمد والي علي انتظار"),
        ("tr", "İADE iade", "iade iade"),
        ("hi", "हिन्दी में मदद", "हिन्दी में मदद"),
        ("fa", "می\u200cشود", "میشود"),
    ],
)
def test_words_are_compared_in_one_form(language: str, written: str, read: str) -> None:
    assert keys(written, language) == read.split()


@pytest.mark.parametrize(
    "text",
    [
        "see https://example.com/a/path?with=query#part now",
        "see www.example.com/path now",
        "see example.co.uk/path/to now",
        "see somebody.else+tag@mail.example.com now",
        "see @acme_help now",
        "see 45 now",
        "see 1,299.95 now",
        "see 24/7 now",
        "see 3rd now",
        "see +49 (89) 1234-567 now",
        "see 返金してください now",
        f"see {'a' * 41} now",
    ],
)
def test_numbers_addresses_and_scripts_without_spaces_are_no_words(text: str) -> None:
    assert [key for key in keys(text, "en") if key != "|"] == ["see", "now"]
    assert "|" in keys(text, "en")


def test_a_combining_mark_is_the_same_as_the_letter_that_has_it() -> None:
    assert keys("annulé", "fr") == keys("annule\u0301", "fr") == ["annulé"]


@pytest.mark.parametrize(
    ("language", "word"), [("fr", "meme"), ("es", "esta"), ("de", "fuer"), ("pl", "sie")]
)
def test_function_words_are_known_without_their_accents(language: str, word: str) -> None:
    assert word_of(word, language).is_function


def test_negations_are_known_without_their_accents() -> None:
    assert word_of("nao", "pt").is_negation
    assert word_of("ningun", "es").is_negation
    # Italian has "ne", which is a function word, beside "né".
    assert word_of("né", "it").is_negation
    assert not word_of("ne", "it").is_negation


def test_a_letter_alone_and_what_was_elided_hold_sentences_together() -> None:
    assert word_of("x", "en").is_function
    assert word_of("l'", "fr").is_function
    assert not word_of("attente", "fr").is_function


def test_a_language_without_a_list_has_words_all_the_same() -> None:
    assert keys("Jag väntade länge", "sv") == ["jag", "väntade", "länge"]
    assert not any(word.is_function for word in words_in("Jag väntade länge", "sv") if word)


def test_the_base_of_a_language_is_its_tag_without_region_and_script() -> None:
    assert [base_language(tag) for tag in ("de-AT", "zh-Hant-TW", "en")] == ["de", "zh", "en"]


@given(st.text(max_size=200), st.sampled_from([*SPACED, "tr", "sv"]))
def test_a_word_s_form_says_what_the_word_is(text: str, language: str) -> None:
    for word in words_in(text, language):
        if word:
            assert word_of(word.form, language) == word
            assert word.key
            assert " " not in word.key


@given(st.text(alphabet="abcxyzäöüßéèêçñãõąęłśżó", min_size=1, max_size=20))
def test_capitals_make_no_other_word(text: str) -> None:
    assert folded(text.upper(), "en") == folded(text.title(), "en") == folded(text, "en")


@pytest.mark.parametrize(
    "unit", ["a", "a@", "a.", "返", "a-", "'", "😡", "a'", "www.", "@", "\u0301"]
)
def test_no_comment_takes_long(unit: str) -> None:
    """Five thousand characters are what a comment may have; these are read in milliseconds, or
    in minutes where a pattern walks over them again and again."""
    assert words_in(unit * (50_000 // len(unit)) + "@/", "fr")
