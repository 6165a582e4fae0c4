"""A chat for tests: takes messages over TLS on this machine, and answers as a test wants."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme

HOST = "hooks.chat.example"


@dataclass
class Chat:
    """What arrived at a chat. `answer` is status, headers and body; `drip_s` sends it slowly."""

    port: int = 0
    trusted: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    bodies: list[bytes] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    answer: tuple[int, dict[str, str], bytes] = (200, {}, b"ok")
    drip_s: float = 0.0

    def resolve(self, _host: str, _port: int) -> list[tuple[str, int]]:
        """A resolver that finds this chat whatever it is asked."""
        return [("127.0.0.1", self.port)]


@contextmanager
def chat_server() -> Iterator[Chat]:
    """A running chat, whose certificate is for HOST."""
    authority, chat = trustme.CA(), Chat()
    authority.configure_trust(chat.trusted)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    context.sni_callback = lambda _socket, name, _context: chat.names.append(name)
    server = _Server(("127.0.0.1", 0), _handler(chat))
    server.daemon_threads = True
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    chat.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A client that breaks off is what some tests are about."""


def _handler(chat: Chat) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            chat.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            chat.hosts.append(self.headers["Host"])
            chat.headers.append(dict(self.headers))
            status, headers, body = chat.answer
            try:
                self._reply(status, headers, body)
            except OSError:
                # Whoever had enough has gone.
                return

        def _reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not chat.drip_s:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(chat.drip_s)

        def log_message(self, *_: Any) -> None:
            """Tests say what they think of it themselves."""

    return Handler
