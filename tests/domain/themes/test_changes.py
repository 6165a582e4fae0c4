"""How themes and reasons changed since the period before."""

import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.scales import Sentiment
from widget.domain.score_summary import FEW
from widget.domain.scores.comparisons import compare_shares
from widget.domain.scores.shares import Part
from widget.domain.themes.areas import Ticks
from widget.domain.themes.changes import (
    AreaChanges,
    Change,
    Changes,
    CountedPart,
    area_changes,
    changes_of,
    term_changes,
)
from widget.domain.themes.counting import TermCounts
from widget.domain.themes.enough import MIN_ON_A_SIDE, Lack
from widget.domain.themes.odds import chance
from widget.domain.themes.terms import themes_of

PARTS = st.integers(1, 300).flatmap(
    lambda of: st.builds(CountedPart, st.integers(0, of), st.just(of), st.integers(0, 3))
)


def change(before: CountedPart, now: CountedPart) -> Change:
    return changes_of({"it": (before, now)})["it"]


def counted(positive: list[str], negative: list[str], language: str = "en") -> TermCounts:
    counts = TermCounts(language)
    sides: list[tuple[Sentiment, list[str]]] = [("positive", positive), ("negative", negative)]
    for side, texts in sides:
        for number, text in enumerate(texts):
            counts.add(text, side, UUID(int=number))
    return counts


def stars(asked: dict[int, int], ticked: dict[str, dict[int, int]]) -> Ticks:
    return Ticks("stars", "negative", 4, asked, ticked)


def compared(before: TermCounts, now: TermCounts) -> Changes:
    return term_changes(before, now, themes_of(before), themes_of(now))


def test_a_change_is_the_later_share_less_the_earlier() -> None:
    found = change(CountedPart(10, 100), CountedPart(60, 200))
    assert (found.before, found.now) == (0.1, 0.3)
    plain = compare_shares(Part(10, 100), Part(60, 200))
    assert found.difference.difference == pytest.approx(20)
    assert (found.difference.low, found.difference.high) == (plain.low, plain.high)
    assert found.difference.p == pytest.approx(chance(60, 200, 10, 100))
    assert found.difference.verdict == "higher"
    assert found.direction == "more"


@pytest.mark.parametrize(
    ("before", "now", "direction"),
    [
        (CountedPart(0, 100), CountedPart(20, 100), "new"),
        (CountedPart(20, 100), CountedPart(0, 100), "gone"),
        (CountedPart(1, 100), CountedPart(20, 100), "more"),
        (CountedPart(20, 100), CountedPart(1, 100), "less"),
        (CountedPart(20, 100), CountedPart(22, 100), "unclear"),
        (CountedPart(0, 100), CountedPart(3, 100), "unclear"),
        (CountedPart(0, 5), CountedPart(20, 100), "unclear"),
        (CountedPart(0, 100), CountedPart(0, 100), "unclear"),
        (CountedPart(100, 100), CountedPart(100, 100), "unclear"),
    ],
)
def test_what_was_not_there_is_new_only_where_chance_does_not_explain_it(
    before: CountedPart, now: CountedPart, direction: str
) -> None:
    assert change(before, now).direction == direction


def test_what_may_have_been_forgotten_is_not_new_and_may_not_have_changed() -> None:
    assert change(CountedPart(0, 100, missed=2), CountedPart(20, 100)).direction == "more"
    assert change(CountedPart(0, 100, missed=15), CountedPart(20, 100)).direction == "unclear"
    assert change(CountedPart(20, 100), CountedPart(0, 100, missed=2)).direction == "less"
    # What the later count may lack would only make a rise greater.
    assert change(CountedPart(0, 100), CountedPart(20, 100, missed=15)).direction == "new"


def test_verdicts_hold_together() -> None:
    edge = (CountedPart(10, 100), CountedPart(24, 100))
    assert changes_of({"edge": edge})["edge"].direction == "more"
    others = {str(number): (CountedPart(30, 100), CountedPart(30, 100)) for number in range(9)}
    among = changes_of({"edge": edge, **others})
    assert among["edge"].direction == "unclear"
    assert among["edge"].difference.adjusted_p == pytest.approx(10 * chance(*_flat(edge)))


def test_what_could_prove_nothing_does_not_count_among_the_comparisons() -> None:
    edge = (CountedPart(10, 100), CountedPart(24, 100))
    rare = {str(number): (CountedPart(1, 100), CountedPart(1, 100)) for number in range(9)}
    assert changes_of({"edge": edge, **rare})["edge"].direction == "more"


def _flat(pair: tuple[CountedPart, CountedPart]) -> tuple[int, int, int, int]:
    before, now = pair
    return before.hits, before.n, now.hits, now.n


@given(PARTS, PARTS)
def test_turning_time_round_turns_the_change_round(before: CountedPart, now: CountedPart) -> None:
    turned = {"new": "gone", "gone": "new", "more": "less", "less": "more", "unclear": "unclear"}
    found, back = change(before, now), change(now, before)
    assert back.direction == turned[found.direction]
    assert back.difference.p == pytest.approx(found.difference.p)
    assert found.difference.difference is not None
    assert back.difference.difference == pytest.approx(-found.difference.difference)


@given(PARTS, PARTS)
def test_a_verdict_agrees_with_the_shares(before: CountedPart, now: CountedPart) -> None:
    found = change(before, now)
    if found.direction in ("new", "more"):
        assert found.now > found.before
    if found.direction in ("gone", "less"):
        assert found.now < found.before
    if found.direction == "new":
        assert found.before == 0
    if found.direction == "gone":
        assert found.now == 0


def test_each_theme_s_change_is_told_those_too_that_are_gone() -> None:
    before = counted(["quick"] * 50, ["parking"] * 30 + ["rude"] * 20)
    now = counted(["quick"] * 50, ["refund"] * 30 + ["rude"] * 20)
    found = compared(before, now)
    assert found.lack is None
    told = {(one.key, one.side): one.change.direction for one in found.terms}
    assert told == {
        ("quick", "positive"): "unclear",
        ("refund", "negative"): "new",
        ("rude", "negative"): "unclear",
        ("parking", "negative"): "gone",
    }
    refund = found.of("refund", "negative")
    assert refund is not None
    assert (refund.before, refund.now) == (0.0, 0.6)
    assert found.of("refund", "positive") is None


def test_a_theme_of_the_other_side_before_is_told_on_its_side() -> None:
    """Everybody on the one side liked the app; now it is what the other side complains of."""
    before = counted(["app"] * 30 + ["fine"] * 10, ["rude"] * 40)
    now = counted(["fine"] * 40, ["app"] * 30 + ["rude"] * 10)
    found = compared(before, now)
    told = {(one.key, one.side): one.change.direction for one in found.terms}
    assert told["app", "negative"] == "new"
    assert told["app", "positive"] == "gone"
    assert told["rude", "negative"] == "less"


def test_without_enough_comments_before_there_is_nothing_to_compare_with() -> None:
    now = counted(["quick"] * 40, ["refund"] * 40)
    before = counted(["quick"] * 40, ["refund"] * 7)
    assert compared(before, now).lack == Lack("too_few_before", 7, MIN_ON_A_SIDE, "negative")
    assert compared(now, before).lack == Lack("one_sided", 7, MIN_ON_A_SIDE, "negative")
    assert compared(now, before).terms == ()
    japanese = counted(["返金"] * 40, ["返金"] * 40, "ja")
    assert compared(japanese, japanese).lack == Lack("language_without_words")


def test_standing_out_now_is_not_taken_for_a_change() -> None:
    """The same people write in both periods; the themes of each are what luck made largest."""
    luck = random.Random(37)
    words = [f"{a}{b}{a}" for a in "bdfgklmnprst" for b in "aeiou"]

    def period() -> TermCounts:
        said = [" , ".join(luck.choices(words, k=5)) for _ in range(60)]
        liked = [f"{text}, good" for text in said[:30]]
        return counted(liked, [f"{text}, bad" for text in said[30:]])

    told = 0
    for _pair in range(60):
        found = compared(period(), period())
        assert len(found.terms) >= 2
        told += any(one.change.direction != "unclear" for one in found.terms)
    assert told <= 6


def test_a_theme_is_judged_among_all_that_could_be_compared() -> None:
    """Eight words that are no theme are compared too; without them this change would be clear."""
    words = [f"word{letter}" for letter in "abcdefgh"]
    plain = [words[number % 8] for number in range(64)]
    before = counted(plain, [f"{text}, refund" for text in plain[:10]] + plain[10:])
    now = counted(plain, [f"{text}, refund" for text in plain[:24]] + plain[24:])
    assert [term.key for term in themes_of(now).negative] == ["refund"]
    assert (
        changes_of({"refund": (CountedPart(10, 64), CountedPart(24, 64))})["refund"].direction
        == "more"
    )
    refund = compared(before, now).of("refund", "negative")
    assert refund is not None
    assert refund.direction == "unclear"


def test_reasons_are_compared_by_who_was_asked() -> None:
    before = stars({1: 50, 2: 50}, {"slow": {1: 10}, "rude": {1: 20, 2: 10}})
    now = stars({1: 100}, {"slow": {1: 40}, "rude": {1: 28}, "app": {1: 12}})
    found = area_changes(before, now)
    assert found.lack is None
    assert {reason: one.direction for reason, one in found.areas.items()} == {
        "app": "new",
        "rude": "unclear",
        "slow": "more",
    }
    assert (found.areas["slow"].before, found.areas["slow"].now) == (0.1, 0.4)


def test_too_few_asked_in_either_period_are_said_to_be_too_few() -> None:
    few, enough = stars({1: 9}, {}), stars({1: 10}, {})
    assert area_changes(enough, few).lack == Lack("too_few_answers", 9, FEW)
    assert area_changes(few, enough).lack == Lack("too_few_before", 9, FEW)
    assert area_changes(enough, enough) == AreaChanges()


def test_a_reason_that_was_not_on_offer_before_has_not_changed() -> None:
    before = Ticks("stars", "negative", 4, {1: 50}, {}, offered={"slow": {1: 50}})
    now = Ticks("stars", "negative", 4, {1: 50}, {"new": {1: 30}}, offered={"new": {1: 40}})
    assert area_changes(before, now) == AreaChanges()
