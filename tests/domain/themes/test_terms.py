"""What sets the comments of satisfied customers apart from the others'."""

import random
from collections.abc import Iterable
from itertools import accumulate
from math import log, sqrt
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.themes.test_odds import exact_chance
from widget.domain.scales import Sentiment
from widget.domain.scores.comparisons import ALPHA
from widget.domain.themes.counting import CommentCounts, TermCounts
from widget.domain.themes.enough import MIN_COMMENTS, MIN_ON_A_SIDE, Lack
from widget.domain.themes.odds import chance
from widget.domain.themes.table import SIDES
from widget.domain.themes.terms import MIN_SUPPORT, Term, Themes, all_themes, themes_of

COMMENTS = Path(__file__).parent / "comments"

Said = tuple[str, Sentiment]


def counted(said: Iterable[Said], language: str = "en", capacity: int = 50_000) -> TermCounts:
    counts = TermCounts(language, capacity)
    for number, (text, side) in enumerate(said):
        counts.add(text, side, UUID(int=number))
    return counts


def themes(positive: list[str], negative: list[str]) -> Themes:
    said: list[Said] = [(text, "positive") for text in positive]
    return themes_of(counted([*said, *[(text, "negative") for text in negative]]))


def keys(terms: Iterable[Term]) -> list[str]:
    return [term.key for term in terms]


def written_in(language: str) -> list[Said]:
    lines = (COMMENTS / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return [(line[2:], "positive" if line[0] == "+" else "negative") for line in lines]


@pytest.mark.parametrize(
    ("language", "positive", "negative"),
    [
        ("en", {"quick reply", "friendly"}, {"refund", "not helpful"}),
        ("de", {"schnelle Antwort", "freundliche"}, {"Warteschleife", "Rückerstattung"}),
        ("fr", {"réponse rapide", "aimable"}, {"temps d'attente", "remboursement"}),
        ("es", {"respuesta rápida", "amable"}, {"tiempo de espera", "reembolso"}),
        ("it", {"risposta veloce", "gentile"}, {"tempi di attesa", "rimborso"}),
        ("nl", {"snel antwoord", "vriendelijke"}, {"wachtrij", "terugbetaling"}),
        ("pl", {"szybka odpowiedź", "miła obsługa"}, {"czas oczekiwania", "zwrot pieniędzy"}),
        ("pt", {"resposta rápida", "simpática"}, {"tempo de espera", "reembolso"}),
        ("ar", {"رد سريع", "لطيف"}, {"وقت الانتظار", "استرداد المبلغ"}),
    ],
)
def test_each_side_s_themes_are_found_in_each_language(
    language: str, positive: set[str], negative: set[str]
) -> None:
    found = themes_of(counted(written_in(language), language))
    assert {term.text.casefold() for term in found.positive} == {t.casefold() for t in positive}
    assert {term.text.casefold() for term in found.negative} == {t.casefold() for t in negative}


def test_a_term_is_told_with_all_that_is_known_of_it() -> None:
    """Ten of twenty say "quick reply" against none of twenty: that is 10 of 30 words against 0 of
    20, which is the weaker reading. The prior is a tenth, 1 of 5: 11 of 35 against 1 of 25."""
    found = themes(["Quick reply"] * 10 + ["fine"] * 10, ["slow"] * 12 + ["fine"] * 8)
    [term] = found.positive
    assert (term.key, term.text, term.side) == ("quick reply", "Quick reply", "positive")
    assert (term.positive.comments, term.positive.share) == (10, 0.5)
    assert (term.negative.comments, term.negative.share) == (0, 0.0)
    assert term.positive.newest == tuple(UUID(int=number) for number in range(9, -1, -1))
    assert term.negative.newest == ()
    value, deviation = log(11 / 24) - log(1 / 24), sqrt(1 / 11 + 1 / 24 + 1 + 1 / 24)
    assert term.log_odds.value == pytest.approx(value)
    assert term.log_odds.low == pytest.approx(value - 1.959964 * deviation)
    assert term.z == pytest.approx(value / deviation)
    # Three terms were compared: this one, "slow" and "fine"; this is the second most certain.
    assert found.compared == 3
    assert term.chance == pytest.approx(3 / 2 * exact_chance(10, 30, 0, 20))
    assert term.missed == 0
    assert keys(found.negative) == ["slow"]
    assert found.comments == {"positive": 20, "negative": 20}
    assert found.lack is None


def test_a_longer_term_stands_for_one_that_hardly_comes_without_it() -> None:
    negative = ["customer service slow"] * 18 + ["customer slow"] * 2 + ["fine"] * 20
    found = themes(["fine"] * 60, negative)
    assert keys(found.negative) == ["customer service slow"]


def test_of_terms_that_run_through_one_sentence_one_is_told() -> None:
    negative = ["I was waiting far too long for somebody"] * 20 + ["fine"] * 20
    found = themes(["fine"] * 60, negative)
    assert len(found.negative) == 1
    assert found.negative[0].negative.comments == 20
    # In a long sentence the ends share no word; what lies between does.
    long = ["red parcel arrived broken yesterday morning"] * 20 + ["fine"] * 20
    assert len(themes(["fine"] * 60, long).negative) == 1


def test_terms_with_a_word_in_common_stay_where_others_say_them() -> None:
    negative = ["slow reply"] * 15 + ["slow delivery"] * 15 + ["fine"] * 20
    found = themes(["fine"] * 60, negative)
    assert {"slow reply", "slow delivery"} <= set(keys(found.negative))


def test_terms_without_a_word_in_common_stay_though_the_same_say_them() -> None:
    found = themes(["fine"] * 60, ["rude. expensive"] * 20 + ["fine"] * 20)
    assert set(keys(found.negative)) == {"rude", "expensive"}


def test_both_stay_where_the_shorter_comes_without_the_longer() -> None:
    found = themes(["fine"] * 30, ["slow service"] * 10 + ["slow"] * 10 + ["fine"] * 10)
    assert set(keys(found.negative)) == {"slow", "slow service"}


def test_a_negation_makes_another_term() -> None:
    found = themes(["helpful"] * 20 + ["fine"] * 10, ["not helpful"] * 20 + ["fine"] * 10)
    assert keys(found.negative) == ["not helpful"]
    assert found.positive == ()


def test_what_both_sides_say_is_no_theme() -> None:
    found = themes(["phone"] * 15 + ["fine"] * 15, ["phone"] * 15 + ["fine"] * 15)
    assert found == Themes("en", {"positive": 30, "negative": 30}, compared=2)


def test_what_could_prove_nothing_is_not_compared() -> None:
    """Of five among a hundred, all fall on one given side one time in 32: too often to tell."""
    found = themes(["phone"] * 20 + ["fine"] * 30, ["phone"] * 20 + ["rare"] * 5 + ["fine"] * 25)
    assert found.compared == 2
    found = themes(["phone"] * 20 + ["fine"] * 30, ["phone"] * 20 + ["rare"] * 6 + ["fine"] * 24)
    assert found.compared == 3


def test_what_everybody_says_is_no_theme() -> None:
    found = themes(["phone quick"] * 30, ["phone slow"] * 30)
    assert keys(found.positive) == ["phone quick"]
    assert keys(found.negative) == ["phone slow"]
    assert themes(["phone"] * 30, ["phone"] * 30).compared == 0


def test_a_small_difference_is_no_theme_however_certain() -> None:
    """12 % against 10 % of ten thousand are certainly different, and nothing to speak of."""
    positive = ["phone"] * 1_200 + ["fine"] * 8_800
    found = themes(positive, ["phone"] * 1_000 + ["fine"] * 9_000)
    assert chance(1_200, 10_000, 1_000, 10_000) < 0.001
    assert found.positive == found.negative == ()


def test_at_most_so_many_terms_are_shown_the_most_marked_first() -> None:
    words = [f"trouble{letter}" for letter in "abcdefgh"]
    negative = [word for number, word in enumerate(words) for _ in range(10 + number)]
    counts = counted(
        [(text, "negative") for text in negative] + [("fine", "positive") for _ in negative]
    )
    assert keys(themes_of(counts, shown=3).negative) == ["troubleh", "troubleg", "troublef"]
    assert len(themes_of(counts).negative) == 8


NOISE = [f"{a}{b}{a}" for a in "bdfgklmnprst" for b in "aeiou"]
_WEIGHTS = list(accumulate(1 / place for place in range(1, len(NOISE) + 1)))


def noise(luck: random.Random, length: int) -> str:
    """A comment that says nothing, of about so many words, the first of NOISE most often."""
    return " ".join(luck.choices(NOISE, cum_weights=_WEIGHTS, k=luck.randint(1, 2 * length - 1)))


def test_nothing_comes_out_of_labels_dealt_at_random() -> None:
    """Two hundred deals, of which five in a hundred may find something."""
    luck = random.Random(17)
    texts = [noise(luck, 6) for _ in range(120)] + [text for text, _ in written_in("en")] * 2
    sides: list[Sentiment] = ["positive"] * 110 + ["negative"] * (len(texts) - 110)
    finds = 0
    for _deal in range(200):
        luck.shuffle(sides)
        found = themes_of(counted(zip(texts, sides, strict=True)))
        assert found.compared > 20
        finds += bool(found.positive or found.negative)
    assert finds <= 10


def test_who_writes_three_times_as_much_is_not_given_every_word() -> None:
    """Of comments alone nearly every frequent word would seem to be theirs."""
    luck = random.Random(19)
    said: list[Said] = [(noise(luck, 4), "positive") for _ in range(400)]
    said += [(noise(luck, 12), "negative") for _ in range(400)]
    counts = counted(said)
    taken_in = [
        word
        for word in NOISE
        if chance(counts.count(word).positive, 400, counts.count(word).negative, 400) < 0.001
    ]
    assert len(taken_in) > 25
    found = themes_of(counts)
    assert found.compared > 60
    assert len(found.negative) <= 2


def test_who_writes_little_is_not_given_what_all_say_as_often() -> None:
    """About twenty of a hundred say "phone" on both sides: much more of what the terse say."""
    luck = random.Random(23)
    positive = ["phone"] * 23 + ["fine"] * 77
    negative = [f"phone {noise(luck, 10)}" for _ in range(20)]
    negative += [f"fine {noise(luck, 10)}" for _ in range(74)] + [noise(luck, 10)] * 6
    found = themes(positive, negative)
    assert "phone" not in keys(found.positive)
    assert "fine" not in keys(found.positive)


@pytest.mark.parametrize(("first", "last"), [SIDES, SIDES[::-1]])
def test_what_may_be_missing_from_a_count_is_taken_against_it(
    first: Sentiment, last: Sentiment
) -> None:
    """Ten of the one side said "alpha" before it was forgotten, then fifteen of the other do. From
    what is left it would be the others' alone."""
    rest = [f"beta{letter}" for letter in "abcdef"]
    said: list[Said] = [("alpha", first)] * 10
    said += [(word, side) for _ in range(10) for word in rest for side in SIDES]
    said += [("alpha", last)] * 15
    forgetful = counted(said, capacity=5)
    count = forgetful.count("alpha")
    assert {count.positive, count.negative} == {0, 15}
    assert count.missed >= 10
    assert chance(0, 70, 15, 75) < 0.001
    found = themes_of(forgetful)
    assert found.positive == found.negative == ()


WORDS = ["slow", "refund", "the", "not", "helpful", "quick", "reply", "order,", "lost", "of"]
SAID = st.lists(
    st.tuples(
        st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join), st.sampled_from(SIDES)
    ),
    max_size=60,
)  # fmt: skip
# Sides that mostly say one thing and the other, so that there are themes to look at.
OPINIONS = st.tuples(
    st.lists(st.sampled_from(["quick reply", "helpful", "so quick", "fine"]), min_size=10),
    st.lists(st.sampled_from(["not helpful", "refund", "slow refund", "fine"]), min_size=10),
).map(
    lambda sides: [
        *[(text, "positive") for text in sides[0]],
        *[(text, "negative") for text in sides[1]],
    ]
)


@given(SAID | OPINIONS)
def test_every_theme_has_support_and_is_certain_and_on_its_side(said: list[Said]) -> None:
    found = themes_of(counted(said))
    for term in (*found.positive, *found.negative):
        assert term.positive.comments + term.negative.comments >= MIN_SUPPORT
        assert term.chance <= ALPHA
        assert not term.log_odds.low <= 0 <= term.log_odds.high
    assert all(term.positive.share > term.negative.share for term in found.positive)
    assert all(term.negative.share > term.positive.share for term in found.negative)


@given(SAID | OPINIONS)
def test_swapping_the_sides_flips_the_signs_and_nothing_else(said: list[Said]) -> None:
    other: dict[Sentiment, Sentiment] = {"positive": "negative", "negative": "positive"}
    found = themes_of(counted(said))
    swapped = themes_of(counted([(text, other[side]) for text, side in said]))
    assert keys(found.positive) == keys(swapped.negative)
    assert keys(found.negative) == keys(swapped.positive)
    for one, two in zip(found.positive, swapped.negative, strict=True):
        assert one.z == pytest.approx(-two.z)
        assert one.log_odds.low == pytest.approx(-two.log_odds.high)
        assert one.chance == pytest.approx(two.chance)
        assert one.positive == two.negative


@given(SAID | OPINIONS, st.randoms(use_true_random=False))
def test_the_order_of_comments_does_not_matter(said: list[Said], luck: random.Random) -> None:
    numbered = list(enumerate(said))
    luck.shuffle(numbered)
    shuffled = TermCounts("en")
    for number, (text, side) in numbered:
        shuffled.add(text, side, UUID(int=number))
    assert themes_of(shuffled) == themes_of(counted(said))


@pytest.mark.parametrize(
    ("positive", "negative", "lack"),
    [
        (0, 0, Lack("too_few_comments", 0, MIN_COMMENTS)),
        (10, 9, Lack("too_few_comments", 19, MIN_COMMENTS)),
        (13, 7, Lack("one_sided", 7, MIN_ON_A_SIDE, "negative")),
        (0, 500, Lack("one_sided", 0, MIN_ON_A_SIDE, "positive")),
        (10, 10, None),
    ],
)
def test_too_little_is_said_to_be_too_little(
    positive: int, negative: int, lack: Lack | None
) -> None:
    found = themes(["fine"] * positive, ["slow"] * negative)
    assert found.lack == lack
    assert bool(found.positive or found.negative) == (lack is None)


def test_a_language_without_words_is_declined() -> None:
    found = themes_of(counted([("返金してください", "negative")] * 50, "ja"))
    assert found.lack == Lack("language_without_words")
    assert found.comments == {"positive": 0, "negative": 50}


def test_the_language_with_the_most_comments_comes_first() -> None:
    counts = CommentCounts()
    for number in range(60):
        language = ("fr", "en", "en", "ja", "fr", "fr")[number % 6]
        counts.add("lent", language, "negative", UUID(int=number))
    assert [found.language for found in all_themes(counts)] == ["fr", "en", "ja"]
