"""Who signs in where, and whose responses they see."""

from sqlalchemy import event, select

from tests.builders import Workspace, answer_survey, make_workspace
from widget.domain.response_filters import ResponseFilter
from widget.extensions import db
from widget.storage.models import User
from widget.storage.responses import responses_page
from widget.storage.seats import Seat, seat_of, seats_of


def seat(acme: Workspace, email: str, workspace_id: int | None = None) -> Seat:
    with acme.world.app.app_context():
        user_id = db.session.scalars(select(User.id).where(User.email == email)).one()
        found = seat_of(db.session(), user_id, workspace_id)
        assert found is not None
        return found


def seen_by(acme: Workspace, email: str) -> set[str]:
    """The references of the responses that somebody's list has."""
    scope = seat(acme, email).scope
    with acme.world.app.app_context():
        page = responses_page(db.session(), acme.id, ResponseFilter(scope=scope), limit=50)
        return {found.response.ref for found in page.items}


def test_everybody_sees_the_responses_of_their_scope(any_acme: Workspace) -> None:
    acme, survey = any_acme, any_acme.survey()
    ana, bo = acme.member("Ana", email="ana@a.example"), acme.member("Bo", email="bo@a.example")
    support = acme.team("Support")
    phone = acme.team("Phone", parent=support)
    acme.put_in(phone, ana)
    for name in ("ana", "bo"):
        answer_survey(acme, survey, 5, member=f"{name}@a.example", ref=name)
    answer_survey(acme, survey, 5, ref="nobody")
    acme.person("lead@a.example", "manager", leads=(support,))
    acme.person("lone@a.example", "manager")
    acme.person("boss@a.example", "manager", sees_all=True)
    acme.person("viewer@a.example", "viewer")
    acme.person("bo@a.example", "member", member=bo)
    assert seen_by(acme, "lead@a.example") == {"ana"}
    assert seen_by(acme, "lone@a.example") == set()
    assert seen_by(acme, "bo@a.example") == {"bo"}
    for email in ("boss@a.example", "viewer@a.example", acme.owner):
        assert seen_by(acme, email) == {"ana", "bo", "nobody"}


def test_a_manager_who_is_rated_too_sees_their_own(acme: Workspace) -> None:
    me = acme.member("Lea", email="lea@a.example")
    acme.person("lea@a.example", "manager", member=me)
    answer_survey(acme, acme.survey(), 4, member="lea@a.example", ref="mine")
    assert seen_by(acme, "lea@a.example") == {"mine"}


def test_leading_a_team_elsewhere_says_nothing_here(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    theirs = rival.team("Theirs")
    acme.person("lead@a.example", "manager", leads=(theirs,))
    assert seat(acme, "lead@a.example").scope.teams == frozenset()


def test_somebody_of_two_workspaces_has_a_seat_in_each(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    acme.person("charlie@rival.example", "viewer")
    assert seat(acme, "charlie@rival.example").workspace_id == acme.id
    there = seat(acme, "charlie@rival.example", rival.id)
    assert (there.workspace_id, there.role) == (rival.id, "owner")
    # One of somebody else's falls back to their own.
    assert seat(acme, acme.owner, rival.id).workspace_id == acme.id
    with acme.world.app.app_context():
        names = [one.workspace_name for one in seats_of(db.session(), there.user_id)]
    assert names == ["Acme", "Rival"]


def test_finding_a_seat_takes_as_many_queries_for_many_teams_as_for_one(acme: Workspace) -> None:
    top = acme.team("Top")
    acme.person("lead@a.example", "manager", leads=(top,))

    def queries() -> int:
        made: list[str] = []
        with acme.world.app.app_context():
            user_id = db.session.scalars(select(User.id).where(User.email.like("lead%"))).one()

            def count(_c: object, _cur: object, statement: str, *_rest: object) -> None:
                made.append(statement)

            event.listen(db.engine, "before_cursor_execute", count)
            seat_of(db.session(), user_id)
            event.remove(db.engine, "before_cursor_execute", count)
        return len(made)

    before = queries()
    for number in range(20):
        acme.team(f"Team {number}", parent=top)
    assert queries() == before
    assert len(seat(acme, "lead@a.example").scope.teams) == 21
