"""Two who change the same people at the same moment, on both databases."""

import threading
from collections.abc import Callable

import pytest
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import PASSWORD, Workspace, make_workspace
from widget.actions import change_people
from widget.actions.accept_invitation import join, join_as_new
from widget.actions.choose_password import choose_password
from widget.actions.invite_person import invite_person
from widget.domain.errors import InvitationOver, LinkOver, RoleRefused, SaysoError, SignInFirst
from widget.domain.invitations import Place
from widget.domain.messages import Content
from widget.domain.password_links import PasswordLink
from widget.extensions import db
from widget.storage import people
from widget.storage.models import Membership, User

BO = "bo@acme.example"


def user(acme: Workspace, email: str) -> tuple[int, str]:
    """The id and the stamp of a user."""
    with acme.world.app.app_context():
        found = db.session.scalars(select(User).where(User.email == email)).one()
        return found.id, found.fs_uniquifier


def at_once(acme: Workspace, *steps: Callable[[Session], object]) -> list[SaysoError | None]:
    """Do things on a connection each, all begun before any can end; what each raised."""
    begin = threading.Barrier(len(steps))
    raised: list[SaysoError | None] = [None] * len(steps)

    def run(number: int, step: Callable[[Session], object]) -> None:
        with acme.world.app.app_context():
            try:
                begin.wait(30)
                step(db.session())
            except SaysoError as error:
                raised[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def invited_to(acme: Workspace, email: str, place: Place | None = None) -> str:
    """The token of a new invitation."""
    with acme.world.app.app_context():
        return invite_person(
            db.session(),
            acme.id,
            email=email,
            place=place or Place("viewer"),
            actor=user(acme, acme.owner)[0],
            link_of=str,
            at=acme.world.clock(),
        )


def test_two_owners_who_demote_each_other_at_once_leave_one(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = any_acme
    acme.person(BO, "owner")
    alice, bo = user(acme, acme.owner)[0], user(acme, BO)[0]
    # Both are in the middle of it before either commits, unless one waits for the other.
    in_the_middle = threading.Barrier(2)
    change = people.set_place

    def slowly(*args: object) -> None:
        change(*args)  # type: ignore[arg-type]
        try:
            in_the_middle.wait(1)
        except threading.BrokenBarrierError:
            return

    monkeypatch.setattr(people, "set_place", slowly)

    def demote(who: int, by: int) -> Callable[[Session], None]:
        return lambda session: change_people.change_place(
            session, acme.id, who, actor=by, place=Place("admin"), at=acme.world.clock()
        )

    raised = at_once(acme, demote(bo, alice), demote(alice, bo))
    assert [type(error) for error in raised if error] == [RoleRefused]
    with acme.world.app.app_context():
        roles = db.session.scalars(
            select(Membership.role).where(Membership.workspace_id == acme.id)
        )
        assert sorted(roles) == ["admin", "owner"]


def test_whoever_is_no_owner_any_more_when_their_turn_comes_changes_no_owner(
    acme: Workspace,
) -> None:
    acme.person(BO, "owner")
    acme.person("cy@acme.example", "owner")
    alice, bo, cy = (user(acme, email)[0] for email in (acme.owner, BO, "cy@acme.example"))
    with acme.world.app.app_context():
        at = acme.world.clock()
        change_people.change_place(
            db.session(), acme.id, bo, actor=alice, place=Place("admin"), at=at
        )
        with pytest.raises(RoleRefused):
            change_people.remove_person(db.session(), acme.id, cy, actor=bo, at=at)


def test_an_invitation_that_two_accept_at_once_makes_one_user(any_acme: Workspace) -> None:
    acme = any_acme
    token = invited_to(acme, BO)

    def take(name: str) -> Callable[[Session], int]:
        with acme.world.app.app_context():
            hashed = hash_password(PASSWORD)
        return lambda session: join_as_new(
            session, token, name=name, password_hash=hashed, at=acme.world.clock()
        )

    raised = at_once(acme, take("One"), take("Two"))
    assert [type(error) for error in raised if error] == [InvitationOver]


def test_two_workspaces_that_invite_somebody_new_are_not_taken_with_two_passwords(
    any_acme: Workspace,
) -> None:
    """Else whoever holds one of the links would enter the other's workspace."""
    acme = any_acme
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    tokens = [invited_to(workspace, BO) for workspace in (acme, rival)]

    def take(token: str) -> Callable[[Session], int]:
        return lambda session: join_as_new(
            session, token, name="Bo", password_hash=token, at=acme.world.clock()
        )

    raised = at_once(acme, *map(take, tokens))
    assert [type(error) for error in raised if error] == [SignInFirst]
    with acme.world.app.app_context():
        bo = db.session.scalars(select(User).where(User.email == BO)).one()
        places = db.session.scalars(
            select(Membership.workspace_id).where(Membership.user_id == bo.id)
        )
        # Who chose the password is who has the place.
        assert list(places) == [(acme, rival)[tokens.index(bo.password)].id]


def test_joining_and_a_shown_link_at_once_never_give_the_links_holder_both(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    acme.person(BO, "viewer")
    bo, stamp = user(acme, BO)
    token, at = invited_to(rival, BO), acme.world.clock()
    link = PasswordLink(bo, stamp, at.replace(year=at.year + 1), shown_in=acme.id)
    raised = at_once(
        acme,
        lambda session: join(session, token, user_id=bo, stamp=stamp, at=at),
        lambda session: choose_password(session, link, "theirs", told=Content("x", "y"), at=at),
    )
    joined, chose = (error is None for error in raised)
    assert joined != chose
    assert {type(error) for error in raised if error} <= {SignInFirst, LinkOver}
