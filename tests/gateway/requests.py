"""Requests as granian hands them over, made by hand."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any


class Headers:
    """Names in lower case, several values of one name apart, as granian has them."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._pairs = pairs

    def items(self) -> list[tuple[str, str]]:
        return list(self._pairs)

    def get(self, name: str, default: Any = None) -> Any:
        return next((value for key, value in self._pairs if key == name), default)

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self._pairs)


@dataclass
class Scope:
    method: str = "GET"
    path: str = "/"
    query_string: str = ""
    headers: Headers = field(default_factory=lambda: Headers(("host", "localhost")))
    http_version: str = "1.1"
    scheme: str = "http"
    server: str = "127.0.0.1:8000"
    client: str = "192.0.2.7:51000"
    authority: str | None = None


class Protocol:
    """Takes an answer, and gives a body in the chunks it was made with."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks
        self.sent: list[tuple[int, list[tuple[str, str]], bytes]] = []

    async def __call__(self) -> bytes:
        return b"".join(self._chunks)

    def __aiter__(self) -> AsyncIterator[bytes]:
        async def chunks() -> AsyncIterator[bytes]:
            for chunk in self._chunks:
                yield chunk

        return chunks()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.sent.append((status, headers, body))

    def response_str(self, status: int, headers: list[tuple[str, str]], body: str) -> None:
        self.sent.append((status, headers, body.encode()))

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        with open(file, "rb") as opened:
            self.sent.append((status, headers, opened.read()))


class Parts:
    """A WSGI body that knows whether it was closed."""

    def __init__(self, *parts: bytes | Exception) -> None:
        self._parts = parts
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            yield part

    def close(self) -> None:
        self.closed += 1
