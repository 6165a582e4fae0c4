"""The servers to be measured: each a process of its own, stopped by whoever started it."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from bench import baselines
from widget.domain.tokens import Visit, VisitSigner
from widget.storage.ids import new_id

KEY = "a key for measuring of no use to anybody"
# What the loader sends from an article of a help centre.
_QUERY = urlencode(
    {
        "theme": "light",
        "origin": "https://help.example.com",
        "page": "https://help.example.com/articles/returns",
        "channel": "help-centre",
        "ref": "A-1042",
    }
)
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass(frozen=True)
class Baseline:
    """A bare Flask application behind the product's server."""

    port: int
    file: Path

    def stored(self) -> int:
        """How many inserts its database holds."""
        return _count(self.file, "ratings")


@dataclass(frozen=True)
class Product:
    """Sayso, with its demo surveys, in a data folder of its own."""

    port: int
    data: Path
    survey: str

    @property
    def path(self) -> str:
        """Where a page's loader finds the survey."""
        return f"/w/{self.survey}?{_QUERY}"

    @property
    def answers_path(self) -> str:
        return f"/w/{self.survey}/responses"

    def token(self) -> str:
        """The token of a visit."""
        with urlopen(f"http://127.0.0.1:{self.port}{self.path}", timeout=10) as answer:
            found = _TOKEN.search(answer.read().decode())
        assert found, "The page carries no token."
        return found[1]

    def ratings(self, count: int) -> list[str]:
        """Forms of as many customers, each with a first rating to give."""
        signer = VisitSigner([KEY])
        visit = signer.read(self.token())
        return [_rating(signer, visit, number) for number in range(count)]

    def stored(self) -> int:
        """How many responses the database holds."""
        return _count(self.data / "sayso.db", "responses")

    def check_rollups(self) -> str:
        """What `sayso rollup check` says. Raises CalledProcessError when it finds one wrong."""
        return sayso(self.data, "rollup", "check").strip()


def _rating(signer: VisitSigner, visit: Visit, number: int) -> str:
    token = signer.sign(replace(visit, response_id=new_id()))
    return urlencode({"token": token, "step": "score", "score": 1 + number % 5})


@contextmanager
def baseline(name: str, folder: Path, workers: int) -> Iterator[Baseline]:
    """A server for one of the applications of `bench.baselines`."""
    file, port = folder / f"{name}.db", free_port()
    baselines.make_database(file)
    arguments = ["bench.baselines", name, str(port), str(workers), str(file)]
    with _process(arguments, port, dict(os.environ)):
        yield Baseline(port, file)


@contextmanager
def product(folder: Path, workers: int) -> Iterator[Product]:
    """`sayso serve` as an operator starts it. Answers are counted by the limiter, and let pass."""
    data, port = folder / "sayso", free_port()
    survey = json.loads(sayso(data, "demo", "--json"))["surveys"]["stars"]
    arguments = ["widget", "serve", "--port", str(port), "--workers", str(workers)]
    with _process(arguments, port, environment(data)):
        yield Product(port, data, survey)


def environment(data: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")}
    return ours | {
        "SAYSO_DATA": str(data),
        "SAYSO_SECRET_KEYS": KEY,
        "SAYSO_RATE_LIMIT": "10000000/minute",
    }


def sayso(data: Path, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "widget", *arguments],
        env=environment(data),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@contextmanager
def _process(arguments: list[str], port: int, environ: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], env=environ, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(process, port)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    """Until a worker listens: granian opens the port once the application is imported."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"Nothing listens on port {port}.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _count(file: Path, table: str) -> int:
    database = sqlite3.connect(file)
    count: int = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    database.close()
    return count
