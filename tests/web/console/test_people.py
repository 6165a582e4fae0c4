"""The people of a workspace: roles and scope, links to a new password, and taking them out."""

import pytest
from sqlalchemy import select, update

from tests.builders import PASSWORD, Workspace, make_workspace, messages_to, post
from tests.web.console.inviting import (
    PEOPLE,
    accept,
    invite,
    link_on,
    try_sign_in,
    user_id,
)
from widget.domain.invitations import Place
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Member, User, team_managers
from widget.storage.people import person
from widget.storage.seats import seat_of

BO = "bo@acme.example"


def place_of(acme: Workspace, email: str) -> Place:
    with acme.world.app.app_context():
        db.session.rollback()
        return person(db.session(), acme.id, user_id(acme, email)).place


def set_role(acme: Workspace, email: str, **place: object) -> None:
    path = f"{PEOPLE}/{user_id(acme, email)}/role"
    assert post(acme.signed_in(), path, **place).status_code == 303


def test_the_list_tells_name_email_role_and_teams(acme: Workspace) -> None:
    phone = acme.team("Phone", parent=acme.team("Support"))
    acme.person("lea@acme.example", "manager", leads=(phone,))
    acme.person("max@acme.example", "manager", sees_all=True)
    acme.person("ned@acme.example", "manager")
    accept(acme, invite(acme.signed_in(), BO), "Bo Berg")
    page = acme.signed_in().get(PEOPLE).text
    for text in ("Bo Berg", BO, "<small>Support / Phone</small>", "the whole workspace"):
        assert text in page
    assert "No team yet" in page


def test_a_manager_is_given_teams_or_the_whole_workspace(acme: Workspace) -> None:
    support, sales = acme.team("Support"), acme.team("Sales")
    bo = acme.person(BO, "viewer")
    set_role(acme, BO, role="manager", scope="teams", teams=[support, sales])
    assert place_of(acme, BO) == Place("manager", False, (sales, support))
    assert bo.get("/console/sites").status_code == 403
    set_role(acme, BO, role="manager", scope="all", teams=[support])
    assert place_of(acme, BO) == Place("manager", True)
    assert bo.get("/console/sites").status_code == 200


def test_whoever_is_no_manager_any_more_leads_no_team(acme: Workspace) -> None:
    acme.person(BO, "manager", leads=(acme.team("Support"),))
    set_role(acme, BO, role="viewer", scope="teams", teams=["1"])
    assert place_of(acme, BO) == Place("viewer")


def test_a_form_without_a_scope_gives_a_manager_no_more_than_teams(acme: Workspace) -> None:
    acme.person(BO, "viewer")
    set_role(acme, BO, role="manager")
    assert place_of(acme, BO) == Place("manager")
    path = f"{PEOPLE}/{user_id(acme, BO)}/role"
    assert post(acme.signed_in(), path, role="emperor").status_code == 422


def test_the_form_offers_teams_first_where_there_are_some(acme: Workspace) -> None:
    whole, teams = 'value="all" checked', 'value="teams" checked'
    bare = acme.signed_in().get(PEOPLE).text
    assert whole in bare
    assert teams not in bare
    acme.team("Support")
    page = acme.signed_in().get(PEOPLE).text
    assert teams in page
    assert whole not in page


def test_nobody_is_made_to_lead_a_team_of_another_workspace(acme: Workspace) -> None:
    """Who leads a team sees its responses: an admin here would let somebody see another's there."""
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    theirs = rival.team("Theirs")
    rival.person(BO, "manager")
    acme.person(BO, "viewer")
    set_role(acme, BO, role="manager", scope="teams", teams=[str(theirs), "x", "9" * 30])
    with acme.world.app.app_context():
        assert db.session.scalar(select(team_managers.c.team_id)) is None
        there = seat_of(db.session(), user_id(acme, BO), rival.id)
        assert there is not None
        assert there.scope.teams == frozenset()


def test_changing_a_role_here_keeps_the_teams_led_elsewhere(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    theirs = rival.team("Theirs")
    rival.person(BO, "manager", leads=(theirs,))
    acme.person(BO, "manager", leads=(acme.team("Ours"),))
    set_role(acme, BO, role="viewer")
    assert place_of(rival, BO).teams == (theirs,)


def test_whoever_is_removed_is_out_at_once_and_can_be_invited_again(acme: Workspace) -> None:
    alice = acme.signed_in()
    bo = accept(acme, invite(alice))
    path = f"{PEOPLE}/{user_id(acme, BO)}/remove"
    assert "Keep them" in alice.get(path).text
    assert bo.get("/console/responses").status_code == 200
    post(alice, path)
    assert bo.get("/console/responses").status_code == 302
    assert BO not in alice.get(PEOPLE).text
    again = invite(alice)
    # Their account is there still, with a password that is theirs.
    assert "Sign in to join" in acme.world.client().get(again).text


def test_whoever_is_removed_leads_nothing_and_is_no_member_but_stays_so_elsewhere(
    acme: Workspace,
) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    for workspace in (acme, rival):
        me = workspace.member("Bo", email=BO)
        bo = workspace.person(BO, "manager", leads=(workspace.team("Team"),), member=me)
    post(acme.signed_in(), f"{PEOPLE}/{user_id(acme, BO)}/remove")
    with acme.world.app.app_context():
        linked = db.session.scalars(select(Member.workspace_id).where(Member.user_id.is_not(None)))
        assert list(linked) == [rival.id]
    assert len(place_of(rival, BO).teams) == 1
    # Nor does another workspace's admin sign them out.
    assert bo.get("/console/account").status_code == 200


def test_owners_are_owners_business(acme: Workspace) -> None:
    admin = acme.person("adi@acme.example", "admin")
    refused = post(admin, PEOPLE, email="eve@acme.example", role="owner")
    assert refused.status_code == 422
    assert "Only an owner may do this" in refused.text
    alice = user_id(acme, acme.owner)
    for path, fields in (("role", {"role": "viewer"}), ("remove", {}), ("link", {})):
        post(admin, f"{PEOPLE}/{alice}/{path}", PEOPLE, **fields)
        assert "Only an owner may do this" in admin.get(PEOPLE).text
    assert acme.signed_in().get(PEOPLE).status_code == 200


def test_nobody_demotes_or_removes_themselves(acme: Workspace) -> None:
    alice = acme.signed_in()
    for path in ("role", "remove", "link"):
        answer = post(alice, f"{PEOPLE}/{user_id(acme, acme.owner)}/{path}", PEOPLE, role="viewer")
        assert answer.status_code == 422


def test_another_workspaces_people_are_nobody(acme: Workspace) -> None:
    charlie = make_workspace(acme.world, "Rival", "charlie@rival.example").signed_in()
    for path in ("role", "remove", "link"):
        path = f"{PEOPLE}/{user_id(acme, acme.owner)}/{path}"
        assert post(charlie, path, PEOPLE, role="viewer").status_code == 404
    assert acme.owner not in charlie.get(PEOPLE).text


def test_a_link_to_a_new_password_is_shown_once_works_once_and_is_told_of(acme: Workspace) -> None:
    alice, bo = acme.signed_in(), acme.person(BO, "viewer")
    post(alice, f"{PEOPLE}/{user_id(acme, BO)}/link", PEOPLE)
    link = link_on(alice.get(PEOPLE).text)
    assert "/console/account/new-password/" not in alice.get(PEOPLE).text
    assert bo.get("/console/responses").status_code == 302
    stranger = acme.world.client()
    assert post(stranger, link, password="short").status_code == 422
    assert post(stranger, link, password="a whole new password").status_code == 303
    assert stranger.get(link).status_code == 404
    assert try_sign_in(stranger, BO, "a whole new password") == 302
    assert [mail.subject for mail in messages_to(acme, BO)] == [
        "Your password for Sayso was changed"
    ]


class TestAnAdminNeverEntersAnotherWorkspaceByASharedUser:
    """Alice owns Acme, where Bo signs in; Bo signs in to Rival too, which is none of hers."""

    @pytest.fixture
    def rival(self, acme: Workspace) -> Workspace:
        return make_workspace(acme.world, "Rival", "charlie@rival.example")

    def test_the_link_of_somebody_who_belongs_elsewhere_goes_to_them_by_mail_only(
        self, acme: Workspace, rival: Workspace
    ) -> None:
        rival.person(BO, "owner")
        bo = acme.person(BO, "viewer")
        alice = acme.signed_in()
        post(alice, f"{PEOPLE}/{user_id(acme, BO)}/link", PEOPLE)
        page = alice.get(PEOPLE).text
        assert "/console/account/new-password/" not in page
        assert "went to them by mail" in page
        # Nothing of theirs has ended.
        assert bo.get("/console/responses").status_code == 200
        [mail] = messages_to(acme, BO)
        link = mail.link.removeprefix("http://localhost")
        assert post(acme.world.client(), link, password=PASSWORD).status_code == 303

    def test_a_shown_link_ends_when_its_user_joins_another_workspace(
        self, acme: Workspace, rival: Workspace
    ) -> None:
        """Made while Acme was all that Bo had, and kept for the day when there is more."""
        acme.person(BO, "viewer")
        alice = acme.signed_in()
        post(alice, f"{PEOPLE}/{user_id(acme, BO)}/link", PEOPLE)
        kept = link_on(alice.get(PEOPLE).text)
        assert acme.world.client().get(kept).status_code == 200
        rival.person(BO, "owner")
        assert post(acme.world.client(), kept, "/console/account/sign-in").status_code == 404

    def test_an_invitation_never_sets_the_password_of_who_signs_in_already(
        self, acme: Workspace, rival: Workspace
    ) -> None:
        link = invite(acme.signed_in(), rival.owner)
        stranger = acme.world.client()
        assert "Sign in to join" in stranger.get(link).text
        taken = post(
            stranger, link, "/console/account/sign-in", name="X", password="a whole new password"
        )
        assert taken.status_code == 200
        assert try_sign_in(stranger, rival.owner, "a whole new password") == 200
        assert try_sign_in(stranger, rival.owner) == 302

    def test_nor_of_who_was_added_there_and_has_not_chosen_one_yet(
        self, acme: Workspace, rival: Workspace
    ) -> None:
        rival.person(BO, "owner")
        with acme.world.app.app_context(), writing(db.session) as session:
            session.execute(update(User).where(User.email == BO).values(password=""))
        link = invite(acme.signed_in(), BO)
        assert "Sign in to join" in acme.world.client().get(link).text

    def test_inviting_tells_nothing_of_whether_somebody_signs_in_elsewhere(
        self, acme: Workspace, rival: Workspace
    ) -> None:
        alice = acme.signed_in()
        pages = []
        for email in (rival.owner, "nobody@rival.example"):
            sent = post(alice, PEOPLE, email=email, role="viewer")
            assert sent.status_code == 303
            page = alice.get(PEOPLE).text
            post(alice, f"{PEOPLE}/invitations/{len(pages) + 1}/revoke", PEOPLE)
            alice.get(PEOPLE)
            shown = page[page.index("<h2>", page.index('role="status"')) : page.index('id="link"')]
            pages.append(shown.replace(email, "X"))
        assert pages[0] == pages[1]
