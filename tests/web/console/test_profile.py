"""A member's own profile, and the queue of those who approve it."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import Workspace, csrf_token, picture, post, profile_of, send_file


def own(acme: Workspace, member: int, email: str = "ana@acme.example") -> FlaskClient:
    """The member's own browser."""
    return acme.person(email, "member", member=member)


def change(client: FlaskClient, photo: bytes | None = None, **said: str) -> TestResponse:
    page = "/console/profile"
    said = {"name": "Ana", **said}
    if photo is None:
        return post(client, page, **said)
    return send_file(client, page, page, "photo", photo, "me.png", **said)


def decide(client: FlaskClient, member: int, verb: str, **said: str) -> TestResponse:
    page = client.get("/console/members/review").text
    at = re.findall(r'name="proposed_at" value="([^"]+)"', page)
    data = {"csrf_token": csrf_token(page), "proposed_at": at[0] if at else "", **said}
    return client.post(f"/console/members/{member}/review/{verb}", data=data)


def test_a_change_goes_from_the_member_by_the_manager_to_customers(acme: Workspace) -> None:
    ana, team, survey = acme.member("Ana", email="ana@acme.example"), acme.team("T"), acme.survey()
    acme.put_in(team, ana)
    client = own(acme, ana)
    lead = acme.person("lead@acme.example", "manager", leads=(team,))
    landing = f"/e/{survey}?score=4&member=ana@acme.example"
    assert change(client, picture(), title="Support hero", bio="One.\nTwo.").status_code == 303
    page = client.get("/console/profile").text
    assert "Pending review" in page
    assert "once somebody who leads you has approved it" in page
    assert "Support hero" not in acme.world.client().get(landing).text
    assert "To review" in lead.get("/console/members").text
    queue = lead.get("/console/members/review").text
    assert "<mark>Support hero</mark>" in queue
    assert "The photo wanted" in queue
    assert decide(lead, ana, "approve").status_code == 303
    shown = acme.world.client().get(landing).text
    assert "Support hero" in shown
    assert '<img class="photo"' in shown
    assert "Active" in client.get("/console/profile").text
    assert "Nothing waits for you" in lead.get("/console/members/review").text


def test_a_declined_change_tells_why_and_stays_to_be_mended(acme: Workspace) -> None:
    ana = acme.member("Ana")
    client = own(acme, ana)
    change(client, title="The boss")
    refused = decide(acme.signed_in(), ana, "decline", reason=" ")
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    assert decide(acme.signed_in(), ana, "decline", reason="You are not.").status_code == 303
    page = client.get("/console/profile").text
    assert "Your change was not approved" in page
    assert "You are not." in page
    assert 'value="The boss"' in page
    post(client, "/console/profile/withdraw", "/console/profile")
    page = client.get("/console/profile").text
    assert "not approved" not in page
    assert 'value=""' in page


def test_what_only_leaders_decide_is_not_changed_by_oneself(acme: Workspace) -> None:
    ana, team = acme.member("Ana", email="ana@acme.example"), acme.team("T")
    post(acme.signed_in(), "/console/workspace/members")
    client = own(acme, ana)
    change(
        client, email="boss@acme.example", employee_id="E-1", team=str(team), tags="x", title="T"
    )
    page = acme.signed_in().get(f"/console/members/{ana}").text
    assert 'value="ana@acme.example"' in page
    assert 'value="T"' in page
    for stolen in ("boss@acme.example", 'value="E-1"', f'value="{team}" selected', 'value="x"'):
        assert stolen not in page


def test_a_picture_that_is_refused_loses_nothing_typed(acme: Workspace) -> None:
    client = own(acme, acme.member("Ana"))
    for content, says in ((b"<svg/>", "The photo must be"), (b"x" * 11_000_000, "10 MB")):
        answer = change(client, content, title="Support hero")
        assert answer.status_code == 422
        assert says in answer.text
        assert 'value="Support hero"' in answer.text


def test_a_photo_waits_stays_and_can_be_taken_away(acme: Workspace) -> None:
    ana = acme.member("Ana")
    client, alice = own(acme, ana), acme.signed_in()
    change(client, picture())
    # Changing words afterwards keeps the picture that waits.
    change(client, title="Lead")
    decide(alice, ana, "approve")
    assert profile_of(acme, ana)[3] is not None
    change(client, remove_photo="1", title="Lead")
    assert "taken away" in alice.get("/console/members/review").text
    decide(alice, ana, "approve")
    assert profile_of(acme, ana)[3] is None


def test_a_manager_sees_and_decides_their_own_people_only(acme: Workspace) -> None:
    ana, mine, theirs = acme.member("Ana"), acme.team("Mine"), acme.team("Theirs")
    acme.put_in(theirs, ana)
    change(own(acme, ana), title="Lead")
    lead = acme.person("lead@acme.example", "manager", leads=(mine,))
    assert "Nothing waits for you" in lead.get("/console/members/review").text
    at = acme.world.clock().isoformat()
    token = csrf_token(lead.get("/console/members/new").text)
    for verb in ("approve", "decline"):
        data = {"csrf_token": token, "proposed_at": at, "reason": "No"}
        lead.post(f"/console/members/{ana}/review/{verb}", data=data)
    assert profile_of(acme, ana)[1] == ""
    assert "Ana" in acme.signed_in().get("/console/members/review").text


def test_somebody_who_is_rated_and_leads_their_team_waits_for_nobody(acme: Workspace) -> None:
    ana, team = acme.member("Ana"), acme.team("T")
    acme.put_in(team, ana)
    lead = acme.person("lead@acme.example", "manager", leads=(team,), member=ana)
    assert "Send for approval" not in lead.get("/console/profile").text
    change(lead, title="Lead")
    assert profile_of(acme, ana)[1] == "Lead"


def test_without_the_rule_nothing_waits(acme: Workspace) -> None:
    ana = acme.member("Ana")
    post(acme.signed_in(), "/console/workspace/members", leaderboards="1")
    change(own(acme, ana), title="Trusted")
    assert profile_of(acme, ana)[1] == "Trusted"


def test_whoever_is_no_member_is_told_so(acme: Workspace) -> None:
    for client in (acme.signed_in(), acme.person("viewer@acme.example", "viewer")):
        page = client.get("/console/profile")
        assert "No member profile is yours yet" in page.text
        assert "Your profile</a>" not in page.text
        token = csrf_token(page.text)
        answer = client.post("/console/profile", data={"csrf_token": token, "name": "X"})
        assert answer.status_code == 200


def test_a_decision_about_nothing_is_a_sentence(acme: Workspace) -> None:
    ana = acme.member("Ana")
    for at in ("", "yesterday", "2026-11-23", "2026-11-23T09:00:00"):
        alice = acme.signed_in()
        token = csrf_token(alice.get("/console/members/new").text)
        answer = alice.post(
            f"/console/members/{ana}/review/approve",
            data={"csrf_token": token, "proposed_at": at},
        )
        assert answer.status_code == 303
