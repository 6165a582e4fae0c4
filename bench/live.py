"""Live streams: `python -m bench.live`. How soon an answer is on every screen, and what that costs.

Five hundred streams watch one node while customers rate; then ratings are stored as fast as can be,
with the streams open and without; then a second node on the same database is watched. All on this
machine: the readers and the raters take their share of the same cores.
"""

import argparse
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from sqlalchemy import insert, select

from bench import load, servers
from bench.listeners import Listeners
from widget import create_app
from widget.domain.tokens import Visit, VisitSigner
from widget.extensions import db
from widget.settings import load_settings
from widget.storage.accounts import workspace_ids
from widget.storage.engine import writing
from widget.storage.ids import new_id, new_public_id
from widget.storage.models import Member, Membership, User

# As many streams as one person may have open.
_STREAMS_EACH = 10
_ARRIVE_WITHIN_S = 15.0


@dataclass(frozen=True)
class Node:
    """One `sayso serve` process with one worker."""

    port: int
    pid: int

    def memory_kb(self) -> int:
        """What the node's processes have for themselves alone."""
        return sum(_private_kb(pid) for pid in (self.pid, *_children(self.pid)))


@contextmanager
def node(data: Path, **environ: str) -> Iterator[Node]:
    port = servers.free_port()
    arguments = [sys.executable, "-m", "widget", "serve", "--port", str(port), "--no-worker"]
    process = subprocess.Popen(
        arguments, env=servers.environment(data) | environ, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield Node(port, process.pid)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def redis_server() -> Iterator[str | None]:
    """A Redis that keeps nothing, and its URL; None where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    port = servers.free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


@dataclass(frozen=True)
class People:
    """Cookies of people who are signed in, by what they see, and the ids of members."""

    everything: list[str]
    own: list[str]
    members: list[int]


def make_people(data: Path, streams: int) -> People:
    """Enough people for as many streams: those who see everything, and members who see theirs."""
    app = create_app(load_settings(servers.environment(data)))
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    with app.app_context():
        [workspace_id] = workspace_ids(db.session())
        now = app.config["SAYSO_CLOCK"]()
        stamps: dict[str, list[str]] = {"viewer": [], "member": []}
        with writing(db.session) as session:
            for role, count in (("viewer", -(-streams // _STREAMS_EACH)), ("member", streams)):
                for number in range(count):
                    user = User(
                        email=f"{role}{number}@bench.example",
                        password="",
                        active=True,
                        fs_uniquifier=new_id().hex,
                        created_at=now,
                    )
                    session.add(user)
                    session.flush()
                    session.add(Membership(user_id=user.id, workspace_id=workspace_id, role=role))
                    if role == "member":
                        session.execute(
                            insert(Member).values(
                                workspace_id=workspace_id,
                                public_id=new_public_id(),
                                name=f"Member {number}",
                                title="",
                                user_id=user.id,
                                created_at=now,
                            )
                        )
                    stamps[role].append(user.fs_uniquifier)
        members = list(db.session.scalars(select(Member.id).where(Member.user_id.is_not(None))))
    cookies = {
        role: [serializer.dumps({"_user_id": stamp, "_fresh": True}) for stamp in of]
        for role, of in stamps.items()
    }
    everything = [cookies["viewer"][number // _STREAMS_EACH] for number in range(streams)]
    return People(everything, cookies["member"], members)


class Raters:
    """First ratings to send: forms with a token and a response id of their own."""

    def __init__(self, product: servers.Product, members: list[int]) -> None:
        self._product, self._members = product, members
        self._signer = VisitSigner([servers.KEY])
        self._visit: Visit = self._signer.read(product.token())

    def forms(self, count: int) -> list[tuple[bytes, str]]:
        """As many forms, each with the hex of the response that it makes."""
        made = []
        for number in range(count):
            id, member = new_id(), random.choice(self._members)
            token = self._signer.sign(
                replace(self._visit, response_id=id, member_id=member, member_name="")
            )
            body = urlencode({"token": token, "step": "score", "score": 1 + number % 5})
            made.append((id.hex.encode(), body))
        return made

    def requests(self, count: int) -> list[bytes]:
        host = f"127.0.0.1:{self._product.port}"
        return load.post(
            self._product.answers_path, host, [body for _id, body in self.forms(count)]
        )


@dataclass(frozen=True)
class Reach:
    """How long answers took to reach streams, in milliseconds, and how many never came."""

    p50: float
    p99: float
    slowest: float
    missing: int


def reach(
    product: servers.Product, raters: Raters, listeners: Listeners, expected: int, plan: "Plan"
) -> Reach:
    """Rate steadily, and see when each answer has arrived at how many streams."""
    sent: dict[bytes, float] = {}
    host = f"127.0.0.1:{product.port}"
    forms = raters.forms(int(plan.answers_per_s * plan.seconds))
    with socket.create_connection(("127.0.0.1", product.port), timeout=20) as connection:
        started = time.perf_counter()
        for number, (id, body) in enumerate(forms):
            wait = started + number / plan.answers_per_s - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            sent[id] = time.perf_counter()
            connection.sendall(load.post(product.answers_path, host, [body])[0])
            if not connection.recv(65_536).startswith(b"HTTP/1.1 200"):
                raise RuntimeError("A rating was refused.")
    times = listeners.arrivals.times
    ends = time.monotonic() + _ARRIVE_WITHIN_S
    while time.monotonic() < ends and any(len(times.get(id, ())) < expected for id in sent):
        time.sleep(0.1)
    waits = sorted(1000 * (at - sent[id]) for id in sent for at in list(times.get(id, {}).values()))
    missing = sum(max(expected - len(times.get(id, ())), 0) for id in sent)
    if not waits:
        return Reach(0.0, 0.0, 0.0, missing)
    last = len(waits) - 1
    return Reach(waits[last // 2], waits[int(last * 0.99)], waits[last], missing)


@dataclass(frozen=True)
class Plan:
    """How much to measure."""

    streams: int
    answers_per_s: float
    seconds: float
    rounds: int


Row = tuple[str, str, str, bool | None]


def measure(folder: Path, plan: Plan) -> list[Row]:
    """Every row: what, measured, bar, and whether it is met; None where there is no bar."""
    data = folder / "sayso"
    survey = json.loads(servers.sayso(data, "demo", "--json"))["surveys"]["stars"]
    people = make_people(data, plan.streams)
    rows: list[Row] = []
    with node(data) as one:
        product = servers.Product(one.port, data, survey)
        raters = Raters(product, people.members)
        load.run(
            ("127.0.0.1", one.port), raters.requests(500), connections=8, seconds=2, warm_up=0.1
        )
        before = one.memory_kb()
        for what, cookies, expected in (
            ("each sees everything", people.everything, plan.streams),
            ("each sees their own", people.own, 1),
        ):
            listeners = Listeners(one.port, cookies)
            found = reach(product, raters, listeners, expected, plan)
            rows += _reach_rows(f"{plan.streams} streams, {what}", found)
            if what == "each sees everything":
                each = (one.memory_kb() - before) / plan.streams
                rows.append(("memory for each stream", f"{each:.0f} KB", "200 KB", each <= 200))
            listeners.close()
        rows += storing(product, raters, people, plan)
    with redis_server() as url, ExitStack() as stack:
        for where, environ in (("with Redis", {"SAYSO_REDIS_URL": url}), ("without", {})):
            if environ and url is None:
                rows.append(("another node, with Redis", "no redis-server here", "", None))
                continue
            settings = {name: value for name, value in environ.items() if value}
            nodes = [stack.enter_context(node(data, **settings)) for _ in range(2)]
            product = servers.Product(nodes[0].port, data, survey)
            listeners = Listeners(nodes[1].port, people.everything[:50])
            found = reach(product, Raters(product, people.members), listeners, 50, plan)
            rows += _reach_rows(f"50 streams on another node, {where}", found)
            listeners.close()
    rows.append((servers.sayso(data, "rollup", "check").strip(), "", "", None))
    return rows


def storing(product: servers.Product, raters: Raters, people: People, plan: Plan) -> list[Row]:
    """How fast ratings are stored with all streams open and with none, in turns."""
    rates: dict[str, list[float]] = {"none": [], "everything": [], "own": []}
    for _ in range(plan.rounds):
        for who, of in rates.items():
            requests = raters.requests(int(4_500 * plan.seconds / 2))
            cookies = {"everything": people.everything, "own": people.own}.get(who)
            listeners = Listeners(product.port, cookies) if cookies else None
            found = load.run(
                ("127.0.0.1", product.port),
                requests,
                connections=32,
                seconds=plan.seconds / 2,
                warm_up=0.5,
            )
            if found.errors:
                raise RuntimeError(f"{found.errors} ratings failed.")
            of.append(found.rate)
            if listeners:
                listeners.close()
    rows: list[Row] = [("ratings/s with no stream", _rates(rates["none"]), "", None)]
    for who, words in (("everything", "everything"), ("own", "their own")):
        share = median(
            with_them / without
            for with_them, without in zip(rates[who], rates["none"], strict=True)
        )
        what = f"ratings/s with {plan.streams} streams that see {words}"
        rows.append((what, f"{_rates(rates[who])} = {share:.0%}", "70 %", share >= 0.7))
    return rows


def _rates(rates: list[float]) -> str:
    return f"{median(rates):,.0f} [{min(rates):,.0f}–{max(rates):,.0f}]"


def _reach_rows(what: str, found: Reach) -> list[Row]:
    text = f"{found.p50:.0f} / {found.p99:.0f} / {found.slowest:.0f} ms"
    return [
        (f"{what}: median / p99 / slowest", text, "p99 1,000 ms", found.p99 <= 1000),
        ("  answers that did not arrive", str(found.missing), "0", found.missing == 0),
    ]


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def _private_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < ends:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"Nothing listens on port {port}.")


def main() -> int:
    """Measure and print a table. The status is 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.live", description=__doc__)
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--answers", type=float, default=20.0, help="a second (default 20)")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each part (default 8)")
    parser.add_argument("--rounds", type=int, default=3, help="of storing (default 3)")
    asked = parser.parse_args()
    plan = Plan(asked.streams, asked.answers, asked.seconds, asked.rounds)
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
        rows = measure(Path(folder), plan)
    print("| what | measured | bar | met |\n|---|---:|---:|---|")
    for what, measured, bar, met in rows:
        print(f"| {what} | {measured} | {bar} | {'' if met is None else 'yes' if met else 'no'} |")
    print(f"\n{os.cpu_count()} cores, {plan.answers_per_s:g} answers/s, {plan.seconds:g} s a part.")
    return 0 if all(met is not False for *_rest, met in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
