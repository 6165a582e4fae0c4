"""Teams as the console shows and changes them."""

import re

from tests.builders import Workspace, csrf_token, make_workspace, post


def links(page: str) -> list[str]:
    return re.findall(r'<a href="/console/teams/\d+" dir="auto">([^<]+)</a>', page)


def test_a_team_is_made_moved_led_and_removed(acme: Workspace) -> None:
    client = acme.signed_in()
    assert "No teams yet" in client.get("/console/teams").text
    post(client, "/console/teams/new", "/console/teams", name="Support")
    post(client, "/console/teams/new", "/console/teams", name="Phone", parent="1")
    assert links(client.get("/console/teams").text) == ["Support", "Phone"]
    refused = post(client, "/console/teams/new", "/console/teams", name="support")
    assert (refused.status_code, "already" in refused.text) == (422, True)
    circle = post(client, "/console/teams/1/change", "/console/teams/1", name="S", parent="2")
    assert (circle.status_code, "cannot be part of itself" in circle.text) == (422, True)
    post(client, "/console/teams/2/change", "/console/teams/2", name="Calls", parent="")
    assert links(client.get("/console/teams").text) == ["Calls", "Support"]
    ana = acme.member("Ana")
    acme.put_in(2, ana)
    acme.person("lead@acme.example", "manager")
    page = client.get("/console/teams/2").text
    user = re.findall(r'value="(\d+)">lead@acme.example', page)[0]
    post(client, "/console/teams/2/leaders", "/console/teams/2", add="1", user=user)
    assert "led by lead@acme.example" in client.get("/console/teams").text
    assert "1 member" in client.get("/console/teams").text
    post(client, "/console/teams/2/remove", "/console/teams/2", members_to="1")
    assert links(client.get("/console/teams").text) == ["Support"]
    assert "Ana" in client.get("/console/teams/1").text


def test_a_manager_sees_their_own_teams_and_changes_none(acme: Workspace) -> None:
    top = acme.team("Top")
    mine = acme.team("Mine", top)
    acme.team("Below", mine)
    theirs = acme.team("Theirs", top)
    lead = acme.person("lead@acme.example", "manager", leads=(mine,))
    page = lead.get("/console/teams").text
    assert links(page) == ["Mine", "Below"]
    assert "Make a team" not in page
    assert lead.get(f"/console/teams/{mine}").status_code == 200
    for other in (top, theirs):
        assert lead.get(f"/console/teams/{other}").status_code == 404
    token = csrf_token(lead.get("/console/members/new").text)
    for path in ("new", f"{mine}/change", f"{mine}/leaders", f"{mine}/remove"):
        data = {"csrf_token": token, "name": "X"}
        assert lead.post(f"/console/teams/{path}", data=data).status_code == 403


def test_another_workspaces_teams_are_not_there(acme: Workspace) -> None:
    team = acme.team("Secret")
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example").signed_in()
    assert "Secret" not in rival.get("/console/teams").text
    assert rival.get(f"/console/teams/{team}").status_code == 404
    for act in ("change", "leaders", "remove"):
        answer = post(
            rival, f"/console/teams/{team}/{act}", "/console/teams", name="X", add="1", user="1"
        )
        assert answer.status_code == 404
    post(rival, "/console/teams/new", "/console/teams", name="Mine", parent=str(team))
    assert "Mine" not in rival.get("/console/teams").text
