"""What somebody typed, as words to look for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.search_words import MOST_WORDS, fold, goes_on, phrases


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("  \t ", ()),
        ("Great service", (("great",), ("service",))),
        ("T-1042", (("t", "1042"),)),
        ("kim@c.example", (("kim", "c", "example"),)),
        ("Élan ÀÉÎ", (("elan",), ("aei",))),
        ('a OR "b', (("a",), ("or",), ("b",))),
        ("comment:bad* NOT (x)", (("comment", "bad"), ("not",), ("x",))),
        ("!!! ' \\ * … –", ()),
        ("한국어 とても", (("한국어",), ("とても",))),
    ],
)
def test_a_search_is_phrases_of_bare_words(text: str, found: object) -> None:
    assert phrases(text) == found


def test_a_long_search_is_cut() -> None:
    assert len(phrases("a " * 500)) == MOST_WORDS
    assert phrases("x" * 5_000) == (("x" * 200,),)


def test_one_letter_is_no_beginning() -> None:
    assert goes_on("t-10")
    assert not goes_on("a")
    assert not goes_on("")


def test_a_quotation_is_one_phrase_and_its_words_are_whole() -> None:
    assert phrases('slow "waste of time" refund') == (
        ("slow",),
        ("waste", "of", "time"),
        ("refund",),
    )
    assert not goes_on('"waste of time"')
    assert goes_on('"waste of time')
    assert goes_on('"waste of" time')
    # One mark alone is a mark like any, as is the last of three.
    assert phrases('a 13"screen') == (("a",), ("13", "screen"))
    assert phrases('"a b" 13" screen') == (("a", "b"), ("13",), ("screen",))


@given(st.text())
def test_no_text_leaves_signs_that_a_query_could_mean(text: str) -> None:
    for phrase in phrases(text):
        for word in phrase:
            assert not set(word) & set("\"'\\*:()&|!<>^{}+- \0")
            assert fold(word) == word or word != word.lower()
