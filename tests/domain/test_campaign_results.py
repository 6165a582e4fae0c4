"""What a campaign found, from what was counted."""

from widget.domain.campaign_results import (
    MOST_GROUPS,
    AskedStratum,
    by_group,
    by_stratum,
    counted_from,
    progress,
)
from widget.domain.scores.scoring import Answers, Counts, score_of


def counts(scores: dict[int, int], sent: int = 0) -> Counts:
    number = sum(scores.values())
    return Counts([Answers("nps", scores)], sent, number, number)


def test_progress_counts_what_left_and_why_others_did_not() -> None:
    found = progress(
        {
            ("scheduled", ""): 1,
            ("sent", ""): 2,
            ("delivered", ""): 3,
            ("answered", ""): 4,
            ("bounced", "hard_bounce"): 5,
            ("bounced", "address_refused"): 2,
            ("expired", "unanswered"): 6,
            ("not_sent", "asked_recently"): 7,
            ("not_sent", "unsubscribed"): 8,
        },
        wanted=40,
        made=36,
        is_made=False,
        unsubscribed=1,
    )
    assert (found.scheduled, found.sent, found.answered, found.bounced) == (1, 20, 4, 7)
    assert found.not_sent == (
        ("unsubscribed", 8),
        ("asked_recently", 7),
        ("address_refused", 2),
    )
    assert found.refused == 17
    assert not found.is_made


def test_groups_are_those_with_answers_most_first() -> None:
    found = by_group(
        "nps", {"few": counts({9: 1}), "many": counts({9: 3}), "none": counts({})}, None
    )
    assert [row.name for row in found] == ["many", "few"]
    assert [row.against for row in found] == [None, None]


def test_strata_of_a_few_customers_are_told_together() -> None:
    strata = [AskedStratum((name,), size, size) for name, size in (("a", 2), ("b", 9), ("c", 4))]
    found = by_stratum("nps", [*strata, AskedStratum(("d",), 20, 7)], {0: counts({9: 1}, 2)})
    assert [row.values for row in found.shown] == [("d",), ("b",)]
    assert found.smaller == (2, 6, 6, 2)


def test_many_groups_are_judged_together() -> None:
    baseline = counts({9: 100, 3: 100})
    # Against the baseline alone this is a difference beyond chance, if barely.
    odd = counts({9: 20, 3: 8})
    [alone] = by_group("nps", {"odd": odd}, {"odd": baseline})
    assert alone.against is not None
    assert alone.against.verdict == "higher"
    others = {f"other {place}": counts({9: 12, 3: 12}) for place in range(60)}
    groups = {"odd": odd, **others}
    found = by_group("nps", groups, dict.fromkeys(groups, baseline))
    assert len(found) == MOST_GROUPS
    assert found[0].name == "odd"
    assert found[0].against is not None
    assert found[0].against.verdict == "unclear"


def test_a_group_is_compared_with_itself_and_not_with_everybody() -> None:
    """Gold customers are fonder than others, and were so at the baseline."""
    gold, tin = counts({10: 60, 8: 20, 3: 20}), counts({10: 10, 8: 30, 3: 60})
    found = by_group("nps", {"Gold": gold, "Tin": tin, "New": gold}, {"Gold": gold, "Tin": tin})
    assert {row.name: row.against and row.against.verdict for row in found} == {
        "Gold": "unclear",
        "Tin": "unclear",
        "New": None,
    }


def test_a_group_that_gave_no_answers_at_the_baseline_is_not_compared() -> None:
    [row] = by_group("nps", {"Gold": counts({9: 30})}, {"Gold": counts({})})
    assert row.against is None


def test_answers_are_counted_by_another_surveys_words() -> None:
    strict = Counts([Answers("csat", {3: 10, 4: 10, 5: 20}, positive_from=5)])
    assert score_of("csat", strict).value == 50
    assert score_of("csat", counted_from(strict, 4)).value == 75


def test_strata_that_answer_alike_leave_the_number_as_it_is() -> None:
    strata = [AskedStratum(("Gold",), 100, 50), AskedStratum(("Tin",), 100, 50)]
    found = by_stratum("nps", strata, {0: counts({9: 20}, 50), 1: counts({3: 20}, 50)})
    assert not found.is_unequal
    assert found.weighted is not None
    assert found.weighted.score.value == 0
    assert [row.rate.value for row in found.strata] == [40, 40]


def test_strata_that_answer_unequally_are_weighted_as_they_are_in_the_population() -> None:
    strata = [AskedStratum(("Gold",), 100, 50), AskedStratum(("Tin",), 300, 150)]
    found = by_stratum("nps", strata, {0: counts({9: 45}, 50), 1: counts({3: 15}, 150)})
    assert found.is_unequal
    assert found.weighted is not None
    # 100 · ¼ − 100 · ¾, where the plain number is 100 · (45 − 15) / 60.
    assert found.weighted.score.value == -50
    assert [row.against_others.verdict for row in found.strata] == ["higher", "lower"]


def test_a_stratum_nobody_of_which_was_asked_has_no_rate() -> None:
    strata = [AskedStratum(("Gold",), 10, 0), AskedStratum(("Tin",), 90, 5)]
    found = by_stratum("nps", strata, {1: counts({9: 3}, 5)})
    assert found.strata[0].rate.value is None
    assert found.weighted is not None
    assert found.weighted.missing == ("Gold",)


def test_one_stratum_is_nothing_to_weigh() -> None:
    found = by_stratum("nps", [AskedStratum((), 10, 10)], {0: counts({9: 3}, 5)})
    assert found.weighted is None
    assert by_stratum("nps", [], {}).strata == ()
