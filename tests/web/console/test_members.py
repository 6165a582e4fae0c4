"""Members' pages: those of one's teams and no others, found among thousands."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.builders import (
    Workspace,
    answer_survey,
    csrf_token,
    make_workspace,
    picture,
    post,
    send_file,
)
from widget.extensions import db


def names(page: str) -> list[str]:
    """The members in a list, in order."""
    return re.findall(r'<a href="/console/members/\d+" dir="auto">([^<]+)</a>', page)


def upload(client: FlaskClient, page: str, content: bytes, name: str) -> str:
    """Send a photo; returns the page that follows."""
    answer = send_file(client, f"{page}/photo", page, "photo", content, name)
    return client.get(answer.headers["Location"]).text


def test_a_manager_lists_opens_and_changes_their_own_people_only(acme: Workspace) -> None:
    mine, theirs = acme.team("Mine"), acme.team("Theirs")
    ana, bo, cem = acme.member("Ana"), acme.member("Bo"), acme.member("Cem")
    acme.put_in(mine, ana)
    acme.put_in(theirs, bo)
    lead = acme.person("lead@acme.example", "manager", leads=(mine,))
    page = lead.get("/console/members").text
    assert names(page) == ["Ana"]
    assert "/console/members/import" not in page
    token = csrf_token(lead.get(f"/console/members/{ana}").text)
    for other in (bo, cem, 99):
        assert lead.get(f"/console/members/{other}").status_code == 404
        for act in ("", "/photo", "/archive", "/restore", "/approve", "/unapprove"):
            data = {"csrf_token": token, "name": "Mine now", "remove": "1", "team": mine}
            answer = lead.post(f"/console/members/{other}{act}", data=data)
            assert answer.status_code == 404, act
    # Neither out of their teams, nor into those of others.
    for team in (theirs, ""):
        answer = post(lead, f"/console/members/{ana}", name="Ana", team=team)
        assert (answer.status_code, "Choose one of your teams." in answer.text) == (422, True)
        answer = post(lead, "/console/members/new", name="New", team=team)
        assert answer.status_code == 422
    assert post(lead, f"/console/members/{ana}", name="Anna", team=mine).status_code == 303
    assert post(lead, "/console/members/new", name="New", team=mine).status_code == 303
    assert names(lead.get("/console/members").text) == ["Anna", "New"]
    assert names(acme.signed_in().get("/console/members").text) == ["Anna", "Bo", "Cem", "New"]


def test_whoever_leads_no_team_is_told_so(acme: Workspace) -> None:
    lead = acme.person("lead@acme.example", "manager")
    assert "No members yet" in lead.get("/console/members").text
    assert "You lead no team yet" in lead.get("/console/members/new").text
    assert "You lead no team yet" in lead.get("/console/teams").text


def test_filters_and_pages_of_many_members(acme: Workspace) -> None:
    client, team = acme.signed_in(), acme.team("Night")
    for number in range(53):
        member = acme.member(f"Member {number:02}", employee_id=f"E-{number}")
        if number % 10 == 0:
            acme.put_in(team, member)
    first = client.get("/console/members").text
    assert (names(first)[0], len(names(first))) == ("Member 00", 50)
    assert "53 members" in first
    second = client.get("/console/members?page=2").text
    assert names(second) == ["Member 50", "Member 51", "Member 52"]
    assert len(names(client.get(f"/console/members?team={team}").text)) == 6
    assert names(client.get("/console/members?search=e-17").text) == ["Member 17"]
    assert "Nobody fits these filters" in client.get("/console/members?tag=x").text
    for odd in ("team=x", "status=x", "page=x", "page=99999999999", "page=-1", "search=%00"):
        assert client.get(f"/console/members?{odd}").status_code in (200, 422)
    part = client.get("/console/members?search=17", headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith("<p")
    assert part.headers["Vary"].count("HX-Request") == 1


def test_the_list_takes_as_many_queries_for_many_as_for_few(acme: Workspace) -> None:
    client = acme.signed_in()

    def queries(path: str) -> int:
        made: list[str] = []

        def count(_c: object, _cur: object, statement: str, *_rest: object) -> None:
            made.append(statement)

        with acme.world.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", count)
        assert client.get(path).status_code == 200
        event.remove(engine, "before_cursor_execute", count)
        return len(made)

    pages = ("/console/members", "/console/teams", "/console/unassigned", "/console/members/review")
    acme.put_in(acme.team("T"), acme.member("First"))
    survey = acme.survey()
    answer_survey(acme, survey, 5, member="nobody")
    before = [queries(path) for path in pages]
    for number in range(20):
        acme.put_in(acme.team(f"T{number}"), acme.member(f"M{number}"))
        answer_survey(acme, survey, 5, member=f"x{number}")
    assert [queries(path) for path in pages] == before


def test_a_members_form_keeps_everything_it_shows(acme: Workspace) -> None:
    client, team = acme.signed_in(), acme.team("Night")
    post(client, "/console/workspace/members", add="Your weekend?", review_profiles="1")
    question = re.findall(r'name="question\.(\w+)"', client.get("/console/workspace/members").text)
    said = {
        "name": "Ana Silva",
        "title": "Support",
        "bio": "One.\r\nTwo.",
        "email": "Ana@Acme.example",
        "employee_id": "E-1",
        "languages": "en, pt-br",
        "tags": "billing, nights",
        "team": team,
        f"answer.{question[0]}": "On a bicycle",
    }
    made = post(client, "/console/members/new", **said)
    page = client.get(made.headers["Location"]).text
    for shown in (
        *('value="Ana Silva"', 'value="Support"', "One.\nTwo.</textarea>"),
        *('value="ana@acme.example"', 'value="E-1"', 'value="en, pt-BR"'),
        *('value="billing, nights"', f'value="{team}" selected', 'value="On a bicycle"'),
    ):
        assert shown in page, shown
    refused = post(client, made.headers["Location"], name=" ", bio="1\n2\n3", email="x", tags="y")
    assert refused.status_code == 422
    for sentence in ("Customers see this name.", "Write 2 lines at most.", "no email address"):
        assert sentence in refused.text
    assert 'value="y"' in refused.text


@pytest.mark.parametrize("name", ["ana.svg", "ana.html", "ana.exe", "ana", "../ana.png"])
def test_a_photo_is_what_its_bytes_are_whatever_its_name(acme: Workspace, name: str) -> None:
    page = f"/console/members/{acme.member('Ana')}"
    client = acme.signed_in()
    shown = upload(client, page, picture(form="WEBP"), name)
    address = shown.split('class="photo" src="')[1].split('"')[0]
    served = acme.world.client().get(address)
    assert served.content_type == "image/jpeg"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in served.headers["Cache-Control"]
    assert served.data.startswith(b"\xff\xd8\xff")
    # What is no picture is none under a picture's name.
    refused = upload(client, page, b"<script>alert(1)</script>", "ana.png")
    assert "The photo must be a PNG" in refused
    assert address in refused


def test_a_photo_that_is_too_heavy_is_refused_in_words(acme: Workspace) -> None:
    page = f"/console/members/{acme.member('Ana')}"
    assert "larger than 10 MB" in upload(acme.signed_in(), page, b"x" * 11_000_000, "ana.png")


def test_taking_approval_back_leaves_customers_the_name(acme: Workspace) -> None:
    client, ana = acme.signed_in(), acme.member("Ana", email="ana@acme.example")
    page = f"/console/members/{ana}"
    post(client, page, name="Ana", title="Support hero", email="ana@acme.example")
    survey = acme.survey()
    landing = f"/e/{survey}?score=4&member=ana@acme.example"
    assert "Support hero" in acme.world.client().get(landing).text
    post(client, f"{page}/unapprove", page)
    shown = acme.world.client().get(landing).text
    assert "Support hero" not in shown
    assert "Ana" in shown
    assert "Unapproved" in client.get("/console/members").text
    post(client, f"{page}/approve", page)
    assert "Support hero" in acme.world.client().get(landing).text


def test_only_who_manages_the_workspace_links_people(acme: Workspace) -> None:
    team, ana = acme.team("Mine"), acme.member("Ana")
    acme.put_in(team, ana)
    page = f"/console/members/{ana}"
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    acme.person("ana@acme.example", "member")
    assert "ana@acme.example" not in lead.get(page).text
    assert post(lead, f"{page}/person", page, user="3").status_code == 403
    client = acme.signed_in()
    user = re.findall(r'value="(\d+)">ana@acme.example', client.get(page).text)[0]
    post(client, f"{page}/person", page, user=user)
    assert "ana@acme.example signs in as them." in lead.get(page).text
    other = f"/console/members/{acme.member('Bo')}"
    answer = post(client, f"{other}/person", other, user=user)
    assert "is Ana already" in client.get(answer.headers["Location"]).text
    post(client, f"{page}/person", page, user="")
    assert "signs in as them" not in lead.get(page).text


def test_members_of_another_workspace_are_not_found(acme: Workspace) -> None:
    ana = acme.member("Secret Ana")
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example").signed_in()
    assert "Secret" not in rival.get("/console/members").text
    assert rival.get(f"/console/members/{ana}").status_code == 404
    for act in ("archive", "approve", "person", "review/approve"):
        answer = post(rival, f"/console/members/{ana}/{act}", "/console/members/new", user="2")
        assert answer.status_code in (303, 404)
    assert "Active" in acme.signed_in().get("/console/members").text
