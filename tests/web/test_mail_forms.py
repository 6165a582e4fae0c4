"""Forms in which services post mails: what is kept of them, and what is not."""

from io import BytesIO
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pytest
from werkzeug.exceptions import RequestEntityTooLarge

from widget.domain.errors import InboundRefused
from widget.web import mail_forms
from widget.web.mail_forms import MOST_FIELDS, PostedForm, read_form

PAIRS = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=xyz"
ROOM = 1_000_000


class Body(BytesIO):
    """A body that knows the most that was asked of it at once."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.most = max(self.most, size if size and size > 0 else len(self.getvalue()))
        return super().read(size)


def part(name: str, value: bytes, file: str = "") -> bytes:
    named = f'; filename="{file}"' if file else ""
    head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def parts(*some: bytes) -> bytes:
    return b"".join(some) + b"--xyz--\r\n"


def read(body: bytes, kind: str, limit: int = ROOM, wanted: tuple[str, ...] = ()) -> PostedForm:
    return read_form(BytesIO(body), kind, limit=limit, wanted=wanted or None)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64 * 1024])
def test_pairs_are_the_bytes_that_came_wherever_they_are_cut(
    monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(mail_forms, "_CHUNK", chunk)
    found = read(b"from=Kim&text=Caf%E9+%c3%a9%25&empty=&bare&a%2Db=1=2&from=Otto&100%=%", PAIRS)
    assert found.fields == {
        "from": b"Kim",
        "text": b"Caf\xe9 \xc3\xa9%",
        "empty": b"",
        "bare": b"",
        "a-b": b"1=2",
        "100%": b"%",
    }
    every = bytes(range(256))
    assert read(f"x={quote_from_bytes(every)}".encode(), PAIRS).fields == {"x": every}


@pytest.mark.parametrize("chunk", [50, 64 * 1024])
def test_parts_are_the_bytes_that_came_and_files_are_counted(
    monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(mail_forms, "_CHUNK", chunk)
    body = parts(
        part("from", b"Kim"),
        part("text", b"Caf\xe9\r\n\r\nYes"),
        part("attachment-1", b"x" * 3000, "bill.pdf"),
        part("from", b"Otto"),
    )
    found = read(body, PARTS)
    assert found.fields == {"from": b"Kim", "text": b"Caf\xe9\r\n\r\nYes"}
    assert found.files == [("bill.pdf", 3000)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"big=" + b"x" * 300_000 + b"&token=abc", PAIRS),
        (parts(part("big", b"x" * 300_000), part("token", b"abc")), PARTS),
    ],
    ids=["pairs", "parts"],
)
def test_of_fields_that_are_not_wanted_nothing_is_kept(body: bytes, kind: str) -> None:
    stream = Body(body)
    found = read_form(stream, kind, limit=100, wanted=("token",))
    assert found.fields == {"token": b"abc"}
    assert 0 < stream.most <= 64 * 1024
    with pytest.raises(RequestEntityTooLarge):
        read(body, kind, 100)


def test_of_fields_that_are_not_wanted_no_escape_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[bytes] = []

    def noted(data: bytes) -> bytes:
        looked_at.append(data)
        return unquote_to_bytes(data)

    monkeypatch.setattr(mail_forms, "unquote_to_bytes", noted)
    body = b"big=" + b"%20" * 100_000 + b"&token=a%20b"
    assert read(body, PAIRS, wanted=("token",)).fields == {"token": b"a b"}
    assert b"".join(looked_at) == b"bigtokena%20b"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a&" * (MOST_FIELDS + 1), PAIRS),
        (b"&" * (MOST_FIELDS + 1), PAIRS),
        (parts(part("a", b"") * (MOST_FIELDS + 1)), PARTS),
        (parts(part("a", b"", "a.pdf") * (MOST_FIELDS + 1)), PARTS),
    ],
    ids=["pairs", "nothing", "parts", "files"],
)
def test_a_form_of_too_many_fields_is_refused_even_where_none_is_wanted(
    body: bytes, kind: str
) -> None:
    with pytest.raises(RequestEntityTooLarge):
        read(body, kind, wanted=("token",))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"no parts", PARTS),
        (part("a", b"1"), PARTS),
        (b"--xyz\r\nContent-Type: text/plain\r\n\r\n1\r\n--xyz--\r\n", PARTS),
        (parts(part("a", b"1")), "multipart/form-data"),
        (b"x" * 1_000 + b"=1", PAIRS),
        (b"%ff=1", PAIRS),
    ],
    ids=["no parts", "no end", "no name", "no boundary", "long name", "name of no text"],
)
def test_what_is_written_as_no_form_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(InboundRefused):
        read(body, kind)


def test_what_is_no_form_has_no_fields() -> None:
    assert read(b"a=1", "text/plain").fields == {}
    assert read(b"", PAIRS).fields == {}
