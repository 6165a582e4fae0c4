"""The server as a process: several workers on one SQLite file, a kill at any moment."""

import http.client
import json
import re
import sqlite3
import threading
from pathlib import Path
from urllib.parse import urlencode

from tests.servers import Server


def request(server: Server, method: str, path: str, body: str = "") -> tuple[int, str]:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
    connection.request(method, path, body or None, headers if body else {})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def rate(server: Server, survey: str, score: int) -> int:
    """Open a survey and answer it, as one customer."""
    _, page = request(server, "GET", f"/w/{survey}")
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    body = urlencode({"token": token[1], "step": "score", "score": score})
    return request(server, "POST", f"/w/{survey}/responses", body)[0]


def test_several_workers_store_on_one_file_without_losing_or_doubling(tmp_path: Path) -> None:
    server = Server(tmp_path, workers=3, SAYSO_RATE_LIMIT="off")
    survey = json.loads(server.command("demo", "--json"))["surveys"]["stars"]
    server.start()
    statuses: list[int] = []

    def customers() -> None:
        statuses.extend(rate(server, survey, 1 + number % 5) for number in range(15))

    threads = [threading.Thread(target=customers) for _ in range(6)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        server.stop()
    assert statuses == [200] * 90
    assert "agrees" in server.command("rollup", "check")
    assert stored(server) == 90


def test_what_was_answered_before_a_power_cut_is_there_after_it(tmp_path: Path) -> None:
    server = Server(tmp_path, SAYSO_RATE_LIMIT="off")
    survey = json.loads(server.command("demo", "--json"))["surveys"]["nps"]
    server.start()
    assert [rate(server, survey, 9) for _ in range(5)] == [200] * 5
    server.kill()
    assert stored(server) == 5
    server.start()
    try:
        assert rate(server, survey, 3) == 200
    finally:
        server.stop()
    assert stored(server) == 6
    assert "agrees" in server.command("rollup", "check")


def test_operations_routes_tell_what_is(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.command("demo", "--json")
    server.start()
    try:
        assert request(server, "GET", "/healthz") == (200, "ok\n")
        assert json.loads(request(server, "GET", "/readyz")[1])["ready"] is True
        assert "sayso_answers_stored" in request(server, "GET", "/metrics")[1]
    finally:
        server.stop()


def stored(server: Server) -> int:
    database = sqlite3.connect(server.data / "sayso.db")
    count: int = database.execute("SELECT count(*) FROM responses").fetchone()[0]
    database.close()
    return count
