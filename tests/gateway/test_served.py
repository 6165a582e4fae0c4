"""The gateway behind the real server, spoken to in plain bytes."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers import free_port, wait_until

_SERVE = """
import sys
from granian import Granian
from granian.constants import Interfaces
from widget.operate.server import granian_options
if __name__ == "__main__":
    options = granian_options("127.0.0.1", int(sys.argv[1]), 1)
    Granian("tests.gateway.probe:gateway", interface=Interfaces.RSGI, **options).serve()
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    script = tmp_path_factory.mktemp("served") / "serve.py"
    script.write_text(_SERVE)
    found = free_port()
    process = subprocess.Popen(
        [sys.executable, str(script), str(found)],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        stderr=subprocess.DEVNULL,
    )

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", found)) == 0

    wait_until(listens, "The server's start")
    yield found
    process.terminate()
    process.wait(20)


def talk(port: int, request: bytes) -> tuple[bytes, bytes]:
    """Head and body of the answer to a request that closes its connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def told(body: bytes) -> Any:
    return json.loads(body)


def test_a_request_arrives_as_it_was_sent(port: int) -> None:
    head, body = talk(
        port,
        b"POST /a%20b/%C3%A9?q=%20x&y HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-A: 2\r\nX_A: 3\r\n"
        b"Cookie: a=1\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
    )
    found = told(body)
    assert found["PATH_INFO"] == "/a b/é".encode().decode("latin-1")
    assert found["QUERY_STRING"] == "q=%20x&y"
    assert found["HTTP_X_A"] == "1,2"
    assert (found["CONTENT_LENGTH"], found["length"]) == ("3", 3)
    assert found["REMOTE_ADDR"] == "127.0.0.1"
    assert head.lower().count(b"set-cookie:") == 2


def test_a_chunked_body_arrives_whole(port: int) -> None:
    _, body = talk(
        port,
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
    )
    assert (told(body)["CONTENT_LENGTH"], told(body)["length"]) == ("7", 7)


def test_a_large_upload_arrives_whole(port: int) -> None:
    size = 5_000_000
    head = f"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
    _, body = talk(port, head.encode() + b"x" * size)
    assert told(body)["length"] == size


def test_head_has_the_length_of_what_get_would_send_and_no_body(port: int) -> None:
    head, body = talk(port, b"HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert b"content-length: " in head.lower()
    assert b"content-length: 0" not in head.lower()
    assert body == b""


def test_a_long_answer_of_unknown_length_arrives_whole(port: int) -> None:
    head, body = talk(port, b"GET /long HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert b"200 OK" in head
    assert body.count(b"x") == 3_000_000


def test_an_answer_without_content_has_none(port: int) -> None:
    head, body = talk(port, b"GET /nothing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert b"204" in head.splitlines()[0]
    assert body == b""


def test_a_failing_application_answers_500_and_the_server_goes_on(port: int) -> None:
    head, _ = talk(port, b"GET /fails HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert b"500" in head.splitlines()[0]
    head, _ = talk(port, b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert b"200" in head.splitlines()[0]


def test_who_leaves_before_the_answer_harms_nobody(port: int) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(b"GET /long HTTP/1.1\r\nHost: h\r\n\r\n")
    head, _ = talk(port, b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert b"200" in head.splitlines()[0]


def test_http_1_0_without_a_host_is_answered(port: int) -> None:
    head, body = talk(port, b"GET / HTTP/1.0\r\n\r\n")
    assert b"200" in head.splitlines()[0]
    assert told(body)["SERVER_PROTOCOL"] == "HTTP/1.0"


def test_the_granian_that_is_installed_lets_requests_be_taken_directly(port: int) -> None:
    code = (
        "from granian.server import mp; from widget.gateway.shortcut import take_directly;"
        "before = mp._new_cbscheduler; assert take_directly(lambda *_: True, None);"
        "assert mp._new_cbscheduler is not before"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
