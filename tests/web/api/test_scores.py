"""`GET /api/v1/scores`."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.builders import Workspace, answer_survey, make_workspace


def get(acme: Workspace, query: str, key: str | None = None) -> TestResponse:
    return acme.world.client().get(
        f"/api/v1/scores?{query}", headers={"Authorization": f"Bearer {key or acme.api_key()}"}
    )


def test_a_score_comes_with_interval_number_and_method(acme: Workspace) -> None:
    survey = acme.survey("nps")
    for _ in range(8):
        answer_survey(acme, survey, 10)
    found: dict[str, Any] = get(acme, f"metric=nps&survey={survey}").json or {}
    assert (found["value"], found["high"], found["n"]) == (100, 100, 8)
    assert round(found["low"]) == 39
    assert found["method"] == "adjusted_wald"
    assert (found["from"], found["to"]) == ("2026-10-25", "2026-11-23")
    assert found["before"] == {"value": None, "low": None, "high": None, "n": 0}
    assert found["change"]["verdict"] is None


def test_it_is_the_number_of_the_dashboard(acme: Workspace) -> None:
    acme.member("Ana", email="ana@a.example")
    survey = acme.survey()
    for score in (5, 5, 2):
        answer_survey(acme, survey, score, member="ana@a.example", channel="chat")
    answer_survey(acme, survey, 1, channel="email")
    acme.change(survey, texts={"question.stars": {"en": "Happy?"}})
    answer_survey(acme, survey, 3, channel="phone")
    for query, value in (
        ("member=ana@a.example", 4),
        ("channel=chat", 4),
        ("channel=chat&channel=email", 3.25),
        ("member=nobody@a.example", None),
        ("client=Globex", None),
        ("version=2", 3),
        (f"version=1&survey={survey}", 3.25),
        ("version=1&version=2&channel=phone", 3),
        ("from=2026-11-01&to=2026-11-22", None),
    ):
        assert (get(acme, f"metric=stars&{query}").json or {})["value"] == value, query


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "metric"),
        ("metric=happiness", "metric"),
        ("metric=nps&survey=bcdfghjkmnpq", "survey"),
        ("metric=nps&team=77", "team"),
        ("metric=nps&team=x", "team"),
        ("metric=nps&version=77", "version"),
        ("metric=nps&version=first", "version"),
        ("metric=nps&from=2026-11-31", "from"),
        ("metric=nps&from=2026-11-20&to=2026-11-10", "from"),
        ("metric=nps&frm=2026-11-20", "frm"),
        ("metric=shares&channel=chat", "metric"),
        ("metric=shares&language=en", "metric"),
    ],
)
def test_what_cannot_be_is_told_by_its_parameter(acme: Workspace, query: str, field: str) -> None:
    answer = get(acme, query)
    assert answer.status_code == 422
    assert field in answer.text


def test_another_workspaces_answers_and_things_are_not_there(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    theirs = rival.survey()
    answer_survey(rival, theirs, 5)
    assert (get(acme, "metric=stars").json or {})["n"] == 0
    assert get(acme, f"metric=stars&survey={theirs}").status_code == 422
    assert get(acme, f"metric=stars&team={rival.team('Desk')}").status_code == 422


def test_keys_that_may_not_read_get_no_scores(acme: Workspace) -> None:
    assert get(acme, "metric=stars", acme.api_key("write")).status_code == 403
