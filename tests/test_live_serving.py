"""Live streams of real servers: across workers and nodes, past browsers that do not read."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.builders import (
    KEY,
    Workspace,
    answer_survey,
    close_world,
    make_settings,
    make_workspace,
    make_world,
)
from tests.servers import Server, wait_until
from tests.test_serving import rate


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Workspace]:
    world = make_world(make_settings(tmp_path))
    yield make_workspace(world)
    close_world(world)


@contextmanager
def served(data: Path, workers: int = 1, **environ: str) -> Iterator[Server]:
    server = Server(
        data,
        workers=workers,
        has_jobs=False,
        SAYSO_RATE_LIMIT="off",
        SAYSO_SECRET_KEYS=KEY,
        **environ,
    )
    try:
        yield server.start()
    finally:
        server.stop()


class Stream:
    """A browser's stream, read when asked to."""

    def __init__(self, server: Server, cookie: str, query: str = "") -> None:
        self.text = b""
        self.is_over = False
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.sendall(
            f"GET /console/stream/events{query} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            f"Cookie: sayso={cookie}\r\n\r\n".encode()
        )

    def open(self) -> "Stream":
        wait_until(lambda: "event: here" in self.read(), "The stream's start")
        return self

    def read(self) -> str:
        """Everything that has come until now."""
        self._socket.settimeout(0.05)
        try:
            while not self.is_over:
                data = self._socket.recv(65536)
                self.text += data
                self.is_over = not data or self.text.endswith(b"\r\n0\r\n\r\n")
        except TimeoutError:
            pass
        return self.text.decode(errors="replace")

    def close(self) -> None:
        self._socket.close()


def cookie_of(acme: Workspace) -> str:
    found = acme.signed_in().get_cookie("sayso")
    assert found
    return found.value


def test_every_worker_tells_what_another_process_stored(acme: Workspace, tmp_path: Path) -> None:
    survey, cookie = acme.survey(), cookie_of(acme)
    with served(tmp_path, workers=2) as server:
        streams = [Stream(server, cookie).open() for _ in range(6)]
        id = answer_survey(acme, survey, 5, comment="Heard everywhere")
        for stream in streams:
            wait_until(lambda stream=stream: "Heard everywhere" in stream.read(), "The answer")  # type: ignore[misc]
            assert stream.read().count(f'"id": "{id.replace("-", "")}"') == 1
            stream.close()


def test_a_browser_that_does_not_read_holds_up_nobody(acme: Workspace, tmp_path: Path) -> None:
    survey, cookie = acme.survey(), cookie_of(acme)
    with served(tmp_path) as server:
        stuck = Stream(server, cookie).open()
        for number in range(100):
            answer_survey(acme, survey, 5, comment=f"Number {number}. " + "漢" * 1000)
            if number % 10 == 9:
                # Whoever comes now is told what they missed, and nothing makes them wait.
                reading = Stream(server, cookie).open()
                answer_survey(acme, survey, 5, comment=f"Now {number}.")
                wait_until(lambda told=f"Now {number}.", by=reading: told in by.read(), "An answer")  # type: ignore[misc]
                reading.close()
        # Its stream has ended, with what was under way; only now does it read so.
        wait_until(lambda: bool(stuck.read()) and stuck.is_over, "The end of the stuck stream")
        assert "Now 99." not in stuck.read()
        assert len(stuck.text) < 400_000
        stuck.close()


def test_with_redis_a_node_tells_at_once_what_another_stored(
    acme: Workspace, tmp_path: Path, redis_url: str
) -> None:
    survey, cookie = acme.survey(), cookie_of(acme)
    with ExitStack() as stack:
        here, there = (
            stack.enter_context(served(tmp_path, SAYSO_REDIS_URL=redis_url)) for _ in range(2)
        )
        stream = Stream(there, cookie).open()
        for number in range(3):
            assert rate(here, survey, 4) == 200
            wait_until(
                lambda number=number: stream.read().count("event: card") > number,  # type: ignore[misc]
                "The answer",
            )
        stream.close()


def test_open_streams_do_not_hold_up_the_end_of_the_server(acme: Workspace, tmp_path: Path) -> None:
    cookie = cookie_of(acme)
    with served(tmp_path) as server:
        stream = Stream(server, cookie).open()
        started = time.monotonic()
        server.stop()
        # granian kills a worker that is not done after ten seconds.
        assert time.monotonic() - started < 9
        assert stream.read().endswith("0\r\n\r\n")
        stream.close()
