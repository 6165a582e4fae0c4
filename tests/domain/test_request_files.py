"""CSV files as spreadsheets save them."""

import csv
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.errors import FileRefused
from widget.domain.formulas import defused
from widget.domain.request_files import MOST_BYTES, decode, read_file


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
        (f"{'x' * 140_000},email\n,kim@c.example\n", "cannot be read"),
        (f'"{"x" * 140_000}', "cannot be read"),
        ("email\n" + "a," * 500_001, "longer than 1,000,000 characters"),
    ],
)
def test_a_file_that_is_of_no_use_says_what_to_change(text: str, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        read_file(text, "UTC")


@pytest.mark.parametrize("rows", [9_999, 10_000])
def test_as_many_rows_as_are_allowed_are_read(rows: int) -> None:
    # Empty lines are no rows.
    text = "email\n\n" + "kim@c.example\n\n" * rows
    assert len(read_file(text, "UTC").rows) == rows


@pytest.mark.parametrize("line", ["a\n", "\n", "ab,", "a;b\n"])
def test_a_file_of_far_too_many_lines_costs_little_memory(line: str) -> None:
    text = "email\n" + line * (MOST_BYTES // len(line) - 2)
    tracemalloc.start()
    try:
        with pytest.raises(FileRefused):
            read_file(text, "UTC")
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 6 * MOST_BYTES


_ODD = [
    *("email", "delay", "date", "do_not_send", "kim@c.example", "0001-01-01", "9999-12-31T23:59"),
    *("\n", "\r", "\r\n", ",", ";", "\t", "|", '"', '""', "'", " ", "\\", "9" * 5_000, "٣"),
    *("\x1c", "\x85", "\u2028", "\ufeff", "=1+1", "yes", "-", "2026-11-23T09:00+99:99"),
]


def sentences(text: str, zone: str) -> list[str]:
    """What reading a text says against it, or against its rows."""
    try:
        rows = read_file(text, zone).rows
    except FileRefused as refused:
        return [str(refused)]
    return [problem for row in rows for problem in row.problems.values()]


@given(st.lists(st.sampled_from(_ODD), max_size=40).map("".join))
def test_whatever_the_text_is_it_is_read_or_refused_in_a_sentence(text: str) -> None:
    for whole in (text, f"email,delay,date\n{text}"):
        assert all(said.endswith(".") for said in sentences(whole, "Pacific/Auckland"))


@given(st.binary(max_size=60), st.sampled_from([b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"]))
def test_whatever_the_bytes_are_they_are_read_or_refused(content: bytes, mark: bytes) -> None:
    try:
        text = decode(mark + content)
    except FileRefused:
        return
    assert text.encode().decode() == text
    assert all(said.endswith(".") for said in sentences(text, "UTC"))


def test_a_delay_of_endless_digits_is_named_in_our_words() -> None:
    [row] = read_file(f"email,delay\nkim@c.example,{'9' * 5_000}\n", "UTC").rows
    assert row.problems == {"delay_s": "Write the delay as a number of seconds."}


@pytest.mark.parametrize(
    "moment", ["0001-01-01", "0001-01-01T00:00+14:00", "9999-12-31 23:59", "1969-12-31T23:59Z"]
)
def test_a_time_at_an_end_of_the_calendar_is_named(moment: str) -> None:
    for zone in ("Pacific/Auckland", "America/New_York"):
        [row] = read_file(f"email,date\nkim@c.example,{moment}\n", zone).rows
        assert row.problems == {"interaction_at": "Choose a time from the years 1970 to 2999."}
        assert row.ask.interaction_at is None


def test_the_readers_limit_is_left_as_it_is() -> None:
    read_file("email\nkim@c.example\n", "UTC")
    assert csv.field_size_limit() == 131_072


@pytest.mark.parametrize("content", [b"PK\x03\x04spreadsheet", b"a\0b", b"x" * (MOST_BYTES + 1)])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        decode(content)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1", "＝1"])
def test_formulas_are_defused_when_shown(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert defused("kim@c.example") == "kim@c.example"
    assert defused("") == ""
