"""Posting to addresses that people of a workspace gave: to the public internet, and nowhere else.

The guard stands where connections are made: a name is resolved once, refused when any of its
addresses is not public, and the connection goes to the very address that was looked at. The
certificate and the Host header stay those of the name. Redirects and proxies do not exist here.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpcore

from widget.domain.public_addresses import is_public

# An address and a port.
Place = tuple[str, int]
Resolve = Callable[[str, int], Sequence[Place]]

TIMEOUT_S = 10.0
_READ_LIMIT = 64 * 1024


class NotPosted(Exception):
    """Nothing was posted, or nobody knows. The sentence names no more than the host."""

    def __init__(self, error: str, *, is_final: bool = False) -> None:
        super().__init__(error)
        self.is_final = is_final


@dataclass(frozen=True)
class Posted:
    """An answer, whatever its status; `text` is the beginning of it. `retry_after` is how long it
    asks to be left alone, where it says so in seconds."""

    status: int
    text: str
    retry_after: timedelta | None = None


def resolve(host: str, port: int) -> list[Place]:
    """Every address of a host, by the system's resolver. Raises OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((str(entry[4][0]), port) for entry in found))


@dataclass(frozen=True)
class PublicClient:
    """Posts JSON. `resolve` says where a host is, `allows` which addresses may be dialled."""

    resolve: Resolve = resolve
    allows: Callable[[str], bool] = is_public
    timeout_s: float = TIMEOUT_S
    ssl_context: ssl.SSLContext | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Posted:
        """Post a body of JSON to an https address on its usual port, with headers besides the usual
        ones. Raises NotPosted.

        The time-out is for the whole, so that nobody holds up others by being slow.
        """
        target = httpcore.URL(url)
        if target.scheme != b"https" or target.port not in (None, 443):
            raise NotPosted("Only https on its usual port is posted to.", is_final=True)
        backend = _GuardedBackend(self.resolve, self.allows, time.monotonic() + self.timeout_s)
        sent = [
            ("Host", target.host.decode()),
            ("Content-Type", "application/json; charset=utf-8"),
            ("Accept-Encoding", "identity"),
            ("User-Agent", "Sayso"),
            *(headers or {}).items(),
        ]
        try:
            with (
                httpcore.ConnectionPool(
                    network_backend=backend, ssl_context=self.ssl_context, retries=0
                ) as pool,
                pool.stream("POST", target, headers=sent, content=body) as answer,
            ):
                said = _beginning(answer.iter_stream())
                return Posted(answer.status, said, _retry_after(answer.headers))
        except _Refused as error:
            raise NotPosted(str(error), is_final=True) from None
        except httpcore.TimeoutException:
            raise NotPosted(f"No answer within {self.timeout_s:g} seconds.") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            # What such an error says may hold the address, which is a secret.
            raise NotPosted(f"The connection failed ({type(error).__name__}).") from None


class _Refused(Exception):
    """The host has an address that is not to be dialled."""


class _GuardedBackend(httpcore.NetworkBackend):
    """Makes connections to addresses that are allowed, until a deadline."""

    def __init__(self, resolve: Resolve, allows: Callable[[str], bool], deadline: float) -> None:
        self._resolve, self._allows, self._deadline = resolve, allows, deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            places = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("The host has no address.") from error
        if not places or not all(self._allows(address) for address, _port in places):
            raise _Refused("The address leads to a host that is not on the public internet.")
        failure: Exception | None = None
        for place in places:
            try:
                stream = self._sockets.connect_tcp(
                    *place, timeout=_left(self._deadline), socket_options=socket_options
                )
            except httpcore.ConnectError as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure or httpcore.ConnectError("The host has no address.")


class _TimedStream(httpcore.NetworkStream):
    """A connection that ends at a deadline, however busy it is."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("The time is over.")
    return left


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> timedelta | None:
    said = next((value for name, value in headers if name.lower() == b"retry-after"), b"").strip()
    return timedelta(seconds=int(said)) if said.isdigit() and len(said) < 8 else None


def _beginning(parts: Iterable[bytes]) -> str:
    """What an answer says, as far as it is read at all."""
    taken = b""
    for part in parts:
        taken += part
        if len(taken) >= _READ_LIMIT:
            break
    return taken[:_READ_LIMIT].decode("utf-8", "replace")
