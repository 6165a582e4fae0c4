"""Many open streams in one thread: when which answer arrives at which of them."""

import re
import selectors
import socket
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

# What a card's event says first, as the server writes it.
_CARD = re.compile(rb'event: card\ndata: \{"id": "([0-9a-f]{32})"')
_OPEN_WITHIN_S = 60.0


@dataclass
class Arrivals:
    """For each response, by the hex of its id, when each stream was told of it."""

    times: dict[bytes, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))


class Listeners:
    """Opens streams, one for each cookie, and reads them until it is closed."""

    def __init__(self, port: int, cookies: list[str]) -> None:
        self.arrivals = Arrivals()
        self._selector = selectors.DefaultSelector()
        self._sockets: list[socket.socket] = []
        self._rests: list[bytes] = []
        self._is_open = True
        self.live = 0
        for number, cookie in enumerate(cookies):
            connection = socket.create_connection(("127.0.0.1", port), timeout=10)
            connection.sendall(
                b"GET /console/stream/events HTTP/1.1\r\n"
                + f"Host: 127.0.0.1:{port}\r\nCookie: sayso={cookie}\r\n\r\n".encode()
            )
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ, number)
            self._sockets.append(connection)
            self._rests.append(b"")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        ends = time.monotonic() + _OPEN_WITHIN_S
        while self.live < len(cookies):
            if time.monotonic() > ends:
                raise RuntimeError(f"Only {self.live} of {len(cookies)} streams are open.")
            time.sleep(0.05)

    def close(self) -> None:
        self._is_open = False
        self._thread.join()
        for connection in self._sockets:
            connection.close()
        self._selector.close()

    def _read(self) -> None:
        while self._is_open:
            for key, _ in self._selector.select(0.2):
                self._take(key)

    def _take(self, key: selectors.SelectorKey) -> None:
        number: int = key.data
        connection = key.fileobj
        assert isinstance(connection, socket.socket)
        data = connection.recv(262_144)
        now = time.perf_counter()
        if not data:
            raise RuntimeError("A stream ended.")
        if not self._rests[number]:
            if b" 200 OK" not in data[:40]:
                raise RuntimeError(f"A stream was refused: {data[:200]!r}")
            self.live += 1
        text = self._rests[number] + data
        for found in _CARD.finditer(text):
            self.arrivals.times[found[1]].setdefault(number, now)
        # Enough to see an event that came in two pieces, and never a whole one again.
        self._rests[number] = text[-120:]
