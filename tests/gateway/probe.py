"""A WSGI application that tells what it was asked, for tests of the real server around it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from widget.gateway.application import Gateway
from widget.web.live.feed import Feed


def _told(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    told = {name: value for name, value in environ.items() if isinstance(value, str)}
    if environ["PATH_INFO"] == "/long":
        start("200 OK", [("Content-Type", "text/plain")])
        return _long()
    if environ["PATH_INFO"] == "/fails":
        raise RuntimeError("broken on purpose")
    if environ["PATH_INFO"] == "/nothing":
        start("204 No Content", [])
        return []
    answer = json.dumps({**told, "length": len(body)}).encode()
    start(
        "200 OK",
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(answer))),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
        ],
    )
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer]


def _long() -> Iterator[bytes]:
    for _ in range(300):
        yield b"x" * 10_000


class _NoFeed(Feed):
    """Nobody watches here."""

    def __init__(self) -> None:
        self._watchers = {}

    def deliver_by(self, deliver: Any) -> None:
        pass

    def end_all(self) -> None:
        pass


gateway = Gateway(_told, _NoFeed(), threads=2)
