from io import BytesIO

import pytest

from tests.gateway.requests import Headers, Scope
from widget.gateway.environs import environ_of


def environ(scope: Scope) -> dict[str, object]:
    return environ_of(scope, BytesIO(), None)  # type: ignore[arg-type]


def test_an_address_comes_as_bytes_in_text_and_its_query_as_it_was_sent() -> None:
    found = environ(Scope(path="/w/é b", query_string="q=%20x&y"))
    assert found["PATH_INFO"] == "/w/é b".encode().decode("latin-1")
    assert found["QUERY_STRING"] == "q=%20x&y"
    assert found["SCRIPT_NAME"] == ""


def test_repeated_headers_are_joined_and_cookies_by_semicolons() -> None:
    headers = Headers(
        ("host", "feedback.example"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-for", "192.0.2.2"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
    )
    found = environ(Scope(headers=headers))
    assert found["HTTP_HOST"] == "feedback.example"
    assert found["HTTP_X_FORWARDED_FOR"] == "192.0.2.1,192.0.2.2"
    assert found["HTTP_COOKIE"] == "a=1; b=2"


def test_a_header_with_underscores_cannot_pose_as_one_that_a_proxy_sends() -> None:
    headers = Headers(("host", "localhost"), ("x_forwarded_for", "192.0.2.1"))
    assert "HTTP_X_FORWARDED_FOR" not in environ(Scope(headers=headers))


def test_content_headers_stand_where_wsgi_wants_them() -> None:
    headers = Headers(("content-type", "text/plain"), ("content-length", "3"))
    found = environ(Scope("POST", headers=headers))
    assert (found["CONTENT_TYPE"], found["CONTENT_LENGTH"]) == ("text/plain", "3")
    assert "HTTP_CONTENT_TYPE" not in found
    chunked = environ_of(
        Scope("POST", headers=Headers(("transfer-encoding", "chunked"))),  # type: ignore[arg-type]
        BytesIO(b"abc"),
        3,
    )
    assert chunked["CONTENT_LENGTH"] == "3"
    assert "HTTP_TRANSFER_ENCODING" not in chunked


@pytest.mark.parametrize(
    ("client", "address"),
    [("192.0.2.7:51000", "192.0.2.7"), ("[2001:db8::1]:51000", "2001:db8::1")],
)
def test_the_client_is_its_address_without_port(client: str, address: str) -> None:
    found = environ(Scope(client=client, server="[::1]:8000"))
    assert found["REMOTE_ADDR"] == address
    assert (found["SERVER_NAME"], found["SERVER_PORT"]) == ("::1", "8000")


def test_http_2_names_its_host_elsewhere() -> None:
    found = environ(Scope(http_version="2", headers=Headers(), authority="feedback.example"))
    assert found["HTTP_HOST"] == "feedback.example"
    assert found["SERVER_PROTOCOL"] == "HTTP/2"
