"""Queues of follow-ups on each database: who is in them, in which order, and by which index."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from tests.builders import Workspace, answer_survey
from tests.following import HOME, follow_ups, raise_alerts, set_alerts, user_id
from widget.actions.hide_response import set_hidden
from widget.actions.note_follow_up import write_note
from widget.actions.open_follow_up import open_by_hand
from widget.actions.work_on_follow_up import assign, resolve, set_due, set_status
from widget.domain.roles import EVERYTHING, Scope
from widget.extensions import db
from widget.storage.follow_up_counts import follow_up_counts
from widget.storage.follow_up_rows import newest_follow_up_of, overdue_unreminded, recovered_by
from widget.storage.follow_ups import (
    QUEUES,
    FollowUpFilter,
    Queue,
    Reader,
    follow_ups_of,
    follow_ups_page,
    followed_members,
)
from widget.storage.unanswered import count_unanswered, unanswered_page


def reader(acme: Workspace, scope: Scope = EVERYTHING) -> Reader:
    return Reader(acme.id, user_id(acme, acme.owner), scope)


def act(acme: Workspace, action: Any, id: UUID, *given: Any, **more: Any) -> None:
    with acme.world.app.app_context():
        by = {"user_id": user_id(acme, acme.owner), "at": acme.world.clock(), **more}
        action(db.session, acme.id, id, *given, **by)


def in_queue(acme: Workspace, queue: Queue, scope: Scope = EVERYTHING, **more: Any) -> list[UUID]:
    """The ids of a queue's follow-ups, walked through two at a time."""
    who, found, after = reader(acme, scope), list[UUID](), None
    with acme.world.app.app_context():
        while True:
            page = follow_ups_page(
                db.session(),
                who,
                FollowUpFilter(queue, **more),
                now=acme.world.clock(),
                limit=2,
                after=after,
            )
            found += [one.row.id for one in page.items]
            after = page.next_place
            if after is None:
                return found


def unanswered(acme: Workspace, scope: Scope = EVERYTHING, **more: Any) -> list[str]:
    """The ids of the responses, walked through two at a time."""
    who, found, after = reader(acme, scope), list[str](), None
    with acme.world.app.app_context():
        while True:
            page = unanswered_page(
                db.session(),
                who,
                FollowUpFilter(**more),
                now=acme.world.clock(),
                limit=2,
                after=after,
            )
            found += [str(one.response.response.id) for one in page.items]
            after = page.next_place
            if after is None:
                assert len(found) == count_unanswered(db.session(), who, acme.world.clock())
                return found


@pytest.fixture
def five(any_acme: Workspace) -> tuple[Workspace, list[UUID]]:
    """Five open follow-ups, oldest first, a minute apart, of nobody."""
    set_alerts(any_acme, assign="nobody")
    survey = any_acme.survey()
    for _number in range(5):
        answer_survey(any_acme, survey, 1)
        raise_alerts(any_acme)
        any_acme.world.clock.pass_time(minutes=1)
    return any_acme, [row.id for row in sorted(follow_ups(any_acme), key=lambda row: row.opened_at)]


def test_each_queue_has_its_own_and_says_how_many(five: tuple[Workspace, list[UUID]]) -> None:
    acme, (mine, waiting, late, later, done) = five
    act(acme, assign, mine, user_id(acme, acme.owner), home=HOME)
    act(acme, set_status, waiting, "waiting")
    act(acme, set_due, late, acme.world.clock() + timedelta(hours=1))
    act(acme, set_due, later, acme.world.clock() + timedelta(hours=2))
    act(acme, resolve, done, "", asks_again=False)
    acme.world.clock.pass_time(hours=3)
    expected: dict[Queue, list[UUID]] = {
        "mine": [mine],
        "unassigned": [later, late, waiting],
        "open": [later, late, waiting, mine],
        "overdue": [late, later],
        "waiting": [waiting],
        "all": [done, later, late, waiting, mine],
    }
    assert {queue: in_queue(acme, queue) for queue in QUEUES} == expected
    with acme.world.app.app_context():
        counts = follow_up_counts(db.session(), reader(acme), acme.world.clock())
    del expected["all"]
    assert counts == {queue: len(ids) for queue, ids in expected.items()}


@pytest.mark.parametrize("few", [20_000, -1], ids=["of-few-responses", "of-many"])
def test_a_scope_has_its_members_and_what_is_assigned(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("widget.storage.follow_up_counts.FEW_RESPONSES", few)
    acme = any_acme
    set_alerts(acme, assign="nobody")
    ana = acme.member("Ana", email="ana@acme.example")
    support = acme.team("Support")
    acme.put_in(support, ana)
    survey = acme.survey()
    for member in ("ana@acme.example", "", ""):
        answer_survey(acme, survey, 1, member=member)
    raise_alerts(acme)
    of_ana, given, _others = (row.id for row in follow_ups(acme))
    act(acme, assign, given, user_id(acme, acme.owner), home=HOME)
    scope = Scope(teams=frozenset({support}))
    for queue in ("open", "all"):
        assert set(in_queue(acme, queue, scope)) == {of_ana, given}
    with acme.world.app.app_context():
        counts = follow_up_counts(db.session(), reader(acme, scope), acme.world.clock())
    assert counts == {"mine": 1, "unassigned": 1, "open": 2, "overdue": 0, "waiting": 0}
    assert len(unanswered(acme, scope)) == 1
    assert len(unanswered(acme)) == 3


def test_unanswered_are_bad_answers_that_nobody_replied_to(any_acme: Workspace) -> None:
    acme = any_acme
    set_alerts(acme, is_on=False)
    stars, nps = acme.survey(), acme.survey("nps")
    bare = answer_survey(acme, stars, 1)
    opened, replied, resolved, hidden = (answer_survey(acme, nps, 6) for _number in range(4))
    for score in (7, 8, 9):
        answer_survey(acme, nps, score)
    answer_survey(acme, stars, 4)
    answer_survey(acme, stars, 1, is_test=True)
    for id in (opened, replied, resolved):
        with acme.world.app.app_context():
            by = {"user_id": user_id(acme, acme.owner), "at": acme.world.clock()}
            open_by_hand(db.session, acme.id, UUID(id), **by)
    ids = {str(row.response_id): row.id for row in follow_ups(acme)}
    act(acme, write_note, ids[replied], "Called", tells_of_reply=True, home=HOME)
    act(acme, write_note, ids[opened], "Who can call?", home=HOME)
    act(acme, resolve, ids[resolved], "Spam", asks_again=False)
    with acme.world.app.app_context():
        set_hidden(db.session(), acme.id, UUID(hidden), hidden=True, at=acme.world.clock())
    assert set(unanswered(acme)) == {bare, opened}
    acme.world.clock.pass_time(days=31)
    assert unanswered(acme) == []


def test_every_queue_is_read_by_an_index_that_begins_with_it(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = acme.survey()
    member = acme.member("Ana", email="ana@acme.example")
    answer_survey(acme, survey, 1, member="ana@acme.example")
    who, now = reader(acme), acme.world.clock()
    of_team = Reader(acme.id, who.user_id, Scope(teams=frozenset({1})))

    def page(queue: Queue, who: Reader = who, **more: Any) -> Callable[[], object]:
        wanted = FollowUpFilter(queue, **more)
        return lambda: follow_ups_page(db.session(), who, wanted, now=now, limit=2)

    queues: dict[Queue, str] = {
        "mine": "open_assignee",
        "unassigned": "open_assignee",
        "open": "open",
        "overdue": "open_due",
        "waiting": "open_status",
        "all": "newest",
    }
    for queue, index in queues.items():
        for plan in (plans(acme, page(queue))[-1], plans(acme, page(queue, of_team))[-1]):
            assert f"SEARCH follow_ups USING INDEX ix_follow_ups_{index} (" in plan, (queue, plan)
            assert "ORDER BY" not in plan, (queue, plan)
    [few] = plans(acme, lambda: follow_up_counts(db.session(), of_team, now))
    for index in ("ix_responses_member (", "ix_follow_ups_response (", "ix_follow_ups_open_assig"):
        assert index in few, few
    assert "(workspace_id=?)" not in few, few
    monkeypatch.setattr("widget.storage.follow_up_counts.FEW_RESPONSES", -1)
    for one in (who, of_team):
        [count] = plans(acme, lambda one=one: follow_up_counts(db.session(), one, now))
        assert count.count("SEARCH follow_ups USING") == count.count("_follow_ups_open") == 5, count
    [members] = plans(acme, lambda: followed_members(db.session(), of_team))
    assert "ix_follow_ups_open_assignee" in members
    by_survey = plans(acme, page("all", survey=survey))[-1]
    assert "ix_follow_ups_survey (" in by_survey
    assert "ORDER BY" not in by_survey
    by_assignee = plans(acme, page("all", assignee=who.user_id))[-1]
    assert "ix_follow_ups_assignee (" in by_assignee
    assert member
    [bad] = plans(acme, lambda: count_unanswered(db.session(), who, now))[-1:]
    assert "SEARCH responses USING INDEX ix_responses_newest (" in bad
    assert "ix_follow_ups_response" in bad
    response_id = acme.responses()[0].id
    for ask in (
        lambda: follow_ups_of(db.session(), acme.id, response_id),
        lambda: newest_follow_up_of(db.session(), acme.id, response_id),
        lambda: unanswered_page(db.session(), who, FollowUpFilter(), now=now, limit=2),
    ):
        plan = plans(acme, ask)[-1]
        assert "ix_follow_ups_response" in plan
        assert "(workspace_id=?)" not in plan, plan
    [asked] = plans(acme, lambda: recovered_by(db.session(), acme.id, response_id))
    assert "ix_follow_ups_recovery" in asked
    [late] = plans(acme, lambda: overdue_unreminded(db.session(), now, 9))
    assert "ix_follow_ups_remind" in late


def plans(acme: Workspace, ask: Callable[[], object]) -> list[str]:
    """How SQLite finds what is asked, for each query that reads follow-ups."""
    made: list[tuple[str, Any]] = []

    def note(_c: object, _cur: object, statement: str, parameters: Any, *_rest: object) -> None:
        if "follow_ups" in statement:
            made.append((statement, parameters))

    with acme.world.app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        ask()
        event.remove(db.engine, "before_cursor_execute", note)
        connection = db.session.connection()
        found = []
        for statement, parameters in made:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.append(" / ".join(row[3] for row in rows))
    return found


def test_numbers_of_long_queues_stop_being_exact(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.storage.follow_up_counts.COUNTED_TO", 2)
    survey, ana = acme.survey(), acme.member("Ana", email="ana@acme.example")
    for _number in range(5):
        answer_survey(acme, survey, 1, member="ana@acme.example")
    raise_alerts(acme)
    for scope in (EVERYTHING, Scope(member_id=ana)):
        with acme.world.app.app_context():
            counts = follow_up_counts(db.session(), reader(acme, scope), acme.world.clock())
            assert db.session.scalar(text("SELECT COUNT(*) FROM follow_ups")) == 5
        assert counts["open"] == 3
