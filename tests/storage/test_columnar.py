"""The columnar copy says what the database says, whatever has happened since it was made."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, update

from tests.builders import Workspace, answer_survey, make_workspace
from tests.storage.test_score_counts import filled
from widget.actions.copy_columns import CopyColumns, copy_workspace
from widget.actions.hide_response import set_hidden
from widget.domain.roles import EVERYTHING, Scope
from widget.domain.score_filters import Group, ScoreFilter
from widget.extensions import db
from widget.storage.columnar import files, marks, reading
from widget.storage.columnar.reading import Copy
from widget.storage.counted_responses import facts_from_responses
from widget.storage.engine import write_connection
from widget.storage.models import Response, Revision
from widget.storage.rollups import count_everything_again
from widget.storage.score_counts import facts_by

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
EVERY = ScoreFilter(FIRST, LAST)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
GROUPS: tuple[Group | None, ...] = (
    *(None, "day", "survey", "member", "team", "channel"),
    *("version", "language", "source", "client", "segment", "hour"),
)
_days = st.dates(date(2026, 10, 25), date(2026, 12, 3))
_filters = st.builds(
    lambda days, **rest: ScoreFilter(min(days), max(days), **rest),
    st.tuples(_days, _days),
    surveys=st.sets(st.sampled_from([1, 2, 99])),
    members=st.sets(st.sampled_from([None, 1, 2, 3, 4, 99])),
    teams=st.sets(st.sampled_from([1, 2, 3, 99])),
    channels=st.sets(st.sampled_from(["email", "chat", "", "fax"])),
    versions=st.sets(st.sampled_from([1, 2])),
    languages=st.sets(st.sampled_from(["en", "de"])),
    sources=st.sets(st.sampled_from(["widget", "link"])),
    clients=st.sets(st.sampled_from(["Globex", "", 'Quo"te, Ltd\n'])),
    segments=st.sets(st.sampled_from(["Small", ""])),
)
_scopes = st.sampled_from(
    [
        *(EVERYTHING, Scope(), Scope(member_id=1), Scope(teams=frozenset({1, 2}))),
        Scope(member_id=4, teams=frozenset({3})),
    ]
)


@pytest.fixture(autouse=True)
def unread(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Why copies could not be read: never, but where a test takes the reasons out of here."""
    reasons: list[str] = []
    monkeypatch.setattr(reading._log, "warning", lambda _, why: reasons.append(why))
    yield reasons
    assert reasons == []


def engine_of(acme: Workspace) -> Engine:
    with acme.world.app.app_context():
        return db.engine


def make_copy(acme: Workspace, **asked: Any) -> bool:
    return copy_workspace(engine_of(acme), acme.id, 1, asked.pop("at", NOW), **asked)


def answer(acme: Workspace, survey: str, score: int, at: datetime) -> UUID:
    return UUID(answer_survey(acme, survey, score, at=at))


def copy_of(acme: Workspace) -> Copy:
    with acme.world.app.app_context():
        db.session.rollback()
        found = reading.copy_for(db.session(), acme.id, FIRST, LAST)
    assert found is not None
    return found


def folder_of(acme: Workspace) -> Path:
    folder = files.folder_of(engine_of(acme), acme.id)
    assert folder is not None
    return folder


def assert_both_say_the_same(
    acme: Workspace,
    wanted: ScoreFilter = EVERY,
    group: Group | None = None,
    scope: Scope = EVERYTHING,
) -> Any:
    with acme.world.app.app_context():
        db.session.rollback()
        said = facts_by(db.session(), acme.id, scope, wanted, group)
        true = facts_from_responses(db.session(), acme.id, scope, wanted, group)
    assert said == true
    return said


@contextmanager
def nothing_read_from_the_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def fail(*_: object) -> None:
        raise AssertionError("the copy knows this")

    with monkeypatch.context() as patched:
        patched.setattr("widget.storage.score_counts._from_tables", fail)
        yield


def test_the_copy_says_the_same_for_any_filter_scope_and_group(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(any_acme)
    odd = answer_survey(any_acme, any_acme.survey(), 5, attributes={"client": 'Quo"te, Ltd\n'})
    assert odd
    assert make_copy(any_acme)

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_filters, st.sampled_from(GROUPS), _scopes)
    def agree(wanted: ScoreFilter, group: Group | None, scope: Scope) -> None:
        with any_acme.world.app.app_context():
            db.session.rollback()
            with nothing_read_from_the_database(monkeypatch):
                said = facts_by(db.session(), any_acme.id, scope, wanted, group)
            true = facts_from_responses(db.session(), any_acme.id, scope, wanted, group)
        assert said == true

    agree()
    for group in GROUPS:
        assert assert_both_say_the_same(any_acme, group=group)


def test_what_has_happened_since_the_copy_is_told_at_once(any_acme: Workspace) -> None:
    made = filled(any_acme)
    survey = made["surveys"][0]
    changing = answer(any_acme, survey, 2, datetime(2026, 11, 3, 12, tzinfo=UTC))
    make_copy(any_acme)
    assert copy_of(any_acme).changed_runs == ()

    answer_survey(any_acme, survey, 5, at=datetime(2026, 11, 28, 12, tzinfo=UTC))
    assert copy_of(any_acme).changed_runs == ((date(2026, 11, 28), date(2026, 11, 28)),)
    assert_both_say_the_same(any_acme)
    answer_survey(any_acme, survey, 4, id=str(changing))
    assert_both_say_the_same(any_acme, group="day")
    with any_acme.world.app.app_context():
        set_hidden(db.session(), any_acme.id, changing, hidden=True, at=NOW)
    assert_both_say_the_same(any_acme)
    with write_connection(engine_of(any_acme)) as connection:
        connection.execute(
            update(Response)
            .values(member_id=2, attributes={"client": "Initech"})
            .where(Response.workspace_id == any_acme.id, Response.member_id == 1)
        )
        count_everything_again(connection, any_acme.id)
    everybody = [assert_both_say_the_same(any_acme, group=group) for group in GROUPS]

    assert make_copy(any_acme)
    assert copy_of(any_acme).changed_runs == ()
    assert [assert_both_say_the_same(any_acme, group=group) for group in GROUPS] == everybody


def test_an_erased_response_is_in_no_number_and_soon_in_no_file(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    kept = answer_survey(any_acme, survey, 5, at=datetime(2026, 11, 3, tzinfo=UTC))
    erased = answer(any_acme, survey, 1, datetime(2026, 10, 3, tzinfo=UTC))
    make_copy(any_acme)
    assert kept
    before = {file.name for file in folder_of(any_acme).glob("*.parquet")}
    with write_connection(engine_of(any_acme)) as connection:
        connection.execute(delete(Revision).where(Revision.response_id == erased))
        connection.execute(delete(Response).where(Response.id == erased))
        count_everything_again(connection, any_acme.id)
    assert assert_both_say_the_same(any_acme) == {None: {1: {"stars": {5: 1}}}}
    make_copy(any_acme)
    assert [part.name[:7] for part in copy_of(any_acme).parts] == ["2026-11"]

    gone = before - {part.name for part in copy_of(any_acme).parts}
    assert gone
    for name in gone:
        os.utime(folder_of(any_acme) / name, (0, 0))
    make_copy(any_acme)
    assert not any((folder_of(any_acme) / name).exists() for name in gone)
    assert all(part.exists() for part in copy_of(any_acme).parts)


def test_only_months_of_which_something_changed_are_written_again(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    for month in (10, 11):
        answer_survey(any_acme, survey, 5, at=datetime(2026, month, 3, tzinfo=UTC))
    make_copy(any_acme)
    october, november = copy_of(any_acme).parts
    answer_survey(any_acme, survey, 4, at=datetime(2026, 11, 20, tzinfo=UTC))
    make_copy(any_acme)
    assert copy_of(any_acme).parts[0] == october
    assert copy_of(any_acme).parts[1] != november
    assert_both_say_the_same(any_acme, group="day")
    assert not make_copy(any_acme)


def test_what_changes_while_the_copy_is_made_is_read_from_the_database(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = any_acme.survey()
    response = answer_survey(any_acme, survey, 5, at=datetime(2026, 11, 3, tzinfo=UTC))
    publish = marks.publish

    def change_and_publish(*given: Any, **more: Any) -> bool:
        answer_survey(any_acme, survey, 1, id=response)
        return publish(*given, **more)

    monkeypatch.setattr(marks, "publish", change_and_publish)
    assert make_copy(any_acme)
    assert copy_of(any_acme).changed_runs == ((date(2026, 11, 3), date(2026, 11, 3)),)
    assert assert_both_say_the_same(any_acme) == {None: {1: {"stars": {1: 1}}}}


def test_of_two_who_copy_at_once_one_is_heeded(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = any_acme.survey()
    answer_survey(any_acme, survey, 5, at=datetime(2026, 11, 3, tzinfo=UTC))
    make_copy(any_acme)
    publish, done = marks.publish, []

    def let_another_be_first(*given: Any, **more: Any) -> bool:
        if not done:
            done.append(True)
            answer_survey(any_acme, survey, 2, at=datetime(2026, 11, 5, tzinfo=UTC))
            assert make_copy(any_acme)
        return publish(*given, **more)

    answer_survey(any_acme, survey, 4, at=datetime(2026, 11, 4, tzinfo=UTC))
    monkeypatch.setattr(marks, "publish", let_another_be_first)
    assert not make_copy(any_acme)
    assert assert_both_say_the_same(any_acme) == {None: {1: {"stars": {2: 1, 4: 1, 5: 1}}}}


def test_without_its_files_everything_is_read_from_the_database_until_they_are_made_anew(
    any_acme: Workspace, unread: list[str]
) -> None:
    filled(any_acme)
    make_copy(any_acme)
    for part in copy_of(any_acme).parts:
        part.unlink()
    true = [assert_both_say_the_same(any_acme, group=group) for group in GROUPS]
    assert len(unread) == len(GROUPS)
    unread.clear()
    assert make_copy(any_acme)
    assert [assert_both_say_the_same(any_acme, group=group) for group in GROUPS] == true
    assert all(part.exists() for part in copy_of(any_acme).parts)


def test_a_file_that_is_damaged_is_made_anew(any_acme: Workspace, unread: list[str]) -> None:
    survey = any_acme.survey()
    answer_survey(any_acme, survey, 5, at=datetime(2026, 11, 3, tzinfo=UTC))
    make_copy(any_acme)
    copy_of(any_acme).parts[0].write_bytes(b"not what it was")
    assert assert_both_say_the_same(any_acme) == {None: {1: {"stars": {5: 1}}}}
    assert unread.pop()
    answer_survey(any_acme, survey, 4, at=datetime(2026, 11, 3, tzinfo=UTC))
    assert make_copy(any_acme)
    assert assert_both_say_the_same(any_acme) == {None: {1: {"stars": {4: 1, 5: 1}}}}


def test_another_machines_copy_is_left_to_it_for_an_hour(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_survey(any_acme, any_acme.survey(), 5, at=datetime(2026, 11, 3, tzinfo=UTC))
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    make_copy(any_acme)
    monkeypatch.undo()
    for part in copy_of(any_acme).parts:
        part.unlink()
    assert not make_copy(any_acme, at=NOW + timedelta(minutes=59))
    assert make_copy(any_acme, at=NOW + timedelta(minutes=61))


def test_small_workspaces_have_no_copy_and_off_means_none(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    engine = engine_of(any_acme)
    for score in (1, 2, 3):
        answer_survey(any_acme, survey, score)
    CopyColumns(4)(engine, NOW)
    assert marks.copied(engine, any_acme.id) is None
    CopyColumns(3)(engine, NOW)
    assert marks.copied(engine, any_acme.id) is not None
    CopyColumns(None)(engine, NOW)
    assert marks.copied(engine, any_acme.id) is None


def test_nobody_reads_anothers_copy(any_acme: Workspace) -> None:
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    answer_survey(any_acme, any_acme.survey(), 5)
    answer_survey(rival, rival.survey(), 1)
    make_copy(any_acme)
    make_copy(rival)
    assert assert_both_say_the_same(any_acme) == {None: {1: {"stars": {5: 1}}}}
    assert assert_both_say_the_same(rival) == {None: {2: {"stars": {1: 1}}}}
    assert folder_of(any_acme) != folder_of(rival)


def test_answers_that_are_being_stored_as_copying_begins_are_not_missed(
    any_acme: Workspace,
) -> None:
    engine = engine_of(any_acme)
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    survey = any_acme.survey()
    response = answer(any_acme, survey, 5, datetime(2026, 11, 3, tzinfo=UTC))
    with engine.connect() as slow:
        # The day is marked already, so this transaction does not mark it.
        slow.execute(update(Response).where(Response.id == response).values(stars=2, score=2))
        copying = threading.Thread(target=make_copy, args=(any_acme,))
        copying.start()
        copying.join(0.5)
        assert copying.is_alive()
        slow.commit()
    copying.join(20)
    assert not copying.is_alive()
    assert assert_both_say_the_same(any_acme) == {None: {1: {"stars": {2: 1}}}}
