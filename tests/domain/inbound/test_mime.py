"""Mails that are broken, huge, or made to break what reads them."""

import base64
import re
from typing import Any

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.errors import InboundRefused
from widget.domain.inbound.automatic import is_automatic
from widget.domain.inbound.html import MOST_TAGS, text_of_html
from widget.domain.inbound.mails import WHOLE_LIMIT
from widget.domain.inbound.mime import MESSAGE_LIMIT, decoded, read_mime
from widget.domain.inbound.quotes import what_was_written

HEAD = b"From: kim@shop.example\r\nTo: replies+t@sayso.example\r\n"


def nested(depth: int) -> bytes:
    parts = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(depth)
    )
    return HEAD + parts + b"\r\nHello\r\n" * 100_000


def test_parts_within_parts_without_end_are_refused() -> None:
    with pytest.raises(InboundRefused):
        read_mime(nested(300))
    with pytest.raises(InboundRefused):
        read_mime(HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 3_000 + b"x")


def test_a_mail_that_is_too_large_is_read_as_far_as_it_goes() -> None:
    file = b"--b\r\nContent-Type: image/png; name=a.png\r\n\r\n" + b"x" * (MESSAGE_LIMIT + 10)
    text = b"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
    mail = read_mime(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + text + file)
    assert mail.text == "Hello"
    assert mail.attachments[0].name == "a.png"
    assert len(read_mime(HEAD + b"\r\n" + b"a" * MESSAGE_LIMIT).text) == WHOLE_LIMIT


def test_many_files_are_counted_and_the_first_named() -> None:
    files = b"".join(
        b"--b\r\nContent-Disposition: attachment; filename=f%d\r\n\r\nx\r\n" % number
        for number in range(50)
    )
    mail = read_mime(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + files)
    assert (len(mail.attachments), mail.further_attachments) == (20, 30)


def test_a_message_id_that_cannot_stand_in_a_header_is_none() -> None:
    assert read_mime(HEAD + b"Message-ID: <a b@c>\r\n\r\nx").message_id == ""
    assert read_mime(HEAD + b"Message-ID: a@c\r\n\r\nx").message_id == ""
    first, second = (read_mime(HEAD + b"\r\n" + text) for text in (b"One", b"Two"))
    assert first.key != second.key
    assert first.key == read_mime(HEAD + b"\r\nOne").key


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "unicode_escape", "rot13", "\0", "x" * 999]
)
def test_charsets_that_are_none_are_not_used(charset: str) -> None:
    assert decoded("Grüße \\x41".encode(), charset) == "Grüße \\x41"


def test_a_header_that_nobody_encoded_is_read() -> None:
    mail = read_mime("From: kim@shop.example\r\nSubject: Größe\r\n\r\nx".encode())
    assert mail.subject == "Größe"


def test_html_becomes_lines_with_quotations_marked() -> None:
    html = (
        "<head><title>No</title><style>p{}</style></head><p>One<br>two&nbsp;three</p><script>x()"
        "</script><ul><li>a<li>b</ul><blockquote>said<blockquote>before</blockquote></blockquote>"
        "<!-- hidden -->&lt;end&gt;"
    )
    assert text_of_html(html) == ("One\ntwo three\n\n- a\n- b\n\n> said\n>\n>> before\n>>\n<end>")


@pytest.mark.parametrize("piece", ["<!--", "<blockquote>", "<a b='", "&#", "<!x", "</"])
def test_html_that_never_ends_is_read_in_time(piece: str) -> None:
    assert len(text_of_html(piece * 60_000)) <= 1_000_000


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<ul><li>", "<x>", "<DIV/>", "<div", "</p>", "<div title='<p>'>", "<div>x</div>"],
)
def test_no_more_tags_are_parsed_than_take_a_moment(
    monkeypatch: pytest.MonkeyPatch, piece: str
) -> None:
    parsed: list[int] = []
    clean = nh3.clean

    def counted(text: str, **how: Any) -> str:
        # A break holds nothing, so nothing is looked through for it.
        parsed.append(len(re.findall(r"<[a-z/]", text.replace("<br>", ""), re.IGNORECASE)))
        return clean(text, **how)

    monkeypatch.setattr(nh3, "clean", counted)
    text_of_html(piece * 15_000)
    assert parsed == [MOST_TAGS, 0]


def test_what_comes_after_too_many_tags_keeps_its_lines() -> None:
    said = text_of_html(
        "<p>First</p>" + "<i></i><td>" * MOST_TAGS + "one<br>t<b>w</b>o &lt;3<p>three"
    )
    assert said == "First\n\none\ntwo <3\nthree"
    assert text_of_html("<p>x</p>" * MOST_TAGS).split() == ["x"] * MOST_TAGS


@pytest.mark.parametrize(
    ("headers", "is_programs"),
    [
        ({"auto-submitted": "no"}, False),
        ({"auto-submitted": "auto-generated (vacation)"}, True),
        ({"precedence": "Bulk"}, True),
        ({"precedence": "first-class"}, False),
        ({"x-autoreply": "yes"}, True),
        ({"list-id": "<all.shop.example>"}, True),
        ({"return-path": "<>"}, True),
        ({"return-path": "<kim@shop.example>"}, False),
        ({}, False),
    ],
)
def test_headers_tell_programs(headers: dict[str, str], is_programs: bool) -> None:
    assert is_automatic(headers, "Re: Hello", "kim@shop.example") == is_programs


def test_what_looks_like_a_quotation_and_is_none_stays() -> None:
    said = "From: Berlin\nI wrote you 3 times:\n- on Monday\nSent from my desk."
    assert what_was_written(f"{said}\n--\nKim") == said
    assert what_was_written("> only\n> quoted") == "> only\n> quoted"


@given(st.binary(max_size=400))
def test_nothing_that_comes_in_breaks_the_reader(data: bytes) -> None:
    encoded = b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(data)
    for message in (data, HEAD + data, HEAD + b"Content-Type: " + data, HEAD + encoded):
        mail = read_mime(message)
        assert "\0" not in mail.text + mail.subject + mail.sender
        what_was_written(mail.text)
