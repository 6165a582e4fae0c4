"""Files of requests: what the preview says is what happens, once, whatever is killed meanwhile."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import event, func, select

from tests.builders import MONDAY, Workspace, ask, make_workspace
from widget.actions import run_import
from widget.actions.run_import import import_backoff, run_imports
from widget.actions.upload_requests import (
    discard_import,
    preview_import,
    start_import,
    upload_requests,
)
from widget.domain.errors import FileRefused, UnknownRequest, UnknownSurvey
from widget.domain.turns import Turns
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Request, RequestImport
from widget.storage.request_imports import ImportRow, import_row


def upload(acme: Workspace, survey: str, text: str) -> UUID:
    with acme.world.app.app_context():
        return upload_requests(
            db.session,
            acme.id,
            survey,
            file_name="asks.csv",
            content=text.encode(),
            user_id=None,
            at=acme.world.clock(),
        )


def previewed(acme: Workspace, id: UUID) -> list[tuple[int, str]]:
    with acme.world.app.app_context():
        preview = preview_import(db.session, acme.id, id, now=acme.world.clock())
        return [
            (row.row.number, row.planned.decision.why or row.planned.decision.status)
            for row in preview.rows
        ]


def start(acme: Workspace, id: UUID) -> None:
    with acme.world.app.app_context():
        start_import(db.session, acme.id, id)


def run(acme: Workspace) -> int:
    with acme.world.app.app_context():
        db.session.rollback()
        return run_imports(db.engine, acme.world.clock(), budget_s=60)


def state(acme: Workspace, id: UUID) -> ImportRow:
    with acme.world.app.app_context():
        db.session.rollback()
        return import_row(db.session, acme.id, id)


def became(acme: Workspace, id: UUID) -> Counter[str]:
    with acme.world.app.app_context():
        db.session.rollback()
        rows = db.session.execute(
            select(Request.status, Request.why).where(Request.import_id == id)
        )
        return Counter(why or status for status, why in rows)


MIXED = """email,name,agent,time zone,do not send
new@c.example,New,ana@acme.example,,
known@c.example,Known,,,
broken@,Broken,,,
NEW@c.example,New again,,,
other@c.example,Other,ghost,,
zone@c.example,Zone,,Mars/Base,
,Nobody,,,
link@c.example,Link,,,yes
"""
OUTCOMES = [
    (2, "scheduled"),
    (3, "suppressed"),
    (4, "bad_address"),
    (5, "suppressed"),
    (6, "member_unknown"),
    (7, "bad_field"),
    (8, "bad_address"),
    (9, "do_not_send"),
]


def test_the_preview_says_what_each_row_will_do_and_stores_nothing(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    any_acme.member("Ana", email="ana@acme.example")
    ask(any_acme, survey, "known@c.example")
    id = upload(any_acme, survey, MIXED)
    assert previewed(any_acme, id) == OUTCOMES
    with any_acme.world.app.app_context():
        preview = preview_import(db.session, any_acme.id, id, now=MONDAY)
        assert [row.by_row for row in preview.rows] == [None, None, None, 2, None, None, None, None]
        assert db.session.scalar(select(func.count()).select_from(Request)) == 1


def test_what_happens_is_what_the_preview_said(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    any_acme.member("Ana", email="ana@acme.example")
    ask(any_acme, survey, "known@c.example")
    id = upload(any_acme, survey, MIXED)
    assert run(any_acme) == 0
    start(any_acme, id)
    assert run(any_acme) == 8
    found = state(any_acme, id)
    assert (found.status, found.done, found.accepted, found.percent) == ("done", 8, 1, 100)
    assert became(any_acme, id) == Counter(why for _number, why in OUTCOMES)
    assert sum(found.refused.values()) == 7
    assert found.refused["not_sent", "suppressed"] == 2
    with any_acme.world.app.app_context():
        assert db.session.scalar(select(RequestImport.content)) == ""
    assert run(any_acme) == 0


def test_a_worker_that_is_cut_off_leaves_nothing_half_done(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = any_acme.survey()
    rows = "".join(f"c{number}@c.example\n" for number in range(45))
    id = upload(any_acme, survey, f"email\n{rows}")
    start(any_acme, id)
    monkeypatch.setattr(run_import, "_BATCH", 10)
    count, batches = run_import._count, iter(range(100))

    def cut_off(*args: object) -> None:
        # Every second batch dies after its requests were made and before it was counted.
        if next(batches) % 2:
            raise KeyboardInterrupt
        count(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(run_import, "_count", cut_off)
    deaths = 0
    while state(any_acme, id).status == "running":
        try:
            run(any_acme)
        except KeyboardInterrupt:
            deaths += 1
            assert sum(became(any_acme, id).values()) == state(any_acme, id).done
    assert deaths == 4
    assert became(any_acme, id) == {"scheduled": 45}
    assert state(any_acme, id).accepted == 45


def test_several_workers_make_each_row_once(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    for name in ("a", "b"):
        rows = "".join(f"{name}{number}@c.example\n" for number in range(450))
        start(any_acme, upload(any_acme, survey, f"email\n{rows}"))
    done: list[int] = []
    threads = [threading.Thread(target=lambda: done.append(run(any_acme))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    with any_acme.world.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Request)) == 900
    # A worker that finds every file in others' hands leaves them to it.
    run(any_acme)
    with any_acme.world.app.app_context():
        assert set(db.session.scalars(select(RequestImport.status))) == {"done"}


def test_a_broken_file_holds_up_no_other_and_is_left_alone_for_a_while(
    any_acme: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    survey, clock = any_acme.survey(), any_acme.world.clock
    broken, sound = (upload(any_acme, survey, f"email\n{name}@c.example\n") for name in "ab")
    start(any_acme, broken)
    start(any_acme, sound)
    with any_acme.world.app.app_context(), writing(db.session):
        db.session.get_one(RequestImport, (any_acme.id, broken)).content = "nothing"
    backoff = import_backoff()

    def work() -> int:
        with any_acme.world.app.app_context():
            db.session.rollback()
            return run_imports(db.engine, clock(), budget_s=60, backoff=backoff)

    assert work() == 1
    assert (state(any_acme, broken).status, state(any_acme, sound).status) == ("running", "done")
    assert f"The import {broken} cannot go on" in caplog.text
    for minutes in (1, 2, 4):
        caplog.clear()
        assert work() == 0
        clock.pass_time(seconds=60 * minutes - 1)
        assert work() == 0
        assert caplog.text == ""
        clock.pass_time(seconds=1)
        assert work() == 0
        assert "cannot go on" in caplog.text
    with any_acme.world.app.app_context(), writing(db.session):
        db.session.get_one(RequestImport, (any_acme.id, broken)).content = "email\na@c.example\n"
    clock.pass_time(hours=1)
    assert work() == 1
    assert state(any_acme, broken).status == "done"


def test_workspaces_take_turns_and_nobodys_files_wait_for_all_of_anothers(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_import, "_BATCH", 10)
    world, turns, ticks = any_acme.world, Turns(), iter(range(0, 1000, 10))
    others = [make_workspace(world, name, f"{name}@rival.example") for name in ("one", "two")]

    def started(owner: Workspace, rows: int) -> UUID:
        text = "".join(f"c{number}@c.example\n" for number in range(rows))
        id = upload(owner, owner.survey(), f"email\n{text}")
        start(owner, id)
        world.clock.pass_time(seconds=1)
        return id

    first, second = started(any_acme, 30), started(any_acme, 20)
    rivals = [(owner, started(owner, 20)) for owner in others]
    all_of_them = [(any_acme, first), (any_acme, second), *rivals]

    def after_a_batch() -> list[int]:
        with world.app.app_context():
            db.session.rollback()
            # Each call's budget ends with its first batch, as that of a slow server would.
            run_imports(
                *(db.engine, world.clock()),
                budget_s=5,
                clock=lambda: float(next(ticks)),
                turns=turns,
            )
        return [state(owner, id).done for owner, id in all_of_them]

    assert [after_a_batch() for _ in range(9)] == [
        [10, 0, 0, 0],
        [10, 0, 10, 0],
        [10, 0, 10, 10],
        [20, 0, 10, 10],
        [20, 0, 20, 10],
        [20, 0, 20, 20],
        [30, 0, 20, 20],
        [30, 10, 20, 20],
        [30, 20, 20, 20],
    ]


def test_the_work_ends_with_its_budget_and_goes_on_with_the_next(acme: Workspace) -> None:
    rows = "".join(f"c{number}@c.example\n" for number in range(450))
    id = upload(acme, acme.survey(), f"email\n{rows}")
    start(acme, id)
    ticks = iter(range(0, 1000, 10))
    with acme.world.app.app_context():
        db.session.rollback()
        done = run_imports(db.engine, MONDAY, budget_s=5, clock=lambda: float(next(ticks)))
    assert done == 200
    assert state(acme, id).percent == 44
    run(acme)
    assert state(acme, id).status == "done"


def test_a_file_is_started_once_and_never_after_it_was_thrown_away(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    first, second = (upload(any_acme, survey, "email\nkim@c.example\n") for _ in range(2))
    start(any_acme, first)
    run(any_acme)
    start(any_acme, first)
    assert state(any_acme, first).status == "done"
    with any_acme.world.app.app_context():
        discard_import(db.session, any_acme.id, second)
        discard_import(db.session, any_acme.id, first)
        with pytest.raises(FileRefused):
            start_import(db.session, any_acme.id, second)
        with pytest.raises(FileRefused):
            preview_import(db.session, any_acme.id, second, now=MONDAY)
    assert state(any_acme, first).status == "done"


def test_a_preview_that_nobody_sent_is_emptied_after_a_day(any_acme: Workspace) -> None:
    id = upload(any_acme, any_acme.survey(), "email\nkim@c.example\n")
    any_acme.world.clock.pass_time(hours=24)
    run(any_acme)
    assert state(any_acme, id).status == "previewed"
    any_acme.world.clock.pass_time(seconds=1)
    run(any_acme)
    assert state(any_acme, id).status == "cancelled"
    with any_acme.world.app.app_context():
        assert db.session.scalar(select(RequestImport.content)) == ""


def test_a_file_belongs_to_its_workspace(any_acme: Workspace) -> None:
    id = upload(any_acme, any_acme.survey(), "email\nkim@c.example\n")
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example")
    with any_acme.world.app.app_context():
        for act in (start_import, discard_import, import_row):
            with pytest.raises(UnknownRequest):
                act(db.session, rival.id, id)
        with pytest.raises(UnknownSurvey):
            upload_requests(
                db.session,
                rival.id,
                any_acme.survey(),
                file_name="",
                content=b"email\nk@c.example",
                user_id=None,
                at=MONDAY,
            )


def count_statements(acme: Workspace) -> Callable[[], int]:
    """Counts what is sent to the database from now on."""
    sent: list[str] = []
    with acme.world.app.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda *args: sent.append(str(args[2])[:80])
        )
    return lambda: len(sent)


def test_ten_thousand_rows_are_previewed_in_seconds(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    any_acme.member("Ana", email="ana@acme.example")
    ask(any_acme, survey, "c5@customer.example")
    rows = "".join(
        f"c{number}@customer.example,Customer {number},ana@acme.example,T-{number},=1+{number}\n"
        for number in range(10_000)
    )
    id = upload(any_acme, survey, f"email,name,agent,ticket,note\n{rows}")
    # Of this process's own time: other work on the machine does not count.
    began, statements = time.process_time(), count_statements(any_acme)
    outcomes = Counter(why for _number, why in previewed(any_acme, id))
    assert time.process_time() - began < 5
    assert statements() < 100
    assert outcomes == {"scheduled": 9_999, "suppressed": 1}
    start(any_acme, id)
    assert run(any_acme) == 10_000
    assert became(any_acme, id) == outcomes
    assert state(any_acme, id).finished_at == MONDAY
