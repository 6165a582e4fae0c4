import pytest

from tests.gateway.loops import on_a_loop
from tests.gateway.requests import Headers, Protocol, Scope
from widget.gateway import bodies
from widget.gateway.bodies import BrokenOff, has_body, read_body


def read(scope: Scope, *chunks: bytes) -> tuple[bytes, int | None]:
    file, length = on_a_loop(read_body(scope, Protocol(*chunks)))  # type: ignore[arg-type]
    with file:
        return file.read(), length


def test_a_request_without_a_body_has_an_empty_one() -> None:
    assert read(Scope()) == (b"", None)
    assert read(Scope("POST", headers=Headers(("content-length", "0")))) == (b"", None)
    assert not has_body(Scope("DELETE"))  # type: ignore[arg-type]


def test_a_short_body_is_as_long_as_its_header_says() -> None:
    scope = Scope("POST", headers=Headers(("content-length", "6")))
    assert read(scope, b"abc", b"def") == (b"abcdef", None)


def test_a_chunked_body_tells_the_length_that_it_turns_out_to_have() -> None:
    scope = Scope("POST", headers=Headers(("transfer-encoding", "chunked")))
    assert read(scope, b"abc", b"def") == (b"abcdef", 6)


def test_a_long_body_comes_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_IN_MEMORY", 4)
    scope = Scope("POST", headers=Headers(("content-length", "9")))
    assert read(scope, b"abc", b"def", b"ghi") == (b"abcdefghi", 9)


def test_a_body_that_nobody_takes_is_dropped_and_its_length_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "_IN_MEMORY", 1)
    monkeypatch.setattr(bodies, "LARGEST", 4)
    monkeypatch.setattr(bodies, "_LARGEST_DROPPED", 8)
    scope = Scope("POST", headers=Headers(("content-length", "30")))
    body, length = read(scope, *[b"abc"] * 10)
    assert body == b""
    # Enough to be refused; past the last limit nothing more is read.
    assert length == 9


def test_http_2_may_send_a_body_without_any_length() -> None:
    scope = Scope("POST", headers=Headers(), http_version="2")
    assert has_body(scope)  # type: ignore[arg-type]
    assert read(scope, b"abc") == (b"abc", 3)


def test_a_body_that_broke_off_does_not_pass_for_a_whole_one() -> None:
    chunks = (b"x" * 1_000_000, b"y" * 1_000_000)
    for told, is_whole in ((2_000_000, True), (2_000_001, False)):
        scope = Scope("POST", headers=Headers(("content-length", str(told))))
        if is_whole:
            assert read(scope, *chunks) == (b"".join(chunks), told)
        else:
            with pytest.raises(BrokenOff):
                read(scope, *chunks)
