"""One's name, going from one of one's workspaces to another, and leaving one."""

import pytest
from sqlalchemy import select

from tests.builders import Workspace, answer_survey, make_workspace, post, sign_in
from tests.web.console.inviting import PEOPLE, invite, user_id
from widget.extensions import db
from widget.storage.models import Member, User, team_managers

ACCOUNT, SWITCH, LEAVE = "/console/account", "/console/switch", "/console/leave"
BO = "bo@acme.example"


@pytest.fixture
def rival(acme: Workspace) -> Workspace:
    """Another workspace, where Bo is a viewer; they own nothing."""
    made = make_workspace(acme.world, "Rival", "charlie@rival.example")
    made.person(BO, "viewer")
    return made


def test_somebody_names_themselves(acme: Workspace) -> None:
    bo = acme.person(BO, "member")
    assert post(bo, ACCOUNT, name="  Bo \n Berg ").status_code == 303
    assert 'value="Bo Berg"' in bo.get(ACCOUNT).text
    assert post(bo, ACCOUNT, name="x" * 121).status_code == 422
    assert "Bo Berg" in acme.signed_in().get(PEOPLE).text
    post(bo, ACCOUNT, name="")
    assert "Bo Berg" not in acme.signed_in().get(PEOPLE).text


@pytest.mark.parametrize(
    ("role", "leads_to"),
    [("owner", "surveys"), ("viewer", "stream"), ("manager", "stream"), ("member", "stream")],
)
def test_everybody_begins_on_a_page_that_they_may_open(
    acme: Workspace, role: str, leads_to: str
) -> None:
    client = acme.person(BO, role)
    begun = client.get("/console/")
    assert begun.headers["Location"].endswith(leads_to)
    assert client.get(begun.headers["Location"]).status_code == 200


def test_a_menu_leads_to_ones_other_workspaces_and_the_choice_is_kept(
    acme: Workspace, rival: Workspace
) -> None:
    bo = acme.person(BO, "viewer")
    assert "Switch to Rival" in bo.get(ACCOUNT).text
    assert "Switch to" not in acme.signed_in().get(ACCOUNT).text
    post(bo, SWITCH, ACCOUNT, workspace=rival.id)
    assert "Switch to Acme" in bo.get(ACCOUNT).text
    # The next time, and on another device.
    post(bo, "/console/account/sign-out", ACCOUNT)
    assert "Switch to Acme" in sign_in(acme.world, BO).get(ACCOUNT).text


def test_nobody_goes_to_a_workspace_that_is_not_theirs(acme: Workspace, rival: Workspace) -> None:
    alice = acme.signed_in()
    for workspace in (rival.id, "x", "", "9" * 40):
        assert post(alice, SWITCH, ACCOUNT, workspace=workspace).status_code == 404
    with acme.world.app.app_context():
        chosen = select(User.chosen_workspace_id).where(User.email == acme.owner)
        assert db.session.scalar(chosen) is None


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/console/responses?kind=nps", "/console/responses?kind=nps"),
        ("https://evil.example/", "/console/"),
        ("//evil.example/", "/console/"),
        ("/\\evil.example/", "/console/"),
        ("/console/../../evil", "/console/"),
        ("/console//evil.example", "/console/"),
        ("/console/a b", "/console/"),
        ("/console/\\evil.example", "/console/"),
        ("/w/abc", "/console/"),
        ("javascript:alert(1)", "/console/"),
    ],
)
def test_switching_leads_to_no_other_host(
    acme: Workspace, rival: Workspace, target: str, leads_to: str
) -> None:
    bo = acme.person(BO, "viewer")
    answer = post(bo, SWITCH, ACCOUNT, workspace=rival.id, next=target)
    assert answer.headers["Location"] == leads_to


def test_a_link_into_another_of_ones_workspaces_says_so_and_leads_there(
    acme: Workspace, rival: Workspace
) -> None:
    id = answer_survey(rival, rival.survey(), 5, comment="In the other one")
    bo = acme.person(BO, "viewer")
    missed = bo.get(f"/console/responses/{id}")
    assert missed.status_code == 404
    assert "You are in Acme." in missed.text
    assert f'name="next" value="/console/responses/{id}"' in missed.text
    there = post(bo, SWITCH, ACCOUNT, workspace=rival.id, next=f"/console/responses/{id}")
    assert "In the other one" in bo.get(there.headers["Location"]).text
    # Whoever has one workspace only is asked nothing.
    assert "another of your workspaces" not in acme.signed_in().get(f"/console/responses/{id}").text


def test_whoever_leaves_is_out_leads_nothing_and_is_no_member(
    acme: Workspace, rival: Workspace
) -> None:
    me = acme.member("Bo", email=BO)
    bo = acme.person(BO, "manager", leads=(acme.team("Support"),), member=me)
    post(bo, SWITCH, ACCOUNT, workspace=acme.id)
    assert "Leave Acme?" in bo.get(LEAVE).text
    left = post(bo, LEAVE, workspace=acme.id)
    assert left.headers["Location"] == "/console/"
    page = bo.get(ACCOUNT).text
    assert "You have left Acme." in page
    assert "Switch to" not in page
    with acme.world.app.app_context():
        assert db.session.scalar(select(team_managers.c.user_id)) is None
        assert db.session.scalar(select(Member.user_id)) is None
    assert BO not in acme.signed_in().get(PEOPLE).text


def test_whoever_leaves_their_only_workspace_is_signed_out(acme: Workspace) -> None:
    bo = acme.person(BO, "viewer")
    left = post(bo, LEAVE, workspace=acme.id)
    assert left.headers["Location"].startswith("/console/account/sign-in")
    assert "You have left Acme." in bo.get(left.headers["Location"]).text
    assert bo.get(ACCOUNT).status_code == 302


def test_the_last_owner_cannot_leave_but_one_of_two_can(acme: Workspace) -> None:
    alice = acme.signed_in()
    assert "You are its only owner" in alice.get(LEAVE).text
    post(alice, LEAVE, workspace=acme.id)
    assert "keeps at least one owner" in alice.get(LEAVE).text
    acme.person(BO, "owner")
    assert post(alice, LEAVE, workspace=acme.id).headers["Location"] != LEAVE
    assert alice.get(ACCOUNT).status_code == 302


def test_a_page_left_open_leaves_no_other_workspace_than_it_said(
    acme: Workspace, rival: Workspace
) -> None:
    bo = acme.person(BO, "viewer")
    assert post(bo, LEAVE, workspace=rival.id).status_code == 422
    assert BO in rival.signed_in().get(PEOPLE).text


def test_what_whoever_leaves_invited_to_is_withdrawn(acme: Workspace) -> None:
    adi = acme.person("adi@acme.example", "admin")
    link = invite(adi, "eve@acme.example")
    post(adi, LEAVE, workspace=acme.id)
    assert acme.world.client().get(link).status_code == 410
    assert user_id(acme, "adi@acme.example")
