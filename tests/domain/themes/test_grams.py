"""The terms of a comment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.themes.grams import terms_in, terms_within
from widget.domain.themes.words import Word, words_in


@pytest.mark.parametrize(
    ("language", "text", "terms"),
    [
        ("en", "the support", {"support"}),
        ("en", "not helpful", {"helpful", "not helpful"}),
        ("en", "not very helpful", {"helpful", "not very helpful"}),
        ("en", "a waste of time", {"waste", "time", "waste of time"}),
        ("en", "not, and never", set()),
        ("en", "quick. Reply", {"quick", "reply"}),
        ("en", "quick quick quick", {"quick", "quick quick", "quick quick quick"}),
        ("en", "nobody called back", {
            "called", "back", "nobody called", "called back", "nobody called back",
        }),
        ("de", "Das hilft nicht", {"hilft", "hilft nicht"}),
        ("fr", "temps d'attente", {"temps", "attente", "temps d' attente"}),
        ("en", "", set()),
    ],
)  # fmt: skip
def test_a_term_neither_begins_nor_ends_with_a_function_word(
    language: str, text: str, terms: set[str]
) -> None:
    assert terms_in(words_in(text, language)) == terms


def test_where_a_negation_follows_what_it_denies_is_the_language_s_to_say() -> None:
    words = words_in("the answers are not helpful", "en")
    assert terms_in(words) - terms_in(words, ends_negated=False) == {"answers are not"}


WORDS = st.lists(
    st.sampled_from(
        [
            None,
            Word("the", "the", True, False),
            Word("of", "of", True, False),
            Word("not", "not", False, True),
            Word("help", "help", False, False),
            Word("time", "time", False, False),
            Word("wait", "wait", False, False),
        ]
    ),
    max_size=12,
)


def by_definition(words: list[Word | None]) -> set[str]:
    """Every run that the definition lets be a term, looked at one by one."""
    found = set()
    for start in range(len(words)):
        for end in range(start + 1, min(start + 3, len(words)) + 1):
            run = words[start:end]
            if None in run:
                continue
            known = [word for word in run if word]
            is_edged = not known[0].is_function and not known[-1].is_function
            if is_edged and any(not w.is_function and not w.is_negation for w in known):
                found.add(" ".join(word.key for word in known))
    return found


@given(WORDS)
def test_the_terms_are_those_that_the_definition_gives(words: list[Word | None]) -> None:
    assert terms_in(words) == by_definition(words)


def test_the_runs_within_a_term_are_shorter() -> None:
    assert terms_within("waste of time") == {"waste", "of", "time", "waste of", "of time"}
    assert terms_within("waste") == set()
