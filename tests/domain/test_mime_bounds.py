"""Mails made to take hours, or to break the parser, are refused at once; real ones are read."""

from pathlib import Path
from time import process_time

import pytest

from widget.domain.bounces import read_dsn
from widget.domain.errors import InboundRefused
from widget.domain.inbound.html import text_of_html
from widget.domain.inbound.mime import read_mime
from widget.domain.mime_bounds import is_quick_to_read

MAILS = sorted((Path(__file__).parent / "inbound" / "mime").glob("*.eml"))
HEAD = b"To: replies+x@acme.example\nFrom: kim@shop.example\n"


def test_every_mail_that_programs_write_is_quick_to_read() -> None:
    assert len(MAILS) >= 20
    for file in MAILS:
        assert is_quick_to_read(file.read_bytes()), file.name


@pytest.mark.parametrize(
    "header",
    [
        b'Content-Type: text/plain; a="' + b'\\";' * 80_000,
        b"Content-Type: text/plain" + b";a=b" * 80_000,
        b"Content-Disposition: attachment" + b";" * 80_000,
        b"content-type : multipart/mixed;" + b"\n a=b;" * 40_000,
        b"content-TYPE:multipart/mixed;" + b"\r a=b;" * 40_000,
        b"X: y\rContent-Type: text/plain" + b";a=b" * 80_000,
        b"\n".join([b"Content-Type: text/plain" + b";a=b" * 800] * 100),
    ],
)
def test_headers_that_take_hours_are_not_taken_apart(header: bytes) -> None:
    mail = HEAD + header + b"\n\nHi"
    with pytest.raises(InboundRefused):
        read_mime(mail)
    assert read_dsn(mail, lambda name: None) == []


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: text/plain; charset=idna",
        b"Content-Type: text/plain; charset=punycode",
        b"Content-Type: text/plain; charset=undefined",
        b"Content-Type: text/plain; charset=\x00x",
        b"Content-Type: text/plain; charset*=%00'x'y",
        b"Content-Type: text/plain; charset*=idna'x'utf-8",
        b"Content-Type: multipart/mixed; charset=idna",
        b"Content-Type: multipart/report; a*" + b"9" * 5_000 + b"=x",
        b"Content-Type: multipart/report; a*=utf-8''x; a*0=y",
    ],
)
def test_charsets_and_parameters_that_are_none_break_nothing(header: bytes) -> None:
    mail = HEAD + header + b"\n\nThank you \xc3\xa9"
    assert read_dsn(mail, lambda name: None) == []
    try:
        found = read_mime(mail)
    except InboundRefused:
        return
    assert "Thank you" in found.text or not found.text


@pytest.mark.parametrize("odd", [b"\x0b", b"\x0c", b"\x1c"])
def test_an_attached_mail_with_odd_headers_is_measured(odd: bytes) -> None:
    mail = HEAD + (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHi\n"
        b"--b\nContent-Type: message/rfc822\n\nSubject: x\n" + odd + b"X: y\n\nwithin\n--b--\n"
    )
    found = read_mime(mail)
    assert found.text == "Hi"
    assert [one.size for one in found.attachments] != [0]


def test_html_that_opens_ever_more_formatting_takes_neither_memory_nor_time() -> None:
    opened = "<p>" + "".join(f"<font a={number}>" for number in range(4_000)) + "</p>"
    hidden = "<p>" + "".join(f"<font a={number} <>" for number in range(4_000)) + "</p>"
    for html in (opened + "<p>x" * 4_000, hidden + "<p>x" * 4_000):
        before = process_time()
        text_of_html(html)
        assert process_time() - before < 5
    said = text_of_html("<p>One <b>bold</b> <a href='x'>link</a></p>two")
    assert said == "One bold link\n\ntwo"


def test_flowed_text_is_put_together_in_one_go() -> None:
    mail = HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"word \n" * 400_000
    before = process_time()
    assert read_mime(mail).text.startswith("word word")
    assert process_time() - before < 5
