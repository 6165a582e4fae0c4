"""Real servers for tests: PostgreSQL, Redis and Sayso itself, on free ports, in temporary folders.

Each is stopped by the process that started it.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait for a condition that another process brings about; fails with what did not happen."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.05)


def missing(program: str) -> None:
    """Skip a test whose server is not installed; where CI runs, fail instead."""
    if os.environ.get("CI"):
        pytest.fail(f"{program} is not installed, and CI must not skip its tests")
    pytest.skip(f"{program} is not installed")


def _postgres_program(name: str) -> str:
    places = [
        *sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True),
        *sorted(glob(f"/opt/homebrew/opt/postgresql*/bin/{name}"), reverse=True),
    ]
    found = places[0] if places else shutil.which(name)
    if not found:
        missing("PostgreSQL")
    assert found
    return found


@contextmanager
def new_database(server_url: str, like: str | None = None) -> Iterator[str]:
    """A database of a PostgreSQL server: an empty one, or a copy of one that nobody is connected
    to. Yields its URL."""
    name = f"test_{uuid4().hex}"
    template = like.rpartition("/")[2] if like else "template0"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield f"{server_url.rpartition('/')[0]}/{name}"
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        engine.dispose()


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server; yields the URL of an empty database."""
    initdb, server = _postgres_program("initdb"), _postgres_program("postgres")
    # Not below pytest's folder: each run as root shuts that to the user the server runs as.
    data, port = Path(tempfile.mkdtemp(prefix="sayso-postgres-")), free_port()
    try:
        # PostgreSQL refuses to run as root, so there it runs as its own system user.
        as_user: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(data, "postgres")
            as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        subprocess.run(
            [*as_user, initdb, "-D", data, "-U", "sayso", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=data,
        )
        with _running([*as_user, server], data, port):
            yield f"postgresql+psycopg://sayso@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(data)


@contextmanager
def _running(server: list[str], data: Path, port: int) -> Iterator[None]:
    options = ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-k", str(data)]
    process = subprocess.Popen(
        [*server, "-D", data, "-p", str(port), *options],
        stderr=subprocess.DEVNULL,
        cwd=data,
    )
    try:
        wait_until(lambda: _accepts(port, data), "PostgreSQL's start")
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _accepts(port: int, data: Path) -> bool:
    status = data / "postmaster.pid"
    return status.exists() and "ready" in status.read_text()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis server that keeps nothing; yields its URL."""
    program = shutil.which("redis-server")
    if not program:
        missing("Redis")
    assert program
    port = free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _listens(port), "Redis's start")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """`sayso serve` as a process, which a test may kill and start again on the same port."""

    def __init__(
        self, data: Path, *, workers: int = 1, has_jobs: bool = True, **environ: str
    ) -> None:
        self.has_jobs = has_jobs
        self.data, self.port, self.workers = data, free_port(), workers
        self.environ = {**os.environ, "SAYSO_DATA": str(data), **environ}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str, typed: str = "") -> str:
        """Run `sayso ARGUMENTS` for this server's data and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "widget", *arguments],
            env=self.environ,
            check=True,
            capture_output=True,
            text=True,
            input=typed,
        )
        return done.stdout

    def start(self) -> "Server":
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "widget", "serve", "--port", str(self.port)),
                *("--workers", str(self.workers)),
                *(() if self.has_jobs else ("--no-worker",)),
            ],
            env=self.environ,
            stdout=subprocess.DEVNULL,
            # A group of its own, so that killing it takes its workers along.
            start_new_session=True,
        )
        wait_until(self._answers, "Sayso's start")
        return self

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        """End it as an operator would."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
