"""The worker as a process: beside the server, on its own, and when it is told to stop."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.builders import (
    KEY,
    Workspace,
    add_request,
    close_world,
    make_settings,
    make_workspace,
    make_world,
)
from tests.servers import Server, wait_until
from widget.outbound.worker import Job, Worker


@pytest.fixture
def queue(tmp_path: Path) -> Workspace:
    """A workspace whose database is then served by processes."""
    world = make_world(make_settings(tmp_path))
    acme = make_workspace(world)
    add_request(acme, acme.survey(), due_at=datetime(2020, 1, 1, tzinfo=UTC))
    close_world(world)
    return acme


def server_of(acme: Workspace, **environ: str) -> Server:
    keys = {"SAYSO_SECRET_KEYS": KEY, "SAYSO_ADDRESS_KEY": "a" * 40}
    return Server(acme.world.settings.data, **keys, **environ)


def mails(acme: Workspace) -> list[Path]:
    return list((acme.world.settings.data / "mail").glob("[!.]*.eml"))


def children_named(server: Server, word: str) -> list[int]:
    """Process ids of the server's children whose command has a word in it."""
    assert server.process
    found = subprocess.run(
        ["ps", "--ppid", str(server.process.pid), "-o", "pid=,args="],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return [int(line.split()[0]) for line in found.splitlines() if word in line.split()]


def test_serve_sends_mail_by_a_worker_that_is_restarted_and_ends_with_it(queue: Workspace) -> None:
    server = server_of(queue).start()
    try:
        wait_until(lambda: len(mails(queue)) == 1, "the mail's arrival")
        (worker,) = children_named(server, "worker")
        subprocess.run(["kill", "-9", str(worker)], check=True)
        wait_until(
            lambda: children_named(server, "worker") not in ([], [worker]), "the worker's return"
        )
        (worker,) = children_named(server, "worker")
    finally:
        server.stop()
    assert subprocess.run(["kill", "-0", str(worker)], capture_output=True).returncode != 0


def test_a_worker_ends_when_its_server_was_killed(queue: Workspace) -> None:
    server = server_of(queue).start()
    wait_until(lambda: bool(children_named(server, "worker")), "the worker's start")
    (worker,) = children_named(server, "worker")
    assert server.process
    server.process.kill()
    server.process.wait()
    try:
        wait_until(
            lambda: (
                subprocess.run(["kill", "-0", str(worker)], capture_output=True).returncode != 0
                or "Z" in state_of(worker)
            ),
            "the worker's end",
        )
    finally:
        os.killpg(server.process.pid, signal.SIGKILL)


def state_of(pid: int) -> str:
    shown = ["ps", "-o", "stat=", "-p", str(pid)]
    return subprocess.run(shown, capture_output=True, text=True, check=False).stdout


def test_a_worker_alone_works_until_it_is_told_to_stop(queue: Workspace) -> None:
    server = server_of(queue)
    process = subprocess.Popen([sys.executable, "-m", "widget", "worker"], env=server.environ)
    try:
        wait_until(lambda: len(mails(queue)) == 1, "the mail's arrival")
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


def test_a_job_that_fails_is_logged_and_keeps_no_other_from_working(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    worked = threading.Event()

    def fail(*_: object) -> int:
        raise RuntimeError("no luck")

    def work(*_: object) -> int:
        worked.set()
        return 0

    jobs = [Job("unlucky", 60, fail), Job("busy", 60, work)]
    worker = Worker(engine, jobs, lambda: datetime.now(UTC))
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert worked.wait(10)
    wait_until(lambda: "no luck" in caplog.text, "the log's line")
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert "unlucky" in caplog.text


def test_a_job_with_more_to_do_goes_on_at_once(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    left = [3]
    done = threading.Event()

    def work(*_: object) -> int:
        left[0] -= 1
        if left[0] == 0:
            done.set()
        return max(left[0], 0)

    run: Callable[..., int] = work
    worker = Worker(engine, [Job("queue", 3600, run)], lambda: datetime.now(UTC))
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert done.wait(10)
    worker.stop()
    thread.join(10)
