"""A workspace changes its time zone: every response and every number moves to the new days."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from tests.builders import Workspace, answer_survey, make_workspace
from widget.actions import change_workspace as changing
from widget.actions.change_workspace import change_workspace
from widget.actions.hide_response import set_hidden
from widget.actions.redate_responses import redate_responses
from widget.extensions import db
from widget.storage import rollups
from widget.storage.engine import writing
from widget.storage.models import Workspace as WorkspaceRow

EVENING = datetime(2026, 11, 9, 20, tzinfo=UTC)


def choose_zone(acme: Workspace, zone: str) -> bool:
    with acme.world.app.app_context():
        return change_workspace(
            db.session, acme.id, name="Acme", time_zone=zone, at=acme.world.clock()
        )


def redate(acme: Workspace) -> int:
    with acme.world.app.app_context():
        return redate_responses(db.engine, acme.world.clock())


def counted_days(acme: Workspace) -> dict[date, int]:
    """How many scores are counted on each day; the rollups must be what they should be."""
    with acme.world.app.app_context(), db.engine.connect() as connection:
        kept = rollups.rolled_up_counts(connection, acme.id)
        assert kept == rollups.true_counts(connection, acme.id)
    found: dict[date, int] = {}
    for (day, *_), number in kept.items():
        found[day] = found.get(day, 0) + number
    return found


def test_responses_and_numbers_move_to_the_days_of_the_new_zone(any_acme: Workspace) -> None:
    acme = any_acme
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    answer_survey(rival, rival.survey(), 5, at=EVENING)
    acme.member(email="ana@a.example")
    survey = acme.survey()
    answer_survey(acme, survey, 5, at=EVENING)
    answer_survey(acme, survey, 4, at=EVENING.replace(hour=9), member="ana@a.example")
    hidden = answer_survey(acme, survey, 1, at=EVENING)
    with acme.world.app.app_context():
        set_hidden(db.session, acme.id, acme.responses()[-1].id, hidden=True, at=acme.world.clock())
    assert counted_days(acme) == {date(2026, 11, 9): 2}
    assert choose_zone(acme, "Asia/Kathmandu")
    assert counted_days(acme) == {date(2026, 11, 9): 1, date(2026, 11, 10): 1}
    days = {one.id.hex: one.day for one in acme.responses()}
    assert days[hidden.replace("-", "")] == date(2026, 11, 10)
    assert counted_days(rival) == {date(2026, 11, 9): 1}
    assert choose_zone(acme, "UTC")
    assert counted_days(acme) == {date(2026, 11, 9): 2}


def test_the_worker_moves_what_are_too_many_at_once(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = any_acme
    monkeypatch.setattr(changing, "AT_ONCE", 2)
    monkeypatch.setattr("widget.actions.redate_responses._PIECE", 2)
    survey = acme.survey()
    for minute in (0, 1, 1, 1, 2, 3, 3):
        answer_survey(acme, survey, 5, at=EVENING.replace(minute=minute))
    assert not choose_zone(acme, "Asia/Kathmandu")
    # Whoever shares a moment moves together.
    assert counted_days(acme) == {date(2026, 11, 9): 3, date(2026, 11, 10): 4}
    # Changed once more meanwhile: it begins anew, and what has moved moves on.
    assert not choose_zone(acme, "Pacific/Honolulu")
    assert counted_days(acme) == {date(2026, 11, 9): 7}
    choose_zone(acme, "Asia/Kathmandu")
    assert redate(acme) == 3
    assert counted_days(acme) == {date(2026, 11, 10): 7}
    assert redate(acme) == 0


def test_what_a_server_stores_in_the_old_zone_for_another_second_is_put_right(
    any_acme: Workspace,
) -> None:
    acme = any_acme
    acme.world.clock.moment = EVENING
    choose_zone(acme, "Asia/Kathmandu")
    survey = acme.survey()
    acme.world.clock.pass_time(seconds=1)
    answer_survey(acme, survey, 5)
    choose_zone_without_moving(acme, "UTC")
    answer_survey(acme, survey, 5)
    choose_zone_without_moving(acme, "Asia/Kathmandu")
    assert counted_days(acme) == {date(2026, 11, 9): 1, date(2026, 11, 10): 1}
    acme.world.clock.pass_time(seconds=60)
    assert redate(acme) == 1
    assert counted_days(acme) == {date(2026, 11, 10): 2}
    # From here on the worker has nothing to look at.
    choose_zone_without_moving(acme, "UTC")
    assert redate(acme) == 0


def choose_zone_without_moving(acme: Workspace, zone: str) -> None:
    """What a server that has not heard of a change takes the zone for."""
    with acme.world.app.app_context(), writing(db.session) as session:
        session.execute(
            update(WorkspaceRow).where(WorkspaceRow.id == acme.id).values(time_zone=zone)
        )


def test_a_new_name_alone_moves_nothing(acme: Workspace) -> None:
    answer_survey(acme, acme.survey(), 5, at=EVENING)
    assert choose_zone(acme, "UTC")
    assert redate(acme) == 0
    assert counted_days(acme) == {date(2026, 11, 9): 1}
