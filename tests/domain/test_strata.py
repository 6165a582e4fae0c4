"""Groups of customers with their sizes, and references, as a workspace states them."""

from datetime import date

import pytest

from widget.domain.dashboard_sides import can_be_weighted, weighted
from widget.domain.errors import StrataRefused
from widget.domain.scores.scoring import Answers, Counts
from widget.domain.strata import read_reference, read_strata, strata_text

TODAY = date(2026, 11, 26)
GOOD = {"name": "Grocery", "value": "30.1", "source": "XM Institute", "year": "2023"}


def nps(promoters: int, detractors: int) -> Counts:
    return Counts([Answers("nps", {9: promoters, 0: detractors})])


def test_a_line_is_a_name_and_a_size_however_it_is_written() -> None:
    text = "Enterprise, 120\n\n  Small, friendly shops ; 2,400 \nMid\t1 000\nÜber-big: 12’000\n"
    assert read_strata(text) == {
        "Enterprise": 120,
        "Small, friendly shops": 2400,
        "Mid": 1000,
        "Über-big": 12000,
    }
    assert read_strata("") == {}


def test_what_is_written_is_read_again() -> None:
    strata = {"Enterprise": 120, "Small, friendly shops": 2400, "a:b": 1}
    assert read_strata(strata_text(strata)) == strata


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Enterprise", "Line 1: write a name"),
        ("Enterprise, many", "Line 1: write a name"),
        ("A, 1\n, 120", "Line 2: write a name"),
        ("A, 1\nB, -5", "Line 2: write a name"),
        ("A, 0", "above 0"),
        ("A, 99999999999", "above 0"),
        ("A, 1\nB, 2\nA, 3", "Line 3: “A” stands there twice"),
        (f"{'x' * 201}, 1", "at most 200 characters"),
        ("\n".join(f"g{number}, 1" for number in range(201)), "at most 200 groups"),
    ],
)
def test_what_is_no_group_is_told_by_its_line(text: str, words: str) -> None:
    with pytest.raises(StrataRefused, match=words):
        read_strata(text)


def test_a_reference_has_a_source_and_a_year() -> None:
    reference, problems = read_reference({**GOOD, "answers": "10000"}, TODAY)
    assert not problems
    assert vars(reference) == {
        "name": "Grocery",
        "value": 30.1,
        "source": "XM Institute",
        "year": 2023,
        "answers": 10000,
    }
    assert read_reference(GOOD, TODAY)[0].answers is None
    assert read_reference({**GOOD, "value": "−6,1"}, TODAY)[0].value == -6.1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("value", "101"),
        ("value", "high"),
        ("value", "nan"),
        ("source", ""),
        ("year", "1999"),
        ("year", "2027"),
        ("year", "2023.5"),
        ("answers", "0"),
        ("answers", "some"),
    ],
)
def test_what_is_no_reference_is_told_by_its_field(field: str, value: str) -> None:
    assert set(read_reference({**GOOD, field: value}, TODAY)[1]) == {field}


def test_each_group_weighs_as_many_customers_as_it_has() -> None:
    groups = {"big": nps(30, 10), "small": nps(10, 30), "": nps(5, 0)}
    found = weighted("nps", "segment", {"big": 100, "small": 300}, groups)
    # A quarter of the customers are at +50, three quarters at −50.
    assert found.score.value == pytest.approx(-25)
    assert (found.score.n, found.customers, found.left_out) == (80, 400, 5)
    assert found.score.low < -25 < found.score.high


def test_without_most_groups_there_is_no_number() -> None:
    found = weighted("nps", "segment", {"big": 100, "small": 300}, {"big": nps(30, 10)})
    assert found.score.value is None
    assert found.found.is_refused
    assert found.found.missing == ("small",)


def test_what_is_counted_of_those_who_did_not_answer_is_not_weighted() -> None:
    assert [can_be_weighted(id) for id in ("nps", "csat", "stars")] == [True] * 3
    assert not any(can_be_weighted(id) for id in ("response_rate", "time_to_answer", "shares"))
