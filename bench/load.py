"""A load generator: many keep-alive connections from one thread, each asking as soon as answered.

Standard library only, and small: what it costs is taken from the same cores as the server. Both
sides of a pair are measured by it, so its cost weighs on both.
"""

import gc
import selectors
import socket
import time
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import repeat

_DRAIN_S = 15.0


@dataclass
class Load:
    """What one cell measured. Latencies are in seconds; `answered` also counts the warm-up."""

    seconds: float
    latencies: array = field(default_factory=lambda: array("d"))
    answered: int = 0
    errors: int = 0
    client_cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    def quantile_ms(self, share: float) -> float:
        """The latency that this share of requests did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


class _Connection:
    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked_at = 0.0
        self.missing = 0
        self.status_ok = False

    def ask(self, request: bytes) -> None:
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Take what has arrived; True when it completes the answer. Raises OSError at its end."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("The server closed the connection.")
        if self.missing:
            self.missing -= len(data)
            return self.missing <= 0
        head = data.index(b"\r\n\r\n") + 4
        # Servers differ in how they write header names.
        lowered = data[:head].lower()
        start = lowered.index(b"\r\ncontent-length:") + 17
        length = int(lowered[start : lowered.index(b"\r", start)])
        self.status_ok = data[9:10] == b"2"
        self.missing = head + length - len(data)
        return self.missing <= 0


def run(
    address: tuple[str, int],
    requests: Iterable[bytes],
    *,
    connections: int,
    seconds: float,
    warm_up: float = 0.5,
) -> Load:
    """Ask for `seconds` after a warm-up, on `connections` at once, each request used once.

    Ends early when the requests run out, and waits for every answer, so that what was answered
    can be compared with what was stored.
    """
    load = Load(seconds)
    source = iter(requests)
    selector = selectors.DefaultSelector()
    opened = [_Connection(address) for _ in range(connections)]
    gc.collect()
    gc.freeze()
    cpu = time.process_time()
    started = time.perf_counter() + warm_up
    try:
        busy = 0
        for connection, request in zip(opened, source, strict=False):
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(request)
            busy += 1
        _pump(selector, source, load, busy, started, started + seconds)
    finally:
        load.client_cpu = (time.process_time() - cpu) / (seconds + warm_up)
        gc.unfreeze()
        for connection in opened:
            connection.socket.close()
        selector.close()
    return load


def _pump(
    selector: selectors.BaseSelector,
    source: Iterator[bytes],
    load: Load,
    busy: int,
    started: float,
    ends: float,
) -> None:
    clock = time.perf_counter
    while busy:
        ready = selector.select(1.0)
        if clock() > ends + _DRAIN_S:
            load.errors += busy
            return
        for key, _ in ready:
            connection: _Connection = key.data
            try:
                if not connection.read():
                    continue
                now = clock()
                if connection.status_ok:
                    load.answered += 1
                    if started <= now <= ends:
                        load.latencies.append(now - connection.asked_at)
                else:
                    load.errors += 1
                request = next(source, None) if now < ends else None
                if request is not None:
                    connection.ask(request)
                    continue
                if now < ends:
                    load.seconds = min(load.seconds, max(now - started, 0.001))
            except (OSError, ValueError):
                load.errors += 1
            selector.unregister(connection.socket)
            busy -= 1


def get(path: str, host: str) -> Iterator[bytes]:
    """The same page, again and again."""
    return repeat(f"GET {path} HTTP/1.1\r\n{_common(host)}\r\n".encode())


def post(path: str, host: str, bodies: Iterable[str]) -> list[bytes]:
    """A form for each body, as htmx sends it. Made beforehand: it must not cost while measuring."""
    head = (
        f"POST {path} HTTP/1.1\r\n{_common(host)}Origin: http://{host}\r\nHX-Request: true\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
    )
    return [f"{head}{len(body)}\r\n\r\n{body}".encode() for body in bodies]


def _common(host: str) -> str:
    return f"Host: {host}\r\nAccept: */*\r\nAccept-Language: en-GB,en;q=0.9\r\n"
