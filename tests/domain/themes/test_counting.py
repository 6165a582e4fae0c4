"""Counting terms in little memory: what is exact, what is forgotten, and by how much at most."""

import random
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.scales import Sentiment
from widget.domain.themes.counting import CommentCounts, TermCounts
from widget.domain.themes.grams import terms_in
from widget.domain.themes.table import NEWEST, SIDES
from widget.domain.themes.words import words_in

Comment = tuple[str, Sentiment, UUID]

WORDS = ["slow", "refund", "the", "not", "helpful", "Slow", "quick", "reply", "order,", "lost"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
COMMENTS = st.lists(st.tuples(TEXTS, st.sampled_from(SIDES)), max_size=40).map(
    lambda said: [(text, side, UUID(int=number)) for number, (text, side) in enumerate(said)]
)


def counted(comments: list[Comment], capacity: int = 50_000) -> TermCounts:
    counts = TermCounts("en", capacity)
    for text, side, id in comments:
        counts.add(text, side, id)
    return counts


def true_counts(comments: list[Comment]) -> dict[Sentiment, Counter[str]]:
    """How many comments have each term, counted the plain way."""
    found: dict[Sentiment, Counter[str]] = {side: Counter() for side in SIDES}
    for text, side, _ in comments:
        found[side].update(terms_in(words_in(text, "en"), ends_negated=False))
    return found


def everything(counts: TermCounts) -> object:
    """All that can be read from counts, to compare two of them."""
    terms = sorted(counts.counted(0), key=lambda pair: pair[0])
    newest = [(term, [counts.newest(term, side) for side in SIDES]) for term, _ in terms]
    return terms, newest, counts.forms(), counts.comments, counts.words, counts.floor


def chatter(number: int, seed: int) -> list[Comment]:
    """Comments of a few frequent words among very many rare ones."""
    luck = random.Random(seed)
    said: list[Comment] = []
    for id in range(number):
        words = [f"rare{luck.randrange(5_000)}x" for _ in range(luck.randrange(1, 8))]
        words += luck.choices(["slow", "quick", "refund", "kind"], [8, 4, 2, 1], k=2)
        luck.shuffle(words)
        said.append((" ".join(words), luck.choice(SIDES), UUID(int=seed * 1_000_000 + id)))
    return said


@pytest.mark.parametrize(
    ("language", "text", "term", "is_counted"),
    [
        ("en", "The answers are not helpful", "answers are not", False),
        ("en", "The answers are not helpful", "not helpful", True),
        ("es", "La ayuda no sirve", "ayuda no", False),
        ("de", "Das hilft nicht", "hilft nicht", True),
        ("nl", "Dat helpt niet", "helpt niet", True),
        ("fr", "Il répond pas", "répond pas", True),
    ],
)
def test_a_negation_stays_with_what_it_denies(
    language: str, text: str, term: str, is_counted: bool
) -> None:
    counts = TermCounts(language)
    counts.add(text, "negative", UUID(int=1))
    assert (counts.count(term).total == 1) is is_counted


def test_a_term_counts_once_in_a_comment() -> None:
    counts = counted(
        [
            ("Slow, slow, SLOW!", "negative", UUID(int=1)),
            ("slow again", "negative", UUID(int=2)),
            ("not slow", "positive", UUID(int=3)),
        ]
    )
    assert (counts.count("slow").positive, counts.count("slow").negative) == (1, 2)
    assert (counts.count("not slow").positive, counts.count("not slow").negative) == (1, 0)
    assert counts.comments == {"positive": 1, "negative": 2}
    assert counts.words == {"positive": 1, "negative": 3}


@given(COMMENTS)
def test_with_room_enough_every_count_is_exact(comments: list[Comment]) -> None:
    counts, true = counted(comments), true_counts(comments)
    found = dict(counts.counted(1))
    assert {term: (one.positive, one.negative) for term, one in found.items()} == {
        term: (true["positive"][term], true["negative"][term])
        for term in true["positive"] | true["negative"]
    }
    assert counts.floor == 0
    assert all(one.missed == 0 for one in found.values())


@given(COMMENTS, st.randoms(use_true_random=False))
def test_the_order_of_comments_does_not_matter(
    comments: list[Comment], luck: random.Random
) -> None:
    shuffled = list(comments)
    luck.shuffle(shuffled)
    assert everything(counted(shuffled)) == everything(counted(comments))


@given(COMMENTS, COMMENTS)
def test_merging_equals_counting_together(first: list[Comment], second: list[Comment]) -> None:
    second = [(text, side, UUID(int=1_000 + id.int)) for text, side, id in second]
    merged = counted(first)
    merged.merge(counted(second))
    assert everything(merged) == everything(counted(first + second))


@given(COMMENTS)
def test_swapping_the_sides_swaps_the_counts(comments: list[Comment]) -> None:
    other: dict[Sentiment, Sentiment] = {"positive": "negative", "negative": "positive"}
    counts = counted(comments)
    swapped = counted([(text, other[side], id) for text, side, id in comments])
    for term, count in counts.counted(0):
        mirrored = swapped.count(term)
        assert (count.positive, count.negative) == (mirrored.negative, mirrored.positive)
        assert counts.newest(term, "positive") == swapped.newest(term, "negative")


def check_bounds(counts: TermCounts, comments: list[Comment]) -> None:
    """That counts err by no more than they say, and say no more than the summary's bound."""
    true = true_counts(comments)
    mentions = sum(true["positive"].values()) + sum(true["negative"].values())
    assert counts.floor <= mentions / (counts.capacity + 1)
    for term in true["positive"] | true["negative"]:
        count = counts.count(term)
        exact = true["positive"][term] + true["negative"][term]
        assert count.total <= exact <= count.total + count.missed
        assert count.positive <= true["positive"][term]
        assert count.negative <= true["negative"][term]
        assert count.missed <= counts.floor
    assert len(list(counts.counted(0))) <= counts.capacity


@given(COMMENTS, st.integers(1, 12))
def test_what_was_forgotten_is_within_the_bounds(comments: list[Comment], capacity: int) -> None:
    check_bounds(counted(comments, capacity), comments)


@given(COMMENTS, COMMENTS, st.integers(1, 12))
def test_merging_keeps_the_bounds(
    first: list[Comment], second: list[Comment], capacity: int
) -> None:
    merged = counted(first, capacity)
    merged.merge(counted(second, capacity))
    check_bounds(merged, first + second)


def test_memory_does_not_grow_with_the_comments() -> None:
    capacity, longest = 200, 3 * 10
    counts = TermCounts("en", capacity)
    most = 0
    comments = chatter(3_000, seed=1)
    for text, side, id in comments:
        counts.add(text, side, id)
        most = max(most, counts.held)
    assert most <= 3 * capacity + longest
    check_bounds(counts, comments)
    # The frequent ones were never forgotten.
    assert counts.count("slow").total > 2_000
    assert counts.count("kind").total > 200


def test_many_ways_to_write_a_word_are_forgotten_too() -> None:
    luck = random.Random(5)
    counts = TermCounts("en", capacity=50)
    for number in range(2_000):
        word = "".join(luck.choice([letter, letter.upper()]) for letter in "helpfulness")
        counts.add(f"{word} service", "positive", UUID(int=number))
    assert len(counts.forms()) <= 50
    assert counts.forms()["service"] == "service"


def test_parts_of_a_big_job_merge_to_the_same_frequent_terms() -> None:
    parts = [chatter(500, seed) for seed in range(1, 5)]
    whole = counted([comment for part in parts for comment in part], capacity=300)
    merged = TermCounts("en", 300)
    for part in parts:
        merged.merge(counted(part, capacity=300))
    for term in ("slow", "quick", "refund", "kind"):
        one, other = whole.count(term), merged.count(term)
        assert abs(one.total - other.total) <= one.missed + other.missed
    check_bounds(merged, [comment for part in parts for comment in part])


def test_the_newest_comments_stay_within_reach() -> None:
    counts = TermCounts("en", capacity=20)
    ids = list(range(100))
    random.Random(2).shuffle(ids)
    for id in ids:
        counts.add("so slow", "negative", UUID(int=id))
        counts.add("not slow", "positive", UUID(int=1_000 + id))
    assert counts.newest("slow", "negative") == tuple(
        UUID(int=id) for id in range(99, 99 - NEWEST, -1)
    )
    assert counts.newest("slow", "positive")[0] == UUID(int=1_099)
    assert counts.newest("unheard", "positive") == ()


def test_a_capital_at_a_beginning_is_the_sentence_s() -> None:
    counts = TermCounts("de")
    texts = ["Langsam. Preis zu hoch"] * 9 + ["sehr langsam beim Preis", "Der Preis. Danke"]
    for number, text in enumerate(texts):
        counts.add(text, "positive", UUID(int=number))
    forms = counts.forms()
    assert (forms["langsam"], forms["preis"]) == ("langsam", "Preis")
    # Where there is no other form, it is told as it was written.
    assert forms["danke"] == "Danke"


def test_a_word_is_told_as_it_was_most_often_written() -> None:
    counts = TermCounts("en")
    for number, text in enumerate(["iPhone", "iPhone", "iphone", "IPHONE", "E-mail", "e-mail"]):
        counts.add(text, "positive", UUID(int=number))
    assert counts.forms() == {"iphone": "iPhone", "email": "e-mail"}


def test_each_language_is_counted_for_itself() -> None:
    counts = CommentCounts()
    counts.add("Die Hand", "de-AT", "negative", UUID(int=1))
    counts.add("Die hard", "en", "negative", UUID(int=2))
    counts.add("Die Bahn", "de", "negative", UUID(int=3))
    assert set(counts.languages) == {"de", "en"}
    assert counts.of("en-GB").count("die").total == 1
    assert counts.of("de").count("die").total == 0
    assert counts.of("de").comments["negative"] == 2


def test_where_words_are_not_separated_comments_are_counted_and_no_terms() -> None:
    counts = CommentCounts()
    counts.add("返金してください slow", "ja", "negative", UUID(int=1))
    assert counts.of("ja").comments["negative"] == 1
    assert list(counts.of("ja").counted(0)) == []


def test_counts_of_all_languages_merge() -> None:
    one, other = CommentCounts(), CommentCounts()
    one.add("slow", "en", "negative", UUID(int=1))
    other.add("slow", "en", "negative", UUID(int=2))
    other.add("lent", "fr", "negative", UUID(int=3))
    one.merge(other)
    assert one.of("en").count("slow").negative == 2
    assert one.of("fr").count("lent").negative == 1


def test_languages_are_never_mixed() -> None:
    with pytest.raises(ValueError, match="Terms of fr are not counted with en"):
        TermCounts("en").merge(TermCounts("fr"))
