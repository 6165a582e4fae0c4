import pytest

from widget.domain.errors import OriginRefused
from widget.domain.sites import origin_allowed, read_origin, read_origins


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (" HTTPS://Shop.Example/ ", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://*.shop.example", "https://*.shop.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(text: str, origin: str) -> None:
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "shop.example",
        "ftp://shop.example",
        "https://",
        "*",
        "https://*",
        "https://shop.example/path",
        "https://shop.example?x=1",
        "https://me@shop.example",
        "https://shop.example; script-src *",
        "https://shop.example\nhttps://x",
        "https://a b",
        "https://shop.example:port",
        "https://sh*p.example",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(OriginRefused):
        read_origin(text)


def test_origins_stand_one_a_line_and_once() -> None:
    assert read_origins("https://a.example\n\nhttps://A.example/\nhttps://b.example") == [
        "https://a.example",
        "https://b.example",
    ]
    with pytest.raises(OriginRefused):
        read_origins(" \n")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://shop.example", True),
        ("http://shop.example", False),
        ("https://shop.example:8443", False),
        ("https://a.wild.example", True),
        ("https://a.b.wild.example", True),
        ("https://wild.example", False),
        ("https://evilwild.example", False),
        ("https://evil.example/.wild.example", False),
        ("null", False),
    ],
)
def test_only_allowed_origins_pass(origin: str, allowed: bool) -> None:
    assert origin_allowed(origin, ("https://shop.example", "https://*.wild.example")) is allowed
