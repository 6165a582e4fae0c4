"""A granian request as the environment that a WSGI application reads (PEP 3333)."""

import sys
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from granian.rsgi import Scope

_COMMON: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    # The input ends where the body does, however it was sent.
    "wsgi.input_terminated": True,
}
_PROTOCOLS = {"1": "HTTP/1.0", "1.1": "HTTP/1.1", "2": "HTTP/2"}
# What the body was sent in is over once it has arrived.
_NOT_PASSED_ON = frozenset({"transfer-encoding"})


def environ_of(scope: "Scope", body: IO[bytes], length: int | None) -> dict[str, Any]:
    """The environment of a request. `length` is the body's in bytes; None: what its header says.

    Headers whose name has an underscore are left out: they would look like those with a hyphen,
    among them the ones that proxies vouch for.
    """
    server, _, port = scope.server.rpartition(":")
    environ = {
        **_COMMON,
        "wsgi.errors": sys.stderr,
        "wsgi.input": body,
        "wsgi.url_scheme": scope.scheme,
        "REQUEST_METHOD": scope.method,
        # Bytes as text, as WSGI wants it; granian has decoded the percent signs.
        "PATH_INFO": _as_latin(scope.path),
        "QUERY_STRING": _as_latin(scope.query_string),
        "SERVER_PROTOCOL": _PROTOCOLS.get(scope.http_version, "HTTP/1.1"),
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "HTTP_HOST": scope.authority or "",
    }
    for name, value in scope.headers.items():
        _add_header(environ, name, value)
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    if "_" in name or name in _NOT_PASSED_ON:
        return
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    if environ.get(key) and key != "HTTP_HOST":
        value = f"{environ[key]}{'; ' if name == 'cookie' else ','}{value}"
    environ[key] = value


def _as_latin(text: str) -> str:
    return text if text.isascii() else text.encode().decode("latin-1")
