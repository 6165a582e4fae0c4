"""Storing answers, on each database: one response per visit, revisions, exact rollups."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from tests.builders import Workspace
from widget.actions.give_answer import give_answer
from widget.domain.context import Context, Problem
from widget.domain.flow import Answer
from widget.domain.responses import ResponseHead
from widget.extensions import db
from widget.storage import rollups
from widget.storage.engine import write_connection
from widget.storage.ids import new_id
from widget.storage.models import Event, Response, Revision
from widget.storage.surveys import published_survey


def make_head(acme: Workspace, public_id: str, **changes: Any) -> ResponseHead:
    survey = published_survey(db.session, public_id)
    assert survey is not None
    assert survey.version_id is not None
    db.session.rollback()
    values: dict[str, Any] = {
        "workspace_id": acme.id,
        "id": new_id(),
        "survey_id": survey.id,
        "version_id": survey.version_id,
        "kind": "stars",
        "language": "en",
        "source": "widget",
        "is_test": False,
        "context": Context(ref="T-1", channel="chat"),
        "member_id": None,
        "answered_at": acme.world.clock(),
    }
    return ResponseHead(**{**values, **changes})


def say(head: ResponseHead, answer: Answer, time_zone: str = "UTC") -> None:
    give_answer(db.engine, head, answer, time_zone=time_zone)


def stored(id: UUID) -> Response:
    db.session.rollback()
    response = db.session.scalar(select(Response).where(Response.id == id))
    assert response is not None
    return response


def names_of_events() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Event.name).order_by(Event.id)))


def revisions_of(id: UUID) -> list[list[dict[str, Any]]]:
    db.session.rollback()
    rows = select(Revision.changes).where(Revision.response_id == id).order_by(Revision.id)
    return list(db.session.scalars(rows))


def check_rollups(acme: Workspace) -> dict[tuple[str, int], int]:
    """Rollups must equal a fresh count; gives counts by (kind, score)."""
    with db.engine.connect() as connection:
        kept = rollups.rolled_up_counts(connection, acme.id)
        assert kept == rollups.true_counts(connection, acme.id)
    counts: dict[tuple[str, int], int] = {}
    for (_, _, _, _, kind, score), number in kept.items():
        counts[kind, score] = counts.get((kind, score), 0) + number
    return counts


def test_a_first_answer_is_a_response_a_revision_a_count_and_an_event(any_acme: Workspace) -> None:
    with any_acme.world.app.app_context():
        context = Context(
            ref="T-9", attributes={"plan": "pro"}, problems=(Problem("channel", "{{x}}"),)
        )
        head = make_head(any_acme, any_acme.survey(), context=context)
        say(head, Answer(scores={"stars": 4}))
        response = stored(head.id)
        assert (response.score, response.stars, response.nps) == (4, 4, None)
        assert response.ref == "T-9"
        assert response.attributes == {"plan": "pro"}
        assert response.problems == [{"field": "channel", "text": "{{x}}"}]
        assert response.answered_at == any_acme.world.clock()
        assert response.finished_at is None
        assert revisions_of(head.id) == [[{"field": "stars", "old": None, "new": 4}]]
        assert check_rollups(any_acme) == {("stars", 4): 1}
        assert names_of_events()[-1] == "response.given"


def test_the_same_answer_twice_is_one_response_and_no_revision(any_acme: Workspace) -> None:
    with any_acme.world.app.app_context():
        head = make_head(any_acme, any_acme.survey())
        say(head, Answer(scores={"stars": 4}))
        before = names_of_events()
        say(head, Answer(scores={"stars": 4}))
        assert len(db.session.scalars(select(Response)).all()) == 1
        assert len(revisions_of(head.id)) == 1
        assert names_of_events() == before


def test_a_changed_score_keeps_a_revision_and_moves_the_count(any_acme: Workspace) -> None:
    with any_acme.world.app.app_context():
        head = make_head(any_acme, any_acme.survey())
        say(head, Answer(scores={"stars": 4}))
        say(head, Answer(scores={"stars": 2}))
        response = stored(head.id)
        assert (response.score, response.stars) == (2, 2)
        assert revisions_of(head.id)[1] == [{"field": "stars", "old": 4, "new": 2}]
        assert check_rollups(any_acme) == {("stars", 2): 1}


def test_later_steps_update_the_same_response(any_acme: Workspace) -> None:
    with any_acme.world.app.app_context():
        head = make_head(any_acme, any_acme.survey())
        say(head, Answer(scores={"stars": 4}))
        say(head, Answer(scores={"stars": 4}, reasons=("fast",), comment="Gut ✓"))
        say(head, Answer(scores={"stars": 4, "nps": 9}, finished=True))
        response = stored(head.id)
        assert response.reasons == ["fast"]
        assert response.comment == "Gut ✓"
        assert (response.score, response.nps) == (4, 9)
        assert response.finished_at == any_acme.world.clock()
        facts = {("stars", 4): 1, ("nps", 9): 1, ("comment", 1): 1}
        assert check_rollups(any_acme) == facts
        assert names_of_events().count("response.finished") == 1


def test_a_step_whose_predecessor_never_arrived_still_stores_everything(
    any_acme: Workspace,
) -> None:
    with any_acme.world.app.app_context():
        head = make_head(any_acme, any_acme.survey())
        say(head, Answer(scores={"stars": 2}, reasons=("slow",), comment="Slow", finished=True))
        response = stored(head.id)
        assert (response.score, response.reasons, response.comment) == (2, ["slow"], "Slow")
        assert response.finished_at is not None
        assert names_of_events()[-2:] == ["response.given", "response.finished"]


def test_finishing_again_keeps_the_first_time(any_acme: Workspace) -> None:
    with any_acme.world.app.app_context():
        head = make_head(any_acme, any_acme.survey())
        say(head, Answer(scores={"stars": 4}, finished=True))
        later = make_head(
            any_acme,
            any_acme.survey(),
            id=head.id,
            survey_id=head.survey_id,
            answered_at=head.answered_at + timedelta(hours=1),
        )
        say(later, Answer(scores={"stars": 4}, comment="More", finished=True))
        assert stored(head.id).finished_at == head.answered_at
        assert stored(head.id).answered_at == head.answered_at
        assert names_of_events().count("response.finished") == 1


def test_a_test_response_is_stored_and_not_counted(any_acme: Workspace) -> None:
    with any_acme.world.app.app_context():
        head = make_head(any_acme, any_acme.survey(), is_test=True)
        say(head, Answer(scores={"stars": 4}))
        say(head, Answer(scores={"stars": 1}))
        assert stored(head.id).is_test
        assert check_rollups(any_acme) == {}


def test_the_day_is_the_workspaces_day(any_acme: Workspace) -> None:
    with any_acme.world.app.app_context():
        late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
        head = make_head(any_acme, any_acme.survey(), answered_at=late)
        say(head, Answer(scores={"stars": 4}), time_zone="Asia/Tokyo")
        assert stored(head.id).day.isoformat() == "2026-11-24"


@pytest.mark.parametrize("same", [True, False], ids=["one visit", "twenty visits"])
def test_answers_that_arrive_together_are_all_kept(any_acme: Workspace, same: bool) -> None:
    with any_acme.world.app.app_context():
        survey = any_acme.survey()
        first = make_head(any_acme, survey)
        heads = [first if same else make_head(any_acme, survey) for _ in range(20)]
        engine = db.engine
        db.session.remove()
        failures: list[BaseException] = []

        def run(head: ResponseHead) -> None:
            try:
                give_answer(engine, head, Answer(scores={"stars": 5}), time_zone="UTC")
            except BaseException as error:  # noqa: BLE001 - shown by the assertion below
                failures.append(error)

        threads = [threading.Thread(target=run, args=(head,)) for head in heads]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        expected = 1 if same else 20
        assert len(db.session.scalars(select(Response)).all()) == expected
        assert check_rollups(any_acme) == {("stars", 5): expected}


def test_customers_who_change_their_minds_at_once_do_not_block_one_another(
    any_acme: Workspace,
) -> None:
    """Each takes from the count that another adds to: locked in no order, they would deadlock."""
    ana = any_acme.member("Ana")
    with any_acme.world.app.app_context():
        survey = any_acme.survey()
        heads = [make_head(any_acme, survey, member_id=ana) for _ in range(8)]
        for head in heads:
            say(head, Answer(scores={"stars": 5}))
        engine = db.engine
        db.session.remove()
        failures: list[BaseException] = []

        def change(head: ResponseHead, number: int) -> None:
            try:
                for turn in range(12):
                    score = 1 if (turn + number) % 2 else 5
                    give_answer(engine, head, Answer(scores={"stars": score}), time_zone="UTC")
            except BaseException as error:  # noqa: BLE001 - shown by the assertion below
                failures.append(error)

        threads = [
            threading.Thread(target=change, args=(head, number))
            for number, head in enumerate(heads)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert sum(check_rollups(any_acme).values()) == 8


def test_rebuilding_rollups_mends_what_was_broken(any_acme: Workspace) -> None:

    with any_acme.world.app.app_context():
        head = make_head(any_acme, any_acme.survey())
        say(head, Answer(scores={"stars": 4}))
        with write_connection(db.engine) as connection:
            connection.execute(text("UPDATE rollups SET responses = 7"))
            assert rollups.rolled_up_counts(connection, any_acme.id) != rollups.true_counts(
                connection, any_acme.id
            )
            rollups.count_everything_again(connection, any_acme.id)
        assert check_rollups(any_acme) == {("stars", 4): 1}


def test_a_failure_in_the_middle_leaves_nothing_behind(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with any_acme.world.app.app_context():
        head = make_head(any_acme, any_acme.survey())

        def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError("power cut")

        monkeypatch.setattr("widget.storage.answers.append_events", fail)
        with pytest.raises(RuntimeError):
            say(head, Answer(scores={"stars": 4}))
        assert db.session.scalars(select(Response)).all() == []
        assert check_rollups(any_acme) == {}
