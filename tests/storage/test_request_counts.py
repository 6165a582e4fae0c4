"""Response rates: requests by the day they were sent on, answered whenever."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from tests.builders import Workspace, add_request
from widget.domain.roles import EVERYTHING, Scope
from widget.domain.score_filters import Group, ScoreFilter
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Request
from widget.storage.request_counts import RequestCounts, requests_by

WEEK = ScoreFilter(date(2026, 11, 2), date(2026, 11, 8))


def sent(
    acme: Workspace, survey: str, at: datetime, answered_after: timedelta | None = None, **more: Any
) -> None:
    id, _ = add_request(acme, survey, status="sent", member_id=more.pop("member_id", None))
    with acme.world.app.app_context(), writing(db.session()) as session:
        answered_at = None if answered_after is None else at + answered_after
        session.execute(
            update(Request)
            .where(Request.id == id)
            .values(sent_at=at, answered_at=answered_at, **more)
        )


def count(
    acme: Workspace,
    wanted: ScoreFilter = WEEK,
    group: Group | None = None,
    scope: Scope = EVERYTHING,
    zone: str = "UTC",
) -> dict[Any, RequestCounts]:
    with acme.world.app.app_context():
        db.session.rollback()
        return dict(requests_by(db.session(), acme.id, scope, wanted, group, zone))


def test_a_request_counts_on_the_day_it_was_sent_and_not_when_it_was_answered(
    any_acme: Workspace,
) -> None:
    survey, sunday = any_acme.survey(), datetime(2026, 11, 8, 23, 30, tzinfo=UTC)
    sent(any_acme, survey, sunday, timedelta(days=9))
    sent(any_acme, survey, sunday)
    sent(any_acme, survey, sunday + timedelta(hours=1), timedelta(minutes=5))
    [counts] = count(any_acme).values()
    assert (counts.sent, counts.answered) == (2, 1)


def test_days_are_the_workspaces(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    sent(any_acme, survey, datetime(2026, 11, 8, 23, 30, tzinfo=UTC))
    assert count(any_acme, zone="Europe/Berlin") == {}
    assert count(any_acme, zone="America/New_York")[None].sent == 1


def test_tests_and_those_who_are_asked_again_do_not_count(any_acme: Workspace) -> None:
    survey, at = any_acme.survey(), datetime(2026, 11, 4, tzinfo=UTC)
    sent(any_acme, survey, at, is_test=True)
    asked, _ = add_request(any_acme, survey)
    sent(any_acme, survey, at, recovers_response_id=asked)
    assert count(any_acme) == {}


@pytest.mark.parametrize(
    ("took", "counted"),
    [
        (timedelta(seconds=-3), 0),
        (timedelta(seconds=59), 0),
        (timedelta(seconds=61), 60),
        (timedelta(hours=47, minutes=59, seconds=59), 47 * 3600 + 59 * 60),
        (timedelta(hours=48, minutes=59), 48 * 3600),
        (timedelta(days=29, hours=3, minutes=1), (29 * 24 + 3) * 3600),
    ],
)
def test_times_are_counted_to_the_minute_and_later_to_the_hour(
    any_acme: Workspace, took: timedelta, counted: int
) -> None:
    sent(any_acme, any_acme.survey(), datetime(2026, 11, 4, tzinfo=UTC), took)
    assert count(any_acme)[None].times == {counted: 1}


def test_members_teams_and_channels_have_their_own(any_acme: Workspace) -> None:
    acme, at = any_acme, datetime(2026, 11, 4, tzinfo=UTC)
    survey, team = acme.survey(), acme.team("Desk")
    ana, ben = acme.member("Ana"), acme.member("Ben")
    acme.put_in(team, ana)
    sent(acme, survey, at, timedelta(hours=1), member_id=ana, channel="chat")
    sent(acme, survey, at, member_id=ben, channel="email")
    sent(acme, survey, at)
    by_member = count(acme, group="member")
    assert {id: (one.sent, one.answered) for id, one in by_member.items()} == {
        ana: (1, 1),
        ben: (1, 0),
        None: (1, 0),
    }
    assert {id: one.sent for id, one in count(acme, group="team").items()} == {team: 1, None: 2}
    assert set(count(acme, group="channel")) == {"chat", "email", ""}
    assert count(acme, scope=Scope(member_id=ben))[None].sent == 1
    narrow = ScoreFilter(WEEK.first, WEEK.last, teams=(team,), channels=("chat",))
    assert count(acme, narrow)[None].answered == 1


def test_requests_are_counted_by_the_client_and_the_segment_that_they_name(
    any_acme: Workspace,
) -> None:
    survey, at = any_acme.survey(), datetime(2026, 11, 4, tzinfo=UTC)
    sent(any_acme, survey, at, timedelta(minutes=5), client="Globex", segment="Large")
    sent(any_acme, survey, at, client="Globex")
    sent(any_acme, survey, at, client="globex")
    sent(any_acme, survey, at, segment="Large")
    sent(any_acme, survey, at)
    by_client = count(any_acme, group="client")
    assert {key: (one.sent, one.answered) for key, one in by_client.items()} == {
        "Globex": (2, 1),
        "globex": (1, 0),
    }
    assert {key: one.sent for key, one in count(any_acme, group="segment").items()} == {"Large": 2}
    of_globex = count(any_acme, replace(WEEK, clients=("Globex",)))[None]
    assert (of_globex.sent, of_globex.answered) == (2, 1)
    of_both = replace(WEEK, clients=("Globex",), segments=("Large",))
    assert count(any_acme, of_both)[None].sent == 1
    assert count(any_acme, replace(WEEK, clients=("",)))[None].sent == 2
    assert count(any_acme)[None].sent == 5


def test_requests_are_counted_from_indexes_alone(acme: Workspace) -> None:
    seen: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        seen.append((statement, given))

    with acme.world.app.app_context():
        engine = db.engine
        event.listen(engine, "before_cursor_execute", keep)
        try:
            count(acme, group="channel")
            count(acme, group="client")
            count(acme, replace(WEEK, clients=("Globex",)), group="survey")
        finally:
            event.remove(engine, "before_cursor_execute", keep)
        asked = [pair for pair in seen if "count(*)" in pair[0]]
        with engine.connect() as connection:
            plans = [
                " ".join(
                    row[3]
                    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {what}", given)
                )
                for what, given in asked
            ]
    for plan, name in zip(plans, ("sent", "client", "client"), strict=True):
        assert f"COVERING INDEX ix_requests_{name}" in plan
