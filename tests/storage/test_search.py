"""Responses are found by their words, at once and exactly, on both databases."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.orm import Session

from tests.builders import MONDAY, Workspace, answer_survey, make_workspace
from tests.storage.test_migrations import FIRST_RELEASE, MORE_COMMENTS
from widget.actions.assign_answers import assign_answers
from widget.actions.mark_response import set_mark
from widget.domain.response_filters import ResponseFilter
from widget.extensions import db
from widget.storage import migrate
from widget.storage.engine import prepare_engine, writing
from widget.storage.models import Member, Response, Revision
from widget.storage.response_conditions import narrowed
from widget.storage.responses import responses_page
from widget.storage.search import found_in


def found(acme: Workspace, search: str, **wanted: object) -> list[int]:
    """The scores of what a search finds, newest first."""
    with acme.world.app.app_context():
        db.session.rollback()
        wanted_ = ResponseFilter(search=search, **wanted)
        page = responses_page(db.session(), acme.id, wanted_, limit=50)
        return [one.response.score for one in page.items]


def indexed(acme: Workspace) -> int:
    """How many responses the index has."""
    with acme.world.app.app_context():
        db.session.rollback()
        return db.session.scalar(text("SELECT count(*) FROM response_words")) or 0


@pytest.mark.parametrize(
    ("search", "scores"),
    [
        ("delivery", [5]),
        ("DÉLIVERY", [5]),
        ("cafe", [4]),
        ("très café", [4]),
        ("late deliv", [5]),
        ("deliv late", []),
        ("T-1042", [5]),
        ("T-10", [5]),
        ("1042", [5]),
        ("1042-T", []),
        ("kim@c.example", [3]),
        ("kim", [3]),
        ("carla costa", [2]),
        ("silva", [4]),
        ("nothing", []),
        ("d", []),
        ("!!!", []),
    ],
)
def test_words_are_found_wherever_a_person_would_look(
    any_acme: Workspace, search: str, scores: list[int]
) -> None:
    survey = any_acme.survey()
    any_acme.member("Ana Silva", email="ana@acme.example")
    answer_survey(any_acme, survey, 5, comment="A late delivery.", ref="T-1042")
    answer_survey(any_acme, survey, 4, comment="Un très bon café", member="ana@acme.example")
    answer_survey(any_acme, survey, 3, customer_email="kim@c.example")
    answer_survey(any_acme, survey, 2, customer_name="Carla Costa")
    answer_survey(any_acme, survey, 1)
    assert found(any_acme, search) == scores


def test_a_rating_without_words_is_in_no_index(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    any_acme.member("Ana", email="ana@acme.example")
    id = answer_survey(any_acme, survey, 4, member="ana@acme.example", channel="chat")
    assert indexed(any_acme) == 0
    answer_survey(any_acme, survey, 4, comment="Slow", id=id)
    assert found(any_acme, "slow") == [4]
    answer_survey(any_acme, survey, 4, comment="", id=id)
    assert (found(any_acme, "slow"), indexed(any_acme)) == ([], 0)


def test_a_changed_comment_is_found_by_its_new_words_alone(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    id = answer_survey(any_acme, survey, 4, comment="Slow and rude", ref="T-1")
    answer_survey(any_acme, survey, 4, comment="Slow", id=id)
    assert [found(any_acme, word) for word in ("rude", "slow", "T-1")] == [[], [4], [4]]


def test_a_renamed_member_leaves_no_trace_of_the_wrong_words(any_acme: Workspace) -> None:
    survey, ana = any_acme.survey(), any_acme.member("Ana Silva", email="ana@acme.example")
    id = answer_survey(any_acme, survey, 4, comment="Slow", member="ana@acme.example")
    with any_acme.world.app.app_context(), writing(db.session) as session:
        session.execute(update(Member).where(Member.id == ana).values(name="Ana Costa"))
    answer_survey(any_acme, survey, 4, comment="Quick", id=id)
    assert [found(any_acme, word) for word in ("slow", "silva", "costa")] == [[], [], [4]]
    assert found(any_acme, "quick") == [4]


def test_what_is_given_to_a_member_is_found_by_their_name(any_acme: Workspace) -> None:
    survey, ana = any_acme.survey(), any_acme.member("Ana Silva")
    answer_survey(any_acme, survey, 4, comment="Slow", member="a.s")
    with any_acme.world.app.app_context():
        at = any_acme.world.clock()
        assign_answers(db.session(), any_acme.id, "a.s", ana, user_id=None, at=at)
    assert found(any_acme, "silva slow") == [4]


def test_a_hidden_comment_is_found_by_who_may_read_it_alone(any_acme: Workspace) -> None:
    id = answer_survey(any_acme, any_acme.survey(), 4, comment="Slow and rude", ref="T-1")

    def hide(is_set: bool) -> None:
        with any_acme.world.app.app_context():
            at = any_acme.world.clock()
            set_mark(db.session(), any_acme.id, UUID(id), "comment_hidden_at", is_set=is_set, at=at)

    hide(True)
    assert found(any_acme, "rude") == []
    assert found(any_acme, "rude T-1") == []
    assert found(any_acme, "T-1") == [4]
    assert found(any_acme, "rude T-1", finds_hidden_comments=True) == [4]
    hide(False)
    assert found(any_acme, "rude") == [4]


def test_a_response_that_is_gone_is_not_found(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    answer_survey(any_acme, survey, 4, comment="Slow")
    with any_acme.world.app.app_context(), writing(db.session) as session:
        session.execute(delete(Revision))
        session.execute(delete(Response))
    assert (found(any_acme, "slow"), indexed(any_acme)) == ([], 0)


def test_another_workspace_finds_none_of_it(any_acme: Workspace) -> None:
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    answer_survey(any_acme, any_acme.survey(), 4, comment="Slow")
    answer_survey(rival, rival.survey(), 2, comment="Slow")
    assert found(rival, "slow") == [2]


def test_pages_of_a_search_hold_each_response_once(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    for number in range(25):
        at = MONDAY + timedelta(minutes=number // 3)
        answer_survey(any_acme, survey, 5, comment="Slow", ref=f"T-{number}", at=at)
        answer_survey(any_acme, survey, 5, comment="Quick", at=at)
    seen, pages, place = [], [], None
    with any_acme.world.app.app_context():
        wanted = ResponseFilter(search="slow")
        while True:
            page = responses_page(db.session(), any_acme.id, wanted, limit=10, older_than=place)
            pages.append(page)
            seen += [one.response for one in page.items]
            if not page.has_older:
                break
            place = page.items[-1].place
        newer = responses_page(
            db.session(), any_acme.id, wanted, limit=10, newer_than=pages[-1].items[0].place
        )
    assert [len(page.items) for page in pages] == [10, 10, 5]
    assert len({row.id for row in seen}) == 25
    assert [row.answered_at for row in seen] == sorted((r.answered_at for r in seen), reverse=True)
    assert [one.response.id for one in newer.items] == [one.response.id for one in pages[1].items]


@given(search=st.text(max_size=60))
@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_text_is_an_error(any_acme: Workspace, search: str) -> None:
    found(any_acme, search.replace("\0", ""))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_was_said_before_is_found_after_the_upgrade(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("empty_postgres")
    engine = prepare_engine(create_engine(url))
    migrate.upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in FIRST_RELEASE.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine, "0013")
    with engine.begin() as connection:
        for statement in MORE_COMMENTS.split(";"):
            connection.execute(text(statement))
    migrate.upgrade(engine)
    with Session(engine) as session:
        assert migrate.drift(engine) == []

        def scores(search: str) -> list[int]:
            wanted = ResponseFilter(search=search, with_hidden=True)
            query = narrowed(session, 1, wanted, select(Response.score))
            return sorted(session.scalars(query))

        assert [scores(word) for word in ("good", "bad", "T-1", "ana")] == [[4], [1], [4], [1, 4]]
        # The second has no words.
        assert session.scalar(text("SELECT count(*) FROM response_words")) == 2
        with writing(session):
            session.execute(update(Response).where(Response.stars == 4).values(comment="Fine"))
        assert [scores(word) for word in ("good", "fine")] == [[], [4]]
    engine.dispose()


def test_a_lost_trigger_is_a_difference_from_the_models(any_acme: Workspace) -> None:
    on_table = "" if db_name(any_acme) == "sqlite" else " ON responses"
    with any_acme.world.app.app_context(), writing(db.session) as session:
        session.execute(text(f"DROP TRIGGER response_words_updated{on_table}"))
    with any_acme.world.app.app_context():
        assert migrate.drift(db.engine) == ["There is no trigger response_words_updated."]


def test_what_is_somebodys_is_found_in_the_index_and_not_by_looking_at_each_response(
    acme: Workspace,
) -> None:
    plain = select(Response.id).where(Response.workspace_id == acme.id)
    with acme.world.app.app_context():
        connection = db.session.connection()
        made = found_in(plain, "kim@c.example", "sqlite", hidden_too=True).compile(connection)
        parameters = tuple(made.params[name] for name in made.positiontup or ())
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {made}", parameters)
        first, *_further = [row[3] for row in plan]
    assert first.startswith("SCAN response_words_index VIRTUAL TABLE")


def db_name(acme: Workspace) -> str:
    with acme.world.app.app_context():
        return db.engine.dialect.name
