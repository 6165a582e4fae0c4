from collections.abc import Iterable
from typing import Any

import pytest

from tests.gateway.requests import Parts, Protocol
from widget.gateway import answers

REQUEST = {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}


def answered(application: Any) -> Protocol:
    protocol = Protocol()
    file = answers.send(answers.call(application, dict(REQUEST)), protocol)  # type: ignore[arg-type]
    if file is not None:
        file.unlink()
    return protocol


def test_status_headers_and_body_are_sent_and_the_body_closed_once() -> None:
    body = Parts(b"ab", b"", b"c")

    def application(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("201 Created", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return body

    assert answered(application).sent == [
        (201, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], b"abc")
    ]
    assert body.closed == 1


def test_an_application_may_start_its_answer_with_the_first_part() -> None:
    def application(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        write = start("200 OK", [])
        write(b"written ")
        yield b"and returned"

    assert answered(application).sent == [(200, [], b"written and returned")]


def test_a_failing_application_answers_500_and_says_why_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def application(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        raise RuntimeError("broken on purpose")

    [(status, _headers, body)] = answered(application).sent
    assert status == 500
    assert b"broken" not in body
    assert "broken on purpose" in caplog.text


@pytest.mark.parametrize("at", [0, 1])
def test_a_body_that_fails_is_closed_and_answers_500(at: int) -> None:
    parts: list[bytes | Exception] = [b"a", b"b"]
    parts[at] = RuntimeError("broken on purpose")
    body = Parts(*parts)

    def application(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [])
        return body

    assert [status for status, *_ in answered(application).sent] == [500]
    assert body.closed == 1


def test_a_header_that_would_break_the_answer_in_two_is_not_sent() -> None:
    def application(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [("X-Name", "Ana\r\nSet-Cookie: a=1")])
        return [b""]

    assert [status for status, *_ in answered(application).sent] == [500]


def test_an_application_that_never_starts_answers_500() -> None:
    assert [status for status, *_ in answered(lambda _environ, _start: [b"x"]).sent] == [500]


def test_a_long_answer_goes_by_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_FROM_MEMORY", 4)
    body = Parts(b"abc", b"def", b"ghi")

    def application(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [])
        return body

    assert answered(application).sent == [(200, [], b"abcdefghi")]
    assert body.closed == 1
