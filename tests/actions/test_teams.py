"""Teams: made, moved, led and removed."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from tests.builders import Workspace, make_workspace
from widget.actions import change_team
from widget.domain.errors import TeamRefused, TeamsCannotNest, UnknownPerson, UnknownTeam
from widget.domain.roles import Scope
from widget.extensions import db
from widget.storage.models import Member, User
from widget.storage.seats import teams_led
from widget.storage.teams import leaders_by_team, member_counts, team_tree


def run(acme: Workspace, action: Callable[..., Any], *args: Any, **details: Any) -> Any:
    with acme.world.app.app_context():
        db.session.rollback()
        return action(db.session(), acme.id, *args, **details)


def make(acme: Workspace, name: str, parent: int | None = None) -> int:
    made: int = run(acme, change_team.make_team, name=name, parent_id=parent, at=acme.world.clock())
    return made


def paths(acme: Workspace, scope: Scope | None = None) -> list[str]:
    return [team.full_name for team in run(acme, team_tree, scope)]


def team_of(acme: Workspace, member: int) -> int | None:
    with acme.world.app.app_context():
        return db.session.get_one(Member, member).team_id


def user_of(acme: Workspace, email: str) -> int:
    with acme.world.app.app_context():
        return db.session.scalars(select(User.id).where(User.email == email)).one()


def test_teams_nest_and_move(any_acme: Workspace) -> None:
    support = make(any_acme, "Support")
    phone = make(any_acme, " Phone ", support)
    sales = make(any_acme, "Sales")
    run(any_acme, change_team.change_team, phone, name="Calls", parent_id=sales)
    assert paths(any_acme) == ["Sales", "Sales / Calls", "Support"]
    assert paths(any_acme, Scope(teams=frozenset({phone}))) == ["Sales / Calls"]
    with pytest.raises(TeamsCannotNest):
        run(any_acme, change_team.change_team, sales, name="Sales", parent_id=phone)
    with pytest.raises(TeamsCannotNest):
        run(any_acme, change_team.change_team, sales, name="Sales", parent_id=sales)


def test_twenty_deep_is_deep_enough(any_acme: Workspace) -> None:
    last = None
    for number in range(20):
        last = make(any_acme, f"T{number}", last)
    with pytest.raises(TeamsCannotNest):
        make(any_acme, "T20", last)


def test_two_teams_in_one_place_have_two_names(any_acme: Workspace) -> None:
    support = make(any_acme, "Support")
    make(any_acme, "Phone", support)
    for name, parent in (("support", None), ("PHONE", support)):
        with pytest.raises(TeamRefused, match="already"):
            make(any_acme, name, parent)
    other = make(any_acme, "Phone")
    with pytest.raises(TeamRefused, match="already"):
        run(any_acme, change_team.change_team, other, name="Phone", parent_id=support)
    run(any_acme, change_team.change_team, support, name="SUPPORT", parent_id=None)


def test_a_removed_teams_people_go_where_they_are_sent(any_acme: Workspace) -> None:
    support = make(any_acme, "Support")
    phone = make(any_acme, "Phone", support)
    night = make(any_acme, "Night", phone)
    ana = any_acme.member("Ana")
    any_acme.put_in(phone, ana)
    any_acme.person("lead@a.example", "manager", leads=(phone,))
    with pytest.raises(TeamRefused):
        run(any_acme, change_team.remove_team, phone, members_to=phone)
    run(any_acme, change_team.remove_team, phone, members_to=support)
    assert paths(any_acme) == ["Support", "Support / Night"]
    assert team_of(any_acme, ana) == support
    run(any_acme, change_team.remove_team, support, members_to=None)
    assert team_of(any_acme, ana) is None
    run(any_acme, change_team.remove_team, night, members_to=None)
    assert paths(any_acme) == []


def test_only_managers_lead_and_lead_what_is_below(any_acme: Workspace) -> None:
    support = make(any_acme, "Support")
    phone = make(any_acme, "Phone", support)
    any_acme.person("lead@a.example", "manager")
    any_acme.person("viewer@a.example", "viewer")
    lead = user_of(any_acme, "lead@a.example")
    for _twice in range(2):
        run(any_acme, change_team.set_leader, support, lead, leads=True)
    with any_acme.world.app.app_context():
        assert teams_led(db.session(), any_acme.id, lead) == {support, phone}
    assert [one.words for one in run(any_acme, leaders_by_team)[support]] == ["lead@a.example"]
    with pytest.raises(UnknownPerson):
        run(
            any_acme,
            change_team.set_leader,
            support,
            user_of(any_acme, "viewer@a.example"),
            leads=True,
        )
    run(any_acme, change_team.set_leader, support, lead, leads=False)
    assert run(any_acme, leaders_by_team) == {}


def test_another_workspaces_teams_are_unknown(any_acme: Workspace) -> None:
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    theirs, ours = make(rival, "Theirs"), make(any_acme, "Ours")
    acts: list[Callable[..., Any]] = [
        lambda *args: change_team.make_team(
            *args, name="X", parent_id=theirs, at=rival.world.clock()
        ),
        lambda *args: change_team.change_team(*args, theirs, name="X", parent_id=None),
        lambda *args: change_team.change_team(*args, ours, name="X", parent_id=theirs),
        lambda *args: change_team.remove_team(*args, theirs, members_to=None),
        lambda *args: change_team.remove_team(*args, ours, members_to=theirs),
        lambda *args: change_team.set_leader(*args, theirs, 1, leads=True),  # type: ignore[call-arg]
    ]
    for act in acts:
        with pytest.raises(UnknownTeam):
            run(any_acme, act)
    assert paths(any_acme) == ["Ours"]
    assert paths(rival) == ["Theirs"]


def test_the_tree_takes_as_many_queries_for_200_teams_as_for_one(acme: Workspace) -> None:
    made: list[str] = []

    def count(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        made.append(statement)

    def queries() -> int:
        made.clear()
        with acme.world.app.app_context():
            event.listen(db.engine, "before_cursor_execute", count)
            run(acme, team_tree)
            run(acme, member_counts)
            run(acme, leaders_by_team)
            event.remove(db.engine, "before_cursor_execute", count)
        return len(made)

    parent = acme.team("T0")
    before = queries()
    teams = [parent]
    for number in range(1, 200):
        teams.append(acme.team(f"T{number}", parent=teams[number // 3]))
    assert queries() == before
    assert len(paths(acme)) == 200
