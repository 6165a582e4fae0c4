"""How many fit is how many the list has, wherever the number is from."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from tests.builders import MONDAY, Workspace, answer_survey
from widget.actions.copy_columns import copy_workspace
from widget.domain.response_filters import ResponseFilter
from widget.domain.roles import Scope
from widget.extensions import db
from widget.storage import fitting_responses
from widget.storage.engine import write_connection
from widget.storage.fitting_responses import Fitting, how_many_fit
from widget.storage.models import Member, Response, Survey
from widget.storage.response_conditions import narrowed
from widget.storage.responses import ids_that_fit
from widget.storage.rollups import count_everything_again
from widget.storage.time_limits import TookTooLong, within

SECOND_DAY = MONDAY + timedelta(days=1)


@pytest.fixture
def busy(any_acme: Workspace) -> Workspace:
    """Stars and NPS about two members and nobody, of two days, one of them asked again."""
    acme = any_acme
    stars, nps = acme.survey("stars", "Support"), acme.survey("nps", "Yearly")
    ana, ben = (acme.member(name, email=f"{name}@a.example") for name in ("ana", "ben"))
    acme.put_in(acme.team("Top"), ana, ben)
    later = SECOND_DAY
    answer_survey(acme, stars, 5, member="ana@a.example", comment="Great", channel="chat")
    answer_survey(acme, stars, 2, member="ben@a.example", channel="chat", at=later)
    answer_survey(acme, stars, 4, attributes={"client": "Globex"}, at=later)
    answer_survey(acme, nps, 7, member="ana@a.example", at=later)
    answer_survey(acme, nps, 10, is_test=True)
    again = answer_survey(acme, nps, 9, member="ana@a.example", at=later)
    with acme.world.app.app_context(), write_connection(db.engine) as connection:
        connection.execute(
            update(Response).where(Response.id == UUID(again)).values(is_recovery=True)
        )
        count_everything_again(connection, acme.id)
    return acme


def survey_named(acme: Workspace, name: str) -> str:
    with acme.world.app.app_context():
        return db.session.scalars(select(Survey.public_id).where(Survey.name == name)).one()


FILTERS: dict[str, Callable[[dict[str, int]], ResponseFilter]] = {
    "all": lambda ids: ResponseFilter(),
    "first answers": lambda ids: ResponseFilter(is_recovery=False),
    "answers after a follow-up": lambda ids: ResponseFilter(is_recovery=True),
    "a channel": lambda ids: ResponseFilter(channels=["chat"]),
    "a client": lambda ids: ResponseFilter(clients=["Globex"]),
    "no client": lambda ids: ResponseFilter(clients=[""]),
    "a kind": lambda ids: ResponseFilter(kinds=["nps"]),
    "two kinds": lambda ids: ResponseFilter(kinds=["nps", "stars"]),
    "scores": lambda ids: ResponseFilter(scores=[2, 7]),
    "good ones": lambda ids: ResponseFilter(moods=["positive"]),
    "in between": lambda ids: ResponseFilter(moods=["other"], kinds=["nps"]),
    "bad ones": lambda ids: ResponseFilter(moods=["negative"]),
    "a member": lambda ids: ResponseFilter(members=[ids["ana"]]),
    "nobody": lambda ids: ResponseFilter(members=[None]),
    "a team": lambda ids: ResponseFilter(teams=[1]),
    "no team that is known": lambda ids: ResponseFilter(teams=[]),
    "an unknown survey": lambda ids: ResponseFilter(surveys=["bcdfghjkmnpq"]),
    "a version": lambda ids: ResponseFilter(versions=[1]),
    "an unknown version": lambda ids: ResponseFilter(versions=[99]),
    "a scope": lambda ids: ResponseFilter(scope=Scope(member_id=ids["ben"])),
    "tests too": lambda ids: ResponseFilter(with_tests=True),
    "with a comment": lambda ids: ResponseFilter(has_comment=True),
    "a word": lambda ids: ResponseFilter(search="great"),
    "a day": lambda ids: ResponseFilter(
        since=datetime(2026, 11, 24, tzinfo=UTC), until=datetime(2026, 11, 25, tzinfo=UTC)
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_the_number_is_that_of_the_list(busy: Workspace, name: str) -> None:
    with busy.world.app.app_context():
        ids = {row.name: row.id for row in db.session.scalars(select(Member))}
        wanted = FILTERS[name](ids)
        listed = len(ids_that_fit(db.session(), busy.id, wanted, 100))
        found = how_many_fit(db.session(), busy.id, wanted, "UTC")
        assert found == Fitting(listed, is_exact=True)
        db.session.rollback()
        assert copy_workspace(db.engine, busy.id, 1, datetime(2026, 12, 1, tzinfo=UTC))
        assert how_many_fit(db.session(), busy.id, wanted, "UTC") == found
    # A day that has changed since is not read from the copy.
    answer_survey(busy, survey_named(busy, "Yearly"), 9, channel="chat", at=SECOND_DAY)
    with busy.world.app.app_context():
        listed = len(ids_that_fit(db.session(), busy.id, wanted, 100))
        assert how_many_fit(db.session(), busy.id, wanted, "UTC") == Fitting(listed, True)


def test_what_no_count_knows_is_counted_up_to_a_bound(
    busy: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting_responses, "BOUNDS", (2, 3))
    with busy.world.app.app_context():
        commented = ResponseFilter(has_comment=False)
        assert how_many_fit(db.session(), busy.id, commented, "UTC") == Fitting(3, is_exact=False)
        all_of_them = how_many_fit(db.session(), busy.id, ResponseFilter(), "UTC")
        assert all_of_them == Fitting(5, is_exact=True)


def test_of_a_count_that_is_given_up_late_the_first_bound_is_told(
    busy: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(session: Session, *_: object, at_most: int) -> int:
        return 3 if at_most == 3 else _wait(session)

    monkeypatch.setattr(fitting_responses, "count_that_fit", count)
    monkeypatch.setattr(fitting_responses, "BOUNDS", (2, 9))
    monkeypatch.setattr(fitting_responses, "_SECONDS", 0.05)
    with busy.world.app.app_context():
        wanted = ResponseFilter(search="great")
        found = how_many_fit(db.session(), busy.id, wanted, "UTC")
        assert found == Fitting(2, is_exact=False)


def test_what_a_search_finds_is_counted_from_its_index_on(busy: Workspace) -> None:
    with busy.world.app.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        wanted = ResponseFilter(search="great", has_comment=True)
        every = select(Response.id).where(Response.workspace_id == busy.id)
        query = narrowed(db.session(), busy.id, wanted, every)
        sql = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
        assert plan[0].detail.startswith("SCAN response_words_index")


def test_counting_is_given_up_after_a_while(
    busy: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        fitting_responses, "count_that_fit", lambda session, *_, **__: _wait(session)
    )
    monkeypatch.setattr(fitting_responses, "_SECONDS", 0.05)
    with busy.world.app.app_context():
        wanted = ResponseFilter(search="great")
        assert how_many_fit(db.session(), busy.id, wanted, "UTC") is None
        # The session is as good as new.
        monkeypatch.undo()
        assert how_many_fit(db.session(), busy.id, wanted, "UTC") == Fitting(1, is_exact=True)


def test_what_is_asked_in_time_is_answered_and_the_limit_ends_with_its_block(
    busy: Workspace,
) -> None:
    with busy.world.app.app_context():
        with within(db.session(), 0.05):
            assert db.session.scalar(text("SELECT 1")) == 1
        with pytest.raises(TookTooLong), within(db.session(), 0.05):
            _wait(db.session())
        db.session.scalar(_LONG_BUT_NOT_TOO_LONG[db.engine.dialect.name])


_COUNT = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})"
    " SELECT count(*) FROM n"
)
_LONG_BUT_NOT_TOO_LONG = {
    "sqlite": text(_COUNT.format(most=500_000)),
    "postgresql": text("SELECT pg_sleep(0.1)"),
}


def _wait(session: Session) -> int:
    """Longer than anybody gives it."""
    return session.scalar(text(_COUNT.format(most=1_000_000_000))) or 0
