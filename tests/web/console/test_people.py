"""Adding people, their first password, their roles, and taking them out."""

import re

from flask.testing import FlaskClient

from tests.builders import PASSWORD, Workspace, make_workspace, post

PEOPLE = "/console/people"


def invite(client: FlaskClient, email: str = "bo@acme.example", role: str = "viewer") -> str:
    """Add somebody; returns the path of their link."""
    added = post(client, PEOPLE, email=email, role=role)
    assert added.status_code == 303, added.text
    return link_on(client.get(PEOPLE).text)


def link_on(page: str) -> str:
    found = re.search(r'id="link">http://localhost(/console/welcome/[^<]+)<', page)
    assert found, page
    return found[1]


def sign_in(client: FlaskClient, email: str, password: str) -> int:
    page = "/console/account/sign-in"
    return post(client, page, email=email, password=password).status_code


def test_somebody_added_chooses_a_password_and_has_their_role(acme: Workspace) -> None:
    link = invite(acme.signed_in(), "Bo@Acme.example", "viewer")
    bo = acme.world.client()
    assert "bo@acme.example" in bo.get(link).text
    short = post(bo, link, password="short")
    assert short.status_code == 422
    assert "At least 12 characters" in short.text
    assert post(bo, link, password=PASSWORD).status_code == 303
    assert sign_in(bo, "bo@acme.example", PASSWORD) == 302
    assert bo.get("/console/responses").status_code == 200
    assert bo.get("/console/sites").status_code == 403


def test_a_link_is_shown_once_and_works_once(acme: Workspace) -> None:
    alice = acme.signed_in()
    link = invite(alice)
    assert "/console/welcome/" not in alice.get(PEOPLE).text
    assert "No password yet" in alice.get(PEOPLE).text
    bo = acme.world.client()
    post(bo, link, password=PASSWORD)
    again = acme.world.client().get(link)
    assert again.status_code == 404
    assert "Ask for a new one" in again.text
    assert "No password yet" not in alice.get(PEOPLE).text


def test_a_new_link_voids_the_old_one_and_an_invented_one_opens_nothing(acme: Workspace) -> None:
    alice = acme.signed_in()
    old = invite(alice)
    post(alice, f"{PEOPLE}/2/link", PEOPLE)
    new = link_on(alice.get(PEOPLE).text)
    stranger = acme.world.client()
    assert stranger.get(old).status_code == 404
    assert stranger.get(new).status_code == 200
    assert stranger.get("/console/welcome/invented").status_code == 404


def test_nobody_signs_in_before_choosing_a_password(acme: Workspace) -> None:
    invite(acme.signed_in())
    for password in ("", "x" * 12):
        assert sign_in(acme.world.client(), "bo@acme.example", password) == 200


def test_somebody_who_signs_in_already_is_not_added_again(acme: Workspace) -> None:
    make_workspace(acme.world, "Rival", "charlie@rival.example")
    for email in (acme.owner, "charlie@rival.example", "CHARLIE@ｒｉｖａｌ.example"):
        answer = post(acme.signed_in(), PEOPLE, email=email, role="viewer")
        assert answer.status_code == 422
        assert "Somebody signs in with this email address already." in answer.text


def test_a_role_is_changed(acme: Workspace) -> None:
    alice, bo = acme.signed_in(), acme.world.client()
    post(bo, invite(alice), password=PASSWORD)
    sign_in(bo, "bo@acme.example", PASSWORD)
    post(alice, f"{PEOPLE}/2/role", PEOPLE, role="manager")
    assert bo.get("/console/sites").status_code == 200
    assert post(alice, f"{PEOPLE}/2/role", PEOPLE, role="emperor").status_code == 422


def test_whoever_is_removed_is_out_at_once_and_can_be_added_again(acme: Workspace) -> None:
    alice, bo = acme.signed_in(), acme.world.client()
    link = invite(alice)
    post(bo, link, password=PASSWORD)
    sign_in(bo, "bo@acme.example", PASSWORD)
    assert "Keep them" in alice.get(f"{PEOPLE}/2/remove").text
    assert bo.get("/console/responses").status_code == 200
    post(alice, f"{PEOPLE}/2/remove")
    assert bo.get("/console/responses").status_code == 302
    assert "bo@acme.example" not in alice.get(PEOPLE).text
    assert acme.world.client().get(link).status_code == 404
    assert acme.world.client().get(invite(alice)).status_code == 200


def test_owners_are_owners_business(acme: Workspace) -> None:
    alice, admin = acme.signed_in(), acme.world.client()
    post(admin, invite(alice, role="admin"), password=PASSWORD)
    sign_in(admin, "bo@acme.example", PASSWORD)
    refused = post(admin, PEOPLE, email="eve@acme.example", role="owner")
    assert refused.status_code == 422
    for path, fields in (("role", {"role": "viewer"}), ("remove", {}), ("link", {})):
        post(admin, f"{PEOPLE}/1/{path}", PEOPLE, **fields)
        assert "Only an owner may do this" in admin.get(PEOPLE).text
    assert post(admin, f"{PEOPLE}/2/role", PEOPLE, role="owner").status_code == 422
    assert alice.get(PEOPLE).status_code == 200


def test_nobody_demotes_or_removes_themselves(acme: Workspace) -> None:
    alice = acme.signed_in()
    for path in ("role", "remove", "link"):
        assert post(alice, f"{PEOPLE}/1/{path}", PEOPLE, role="viewer").status_code == 422


def test_another_workspaces_people_are_nobody(acme: Workspace) -> None:
    charlie = make_workspace(acme.world, "Rival", "charlie@rival.example").signed_in()
    for path in ("role", "remove", "link"):
        answer = post(charlie, f"{PEOPLE}/1/{path}", PEOPLE, role="viewer")
        assert answer.status_code == 404
    assert acme.owner not in charlie.get(PEOPLE).text
