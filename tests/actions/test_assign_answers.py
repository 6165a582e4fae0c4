"""Ratings of unknown members are given to somebody, and every number follows."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from tests.builders import (
    Workspace,
    add_request,
    answer_survey,
    ask,
    make_workspace,
    stored_request,
)
from widget.actions.assign_answers import assign_answers
from widget.actions.give_answer import give_answer
from widget.actions.hide_response import set_hidden
from widget.domain.context import Context
from widget.domain.errors import UnknownMember
from widget.domain.flow import Answer
from widget.domain.responses import ResponseHead
from widget.domain.roles import EVERYTHING
from widget.domain.score_filters import ScoreFilter
from widget.extensions import db
from widget.storage import themes, unassigned
from widget.storage.engine import snapshot, writing
from widget.storage.models import Event, Member, Revision
from widget.storage.rollups import rolled_up_counts, true_counts
from widget.storage.unassigned import (
    newest_assignments,
    unassigned_count,
    unassigned_name,
    unassigned_names,
)


def run(acme: Workspace, action: Callable[..., Any], *args: Any, **details: Any) -> Any:
    with acme.world.app.app_context():
        db.session.rollback()
        return action(db.session(), acme.id, *args, **details)


def assign(acme: Workspace, given: str, member: int) -> int:
    moved: int = run(acme, assign_answers, given, member, user_id=1, at=acme.world.clock())
    return moved


def counted(acme: Workspace) -> dict[int, int]:
    """Responses that the rollups count, by member or 0; they agree with the responses."""
    with acme.world.app.app_context():
        db.session.rollback()
        with snapshot(db.engine) as connection:
            rolled = rolled_up_counts(connection, acme.id)
            assert rolled == true_counts(connection, acme.id)
    found: dict[int, int] = {}
    for key, responses in rolled.items():
        found[key[2]] = found.get(key[2], 0) + responses
    return found


def test_all_of_a_name_becomes_somebodys_and_numbers_follow(any_acme: Workspace) -> None:
    survey, ana = any_acme.survey(), any_acme.member("Ana", email="ana@a.example")
    for score in (5, 4, 4):
        answer_survey(any_acme, survey, score, member="a.silva", channel="chat")
    answer_survey(any_acme, survey, 3, member="a.silva", scores={"nps": 9})
    answer_survey(any_acme, survey, 1, member="a.silva", is_test=True)
    hidden = answer_survey(any_acme, survey, 1, member="a.silva")
    run(any_acme, set_hidden, UUID(hidden), hidden=True, at=any_acme.world.clock())
    other = answer_survey(any_acme, survey, 2, member="A.Silva")
    nobody = answer_survey(any_acme, survey, 2)
    hers = answer_survey(any_acme, survey, 5, member="ana@a.example")
    assert counted(any_acme) == {0: 7, ana: 1}
    assert assign(any_acme, "a.silva", ana) == 6
    # The hidden one and the test moved too, and count nowhere as before.
    assert counted(any_acme) == {0: 2, ana: 6}
    members = {str(one.id): one.member_id for one in any_acme.responses()}
    assert members.pop(other) is None
    assert members.pop(nobody) is None
    assert members.pop(hers) == ana
    assert set(members.values()) == {ana}
    assert assign(any_acme, "a.silva", ana) == 0


def test_more_than_a_batch_is_moved(any_acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unassigned, "_BATCH", 2)
    survey, ana = any_acme.survey(), any_acme.member("Ana")
    for score in (1, 2, 3, 4, 5):
        answer_survey(any_acme, survey, score, member="x")
    assert assign(any_acme, "x", ana) == 5
    assert counted(any_acme) == {ana: 5}


def test_each_response_remembers_who_assigned_it(any_acme: Workspace) -> None:
    survey, ana = any_acme.survey(), any_acme.member("Ana")
    answer_survey(any_acme, survey, 5, member="x")
    assign(any_acme, "x", ana)
    with any_acme.world.app.app_context():
        events = db.session.scalars(select(Event).where(Event.name == "response.assigned")).all()
        assert [one.data for one in events] == [{"member_id": ana, "given": "x", "by": 1}]
        last = db.session.scalars(select(Revision).order_by(Revision.id.desc())).first()
        assert last is not None
        assert {one["field"]: one["new"] for one in last.changes} == {
            "member": "Ana",
            "assigned_by": "alice@acme.example",
        }
    past = run(any_acme, newest_assignments, 10)
    assert [(one.given, one.member_name, one.responses, one.by) for one in past] == [
        ("x", "Ana", 1, "alice@acme.example")
    ]


def test_a_customer_who_goes_on_answering_stays_with_the_member(any_acme: Workspace) -> None:
    survey, ana = any_acme.survey(), any_acme.member("Ana")
    answer_survey(any_acme, survey, 2, member="x", finished=False)
    before = any_acme.responses()[0]
    assign(any_acme, "x", ana)
    head = ResponseHead(
        workspace_id=any_acme.id,
        id=before.id,
        survey_id=before.survey_id,
        version_id=before.version_id,
        kind="stars",
        language="en",
        source="widget",
        is_test=False,
        context=Context(member="x"),
        member_id=None,
        answered_at=any_acme.world.clock(),
    )
    with any_acme.world.app.app_context():
        give_answer(db.engine, head, Answer(scores={"stars": 5}), time_zone="UTC")
    assert (any_acme.responses()[0].member_id, any_acme.responses()[0].stars) == (ana, 5)
    assert counted(any_acme) == {ana: 1}


def test_what_a_link_credits_stays_whoever_is_named(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    ana, bo = any_acme.member("Ana", employee_id="x"), any_acme.member("Bo")
    answer_survey(any_acme, survey, 5, member="x")
    # Known by it no more, the name is free; what was said stays Ana's.
    with any_acme.world.app.app_context():
        db.session.get_one(Member, ana).employee_id = None
        db.session.commit()
    answer_survey(any_acme, survey, 1, member="x")
    assert assign(any_acme, "x", bo) == 1
    assert counted(any_acme) == {ana: 1, bo: 1}


def test_requests_of_the_name_move_and_say_what_they_said(any_acme: Workspace) -> None:
    survey, ana = any_acme.survey(), any_acme.member("Ana")
    id = ask(any_acme, survey, member_id="x")
    sent, _delivery = add_request(any_acme, survey)
    answer_survey(any_acme, survey, 5, member="x")
    found = run(any_acme, unassigned_name, "x")
    assert (found.responses, found.requests) == (1, 1)
    assign(any_acme, "x", ana)
    moved = stored_request(any_acme, id)
    assert (moved.member_id, moved.status, moved.why) == (ana, "not_sent", "member_unknown")
    assert stored_request(any_acme, sent).member_id is None


def test_names_are_listed_with_their_counts_the_most_recent_first(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    any_acme.member("Ana", email="ana@a.example")
    for given in ("x", "x", "ana@a.example", ""):
        answer_survey(any_acme, survey, 5, member=given)
    any_acme.world.clock.pass_time(hours=1)
    answer_survey(any_acme, survey, 5, member="y")
    listed = run(any_acme, unassigned_names, limit=10)
    assert [(one.given, one.responses) for one in listed] == [("y", 1), ("x", 2)]
    assert listed[0].last_at == any_acme.world.clock()
    assert run(any_acme, unassigned_count) == 2
    assert [one.given for one in run(any_acme, unassigned_names, limit=1, skip=1)] == ["x"]


def test_nothing_goes_to_an_archived_member_or_across_workspaces(any_acme: Workspace) -> None:
    survey, ana = any_acme.survey(), any_acme.member("Ana")
    answer_survey(any_acme, survey, 5, member="x")
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    theirs = rival.member("Theirs")
    with pytest.raises(UnknownMember):
        assign(any_acme, "x", theirs)
    assert assign(rival, "x", theirs) == 0
    with any_acme.world.app.app_context():
        db.session.get_one(Member, ana).archived_at = any_acme.world.clock()
        db.session.commit()
    with pytest.raises(UnknownMember, match="archived"):
        assign(any_acme, "x", ana)
    assert counted(any_acme) == {0: 1}


def test_unknown_names_are_found_by_indexes_of_their_own(acme: Workspace) -> None:
    survey, ana = acme.survey(), acme.member("Ana")
    answer_survey(acme, survey, 5, member="x")
    made: list[tuple[str, Any]] = []

    def note(_c: object, _cur: object, statement: str, parameters: Any, *_rest: object) -> None:
        if "member_given" in statement and not statement.startswith("INSERT"):
            made.append((statement, parameters))

    with acme.world.app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        run(acme, unassigned_names, limit=10)
        run(acme, unassigned_name, "x")
        run(acme, unassigned_count)
        assign(acme, "x", ana)
        event.remove(db.engine, "before_cursor_execute", note)
        connection = db.session.connection()
        for statement, parameters in made:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            words = " ".join(row[3] for row in plan)
            if "assignments" not in statement:
                assert "_unassigned" in words, (statement, words)
    assert len(made) >= 7


def test_what_was_found_behind_scores_is_forgotten(acme: Workspace) -> None:
    ana, survey = acme.member("Ana"), acme.survey()
    answer_survey(acme, survey, 5, comment="Thanks, Ana", member="anna")
    days = ScoreFilter(date(2026, 11, 1), date(2026, 11, 30))

    def is_waiting() -> bool:
        place = (acme.id, EVERYTHING, days, acme.world.clock())
        with acme.world.app.app_context():
            db.session.rollback()
            return themes.latest_for(db.session(), *place).is_waiting

    with acme.world.app.app_context(), writing(db.session) as session:
        themes.ask_for(session, acme.id, EVERYTHING, days, acme.world.clock())
    assert assign(acme, "somebody else", ana) == 0
    assert is_waiting()
    assert assign(acme, "anna", ana) == 1
    assert not is_waiting()
