"""CSV files as spreadsheets save them."""

from datetime import UTC, datetime

import pytest

from widget.domain.errors import FileRefused
from widget.domain.request_files import MOST_BYTES, decode, defused, read_file


def read(text: str, time_zone: str = "UTC") -> list[tuple[int, str, str]]:
    return [(row.number, row.ask.email, row.ask.name) for row in read_file(text, time_zone).rows]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_whatever_separates_the_columns(sign: str) -> None:
    text = f'Name{sign}E-Mail\n"Kim{sign} Dr."{sign}kim@c.example\n'
    assert read(text) == [(2, "kim@c.example", f"Kim{sign} Dr.")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_whatever_the_encoding(encoding: str) -> None:
    content = "email,name\nkim@c.example,Jörg Müßig\n".encode(encoding)
    assert read(decode(content)) == [(2, "kim@c.example", "Jörg Müßig")]


def test_bytes_that_are_no_encoding_lose_no_row() -> None:
    content = b"email,name\nkim@c.example,\x81\xff\nlee@c.example,Lee\n"
    assert [email for _number, email, _name in read(decode(content))] == [
        "kim@c.example",
        "lee@c.example",
    ]


def test_every_column_is_found_by_its_friendly_names() -> None:
    [row] = read_file(
        "Customer Email,Full name,Agent,Ticket ID,Time-Zone,Tags,Do not send,Delay,Closed at,Plan\n"
        "kim@c.example,Kim,ana@a.example,T-1,Asia/Tokyo,a; b,yes,60,2026-11-23 14:05,pro\n",
        "Europe/Berlin",
    ).rows
    ask = row.ask
    assert (ask.email, ask.name, ask.ref) == ("kim@c.example", "Kim", "T-1")
    assert (ask.member_email, ask.member_id) == ("ana@a.example", "")
    assert (ask.time_zone, ask.tags, ask.do_not_send) == ("Asia/Tokyo", ("a", "b"), True)
    assert ask.delay_s == 60
    assert ask.interaction_at == datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
    assert ask.properties == {"Plan": "pro"}
    assert row.problems == {}


def test_an_agent_that_is_no_address_is_an_employee_id() -> None:
    [row] = read_file("email,agent\nkim@c.example,E-7\n", "UTC").rows
    assert (row.ask.member_email, row.ask.member_id) == ("", "E-7")


def test_cells_that_cannot_be_understood_are_named() -> None:
    [row] = read_file(
        "email,delay,date,do_not_send\nkim@c.example,soon,yesterday,maybe\n", "UTC"
    ).rows
    assert set(row.problems) == {"delay_s", "interaction_at", "do_not_send"}
    assert row.ask.email == "kim@c.example"


def test_numbers_are_those_of_the_spreadsheet_and_empty_lines_are_skipped() -> None:
    assert read("email,name\n\nkim@c.example,Kim\n,,\nlee@c.example,Lee") == [
        (3, "kim@c.example", "Kim"),
        (5, "lee@c.example", "Lee"),
    ]


def test_short_and_long_rows_are_read_as_far_as_they_go() -> None:
    assert read("email,name\nkim@c.example\nlee@c.example,Lee,more,still\n") == [
        (2, "kim@c.example", ""),
        (3, "lee@c.example", "Lee"),
    ]


def test_of_two_columns_with_one_meaning_the_first_counts() -> None:
    [row] = read_file("email,mail\nkim@c.example,lee@c.example\n", "UTC").rows
    assert row.ask.email == "kim@c.example"
    assert row.ask.properties == {"mail": "lee@c.example"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "at least one row"),
        ("email\n", "at least one row"),
        ("name,phone\nKim,1\n", "no column with email"),
        ("email\n" + "kim@c.example\n" * 10_001, "more than 10,000"),
        (f'email\n"{"x" * 140_000}"\n', "cannot be read"),
    ],
)
def test_a_file_that_is_of_no_use_says_what_to_change(text: str, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        read_file(text, "UTC")


@pytest.mark.parametrize("content", [b"PK\x03\x04spreadsheet", b"a\0b", b"x" * (MOST_BYTES + 1)])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        decode(content)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1", "＝1"])
def test_formulas_are_defused_when_shown(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert defused("kim@c.example") == "kim@c.example"
    assert defused("") == ""
