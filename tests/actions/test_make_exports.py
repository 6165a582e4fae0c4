"""The worker makes files of responses: whole ones only, once each, for who may have them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import MONDAY, Workspace, answer_survey, make_workspace
from tests.exporting import ask_for_file, download, exports_job, files_of, forget_files, make_files
from widget.actions.hide_response import set_hidden
from widget.actions.make_exports import ForgetExports
from widget.domain.export_jobs import MOST_ATTEMPTS
from widget.domain.exports.formats import FORMATS
from widget.domain.response_filters import ResponseFilter
from widget.domain.roles import EVERYTHING, Scope
from widget.extensions import db
from widget.storage import response_records
from widget.storage.engine import writing
from widget.storage.export_files import ExportFiles
from widget.storage.exports import claim_export
from widget.storage.models import Export, Membership, User


class Killed(BaseException):
    """What a worker that dies leaves behind is what this leaves behind."""


def kill() -> bool:
    raise Killed


def later(number: int, then: Callable[[], bool]) -> Callable[[], bool]:
    """What answers False so many times, and then otherwise."""
    asked = 0

    def answer() -> bool:
        nonlocal asked
        asked += 1
        return asked > number and then()

    return answer


def export(acme: Workspace, id: UUID) -> Export:
    with acme.world.app.app_context():
        db.session.rollback()
        row = db.session.scalars(select(Export).where(Export.id == id)).one()
        db.session.expunge_all()
        return row


def states(acme: Workspace, *ids: UUID) -> list[str]:
    return [export(acme, id).status for id in ids]


def names(acme: Workspace) -> list[str]:
    """The files that lie in the workspace's folder, without their ids."""
    return [file.name[32:] for file in files_of(acme).of_workspace(acme.id)]


def answers(acme: Workspace, number: int, **details: Any) -> None:
    survey = acme.survey()
    for index in range(number):
        at = MONDAY + timedelta(minutes=index)
        answer_survey(acme, survey, 4, ref=f"T-{index}", at=at, **details)


def test_every_format_is_made_and_can_be_taken(any_acme: Workspace) -> None:
    answers(any_acme, 3)
    client = any_acme.signed_in()
    for form in FORMATS:
        id = ask_for_file(client, f"format={form}")
        assert make_files(any_acme) == 1
        row = export(any_acme, id)
        assert (row.status, row.done, row.total) == ("done", 3, 3)
        assert row.bytes == len(download(client, id).data)
    assert make_files(any_acme) == 0
    assert names(any_acme) == [""] * len(FORMATS)


def test_the_file_is_of_what_fits_the_filter_of_the_screen(any_acme: Workspace) -> None:
    answers(any_acme, 2, channel="chat")
    answers(any_acme, 1, channel="mail")
    client = any_acme.signed_in()
    direct = client.get("/console/responses/export?format=jsonl&channel=chat&q=t-1").data
    id = ask_for_file(client, "format=jsonl&channel=chat&q=t-1")
    make_files(any_acme)
    assert direct.count(b"\n") == 1
    assert download(client, id).data == direct


def test_a_filter_is_kept_whole_but_for_whose_responses_somebody_sees() -> None:
    wanted = ResponseFilter(
        scope=EVERYTHING,
        surveys=["bcdfghjkmnpq"],
        kinds=["nps"],
        moods=["negative"],
        scores=[0, 1],
        teams=frozenset({3}),
        members=[7, None],
        channels=["", "chat"],
        versions=[2],
        has_comment=False,
        is_recovery=True,
        search="late",
        finds_hidden_comments=True,
        since=MONDAY,
        with_hidden=True,
    )
    kept = wanted.to_json()
    mine = Scope(teams=frozenset({1}))
    found = ResponseFilter.from_json(kept, scope=mine, finds_hidden_comments=False)
    assert (found.scope, found.finds_hidden_comments) == (mine, False)
    assert found.to_json() == kept
    assert (found.since, found.members, found.has_comment) == (MONDAY, [7, None], False)
    assert ResponseFilter().to_json() == {}


def test_a_worker_killed_in_the_middle_leaves_no_file_and_another_makes_it(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response_records, "BATCH", 2)
    answers(any_acme, 5)
    client = any_acme.signed_in()
    id = ask_for_file(client)
    with pytest.raises(Killed):
        make_files(any_acme, should_stop=later(2, kill))
    assert names(any_acme) == ["-1.part"]
    assert states(any_acme, id) == ["making"]
    assert download(client, id).status_code == 403
    # It may only be slow: nobody takes the file up at once.
    assert make_files(any_acme) == 0
    any_acme.world.clock.pass_time(seconds=31)
    assert make_files(any_acme) == 1
    assert names(any_acme) == [""]
    assert download(client, id).data.count(b"\n") == 6


def test_a_slow_worker_does_not_finish_what_another_has_taken_up(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(any_acme, 2)
    client = any_acme.signed_in()
    id = ask_for_file(client)

    def another_makes_it() -> bool:
        any_acme.world.clock.pass_time(seconds=31)
        assert make_files(any_acme) == 1
        return False

    assert make_files(any_acme, should_stop=later(1, another_makes_it)) == 1
    row = export(any_acme, id)
    assert (row.status, row.attempts, names(any_acme)) == ("done", 2, [""])
    assert download(client, id).data.count(b"\n") == 3


def test_a_slow_worker_leaves_a_file_to_who_is_making_it_by_now(any_acme: Workspace) -> None:
    answers(any_acme, 2)
    id = ask_for_file(any_acme.signed_in())

    def another_takes_it_up() -> bool:
        any_acme.world.clock.pass_time(seconds=31)
        with any_acme.world.app.app_context(), writing(db.session()) as session:
            assert claim_export(session, any_acme.world.clock()) is not None
        return False

    # It asks as it begins, after the one batch, and at the end.
    assert make_files(any_acme, should_stop=later(2, another_takes_it_up)) == 1
    row = export(any_acme, id)
    assert (row.status, row.attempts, row.expires_at, names(any_acme)) == ("making", 2, None, [])


def test_a_worker_that_is_told_to_stop_gives_the_file_back(any_acme: Workspace) -> None:
    answers(any_acme, 2)
    id = ask_for_file(any_acme.signed_in())
    assert make_files(any_acme, should_stop=later(1, lambda: True)) == 0
    assert (states(any_acme, id), names(any_acme)) == (["waiting"], [])
    assert make_files(any_acme) == 1


def test_being_told_to_stop_is_no_attempt_and_killing_its_worker_is(any_acme: Workspace) -> None:
    answers(any_acme, 2)
    id = ask_for_file(any_acme.signed_in())
    for _ in range(MOST_ATTEMPTS + 1):
        make_files(any_acme, should_stop=lambda: True)
    assert states(any_acme, id) == ["waiting"]
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Killed):
            make_files(any_acme, should_stop=kill)
        any_acme.world.clock.pass_time(seconds=31)
    assert make_files(any_acme, should_stop=kill) == 0
    row = export(any_acme, id)
    assert (row.status, row.why, row.attempts) == ("failed", "error", MOST_ATTEMPTS)
    forget_files(any_acme)
    assert names(any_acme) == []


def test_what_is_hidden_while_a_file_is_made_is_not_in_it(any_acme: Workspace) -> None:
    answers(any_acme, 2)
    hidden = UUID(answer_survey(any_acme, any_acme.survey(), 4, ref="gone"))
    client = any_acme.signed_in()
    id = ask_for_file(client)

    def hide() -> bool:
        with any_acme.world.app.app_context():
            at = any_acme.world.clock()
            set_hidden(db.session(), any_acme.id, hidden, hidden=True, at=at)
        return False

    # It asks as it begins, after the one batch, and at the end.
    assert make_files(any_acme, should_stop=later(2, hide)) == 1
    assert (states(any_acme, id), names(any_acme)) == (["waiting"], [])
    assert make_files(any_acme) == 0
    any_acme.world.clock.pass_time(seconds=31)
    assert make_files(any_acme) == 1
    said = download(client, id).data
    assert (said.count(b"\n"), b"gone" in said) == (3, False)


def test_workspaces_take_turns(any_acme: Workspace) -> None:
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    ids = [ask_for_file(any_acme.signed_in()) for _ in range(2)]
    any_acme.world.clock.pass_time(seconds=1)
    ids.append(ask_for_file(rival.signed_in()))
    job = exports_job(any_acme)
    with any_acme.world.app.app_context():
        db.session.rollback()
        for expected in (
            ["done", "waiting", "waiting"],
            ["done", "waiting", "done"],
            ["done", "done", "done"],
        ):
            assert job(db.engine, any_acme.world.clock()) == 1
            assert states(any_acme, *ids) == expected


def test_a_file_that_is_cancelled_is_not_finished(any_acme: Workspace) -> None:
    answers(any_acme, 2)
    client = any_acme.signed_in()
    id = ask_for_file(client)

    def cancel() -> bool:
        with any_acme.world.app.app_context(), writing(db.session()) as session:
            row = session.scalars(select(Export)).one()
            row.status, row.finished_at = "cancelled", any_acme.world.clock()
        return False

    assert make_files(any_acme, should_stop=later(1, cancel)) == 1
    assert (states(any_acme, id), names(any_acme)) == (["cancelled"], [])
    assert make_files(any_acme) == 0


def test_an_error_is_tried_again_and_then_said(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = ask_for_file(any_acme.signed_in())
    monkeypatch.setattr("widget.actions.make_exports.write_responses", lambda *_, **__: 1 / 0)
    for _ in range(2):
        make_files(any_acme)
        assert states(any_acme, id) == ["waiting"]
        assert make_files(any_acme) == 0
        any_acme.world.clock.pass_time(seconds=31)
    make_files(any_acme)
    row = export(any_acme, id)
    assert (row.status, row.why, names(any_acme)) == ("failed", "error", [])


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_for_which_there_is_no_room_is_given_up(acme: Workspace, form: str) -> None:
    answers(acme, 3)
    id = ask_for_file(acme.signed_in(), f"format={form}")
    make_files(acme, room=400)
    row = export(acme, id)
    assert (row.status, row.why, names(acme)) == ("failed", "room", [])


def test_long_comments_do_not_fill_the_disk_before_a_workbook_is_put_together(
    acme: Workspace,
) -> None:
    answers(acme, 10, comment="x" * 5_000)
    client, room = acme.signed_in(), 45_000
    large = ask_for_file(client, "format=xlsx")
    make_files(acme, room=room)
    row = export(acme, large)
    assert (row.status, row.why, names(acme)) == ("failed", "room", [])
    # One of them has room, and all of them where more may wait: packed, they are small.
    one = ask_for_file(client, "format=xlsx&q=T-1")
    make_files(acme, room=room)
    every = ask_for_file(client, "format=xlsx")
    make_files(acme, room=3 * room)
    assert states(acme, one, every) == ["done", "done"]
    assert export(acme, every).bytes < room // 4


def test_one_workspaces_files_leave_room_for_anothers(acme: Workspace) -> None:
    answers(acme, 3)
    first = ask_for_file(acme.signed_in())
    make_files(acme)
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    # A quarter of the room is just enough for one such file.
    room = 4 * export(acme, first).bytes + 100
    second, theirs = ask_for_file(acme.signed_in()), ask_for_file(rival.signed_in())
    make_files(acme, room=room)
    make_files(acme, room=room)
    assert states(acme, second, theirs) == ["failed", "done"]


def test_files_go_after_a_day_and_their_rows_after_a_week(any_acme: Workspace) -> None:
    answers(any_acme, 1)
    client = any_acme.signed_in()
    id = ask_for_file(client)
    make_files(any_acme)
    any_acme.world.clock.pass_time(hours=23, minutes=59)
    forget_files(any_acme)
    assert download(client, id).status_code == 200
    any_acme.world.clock.pass_time(minutes=1)
    assert download(any_acme.signed_in(), id).status_code == 403
    forget_files(any_acme)
    assert (states(any_acme, id), names(any_acme)) == (["over"], [])
    any_acme.world.clock.pass_time(days=7)
    forget_files(any_acme)
    with any_acme.world.app.app_context():
        assert list(db.session.scalars(select(Export))) == []


def test_what_belongs_to_no_file_is_deleted(acme: Workspace) -> None:
    answers(acme, 1)
    kept = ask_for_file(acme.signed_in())
    make_files(acme)
    left = files_of(acme).unfinished(acme.id, UUID(int=7), 1)
    left.write_bytes(b"half")
    # Whatever else somebody has put there is theirs.
    other = left.with_name("README")
    other.write_text("Mind the gap.")
    forget_files(acme)
    assert files_of(acme).of_workspace(acme.id) == [
        files_of(acme).path(acme.id, kept),
        other,
    ]


def test_a_file_that_is_begun_as_others_are_deleted_stays(any_acme: Workspace) -> None:
    id = ask_for_file(any_acme.signed_in())
    clock = any_acme.world.clock

    class BegunMeanwhile(ExportFiles):
        def known(self) -> Iterator[tuple[int, UUID, Path]]:
            with Session(db.engine) as session, writing(session):
                assert claim_export(session, clock()) is not None
            self.unfinished(any_acme.id, id, 1).write_bytes(b"half")
            return super().known()

    files = BegunMeanwhile(any_acme.world.settings.exports_folder)
    with any_acme.world.app.app_context():
        ForgetExports(files)(db.engine, clock())
    assert names(any_acme) == ["-1.part"]


def test_all_files_of_one_workspace_are_found_and_deleted_together(acme: Workspace) -> None:
    rival = make_workspace(acme.world, "Rival", "charlie@rival.example")
    for whose in (acme, acme, rival):
        ask_for_file(whose.signed_in())
        make_files(acme)
    assert files_of(acme).used() > files_of(acme).used(rival.id) > 0
    assert files_of(acme).delete_of_workspace(acme.id) == 2
    assert (names(acme), names(rival)) == ([], [""])


def test_nobody_without_a_seat_is_made_a_file(any_acme: Workspace) -> None:
    client = any_acme.person("vi@acme.example", "viewer")
    id = ask_for_file(client)
    with any_acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(Membership).where(Membership.role == "viewer").values(role="member"))
    make_files(any_acme)
    row = export(any_acme, id)
    assert (row.status, row.why) == ("failed", "seat")


def test_who_may_not_sign_in_any_more_is_made_no_file(any_acme: Workspace) -> None:
    id = ask_for_file(any_acme.signed_in())
    with any_acme.world.app.app_context(), writing(db.session()) as session:
        session.execute(update(User).values(active=False))
    make_files(any_acme)
    row = export(any_acme, id)
    assert (row.status, row.why) == ("failed", "seat")
