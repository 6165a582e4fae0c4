"""What a dashboard says: which numbers, what changed, who differs, and when."""

from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from widget.domain.dashboards import (
    Offered,
    all_tiles,
    breakdown,
    by_weekday_and_hour,
    compare_pair,
    shades,
    shown_metrics,
    tiles,
)
from widget.domain.score_filters import ScoreFilter
from widget.domain.scores.scoring import Answers, Counts, score_of

NOTHING = Counts()


def stars(*scores: int, **more: int) -> Counts:
    counts = {score: scores.count(score) for score in set(scores)}
    return Counts(answers=[Answers("stars", counts, 4)], responses=len(scores), **more)


def test_only_what_was_asked_in_either_span_is_shown() -> None:
    shown = shown_metrics(stars(5), NOTHING, knows_requests=True, knows_shares=True)
    assert shown == ["stars", "five_star", "positive", "negative", "comment_rate"]
    before = Counts(answers=[Answers("nps", {9: 1})], sent=3, rewards=1, shares=2)
    shown = shown_metrics(stars(5), before, knows_requests=True, knows_shares=True)
    assert {"nps", "response_rate", "time_to_answer", "rewards", "shares"} <= set(shown)


def test_what_nobody_knows_is_not_shown() -> None:
    counts = stars(5, sent=3, shares=2)
    shown = shown_metrics(counts, NOTHING, knows_requests=False, knows_shares=False)
    assert not {"response_rate", "time_to_answer", "shares"} & set(shown)


DAY = date(2026, 11, 23)
NOTHING_OFFERED = Offered(frozenset({"stars"}), rewards=False, shares=False)


def test_there_is_a_tile_for_all_that_is_asked_and_one_that_says_why_it_is_empty() -> None:
    found = all_tiles(ScoreFilter(DAY, DAY), NOTHING_OFFERED, NOTHING, NOTHING)
    assert [(one.metric, one.lack) for one in found] == [
        *((metric, None) for metric in ("stars", "five_star", "positive", "negative")),
        *(("response_rate", "nothing_sent"), ("comment_rate", None)),
        *(("time_to_answer", "nothing_sent"), ("rewards", "not_offered")),
        ("shares", "not_offered"),
    ]
    assert all(one.score.value is None for one in found)


def test_what_a_filter_does_not_know_is_no_number_even_where_some_were_counted() -> None:
    counts = stars(5, 5, sent=3, answered=2, shares=2, rewards=1)
    by_language = ScoreFilter(DAY, DAY, languages=["en"])
    found = all_tiles(by_language, NOTHING_OFFERED, counts, NOTHING)
    unknown = [one for one in found if one.lack == "unknown_by_filter"]
    assert [one.metric for one in unknown] == ["response_rate", "time_to_answer", "shares"]
    assert all(one.score.value is None for one in unknown)
    assert [one.score.value for one in found if one.metric == "rewards"] == [1]
    by_channel = all_tiles(ScoreFilter(DAY, DAY, channels=["a"]), NOTHING_OFFERED, counts, NOTHING)
    lacks = {one.metric: one.lack for one in by_channel}
    assert (lacks["response_rate"], lacks["shares"]) == (None, "unknown_by_filter")


@pytest.mark.parametrize(
    ("now", "before", "is_better"),
    [((5,) * 40, (2,) * 40, True), ((2,) * 40, (5,) * 40, False), ((5,) * 9, (1,) * 9, None)],
)
def test_a_tile_is_better_or_worse_only_beyond_chance(
    now: tuple[int, ...], before: tuple[int, ...], is_better: bool | None
) -> None:
    of_stars, negative = tiles(["stars", "negative"], stars(*now), stars(*before))
    assert of_stars.is_better is is_better
    # Fewer negative answers are better.
    assert negative.is_better is is_better


def test_a_breakdown_has_a_row_for_whoever_was_answered_the_most_first() -> None:
    groups = {"few": stars(1, 2), "none": NOTHING, "many": stars(*[5] * 30)}
    rows = breakdown("stars", groups)
    assert [row.key for row in rows] == ["many", "few"]
    assert [row.score.n for row in rows] == [30, 2]
    assert rows[0].against_others.n_first == 2
    assert [row.key for row in breakdown("stars", groups, most=1)] == ["many"]


def test_rows_that_are_left_out_count_among_the_compared() -> None:
    # One member stands out a little: alone that is news, among fifty it is not.
    odd = stars(*[5] * 16, *[3] * 4)
    usual = {number: stars(*[5] * 9, *[3] * 9) for number in range(49)}
    [alone] = breakdown("stars", {"odd": odd, "rest": stars(*[5] * 441, *[3] * 441)}, most=2)[1:]
    assert alone.key == "odd"
    assert alone.against_others.verdict == "higher"
    [first] = breakdown("stars", {"odd": odd, **usual}, most=1)
    assert (first.key, first.against_others.verdict) == ("odd", "unclear")


def test_two_groups_are_compared_as_one_pair_of_all_that_could_have_been() -> None:
    odd, usual = stars(*[5] * 18, *[3] * 2), stars(*[5] * 9, *[3] * 9)
    alone = compare_pair("stars", {"odd": odd, "usual": usual}, "usual", "odd")
    assert (alone.pairs, alone.comparison.verdict) == (1, "higher")
    assert alone.comparison.difference == pytest.approx(4.8 - 4)
    # Whoever picks the two that differ most of ten has looked at 45 pairs; who has too few
    # answers for a verdict is in none.
    many = {"odd": odd, **dict.fromkeys(range(9), usual), "few": stars(1, 2)}
    picked = compare_pair("stars", many, 0, "odd")
    assert (picked.pairs, picked.comparison.verdict) == (45, "unclear")
    assert picked.comparison.p == alone.comparison.p
    assert picked.comparison.adjusted_p == pytest.approx(45 * alone.comparison.p)
    assert compare_pair("stars", many, "few", "odd").comparison.verdict is None


def test_a_difference_is_seldom_found_among_many_alike_however_one_picks() -> None:
    """Of tables in which nobody differs, the two furthest apart are told apart one time in twenty
    at most."""
    chance, wrong = Random(3), 0
    for _ in range(200):
        groups = {number: stars(*chance.choices([5, 4, 1], [6, 3, 1], k=40)) for number in range(8)}
        ordered = sorted(groups, key=lambda key: score_of("stars", groups[key]).value or 0)
        found = compare_pair("stars", groups, ordered[0], ordered[-1])
        wrong += found.comparison.verdict == "higher"
    assert wrong <= 0.05 * 200 + 9


@pytest.mark.parametrize(
    ("zone", "moment", "place"),
    [
        ("UTC", datetime(2026, 11, 22, 23, 45, tzinfo=UTC), (6, 23)),
        ("Europe/Berlin", datetime(2026, 11, 22, 23, 45, tzinfo=UTC), (0, 0)),
        # The hour before and after clocks were put forward, and the hour that there was twice.
        ("Europe/Berlin", datetime(2026, 3, 29, 0, 59, tzinfo=UTC), (6, 1)),
        ("Europe/Berlin", datetime(2026, 3, 29, 1, 0, tzinfo=UTC), (6, 3)),
        ("Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), (6, 2)),
        ("Europe/Berlin", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), (6, 2)),
        ("Asia/Kathmandu", datetime(2026, 11, 22, 18, 14, tzinfo=UTC), (6, 23)),
        ("Asia/Kathmandu", datetime(2026, 11, 22, 18, 15, tzinfo=UTC), (0, 0)),
        ("Asia/Kolkata", datetime(2026, 11, 22, 18, 30, tzinfo=UTC), (0, 0)),
    ],
)
def test_hours_are_the_workspaces_whatever_its_zone(
    zone: str, moment: datetime, place: tuple[int, int]
) -> None:
    assert moment.astimezone(ZoneInfo(zone)).weekday() == place[0]
    quarter = int(moment.timestamp()) // 900
    assert by_weekday_and_hour({quarter: stars(4)}, 900, zone) == {place: stars(4)}


def test_quarters_of_one_hour_are_added_up() -> None:
    monday = int(datetime(2026, 11, 23, 9, tzinfo=UTC).timestamp()) // 900
    found = by_weekday_and_hour({monday: stars(4), monday + 3: stars(5)}, 900, "UTC")
    assert found == {(0, 9): stars(4, 5)}


def test_the_higher_a_number_the_darker_and_few_answers_are_not_shaded() -> None:
    groups = {value: stars(*[value] * 10) for value in (1, 2, 4, 5)} | {3: stars(3)}
    scores = {key: score_of("stars", counts) for key, counts in groups.items()}
    assert shades(scores) == {1: 1, 2: 2, 4: 4, 5: 4, 3: 0}
    assert shades({1: scores[1], 3: scores[3]}) == {1: 0, 3: 0}
    assert shades({}) == {}
