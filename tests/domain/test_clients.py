"""Clients side by side: what is compared, and who is ranked."""

from datetime import date

import pytest

from widget.domain.clients import SORTS, Counted, Sort, client_rows, found_by, in_order, is_better
from widget.domain.scores.scoring import Answers, Counts, compare


def nps(promoters: int, detractors: int, sent: int = 0, answered: int = 0) -> Counts:
    scores = {9: promoters, 2: detractors}
    return Counts([Answers("nps", scores)], sent, answered, promoters + detractors)


def test_every_client_of_whom_anything_is_known_has_a_row() -> None:
    counted = Counted(
        {"Asked": Counts(sent=4), "Now": nps(1, 0), "": nps(5, 5)},
        {"Before": nps(1, 0)},
        follow_ups={"Followed": 2, "": 7},
        last_answered={"Long ago": date(2024, 2, 29), "": date(2026, 1, 1)},
    )
    rows = {row.name: row for row in client_rows("nps", counted)}
    assert set(rows) == {"Asked", "Now", "Before", "Followed", "Long ago"}
    assert (rows["Asked"].rate.value, rows["Asked"].rate.n) == (0.0, 4)
    assert rows["Asked"].score.value is None
    assert rows["Now"].rate.value is None
    assert rows["Before"].change.difference is None
    assert rows["Followed"].follow_ups == 2
    assert rows["Long ago"].last_answered == date(2024, 2, 29)


def test_a_change_is_judged_as_one_of_all_that_are_looked_at() -> None:
    before, now = nps(28, 12), nps(36, 4)
    alone = client_rows("nps", Counted({"A": now}, {"A": before}))[0]
    assert alone.change == compare("nps", before, now)
    assert alone.change.verdict == "higher"
    same = {f"Client {number}": nps(20, 20) for number in range(30)}
    rows = client_rows("nps", Counted({"A": now, **same}, {"A": before, **same}))
    among = next(row for row in rows if row.name == "A")
    assert (among.change.p, among.change.verdict) == (alone.change.p, "unclear")


def test_those_with_too_few_answers_count_as_no_looks() -> None:
    before, now = nps(28, 12), nps(36, 4)
    few = {f"Client {number}": nps(4, 5) for number in range(30)}
    rows = client_rows("nps", Counted({"A": now, **few}, {"A": before, **few}))
    assert next(row for row in rows if row.name == "A").change.verdict == "higher"
    assert {row.change.verdict for row in rows if row.name != "A"} == {None}


def test_each_is_shown_against_all_answers_of_the_baseline() -> None:
    counted = Counted({"A": nps(40, 0), "B": nps(5, 0)}, {}, baseline=nps(50, 50))
    first, second = client_rows("nps", counted)
    assert first.against_baseline is not None
    assert second.against_baseline is not None
    assert (first.against_baseline.difference, first.against_baseline.verdict) == (100.0, "higher")
    assert (second.against_baseline.difference, second.against_baseline.verdict) == (100.0, None)
    without = client_rows("nps", Counted({"A": nps(40, 0)}, {}))[0]
    assert without.against_baseline is None


def test_what_is_lower_is_better_for_no_metric_but_those_that_say_so() -> None:
    row = client_rows("nps", Counted({"A": nps(0, 40)}, {"A": nps(40, 0)}))[0]
    assert is_better("nps", row.change) is False
    assert is_better("nps", row.against_baseline) is None
    few = client_rows("nps", Counted({"A": nps(0, 9)}, {"A": nps(40, 0)}))[0]
    assert is_better("nps", few.change) is None


ROWS = client_rows(
    "nps",
    Counted(
        {
            "Low": nps(10, 30, sent=100, answered=40),
            "High": nps(30, 10, sent=50, answered=40),
            "Few": nps(9, 0, sent=9, answered=9),
            "Fewer": nps(1, 0, sent=1, answered=1),
            "Silent": Counts(sent=20),
        },
        {"Low": nps(20, 20), "High": nps(40, 0), "Few": nps(20, 0)},
        follow_ups={"Few": 3},
        last_answered={"Low": date(2026, 9, 1), "High": date(2026, 8, 1)},
    ),
)


@pytest.mark.parametrize(
    ("sort", "descending", "names"),
    [
        ("name", False, ["Few", "Fewer", "High", "Low", "Silent"]),
        ("name", True, ["Silent", "Low", "High", "Fewer", "Few"]),
        # Nine promoters of nine are no leaders, whichever way it is read.
        ("score", True, ["High", "Low", "Few", "Fewer", "Silent"]),
        ("score", False, ["Low", "High", "Few", "Fewer", "Silent"]),
        ("change", True, ["High", "Low", "Few", "Fewer", "Silent"]),
        ("answers", True, ["High", "Low", "Few", "Fewer", "Silent"]),
        ("asked", True, ["Low", "High", "Silent", "Few", "Fewer"]),
        ("rate", True, ["High", "Low", "Silent", "Few", "Fewer"]),
        ("rate", False, ["Silent", "Low", "High", "Few", "Fewer"]),
        ("follow_ups", True, ["Few", "Fewer", "High", "Low", "Silent"]),
        ("last", True, ["Low", "High", "Few", "Fewer", "Silent"]),
        ("last", False, ["High", "Low", "Few", "Fewer", "Silent"]),
    ],
)
def test_rows_are_sorted_and_small_ones_stand_behind(
    sort: Sort, descending: bool, names: list[str]
) -> None:
    assert [row.name for row in in_order(ROWS, sort, descending=descending)] == names


@pytest.mark.parametrize("sort", SORTS)
def test_sorting_loses_nobody(sort: Sort) -> None:
    for descending in (True, False):
        found = in_order(ROWS, sort, descending=descending)
        assert sorted(row.name for row in found) == sorted(row.name for row in ROWS)


def test_a_search_finds_names_by_all_its_words() -> None:
    rows = client_rows("nps", Counted({"Straße & Söhne": nps(1, 0), "Söhne Ltd": nps(1, 0)}, {}))
    assert [row.name for row in found_by(rows, "SÖHNE strasse")] == ["Straße & Söhne"]
    assert len(found_by(rows, "  ")) == 2
