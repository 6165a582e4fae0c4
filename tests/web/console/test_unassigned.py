"""Ratings of unknown members, and to whom they are given."""

from tests.builders import Workspace, answer_survey, csrf_token, make_workspace, post
from tests.web.frame.visiting import open_survey


def test_a_snippets_unknown_member_is_kept_listed_and_given_to_somebody(acme: Workspace) -> None:
    client, survey = acme.signed_in(), acme.survey()
    bo = acme.member("Bo", email="bo@acme.example")
    open_survey(acme.world.client(), survey, "?member=b.chen").send(score=5)
    assert "Unknown members" in client.get("/console/members").text
    assert "b.chen" in client.get("/console/unassigned").text
    assign = "/console/unassigned/assign?given=b.chen"
    page = client.get(f"{assign}&search=bo@").text
    assert "1 rating becomes theirs" in page
    assert "Nobody fits" in client.get(f"{assign}&search=zzz").text
    post(client, "/console/unassigned/assign", assign, given="b.chen", member=str(bo))
    assert [one.member_id for one in acme.responses()] == [bo]
    page = client.get("/console/unassigned").text
    assert "Assigned lately" in page
    assert client.get(assign).status_code == 404
    history = client.get(f"/console/responses/{acme.responses()[0].id}").text
    assert "Assigned by" in history
    assert acme.owner in history


def test_an_unknown_name_becomes_a_member_with_its_ratings(acme: Workspace) -> None:
    client, survey = acme.signed_in(), acme.survey()
    answer_survey(acme, survey, 5, member="Ines@acme.example")
    answer_survey(acme, survey, 4, member="E-7")
    page = client.get("/console/members/new?given=Ines@acme.example").text
    assert 'value="ines@acme.example"' in page
    assert "1 rating that nobody has yet." in page
    form = "/console/members/new?given=E-7"
    assert 'value="E-7"' in client.get(form).text
    post(
        client, "/console/members/new", form, name="Eve", employee_id="E-7", given="E-7", assign="1"
    )
    ratings = {one.member_given: one.member_id for one in acme.responses()}
    assert ratings["E-7"] is not None
    assert ratings["Ines@acme.example"] is None
    # Not told to, the ratings stay where they are.
    form = "/console/members/new?given=Ines@acme.example"
    given = {"given": "Ines@acme.example", "email": "ines@acme.example"}
    post(client, "/console/members/new", form, name="Ines", **given)
    assert {one.member_given: one.member_id for one in acme.responses()} == ratings


def test_only_who_sees_everything_assigns(acme: Workspace) -> None:
    survey, team, ana = acme.survey(), acme.team("Mine"), acme.member("Ana")
    acme.put_in(team, ana)
    answer_survey(acme, survey, 5, member="x")
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    assert lead.get("/console/unassigned").status_code == 403
    assert "Unknown members" not in lead.get("/console/members").text
    form = "/console/members/new?given=x"
    assert "nobody has yet" not in lead.get(form).text
    post(lead, "/console/members/new", form, name="X", team=team, given="x", assign="1")
    assert acme.responses()[0].member_id is None


def test_nothing_is_assigned_across_workspaces(acme: Workspace) -> None:
    ana = acme.member("Ana")
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    answer_survey(rival, rival.survey(), 5, member="x")
    client = acme.signed_in()
    assert client.get("/console/unassigned/assign?given=x").status_code == 404
    token = csrf_token(client.get("/console/members/new").text)
    data = {"csrf_token": token, "given": "x", "member": str(ana)}
    assert client.post("/console/unassigned/assign", data=data).status_code == 404
    theirs = rival.signed_in()
    data["csrf_token"] = csrf_token(theirs.get("/console/members/new").text)
    assert theirs.post("/console/unassigned/assign", data=data).status_code == 404
    assert rival.responses()[0].member_id is None
