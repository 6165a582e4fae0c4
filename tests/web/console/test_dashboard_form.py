"""The dashboard's form: it shows what the numbers are of, and says what it is not told."""

import re

import pytest
from flask.testing import FlaskClient

from tests.builders import Workspace, answer_survey
from tests.web.console.test_dashboard import PAGE, say

HTMX = {"HX-Request": "true"}
WHY = f"{PAGE}/why"


def chosen(page: str, name: str) -> str:
    """The value that a select of the form shows."""
    [field] = re.findall(rf'<select id="{name}".*?</select>', page, re.DOTALL)
    found = re.findall(r'<option value="([^"]*)" selected>', field)
    return found[0] if found else ""


def problem(page: str, name: str) -> str:
    [said] = re.findall(rf'<p class="problem" id="problem-{name}"[^>]*>(.*?)</p>', page)
    return str(said)


@pytest.mark.parametrize("address", [PAGE, WHY])
def test_days_that_are_given_win_over_a_span_with_a_name(acme: Workspace, address: str) -> None:
    say(acme, acme.survey(), 5, days_ago=20)
    page = acme.signed_in().get(f"{address}?span=last_7&from=2026-11-01&to=2026-11-05").text
    assert "1 Nov 2026 – 5 Nov 2026" in page
    assert chosen(page, "span") == "own"
    assert 'name="from" type="date" value="2026-11-01"' in page
    assert "span=last_7" not in page


@pytest.mark.parametrize("address", [PAGE, WHY])
def test_days_that_are_to_be_given_and_are_not_are_asked_for(acme: Workspace, address: str) -> None:
    client = acme.signed_in()
    for headers in ({}, HTMX):
        answer = client.get(f"{address}?span=own&from=&to=", headers=headers)
        assert answer.status_code == 422
        assert "Choose the first day" in problem(answer.text, "from")
    assert problem(client.get(f"{address}?span=last_7", headers=HTMX).text, "from") == ""
    assert client.get(f"{address}?span=own&from=2026-11-01").status_code == 200


def test_the_metric_that_is_shown_is_the_one_that_is_chosen(acme: Workspace) -> None:
    stars, nps = acme.survey(), acme.survey("nps")
    answer_survey(acme, stars, 5)
    answer_survey(acme, nps, 9)
    client = acme.signed_in()
    for headers in ({}, HTMX):
        page = client.get(f"{PAGE}?metric=stars&survey={nps}", headers=headers).text
        assert "NPS by day" in page
        assert chosen(page, "metric") == "nps"


def further(client: FlaskClient, query: str) -> list[tuple[str, str, str]]:
    page = client.get(query).text
    return re.findall(
        r'<input type="checkbox" name="(\w+)" value="([^"]*)" checked> <span>(.*?)</span>', page
    )


@pytest.mark.parametrize("address", [PAGE, WHY])
def test_further_values_of_a_filter_are_kept_and_can_be_taken_away(
    acme: Workspace, address: str
) -> None:
    first, second = acme.survey(name="Shop"), acme.survey(name="Desk")
    query = f"channel=chat&channel=email&survey={first}&survey={second}&member=none&tag=a"
    assert further(acme.signed_in(), f"{address}?{query}") == [
        ("survey", second, "or Desk"),
        ("channel", "email", "or email"),
    ]


def test_only_rows_with_answers_are_counted_as_left_out(acme: Workspace) -> None:
    stars, nps = acme.survey(), acme.survey("nps")
    for channel in ("chat", "email", "phone"):
        answer_survey(acme, stars, 5, channel=channel)
    answer_survey(acme, nps, 9, channel="post")
    page = acme.signed_in().get(f"{PAGE}?by=channel&metric=stars").text
    assert ">phone</a>" in page
    assert ">post</a>" not in page
    assert "the file has them all" not in page


def test_without_a_chart_the_course_is_an_open_table(acme: Workspace) -> None:
    say(acme, acme.survey(), 5)
    assert '<details open data-table-of="trend">' in acme.signed_in().get(PAGE).text
