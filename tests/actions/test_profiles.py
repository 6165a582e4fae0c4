"""A member's change of their own profile: waits, is approved or declined, and is told by mail."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.builders import Workspace, add_request, make_workspace, picture, profile_of
from widget.actions.change_member import set_approved
from widget.actions.change_people_rules import change_people_rules
from widget.actions.decide_profile import approve_profile, decline_profile
from widget.actions.propose_profile import propose_profile, withdraw_proposal
from widget.domain.errors import NotTheirs, ProfileChangeGone, ProfileRefused
from widget.domain.people_rules import PeopleRules
from widget.domain.profiles import Profile
from widget.domain.roles import EVERYTHING, Scope
from widget.extensions import db
from widget.storage.deliveries import claim
from widget.storage.faces import first_card, member_card
from widget.storage.models import Member, Message, User
from widget.storage.profiles import proposal_of, waiting_changes

NEW = Profile("Ana S.", "Lead", "One.\nTwo.")


def run(acme: Workspace, action: Callable[..., Any], *args: Any, **details: Any) -> Any:
    """Do something in the workspace, on a session that has read nothing."""
    with acme.world.app.app_context():
        db.session.rollback()
        return action(db.session(), acme.id, *args, **details)


def propose(acme: Workspace, member: int, profile: Profile = NEW, **details: Any) -> str:
    details = {"user_id": None, "at": acme.world.clock(), **details}
    outcome: str = run(acme, propose_profile, member, profile, **details)
    return outcome


def decide(acme: Workspace, action: Callable[..., Any], member: int, **details: Any) -> None:
    given = {
        "scope": EVERYTHING,
        "proposed_at": acme.world.clock(),
        "link": "http://localhost/console/profile",
        "at": acme.world.clock(),
        **details,
    }
    run(acme, action, member, **given)


def messages(acme: Workspace) -> list[Message]:
    with acme.world.app.app_context():
        db.session.rollback()
        rows = list(db.session.scalars(select(Message)))
        db.session.expunge_all()
        return rows


def test_a_change_waits_while_customers_see_what_was_approved(any_acme: Workspace) -> None:
    ana = any_acme.member("Ana", email="ana@acme.example")
    assert propose(any_acme, ana, photo=picture()) == "waiting"
    assert profile_of(any_acme, ana) == ("Ana", "", "", None)
    assert run(any_acme, member_card, ana).name == "Ana"
    waiting = run(any_acme, waiting_changes, EVERYTHING, limit=9)
    assert [(one.name, one.wanted.title) for one in waiting] == [("Ana", "Lead")]
    assert waiting[0].wanted.photo
    assert messages(any_acme) == []


def test_an_approved_change_is_what_customers_see_and_the_member_is_told(
    any_acme: Workspace,
) -> None:
    ana = any_acme.member("Ana", email="ana@acme.example")
    propose(any_acme, ana)
    decide(any_acme, approve_profile, ana)
    assert profile_of(any_acme, ana) == ("Ana S.", "Lead", "One.\nTwo.", None)
    assert run(any_acme, proposal_of, ana) is None
    sent = messages(any_acme)
    assert [(one.channel, one.target, one.purpose) for one in sent] == [
        ("mail", "ana@acme.example", "profile")
    ]
    with pytest.raises(ProfileChangeGone):
        decide(any_acme, approve_profile, ana)


def test_a_declined_change_says_why_and_may_be_sent_again(any_acme: Workspace) -> None:
    ana = any_acme.member("Ana", email="ana@acme.example")
    any_acme.person("signs.in@acme.example", "member", member=ana)
    propose(any_acme, ana)
    with pytest.raises(ProfileRefused):
        decide(any_acme, decline_profile, ana, reason="  ", user_id=None)
    decide(any_acme, decline_profile, ana, reason="No titles, please.", user_id=None)
    found = run(any_acme, proposal_of, ana)
    assert (found.is_declined, found.reason, found.profile.title) == (
        True,
        "No titles, please.",
        "Lead",
    )
    assert profile_of(any_acme, ana)[1] == ""
    # To who signs in as the member, where somebody does.
    assert [(one.target, one.content["quote"]) for one in messages(any_acme)] == [
        ("signs.in@acme.example", "No titles, please.")
    ]
    assert propose(any_acme, ana, Profile("Ana", "Support")) == "waiting"
    found = run(any_acme, proposal_of, ana)
    assert (found.is_declined, found.reason) == (False, "")


def test_what_was_not_looked_at_is_not_decided(any_acme: Workspace) -> None:
    ana = any_acme.member("Ana")
    propose(any_acme, ana)
    looked_at: datetime = any_acme.world.clock()
    any_acme.world.clock.pass_time(minutes=1)
    propose(any_acme, ana, Profile("Ana", "Something worse"))
    with pytest.raises(ProfileChangeGone, match="changed again"):
        decide(any_acme, approve_profile, ana, proposed_at=looked_at)


def test_only_who_leads_the_member_decides(any_acme: Workspace) -> None:
    ana, team, other = any_acme.member("Ana"), any_acme.team("One"), any_acme.team("Other")
    any_acme.put_in(team, ana)
    propose(any_acme, ana)
    for scope in (Scope(teams=frozenset({other})), Scope(member_id=ana), Scope()):
        with pytest.raises(NotTheirs):
            decide(any_acme, approve_profile, ana, scope=scope)
        assert run(any_acme, waiting_changes, scope, limit=9) == []
    decide(any_acme, approve_profile, ana, scope=Scope(teams=frozenset({team})))


def test_another_workspaces_change_is_not_there(any_acme: Workspace) -> None:
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    ana = any_acme.member("Ana")
    propose(any_acme, ana)
    with pytest.raises(ProfileChangeGone):
        decide(rival, approve_profile, ana)
    assert run(rival, proposal_of, ana) is None


def test_nothing_waits_where_the_workspace_trusts_or_the_editor_leads(
    any_acme: Workspace,
) -> None:
    ana, team = any_acme.member("Ana"), any_acme.team("One")
    any_acme.put_in(team, ana)
    assert propose(any_acme, ana, leads=Scope(member_id=ana)) == "waiting"
    assert propose(any_acme, ana, leads=Scope(teams=frozenset({team}))) == "shown"
    assert run(any_acme, proposal_of, ana) is None
    run(any_acme, change_people_rules, PeopleRules(review_profiles=False))
    assert propose(any_acme, ana, Profile("Ana", "Trusted")) == "shown"
    assert profile_of(any_acme, ana)[1] == "Trusted"


def test_saying_what_is_shown_already_withdraws_what_waits(any_acme: Workspace) -> None:
    ana = any_acme.member("Ana")
    propose(any_acme, ana)
    assert propose(any_acme, ana, Profile("Ana")) == "same"
    assert run(any_acme, proposal_of, ana) is None
    propose(any_acme, ana)
    run(any_acme, withdraw_proposal, ana)
    assert run(any_acme, proposal_of, ana) is None


def test_of_an_unapproved_member_customers_see_the_name_only(any_acme: Workspace) -> None:
    ana = any_acme.member("Ana")
    propose(any_acme, ana, photo=picture(), leads=EVERYTHING)
    with any_acme.world.app.app_context():
        db.session.execute(update(Member).values(is_approved=False))
        db.session.commit()
    card = run(any_acme, member_card, ana)
    assert (card.name, card.title, card.bio, card.photo) == ("Ana S.", "", "", None)
    # The same words again wait to be approved.
    assert propose(any_acme, ana, run(any_acme, _stored, ana)) == "waiting"
    decide(any_acme, approve_profile, ana)
    assert run(any_acme, member_card, ana).title == "Lead"


def _stored(_session: object, _workspace_id: int, member: int) -> Profile:
    row = db.session.get_one(Member, member)
    return Profile(row.name, row.title, row.bio, row.photo, tuple(row.languages))


def test_a_reviewer_reads_who_sent_a_change(any_acme: Workspace) -> None:
    ana = any_acme.member("Ana")
    any_acme.person("ana@acme.example", "member", member=ana)
    with any_acme.world.app.app_context():
        user = db.session.scalars(select(User.id).where(User.email == "ana@acme.example")).one()
    propose(any_acme, ana, user_id=user)
    assert run(any_acme, waiting_changes, EVERYTHING, limit=9)[0].by == "ana@acme.example"


def test_mails_too_show_the_name_only_of_an_unapproved_member(any_acme: Workspace) -> None:
    ana, survey = any_acme.member("Ana"), any_acme.survey()
    propose(any_acme, ana, Profile("Ana", "Lead", "Bio"), photo=picture(), leads=EVERYTHING)

    def mailed() -> tuple[str, str, str, bool]:
        add_request(any_acme, survey, member_id=ana)
        with any_acme.world.app.app_context():
            db.session.rollback()
            now, lease = any_acme.world.clock(), timedelta(minutes=5)
            due = claim(db.engine, any_acme.id, now, limit=1, lease=lease)[0]
        return due.member_name, due.member_title, due.member_bio, due.member_photo is not None

    def previewed() -> tuple[str, str, str, bool]:
        shown = run(any_acme, first_card)
        return shown.name, shown.title, shown.bio, shown.photo is not None

    assert mailed() == previewed() == ("Ana", "Lead", "Bio", True)
    run(any_acme, set_approved, ana, is_approved=False)
    assert mailed() == previewed() == ("Ana", "", "", False)
