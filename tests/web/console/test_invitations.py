"""Invitations: the mail, the link, taking one's place, and what is over."""

import pytest
from sqlalchemy import delete, select

from tests.builders import PASSWORD, Workspace, make_workspace, messages_to, post, sign_in
from tests.web.console.inviting import (
    PEOPLE,
    accept,
    invite,
    link_on,
    try_sign_in,
    user_id,
)
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Invitation, Member, Team, User
from widget.storage.seats import Seat, seat_of

BO = "bo@acme.example"


def seat(acme: Workspace, email: str) -> Seat | None:
    with acme.world.app.app_context():
        return seat_of(db.session(), user_id(acme, email), acme.id)


def invitation_id(acme: Workspace, email: str = BO) -> int:
    with acme.world.app.app_context():
        return db.session.scalars(select(Invitation.id).where(Invitation.email == email)).one()


def test_somebody_new_is_mailed_chooses_a_password_and_has_their_role(any_acme: Workspace) -> None:
    acme = any_acme
    link = invite(acme.signed_in(), "Bo@Acme.example", role="viewer")
    [mail] = messages_to(acme, BO)
    assert mail.subject == "alice@acme.example invites you to Acme on Sayso"
    assert mail.link == f"http://localhost{link}"
    bo = acme.world.client()
    assert BO in bo.get(link).text
    short = post(bo, link, name="Bo Berg", password="short")
    assert short.status_code == 422
    assert "At least 12 characters" in short.text
    assert post(bo, link, name=" Bo  Berg ", password=PASSWORD).status_code == 303
    # They are signed in already, and their password is theirs.
    assert bo.get("/console/responses").status_code == 200
    assert bo.get("/console/sites").status_code == 403
    assert try_sign_in(acme.world.client(), BO) == 302
    assert "Bo Berg" in acme.signed_in().get(PEOPLE).text


def test_links_are_built_from_the_public_address_whatever_host_a_request_names(
    acme: Workspace,
) -> None:
    alice = acme.signed_in()
    token = alice.get(PEOPLE, base_url="http://127.0.0.1").text
    assert token
    post(alice, PEOPLE, email=BO, role="viewer")
    assert messages_to(acme, BO)[0].link.startswith("http://localhost/console/welcome/")


def test_no_user_is_made_before_somebody_accepts(acme: Workspace) -> None:
    invite(acme.signed_in())
    with acme.world.app.app_context():
        assert list(db.session.scalars(select(User.email))) == [acme.owner]
        assert len(db.session.scalars(select(Invitation.token_sha256)).one()) == 64
    for password in ("", "x" * 12):
        assert try_sign_in(acme.world.client(), BO, password) == 200


def test_a_link_is_shown_once_and_works_once(acme: Workspace) -> None:
    alice = acme.signed_in()
    link = invite(alice)
    assert "/console/welcome/" not in alice.get(PEOPLE).text
    accept(acme, link)
    again = acme.world.client().get(link)
    assert again.status_code == 410
    assert "This invitation was accepted" in again.text
    assert "Invited" not in alice.get(PEOPLE).text


def test_sending_again_voids_the_old_link_and_gives_the_new_one_its_whole_time(
    acme: Workspace,
) -> None:
    alice = acme.signed_in()
    old = invite(alice)
    acme.world.clock.pass_time(days=8)
    over = acme.world.client().get(old)
    assert over.status_code == 410
    assert "Ask alice@acme.example to send it again" in over.text
    assert "too old" in alice.get(PEOPLE).text
    post(alice, f"{PEOPLE}/invitations/{invitation_id(acme)}/again", PEOPLE)
    new = link_on(alice.get(PEOPLE).text)
    assert acme.world.client().get(old).status_code == 404
    assert len(messages_to(acme, BO)) == 2
    acme.world.clock.pass_time(days=6)
    accept(acme, new)


def test_a_withdrawn_invitation_says_so_and_opens_nothing(acme: Workspace) -> None:
    alice = acme.signed_in()
    link = invite(alice)
    post(alice, f"{PEOPLE}/invitations/{invitation_id(acme)}/revoke", PEOPLE)
    stranger = acme.world.client()
    answer = stranger.get(link)
    assert answer.status_code == 410
    assert "was withdrawn" in answer.text
    refused = post(stranger, link, "/console/account/sign-in", name="Bo", password=PASSWORD)
    assert refused.status_code == 410
    assert acme.world.client().get("/console/welcome/invented").status_code == 404
    # It can be neither sent nor withdrawn any more.
    for verb in ("again", "revoke"):
        path = f"{PEOPLE}/invitations/{invitation_id(acme)}/{verb}"
        assert post(alice, path, PEOPLE).status_code == 404


def test_whoever_is_in_or_invited_already_is_not_invited_again(acme: Workspace) -> None:
    alice = acme.signed_in()
    invite(alice)
    for email, says in (
        (acme.owner, "is in this workspace already"),
        ("ALICE@ａｃｍｅ.example", "is in this workspace already"),
        (BO, "is invited already"),
    ):
        answer = post(alice, PEOPLE, email=email, role="viewer")
        assert answer.status_code == 422
        assert says in answer.text


def test_whoever_signs_in_already_joins_by_a_button_and_keeps_their_password(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    link = invite(acme.signed_in(), rival.owner, role="admin")
    charlie = acme.world.client()
    page = charlie.get(link).text
    assert "sign in with your own password" in page
    # Signing in leads back here.
    back = post(
        charlie,
        f"/console/account/sign-in?next={link}",
        email=rival.owner,
        password=PASSWORD,
        next=link,
    )
    assert back.headers["Location"] == link
    assert "Join" in charlie.get(link).text
    assert post(charlie, link).status_code == 303
    assert "Acme" in charlie.get("/console/account").text
    there = seat(acme, rival.owner)
    assert there is not None
    assert there.role == "admin"
    assert try_sign_in(acme.world.client(), rival.owner) == 302


def test_somebody_else_who_is_signed_in_cannot_take_a_place_that_is_not_theirs(
    acme: Workspace,
) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    link = invite(acme.signed_in(), "dana@rival.example", role="owner")
    charlie = rival.signed_in()
    page = charlie.get(link).text
    assert "You are signed in as charlie@rival.example" in page
    assert post(charlie, link, name="X", password=PASSWORD).status_code == 200
    with acme.world.app.app_context():
        assert db.session.scalar(select(User).where(User.email == "dana@rival.example")) is None
    # Signing out leads back to the invitation.
    out = post(charlie, "/console/account/sign-out", link, next=link)
    assert out.headers["Location"].endswith(link)
    assert "Your name" in charlie.get(link).text


def test_joining_ends_what_else_was_signed_in_as_them(acme: Workspace) -> None:
    """An admin of their first workspace may have won a session there, before there was a second."""
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    elsewhere, here = rival.signed_in(), rival.signed_in()
    post(here, invite(acme.signed_in(), rival.owner))
    assert here.get("/console/account").status_code == 200
    assert elsewhere.get("/console/account").status_code == 302


def test_a_manager_is_invited_with_teams_and_sees_only_theirs(acme: Workspace) -> None:
    support, gone = acme.team("Support"), acme.team("Gone")
    rivals = make_workspace(acme.world, "Rival", "charlie@rival.example").team("Theirs")
    teams = [support, gone, rivals]
    link = invite(acme.signed_in(), role="manager", scope="teams", teams=teams)
    with acme.world.app.app_context(), writing(db.session) as session:
        session.execute(delete(Team).where(Team.id == gone))
    accept(acme, link)
    found = seat(acme, BO)
    assert found is not None
    assert (found.role, found.sees_all, found.scope.teams) == ("manager", False, {support})


def test_joining_makes_somebody_the_member_of_the_same_email(acme: Workspace) -> None:
    ours = acme.member("Bo", email=BO)
    make_workspace(acme.world, "Rival", "charlie@rival.example").member("Bo", email=BO)
    accept(acme, invite(acme.signed_in(), role="member"))
    with acme.world.app.app_context():
        linked = list(db.session.scalars(select(Member.id).where(Member.user_id.is_not(None))))
    assert linked == [ours]


@pytest.mark.parametrize("how", ["taken", "archived"])
def test_a_member_who_is_somebodys_or_gone_is_not_linked(acme: Workspace, how: str) -> None:
    me = acme.member("Bo", email=BO)
    if how == "taken":
        acme.person("eve@acme.example", "member", member=me)
    else:
        post(acme.signed_in(), f"/console/members/{me}/archive", "/console/members")
    accept(acme, invite(acme.signed_in(), role="member"))
    found = seat(acme, BO)
    assert found is not None
    assert found.member_id is None


@pytest.mark.parametrize("how", ["removed", "demoted"])
def test_what_somebody_invited_to_ends_when_they_could_not_invite_to_it_any_more(
    acme: Workspace, how: str
) -> None:
    """Else a way back would be left open by whoever is shown out."""
    adi = acme.person("adi@acme.example", "admin")
    link = invite(adi, role="admin")
    alice, id = acme.signed_in(), user_id(acme, "adi@acme.example")
    if how == "removed":
        post(alice, f"{PEOPLE}/{id}/remove")
    else:
        post(alice, f"{PEOPLE}/{id}/role", role="viewer")
    assert acme.world.client().get(link).status_code == 410


def test_too_many_invitations_in_an_hour_are_refused(acme: Workspace) -> None:
    alice = acme.signed_in()
    invite(alice)
    again = f"{PEOPLE}/invitations/{invitation_id(acme)}/again"
    statuses = [post(alice, again, PEOPLE).status_code for _ in range(6)]
    assert statuses == [303] * 5 + [429]


def test_another_workspaces_invitations_are_nobodys(acme: Workspace) -> None:
    invite(acme.signed_in())
    charlie = make_workspace(acme.world, "Rival", "charlie@rival.example").signed_in()
    assert BO not in charlie.get(PEOPLE).text
    for verb in ("again", "revoke"):
        path = f"{PEOPLE}/invitations/{invitation_id(acme)}/{verb}"
        assert post(charlie, path, PEOPLE).status_code == 404


def test_an_admin_neither_sends_again_nor_withdraws_what_makes_an_owner(acme: Workspace) -> None:
    invite(acme.signed_in(), role="owner")
    adi = acme.person("adi@acme.example", "admin")
    for verb in ("again", "revoke"):
        post(adi, f"{PEOPLE}/invitations/{invitation_id(acme)}/{verb}", PEOPLE)
        assert "Only an owner may do this" in adi.get(PEOPLE).text


def test_whoever_joined_a_second_workspace_is_signed_in_to_it_next_time(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    post(rival.signed_in(), invite(acme.signed_in(), rival.owner))
    assert (
        "You are here, as viewer" in sign_in(acme.world, rival.owner).get("/console/account").text
    )
