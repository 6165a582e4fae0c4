"""Which survey a page is about when nobody says so."""

from widget.domain.survey_choice import likely_survey


def test_it_is_the_one_with_most_answers() -> None:
    assert likely_survey({1: "stars", 2: "csat"}, {1: 3, 2: 9}) == 2
    assert likely_survey({1: "stars", 2: "csat"}, {}) == 1


def test_a_wanted_kind_goes_first_where_it_was_answered() -> None:
    kinds = {1: "stars", 2: "nps", 3: "nps"}
    assert likely_survey(kinds, {1: 900, 2: 1, 3: 5}, first="nps") == 3  # type: ignore[arg-type]
    assert likely_survey(kinds, {1: 900}, first="nps") == 1  # type: ignore[arg-type]


def test_without_surveys_there_is_none() -> None:
    assert likely_survey({}, {}, first="nps") is None
