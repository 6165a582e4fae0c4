"""Members: changed by those who lead them, linked to who signs in, listed by filters."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from tests.builders import Workspace, make_workspace
from widget.actions import change_member
from widget.actions.create_member import enter_member
from widget.actions.propose_profile import propose_profile
from widget.domain.errors import MemberExists, NotTheirs, PersonLinked, UnknownMember, UnknownTeam
from widget.domain.profiles import Entry, Profile
from widget.domain.roles import EVERYTHING, Scope
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.member_list import MemberFilter, listed_member, members_page, tags_in_use
from widget.storage.members import link_member, member_named, member_names
from widget.storage.models import Member, User


def run(acme: Workspace, action: Callable[..., Any], *args: Any, **details: Any) -> Any:
    with acme.world.app.app_context():
        db.session.rollback()
        return action(db.session(), acme.id, *args, **details)


def enter(acme: Workspace, name: str, **details: Any) -> int:
    """A member with fields of an Entry, `languages`, `title` and the `scope` of who does it."""
    profile = Profile(name, details.pop("title", ""), languages=tuple(details.pop("languages", ())))
    scope = details.pop("scope", EVERYTHING)
    made: int = run(
        acme, enter_member, profile, Entry(**details), scope=scope, at=acme.world.clock()
    )
    return made


def user_of(acme: Workspace, email: str) -> int:
    with acme.world.app.app_context():
        return db.session.scalars(select(User.id).where(User.email == email)).one()


def names(acme: Workspace, scope: Scope = EVERYTHING, **wanted: Any) -> list[str]:
    page = run(acme, members_page, MemberFilter(scope, **wanted), limit=50)
    assert page.total == len(page.items)
    return [one.profile.name for one in page.items]


def test_a_manager_adds_and_moves_within_their_teams_only(any_acme: Workspace) -> None:
    mine, theirs = any_acme.team("Mine"), any_acme.team("Theirs")
    scope = Scope(teams=frozenset({mine}))
    ana = enter(any_acme, "Ana", email="Ana@A.example", team_id=mine, scope=scope)
    for team in (theirs, None):
        with pytest.raises(NotTheirs):
            enter(any_acme, "Bo", team_id=team, scope=scope)
        with pytest.raises(NotTheirs):
            run(
                any_acme,
                change_member.change_member,
                ana,
                Profile("Ana"),
                Entry(team_id=team),
                scope=scope,
            )
    bo = enter(any_acme, "Bo", team_id=theirs)
    acts: list[Callable[..., Any]] = [
        lambda *args: change_member.change_member(  # type: ignore[call-arg]
            *args, bo, Profile("X"), Entry(team_id=mine), scope=scope
        ),
        lambda *args: change_member.set_archived(
            *args, bo, archived=True, scope=scope, at=any_acme.world.clock()
        ),
        lambda *args: change_member.set_approved(*args, bo, is_approved=False, scope=scope),
        lambda *args: change_member.set_photo(
            *args, bo, None, scope=scope, at=any_acme.world.clock()
        ),
    ]
    for act in acts:
        with pytest.raises(NotTheirs):
            run(any_acme, act)
    assert names(any_acme, scope) == ["Ana"]
    with pytest.raises(UnknownMember):
        run(any_acme, listed_member, bo, scope)
    assert run(any_acme, listed_member, ana, scope).entry.email == "ana@a.example"


def test_another_workspaces_team_is_unknown(any_acme: Workspace) -> None:
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    team = rival.team("Theirs")
    with pytest.raises(UnknownTeam):
        enter(any_acme, "Ana", team_id=team)


def test_a_name_that_pages_use_is_one_members_only(any_acme: Workspace) -> None:
    ana = enter(any_acme, "Ana", email="ana@a.example", employee_id="E-1")
    public_id = run(any_acme, listed_member, ana, EVERYTHING).public_id
    for taken in ({"email": "ANA@a.example"}, {"employee_id": "E-1"}, {"employee_id": public_id}):
        with pytest.raises(MemberExists):
            enter(any_acme, "Bo", **taken)
    # One's own names are no obstacle.
    entry = Entry("ana@a.example", "E-1", tags=("x",))
    run(any_acme, change_member.change_member, ana, Profile("Anna"), entry)
    assert names(any_acme) == ["Anna"]


def test_members_are_found_by_every_filter(any_acme: Workspace) -> None:
    top = any_acme.team("Top")
    below = any_acme.team("Below", top)
    ana = enter(any_acme, "Ana", email="a@a.example", team_id=top, tags=("Night", "a_b"))
    enter(any_acme, "Bo", employee_id="E-7", title="Mechanic", team_id=below, tags=("Été",))
    cem = enter(any_acme, "cem", tags=("nightly",))
    dev = enter(any_acme, "Dev")
    run(any_acme, change_member.set_archived, dev, archived=True, at=any_acme.world.clock())
    run(any_acme, change_member.set_approved, cem, is_approved=False)
    proposed = {"user_id": None, "at": any_acme.world.clock()}
    run(any_acme, propose_profile, ana, Profile("Ana", "Lead"), **proposed)
    assert names(any_acme) == ["Ana", "Bo", "cem"]
    assert names(any_acme, search="E-7") == ["Bo"]
    assert names(any_acme, search="mech") == ["Bo"]
    assert names(any_acme, search="A@A") == ["Ana"]
    assert names(any_acme, search="%") == []
    assert names(any_acme, teams=frozenset({top, below})) == ["Ana", "Bo"]
    assert names(any_acme, without_team=True) == ["cem"]
    assert names(any_acme, tag="night") == ["Ana"]
    assert names(any_acme, tag="Été") == ["Bo"]
    assert names(any_acme, tag="aXb") == []
    assert names(any_acme, status="archived") == ["Dev"]
    assert names(any_acme, status="pending") == ["Ana"]
    assert names(any_acme, status="unapproved") == ["cem"]
    assert names(any_acme, status="active") == ["Bo"]
    assert run(any_acme, tags_in_use, EVERYTHING) == ["a_b", "Night", "nightly", "Été"]
    page = run(any_acme, members_page, MemberFilter(EVERYTHING), limit=2, skip=2)
    assert ([one.profile.name for one in page.items], page.total) == (["cem"], 3)


def test_listing_takes_as_many_queries_for_many_members_as_for_one(acme: Workspace) -> None:
    def queries() -> int:
        made: list[str] = []

        def count(_c: object, _cur: object, statement: str, *_rest: object) -> None:
            made.append(statement)

        with acme.world.app.app_context():
            event.listen(db.engine, "before_cursor_execute", count)
            run(acme, members_page, MemberFilter(EVERYTHING), limit=50)
            run(acme, tags_in_use, EVERYTHING)
            event.remove(db.engine, "before_cursor_execute", count)
        return len(made)

    enter(acme, "First", tags=("x",))
    before = queries()
    for number in range(30):
        enter(acme, f"Member {number}", tags=(f"t{number}",))
    assert queries() == before


def test_an_archived_member_is_no_choice_and_has_no_name(any_acme: Workspace) -> None:
    ana = enter(any_acme, "Ana", email="a@a.example", employee_id="E-1")
    public_id = run(any_acme, listed_member, ana, EVERYTHING).public_id
    run(any_acme, change_member.set_archived, ana, archived=True, at=any_acme.world.clock())
    assert run(any_acme, member_names) == []
    for given in ("a@a.example", "E-1", public_id):
        assert run(any_acme, member_named, given) is None
    run(any_acme, change_member.set_archived, ana, archived=False, at=any_acme.world.clock())
    assert run(any_acme, member_named, "E-1").id == ana


def linked(acme: Workspace, user_id: int, email: str) -> int | None:
    with acme.world.app.app_context(), writing(db.session) as session:
        return link_member(session, acme.id, user_id, email)


def test_an_invited_person_is_the_member_with_their_email(any_acme: Workspace) -> None:
    ana = enter(any_acme, "Ana", email="ana@a.example")
    any_acme.person("ana@a.example", "member")
    user = user_of(any_acme, "ana@a.example")
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    assert linked(rival, user, "ana@a.example") is None
    assert linked(any_acme, user, "bo@a.example") is None
    assert linked(any_acme, user, " Ana@A.example ") == ana
    # Once is enough, and nobody else takes their place.
    assert linked(any_acme, user, "ana@a.example") is None
    any_acme.person("other@a.example", "member")
    assert linked(any_acme, user_of(any_acme, "other@a.example"), "ana@a.example") is None
    assert run(any_acme, listed_member, ana, EVERYTHING).user_email == "ana@a.example"


def test_an_archived_member_is_linked_to_nobody_who_is_invited(any_acme: Workspace) -> None:
    ana = enter(any_acme, "Ana", email="ana@a.example")
    any_acme.person("ana@a.example", "member")
    run(any_acme, change_member.set_archived, ana, archived=True, at=any_acme.world.clock())
    assert linked(any_acme, user_of(any_acme, "ana@a.example"), "ana@a.example") is None


def test_a_person_of_the_workspace_is_one_member_at_most(any_acme: Workspace) -> None:
    ana, bo = enter(any_acme, "Ana"), enter(any_acme, "Bo")
    any_acme.person("viewer@a.example", "viewer")
    user = user_of(any_acme, "viewer@a.example")
    run(any_acme, change_member.set_user, ana, user)
    run(any_acme, change_member.set_user, ana, user)
    with pytest.raises(PersonLinked, match="is Ana already"):
        run(any_acme, change_member.set_user, bo, user)
    run(any_acme, change_member.set_user, ana, None)
    run(any_acme, change_member.set_user, bo, user)
    make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    with pytest.raises(PersonLinked, match="does not sign in"):
        run(any_acme, change_member.set_user, ana, user_of(any_acme, "charlie@rival.example"))
    with any_acme.world.app.app_context():
        assert db.session.get_one(Member, bo).user_id == user
