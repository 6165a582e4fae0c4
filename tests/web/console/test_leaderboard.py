"""The leaderboard's page: who is on it, who is ranked, and who may see it."""

import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import update

from tests.builders import Workspace, answer_survey, make_workspace
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Workspace as WorkspaceRow

PAGE = "/console/leaderboard"


def rate(acme: Workspace, survey: str, member: str, scores: list[int], **details: object) -> None:
    for score in scores:
        answer_survey(acme, survey, score, member=member, **details)


def lines(client: FlaskClient, query: str = "") -> dict[str, tuple[str, str]]:
    """Rank and estimate by name, as the page shows them."""
    html = client.get(PAGE + query).text
    rows = re.findall(r"<tr.*?</tr>", html.partition("<tbody>")[2], re.DOTALL)
    found = {}
    for row in rows:
        cells = [
            " ".join(re.sub(r"<[^>]+>", " ", cell).replace("&nbsp;", " ").split())
            for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)
        ]
        found[cells[1]] = (cells[0], cells[2])
    return found


def positive_counts(client: FlaskClient) -> list[str]:
    """What the page says of positive answers, line by line."""
    return re.findall(r'data-label="Positive">([^<]*)<', client.get(PAGE).text)


def test_members_are_ranked_by_a_fair_estimate(any_acme: Workspace) -> None:
    acme, survey = any_acme, any_acme.survey()
    for name in ("ana", "bo", "cleo"):
        acme.member(name.title(), email=f"{name}@a.example")
    rate(acme, survey, "ana@a.example", [5] * 28 + [2] * 2)
    rate(acme, survey, "bo@a.example", [1] * 25 + [4] * 5)
    rate(acme, survey, "cleo@a.example", [5] * 3)
    found = lines(acme.signed_in())
    assert list(found) == ["Ana", "Bo", "Cleo"]
    assert found["Ana"][0] == "1"
    assert found["Bo"][0] == "2"
    assert found["Cleo"] == ("–", "not ranked yet: 3 of 10 answers")
    assert re.fullmatch(r"\d+ % \(\d+–\d+\)", found["Ana"][1])


def test_nobody_reads_from_the_board_how_somebodys_few_answers_were(acme: Workspace) -> None:
    survey = acme.survey()
    ids = [acme.member(name, email=f"{name}@a.example") for name in ("Ana", "Bo")]
    rate(acme, survey, "Ana@a.example", [5])
    rate(acme, survey, "Bo@a.example", [1])
    assert positive_counts(acme.signed_in()) == ["–", "–"]
    # One's own are known to oneself.
    own = acme.person("bo@acme.example", "member", member=ids[1])
    assert positive_counts(own) == ["–", "0"]
    rate(acme, survey, "Ana@a.example", [5] * 9)
    assert positive_counts(own) == ["10", "0"]


def test_only_answers_of_the_period_count(acme: Workspace) -> None:
    survey = acme.survey()
    acme.member("Ana", email="ana@a.example")
    last_month = acme.world.clock() - timedelta(days=25)
    rate(acme, survey, "ana@a.example", [5] * 10, at=last_month)
    client = acme.signed_in()
    assert lines(client) == {}
    assert "Nobody was rated in this period" in client.get(PAGE).text
    assert list(lines(client, "?period=month&day=2026-10-29")) == ["Ana"]
    assert list(lines(client, "?period=quarter")) == ["Ana"]
    # Nobody looks into the future, and a damaged address shows today.
    assert lines(client, "?period=month&day=9999-12-31") == {}
    assert client.get(f"{PAGE}?day=x&period=y&kind=z&team=q&page=-1").status_code == 200


def test_tests_hidden_and_unassigned_answers_do_not_count(acme: Workspace) -> None:
    survey = acme.survey()
    acme.member("Ana", email="ana@a.example")
    rate(acme, survey, "ana@a.example", [5], is_test=True)
    rate(acme, survey, "", [5])
    assert lines(acme.signed_in()) == {}


def test_a_team_has_the_members_of_the_teams_below_it(acme: Workspace) -> None:
    survey = acme.survey()
    ana, bo = acme.member("Ana", email="ana@a.example"), acme.member("Bo", email="bo@a.example")
    support, sales = acme.team("Support"), acme.team("Sales")
    acme.put_in(acme.team("Phone", parent=support), ana)
    acme.put_in(sales, bo)
    for name in ("ana", "bo"):
        rate(acme, survey, f"{name}@a.example", [4])
    client = acme.signed_in()
    assert [name.split()[0] for name in lines(client, f"?team={support}")] == ["Ana"]
    assert [name.split()[0] for name in lines(client, f"?team={sales}")] == ["Bo"]
    assert "Support / Phone" in client.get(PAGE).text


def test_a_member_sees_their_own_line_marked(acme: Workspace) -> None:
    ana = acme.member("Ana", email="ana@a.example")
    rate(acme, acme.survey(), "ana@a.example", [4])
    page = acme.person("ana@a.example", "member", member=ana).get(PAGE).text
    assert 'class="mine"' in page
    assert ">you<" in page


def test_a_workspace_may_rank_nobody(acme: Workspace) -> None:
    client = acme.signed_in()
    with acme.world.app.app_context(), writing(db.session) as session:
        session.execute(update(WorkspaceRow).values(people={"leaderboards": False}))
    assert client.get(PAGE).status_code == 404
    assert PAGE not in client.get("/console/responses").text


def test_another_workspaces_members_and_teams_are_not_on_it(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    rival.member("Rita", email="rita@r.example")
    rate(rival, rival.survey(), "rita@r.example", [5] * 12)
    secret = rival.team("Secret team")
    page = acme.signed_in().get(f"{PAGE}?team={secret}").text
    assert "Rita" not in page
    assert "Secret team" not in page


def test_what_is_positive_is_said_by_each_survey(any_acme: Workspace) -> None:
    acme = any_acme
    usual, strict = acme.survey(), acme.survey(name="Strict")
    acme.change(strict, positive_from=5)
    acme.member("Ana", email="ana@a.example")
    rate(acme, usual, "ana@a.example", [4] * 10)
    rate(acme, strict, "ana@a.example", [4] * 10 + [5])
    client = acme.signed_in()
    assert positive_counts(client) == ["11"]
    assert "a score of 4 or 5 or more is positive" in client.get(PAGE).text
