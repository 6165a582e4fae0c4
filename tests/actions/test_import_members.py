"""Files of members: previewed, applied in one transaction, forgotten."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.builders import Workspace, make_workspace
from widget.actions import import_members
from widget.actions.import_members import (
    apply_members,
    discard_members,
    forget_member_files,
    preview_members,
    upload_members,
)
from widget.domain.errors import FileRefused
from widget.domain.roles import EVERYTHING
from widget.extensions import db
from widget.storage.member_list import MemberFilter, members_page
from widget.storage.models import Member, MemberImport
from widget.storage.teams import team_tree

FILE = """email,employee id,name,title,team,tags,active
ana@a.example,,,Lead,Support,"billing, nights",
new@a.example,E-9,New,,Support / Night,,yes
also@a.example,E-8,Also,,Support / Night,,
,E-2,,,,,no
nobody,,X,,,,
"""


def run(acme: Workspace, action: Callable[..., Any], *args: Any, **details: Any) -> Any:
    with acme.world.app.app_context():
        db.session.rollback()
        return action(db.session(), acme.id, *args, **details)


def upload(acme: Workspace, text: str, makes_teams: bool = False) -> UUID:
    kept: UUID = run(
        acme,
        upload_members,
        file_name="members.csv",
        content=text.encode(),
        makes_teams=makes_teams,
        user_id=None,
        at=acme.world.clock(),
    )
    return kept


def files(acme: Workspace) -> int:
    with acme.world.app.app_context():
        db.session.rollback()
        return db.session.execute(select(func.count()).select_from(MemberImport)).scalar_one()


def test_a_file_does_what_its_preview_said(any_acme: Workspace) -> None:
    any_acme.team("Support")
    any_acme.member("Ana", email="ana@a.example", employee_id="E-1")
    any_acme.member("Bo", employee_id="E-2")
    id = upload(any_acme, FILE, makes_teams=True)
    preview = run(any_acme, preview_members, id)
    outcomes = Counter(row.outcome for row in preview.rows)
    assert outcomes == {"create": 2, "change": 1, "archive": 1, "wrong": 1}
    assert run(any_acme, apply_members, id, at=any_acme.world.clock()) == outcomes
    tree = {team.id: team.full_name for team in run(any_acme, team_tree)}
    assert sorted(tree.values()) == ["Support", "Support / Night"]
    page = run(any_acme, members_page, MemberFilter(EVERYTHING), limit=9)
    shown = [
        (one.profile.name, one.profile.title, tree.get(one.entry.team_id or 0), one.entry.tags)
        for one in page.items
    ]
    assert shown == [
        ("Also", "", "Support / Night", ()),
        ("Ana", "Lead", "Support", ("billing", "nights")),
        ("New", "", "Support / Night", ()),
    ]
    assert all(one.is_approved for one in page.items)
    # The same file again finds nothing to do.
    again = run(any_acme, preview_members, upload(any_acme, FILE, makes_teams=True))
    assert Counter(row.outcome for row in again.rows) == {"same": 4, "wrong": 1}


def test_teams_are_not_made_unless_told(any_acme: Workspace) -> None:
    id = upload(any_acme, FILE)
    preview = run(any_acme, preview_members, id)
    assert Counter(row.outcome for row in preview.rows) == {"wrong": 4, "same": 1}
    run(any_acme, apply_members, id, at=any_acme.world.clock())
    assert run(any_acme, team_tree) == []


def test_a_file_is_applied_once_and_then_forgotten(any_acme: Workspace) -> None:
    id = upload(any_acme, "email,name\nnew@a.example,New\n")
    run(any_acme, apply_members, id, at=any_acme.world.clock())
    assert files(any_acme) == 0
    with pytest.raises(FileRefused, match="not here any more"):
        run(any_acme, preview_members, id)
    with pytest.raises(FileRefused, match="not here any more"):
        run(any_acme, apply_members, id, at=any_acme.world.clock())


def test_it_is_all_or_nothing(any_acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    id = upload(any_acme, "email,name\na@a.example,A\nb@a.example,B\n")
    real, done = import_members.add_member, []

    def fail_second(*args: Any, **details: Any) -> Any:
        done.append(1)
        if len(done) == 2:
            raise RuntimeError("The power is gone.")
        return real(*args, **details)

    monkeypatch.setattr(import_members, "add_member", fail_second)
    with pytest.raises(RuntimeError):
        run(any_acme, apply_members, id, at=any_acme.world.clock())
    with any_acme.world.app.app_context():
        assert db.session.scalars(select(Member)).all() == []
    assert files(any_acme) == 1


def test_a_preview_nobody_applied_is_forgotten(any_acme: Workspace) -> None:
    discarded, old = (
        upload(any_acme, "email\na@a.example\n"),
        upload(any_acme, "email\nb@b.example\n"),
    )
    run(any_acme, discard_members, discarded)
    with pytest.raises(FileRefused):
        run(any_acme, preview_members, discarded)
    for later, left in ((timedelta(hours=23), 1), (timedelta(hours=25), 0)):
        with any_acme.world.app.app_context():
            db.session.rollback()
            forget_member_files(db.engine, any_acme.world.clock() + later)
        assert files(any_acme) == left
    with pytest.raises(FileRefused):
        run(any_acme, apply_members, old, at=any_acme.world.clock())


def test_another_workspaces_file_is_not_there(any_acme: Workspace) -> None:
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    id = upload(any_acme, "email,name\na@a.example,A\n")
    with pytest.raises(FileRefused):
        run(rival, apply_members, id, at=rival.world.clock())
    with pytest.raises(FileRefused):
        run(rival, discard_members, id)
    assert files(any_acme) == 1
    # Members of another workspace are nobody here.
    rival.member("Theirs", email="a@a.example")
    assert run(any_acme, preview_members, id).rows[0].outcome == "create"


def test_thousands_of_rows_are_planned_and_applied_at_once(any_acme: Workspace) -> None:
    rows = "".join(
        f"m{number}@a.example,Member {number},Team {number % 40}\n" for number in range(2000)
    )
    id = upload(any_acme, f"email,name,team\n{rows}", makes_teams=True)
    done = run(any_acme, apply_members, id, at=any_acme.world.clock())
    assert done == {"create": 2000}
    assert len(run(any_acme, team_tree)) == 40
    assert run(any_acme, members_page, MemberFilter(EVERYTHING), limit=1).total == 2000
