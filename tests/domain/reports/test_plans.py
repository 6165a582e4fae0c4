"""What a report is to be about, read from a form."""

from datetime import date
from typing import Any

import pytest

from widget.domain.errors import ReportRefused
from widget.domain.periods import period_of
from widget.domain.reports.plans import ReportPlan, default_title, read_plan, span_words
from widget.domain.scores.spans import Span

TODAY = date(2026, 11, 23)
Q3 = Span(date(2026, 7, 1), date(2026, 9, 30))


def read(**fields: str) -> ReportPlan:
    form = {"survey": "s", "period": "last_quarter", **fields}
    return read_plan(form, TODAY, surveys={"s": "Survey"}, teams={7: "Support"})


def problems(**fields: str) -> dict[str, str]:
    with pytest.raises(ReportRefused) as caught:
        read(**fields)
    return caught.value.problems


def test_a_report_is_of_the_last_quarter_and_compared_with_the_one_before() -> None:
    plan = read()
    assert plan.span == Q3
    assert plan.compared_with == Span(date(2026, 4, 1), date(2026, 6, 30))
    assert not plan.shows_names


def test_days_of_ones_own_are_compared_with_as_many_before_or_with_days_of_ones_own() -> None:
    own = {"period": "own", "from": "2026-03-10", "to": "2026-03-19"}
    assert read(**own).compared_with == Span(date(2026, 2, 28), date(2026, 3, 9))
    chosen = read(**own, baseline_from="2025-01-01", baseline_to="2025-12-31")
    assert chosen.compared_with == Span(date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"survey": "another"}, "survey"),
        ({"team": "8"}, "team"),
        ({"period": "own"}, "from"),
        ({"period": "own", "from": "2026-03-10"}, "to"),
        ({"period": "own", "from": "2026-03-10", "to": "2026-03-01"}, "from"),
        ({"period": "own", "from": "2027-03-10", "to": "2027-03-11"}, "from"),
        ({"period": "own", "from": "2020-01-01", "to": "2026-01-01"}, "from"),
        ({"period": "own", "from": "tomorrow", "to": "2026-03-01"}, "from"),
        ({"baseline_to": "2026-03-01"}, "baseline_from"),
        ({"title": "x" * 151}, "title"),
        ({"introduction": "x" * 3001}, "introduction"),
        ({"client": "x" * 201}, "client"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field(fields: dict[str, str], field: str) -> None:
    assert set(problems(**fields)) == {field}


def test_several_problems_are_told_at_once() -> None:
    assert set(problems(survey="", team="x", period="own")) == {"survey", "team", "from"}


def test_a_plan_is_stored_and_read_back_whole() -> None:
    plan = read(
        team="7",
        client="Contoso",
        title=" A\ntitle ",
        introduction="Hello\r\nyou",
        shows_names="1",
        paper="letter",
        baseline_from="2025-01-01",
        baseline_to="2025-12-31",
    )
    assert (plan.team, plan.title, plan.introduction) == (7, "A title", "Hello\nyou")
    assert plan.paper == "letter"
    assert ReportPlan.from_json(plan.to_json()) == plan


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((2026, 7, 1), (2026, 9, 30), "Q3 2026"),
        ((2026, 2, 1), (2026, 2, 28), "February 2026"),
        ((2024, 1, 1), (2024, 12, 31), "2024"),
        ((2026, 7, 2), (2026, 9, 30), "2 Jul 2026 – 30 Sep 2026"),
        ((2026, 11, 23), (2026, 11, 29), "23 Nov 2026 – 29 Nov 2026"),
    ],
)
def test_a_span_is_said_as_shortly_as_can_be(first: Any, last: Any, words: str) -> None:
    assert span_words(Span(date(*first), date(*last))) == words


def test_a_title_that_nobody_gave_names_the_subject_and_the_period() -> None:
    assert default_title("Contoso · Support", Q3) == "Contoso · Support, Q3 2026"
    assert len(default_title("x" * 300, Q3)) == 150


def test_the_same_of_another_period_names_it_in_its_words() -> None:
    plan = ReportPlan("s", Q3, title="Review Q3 2026", introduction="In Q3 2026 we moved.")
    following = plan.of(period_of("quarter", date(2026, 11, 1)))
    assert following.span == Span(date(2026, 10, 1), date(2026, 12, 31))
    assert (following.title, following.introduction) == ("Review Q4 2026", "In Q4 2026 we moved.")
    assert following.compared_with == Q3


def test_days_chosen_to_compare_with_stay_for_later_periods() -> None:
    chosen = Span(date(2025, 1, 1), date(2025, 12, 31))
    plan = ReportPlan("s", Q3, baseline=chosen)
    assert plan.of(period_of("quarter", TODAY)).compared_with == chosen
