"""Which reasons go with how many points."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.scales import POSITIVE_FROM, Kind, Sentiment
from widget.domain.score_summary import FEW
from widget.domain.scores.comparisons import compare_means, compare_nps
from widget.domain.scores.nps import Split
from widget.domain.themes.areas import Area, Areas, Scores, Ticks, areas_of
from widget.domain.themes.enough import Lack


def ticks(kind: Kind, sentiment: Sentiment, asked: Scores, ticked: Mapping[str, Scores]) -> Ticks:
    return Ticks(kind, sentiment, POSITIVE_FROM[kind], asked, ticked)


def named(areas: Areas, reason: str) -> Area:
    return next(area for area in areas.areas if area.reason == reason)


def adjusted(areas: Areas, reason: str) -> float:
    difference = named(areas, reason).difference
    assert difference is not None
    assert difference.adjusted_p is not None
    return difference.adjusted_p


def test_a_reason_costs_its_share_times_the_difference() -> None:
    """Forty were asked; twenty ticked "slow" and gave 1 on average 1.5, the others 2.5."""
    given = ticks("stars", "negative", {1: 15, 2: 10, 3: 15}, {"slow": {1: 12, 2: 6, 3: 2}})
    found = areas_of(given)
    [area] = found.areas
    assert found.asked == 40
    assert (area.ticked, area.unticked, area.share) == (20, 20, 0.5)
    # (12 + 12 + 6) / 20 and (3 + 8 + 39) / 20
    assert area.difference is not None
    assert area.difference.difference == pytest.approx(1.5 - 2.5)
    assert area.cost == pytest.approx(0.5)
    # All would then score as the others: 2.5, where the mean is 2.
    assert area.cost == pytest.approx(2.5 - 2.0)
    assert area.difference == compare_means(
        {1: 3, 2: 4, 3: 13}, {1: 12, 2: 6, 3: 2}, points=(1, 2, 3)
    )
    assert area.verdict == "lower"
    assert area.lack is None


def test_nps_is_told_in_its_points() -> None:
    """Of twenty who ticked all are detractors, of the other twenty half are passives."""
    asked = {5: 10, 6: 20, 8: 10}
    found = areas_of(ticks("nps", "negative", asked, {"slow": {5: 10, 6: 10}}))
    [area] = found.areas
    assert area.difference is not None
    assert area.difference.difference == pytest.approx(-100 - -50)
    assert area.difference == compare_nps(Split(0, 10, 10), Split(0, 0, 20))
    assert area.cost == pytest.approx(25)
    assert area.verdict == "lower"


def test_promoters_all_count_the_same_so_nothing_is_told_of_points() -> None:
    found = areas_of(ticks("nps", "positive", {9: 40, 10: 60}, {"friendly": {9: 10, 10: 50}}))
    assert found.lack == Lack("one_score")
    [area] = found.areas
    assert (area.ticked, area.share, area.difference) == (60, 0.6, None)
    assert area.lack == Lack("one_score")


def test_a_good_reason_goes_with_more_points() -> None:
    found = areas_of(ticks("stars", "positive", {4: 50, 5: 50}, {"friendly": {4: 5, 5: 45}}))
    [area] = found.areas
    assert area.verdict == "higher"
    assert area.cost is not None
    assert area.cost < 0


def test_the_most_costly_comes_first_and_what_is_not_compared_last() -> None:
    asked = {1: 50, 2: 50, 3: 50}
    found = areas_of(
        ticks(
            "stars",
            "negative",
            asked,
            {
                "rare": {1: 3},
                "nobody": {},
                "often": {1: 40, 2: 20, 3: 10},
                "seldom": {1: 12, 2: 0, 3: 0},
                "better": {1: 0, 2: 5, 3: 25},
                "everybody": asked,
            },
        )
    )
    assert [area.reason for area in found.areas] == [
        "often", "seldom", "better", "everybody", "rare", "nobody",
    ]  # fmt: skip
    # Seldom ticked, it costs less in all, though those who tick it score lowest.
    seldom, often = named(found, "seldom").difference, named(found, "often").difference
    assert seldom is not None
    assert often is not None
    assert seldom.difference is not None
    assert often.difference is not None
    assert seldom.difference < often.difference


def test_too_few_ticks_are_said_to_be_too_few() -> None:
    asked = {1: 20, 3: 20}
    found = areas_of(ticks("stars", "negative", asked, {"rare": {1: 9}, "usual": {1: 20, 3: 11}}))
    assert named(found, "rare").lack == Lack("too_few_ticked", 9, FEW)
    assert named(found, "usual").lack == Lack("too_few_unticked", 9, FEW)
    assert all(area.difference is None and area.verdict is None for area in found.areas)


def test_too_few_answers_are_said_to_be_too_few() -> None:
    found = areas_of(ticks("stars", "negative", {1: 10, 3: 9}, {"slow": {1: 9}}))
    assert found.lack == Lack("too_few_answers", 19, 2 * FEW)
    assert [area.lack for area in found.areas] == [found.lack]
    assert areas_of(ticks("stars", "negative", {}, {})) == Areas(
        0, (), Lack("too_few_answers", 0, 2 * FEW)
    )


def test_equal_scores_of_those_who_ticked_are_no_proof_by_themselves() -> None:
    """Ten ticked and gave 1, of twelve others eight did: dealt at random, that is no rarity. From
    the scores of the ten alone there would be no doubt about their mean."""
    found = areas_of(ticks("stars", "negative", {1: 18, 2: 4}, {"slow": {1: 10}}))
    [area] = found.areas
    assert area.difference is not None
    assert area.difference.difference < 0 < area.difference.high
    assert area.verdict == "unclear"


def test_verdicts_hold_together() -> None:
    """A reason that is clear by itself at 4 % is not among six."""
    asked = {1: 60, 2: 60, 3: 60}
    edge = {1: 19, 2: 12, 3: 8}
    alone = areas_of(ticks("stars", "negative", asked, {"edge": edge}))
    alone_p = adjusted(alone, "edge")
    assert 0.01 < alone_p <= 0.05
    assert named(alone, "edge").verdict == "lower"
    others = {f"other{number}": {1: 10, 2: 10, 3: 10} for number in range(5)}
    among = areas_of(ticks("stars", "negative", asked, {"edge": edge, **others}))
    among_p = adjusted(among, "edge")
    assert among_p == pytest.approx(6 * alone_p)
    assert named(among, "edge").verdict == "unclear"


def test_ticks_dealt_at_random_seldom_give_a_verdict() -> None:
    luck = random.Random(31)
    wrong = 0
    for _survey in range(400):
        scores = luck.choices([1, 2, 3], [5, 3, 2], k=80)
        ticked = {}
        for reason in "abcdef":
            who = luck.sample(scores, luck.randint(10, 40))
            ticked[reason] = {score: who.count(score) for score in (1, 2, 3)}
        asked = {score: scores.count(score) for score in (1, 2, 3)}
        wrong += any(
            area.verdict in ("higher", "lower")
            for area in areas_of(ticks("stars", "negative", asked, ticked)).areas
        )
    assert wrong <= 32


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.sets(st.sampled_from(["slow", "unclear", "rude"]))),
        max_size=120,
    )
)
def test_costs_are_what_the_plain_lists_of_answers_give(
    answers: list[tuple[int, set[str]]],
) -> None:
    asked = {score: sum(one == score for one, _ in answers) for score in range(9)}
    ticked = {
        reason: {
            score: sum(one == score and reason in said for one, said in answers) for score in asked
        }
        for reason in ("slow", "unclear", "rude")
    }
    found = areas_of(ticks("nps", "negative", asked, ticked))
    costs = [area.cost for area in found.areas if area.cost is not None]
    assert costs == sorted(costs, reverse=True)
    for area in found.areas:
        points = [(-100 if score <= 6 else 0, area.reason in said) for score, said in answers]
        assert area.ticked == sum(has for _, has in points)
        if area.difference:
            others = [one for one, has in points if not has]
            mean = sum(one for one, _ in points) / len(points)
            assert area.cost == pytest.approx(sum(others) / len(others) - mean)


def test_a_reason_is_told_of_those_to_whom_it_was_offered() -> None:
    """The newer version of a survey asks about the app as well; the others saw the older."""
    asked = {1: 60, 2: 60, 3: 60}
    shown = {1: 30, 2: 20, 3: 30}
    given = Ticks("stars", "negative", 4, asked, {"app": {1: 25, 3: 15}}, offered={"app": shown})
    [area] = areas_of(given).areas
    assert (area.ticked, area.unticked, area.share) == (40, 40, 0.5)
    assert area.difference == compare_means({1: 5, 2: 20, 3: 15}, {1: 25, 3: 15}, (1, 2, 3))
