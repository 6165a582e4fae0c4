"""How many customers there are, whom one compares with, and what the dashboard makes of both."""

import csv
import json
import re
from html import unescape
from io import StringIO

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import Workspace, answer_survey, csrf_token, make_workspace, post

PAGE = "/console/workspace/numbers"
GROCERY = {"name": "Grocery", "value": "30.1", "source": "=XM Institute", "year": "2023"}


def state(browser: FlaskClient, segment: str = "", client: str = "") -> TestResponse:
    token = csrf_token(browser.get(PAGE).text)
    fields = {"csrf_token": token, "segment": segment, "client": client}
    return browser.post(PAGE, data=fields)


def beside(client: FlaskClient, query: str = "") -> dict[str, dict[str, str]]:
    """What stands side by side with the NPS, as its copy says it."""
    page = client.get(f"/console/dashboard?metric=nps{query}").text
    found = re.search(r'<pre id="sides-csv" hidden>(.*?)</pre>', page, re.DOTALL)
    rows = csv.DictReader(StringIO(unescape(found[1]))) if found else []
    return {row["what"]: row for row in rows}


def unequal(acme: Workspace) -> Workspace:
    """Large customers answer often and gladly, small ones seldom and not."""
    survey = acme.survey("nps")
    for segment, scores in (("Large", [9] * 18 + [3] * 2), ("Small", [9] * 3 + [3] * 7)):
        for score in scores:
            answer_survey(acme, survey, score, attributes={"segment": segment})
    answer_survey(acme, survey, 9)
    return acme


def test_an_nps_is_weighted_by_the_sizes_that_were_stated(any_acme: Workspace) -> None:
    client = unequal(any_acme).signed_in()
    assert beside(client) == {}
    assert state(client, "Large, 100\nSmall, 900").status_code == 303
    found = beside(client)
    # As answered 22 of 31 promote and 9 detract; weighted it is 0.1 · 80 + 0.9 · (−40).
    assert float(found["as answered"]["NPS"]) == float(f"{100 * 13 / 31:.6g}")
    assert float(found["by segment"]["NPS"]) == -28
    assert found["by segment"]["n"] == "30"
    assert float(found["by segment"]["low"]) < -28 < float(found["by segment"]["high"])
    page = client.get("/console/dashboard?metric=nps").text
    assert "your answers, weighted to 1,000 customers" in page
    assert "1 answer of no stated group is left out" in page
    assert "D. Holt and T. M. F. Smith, 1979" in page


def test_groups_that_nobody_answered_of_are_named(acme: Workspace) -> None:
    unequal(acme)
    client = acme.signed_in()
    state(client, "Large, 850\nSmall, 100\nTiny, 50")
    page = client.get("/console/dashboard?metric=nps").text
    assert "nobody answered of: Tiny (5 % of all customers)" in page
    state(client, "Large, 500\nTiny, 500")
    assert beside(client)["by segment"]["NPS"] == ""
    page = client.get("/console/dashboard?metric=nps").text
    assert "too many to tell what all would say" in page


def test_only_the_whole_is_weighted_by_the_whole(acme: Workspace) -> None:
    unequal(acme)
    ana, team = acme.member("Ana", email="ana@a.example"), acme.team("Support")
    acme.put_in(team, ana)
    answer_survey(acme, acme.survey("nps"), 9, member="ana@a.example")
    client = acme.signed_in()
    state(client, "Large, 100\nSmall, 900")
    post(client, f"{PAGE}/references", PAGE, **GROCERY)
    assert "by segment" in beside(client)
    for query in ("&segment=Large", f"&team={team}", "&member=none"):
        assert "by segment" not in beside(client, query)
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    assert set(beside(lead)) == {"as answered", "Grocery"}


def test_a_reference_stands_beside_with_its_source(acme: Workspace) -> None:
    unequal(acme)
    client = acme.signed_in()
    assert post(client, f"{PAGE}/references", PAGE, **GROCERY, answers="10000").status_code == 303
    row = beside(client)["Grocery"]
    assert (row["NPS"], row["n"], row["year"]) == ("30.1", "10000", "2023")
    # Somebody else's words are no formula of one's own.
    assert row["source"] == "'=XM Institute"
    page = client.get("/console/dashboard?metric=nps").text
    [lines] = re.findall(r'data-lines="([^"]*)"', page)
    assert json.loads(unescape(lines)) == [{"label": "Grocery, 2023", "value": 30.1}]
    assert "sides-csv" not in client.get("/console/dashboard?metric=comment_rate").text
    post(client, f"{PAGE}/references/1/remove", PAGE)
    assert beside(client) == {}


def test_what_is_wrong_is_told_by_its_field_and_kept(acme: Workspace) -> None:
    client = acme.signed_in()
    answer = state(client, "Large, 100\nSmall, few", "Globex, 3")
    assert answer.status_code == 422
    assert "Line 2: write a name" in answer.text
    assert "Small, few</textarea>" in answer.text
    assert "Globex, 3</textarea>" in answer.text
    answer = post(client, f"{PAGE}/references", PAGE, **{**GROCERY, "value": "300"})
    assert answer.status_code == 422
    assert "An NPS is from −100 to 100." in answer.text
    assert 'value="Grocery"' in answer.text
    assert "Grocery" not in client.get(PAGE).text


def test_nobody_states_anothers_numbers(acme: Workspace) -> None:
    client = acme.signed_in()
    state(client, "Large, 100")
    post(client, f"{PAGE}/references", PAGE, **GROCERY)
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example").signed_in()
    assert "Large" not in rival.get(PAGE).text
    assert "Grocery" not in rival.get(PAGE).text
    post(rival, f"{PAGE}/references/1/remove", PAGE)
    state(rival, "Other, 1")
    assert "Large, 100" in client.get(PAGE).text
    assert "Grocery" in client.get(PAGE).text


def test_a_reference_that_no_database_can_number_is_not_found(any_acme: Workspace) -> None:
    address = "/console/workspace/numbers/references/2147483648/remove"
    assert post(any_acme.signed_in(), address, PAGE).status_code == 404
