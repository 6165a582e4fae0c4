"""Files of customers: columns in several languages, spreadsheets, and what must not hurt."""

import io
import zipfile
from datetime import date
from itertools import islice
from typing import Any

import pytest
from openpyxl import Workbook

from widget.domain import spreadsheets
from widget.domain.customer_files import (
    MOST_ROWS,
    details_of,
    file_lines,
    format_of,
    guess_mapping,
    mapping_problem,
)
from widget.domain.customers import Details
from widget.domain.errors import FileRefused


def spreadsheet(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("headers", "mapping"),
    [
        (["E-Mail", "Full name", "Company"], ["email", "name", "client"]),
        (
            ["Vorname", "Nachname", "Firma", "Sprache"],
            ["first_name", "last_name", "client", "language"],
        ),
        (["Correo electrónico", "Nombre", "Apellidos"], ["email", "first_name", "last_name"]),
        (["Courriel", "Prénom", "Société", "Pays"], ["email", "first_name", "client", "country"]),
        (["Kundennummer", "Zeitzone"], ["external_id", "time_zone"]),
        (["会社名", "メール"], ["client", "email"]),
        (["email", "Mail", "", "Plan"], ["email", "", "", "attribute:Plan"]),
    ],
)
def test_columns_are_guessed_from_their_headers(headers: list[str], mapping: list[str]) -> None:
    assert guess_mapping(headers, {}) == mapping


def test_what_was_chosen_the_last_time_comes_first() -> None:
    assert guess_mapping(["Login", "Company"], {"login": "external_id", "company": ""}) == [
        "external_id",
        "",
    ]


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        (["email", "name"], None),
        (["external_id"], None),
        (["name"], "Say which column holds the email addresses, or ids of your own."),
        (["email", "email"], "Two columns are taken for the same: email."),
    ],
)
def test_a_mapping_must_tell_people_apart(mapping: list[str], problem: str | None) -> None:
    assert mapping_problem(mapping) == problem


def test_a_row_says_what_its_cells_hold_and_parts_of_a_name_are_one() -> None:
    mapping = ["email", "first_name", "last_name", "client", "attribute:Plan", ""]
    cells = ["kim@c.example", "Kim", "Larsen", "", "S", "secret"]
    assert details_of(cells, mapping) == Details(
        {"email": "kim@c.example", "name": "Kim Larsen"}, {"Plan": "S"}
    )
    assert details_of(["kim@c.example"], mapping) == Details({"email": "kim@c.example"})


@pytest.mark.parametrize(
    ("cell", "email", "name"),
    [
        ("Kim Larsen <kim@c.example>", "kim@c.example", "Kim Larsen"),
        ('"Larsen, Kim" <kim@c.example>', "kim@c.example", "Larsen, Kim"),
        ("<kim@c.example>", "kim@c.example", None),
        ("'kim@c.example' <Kim@c.example>", "Kim@c.example", None),
        ("Kim <nowhere>", "Kim <nowhere>", None),
        ("Lee <lee@c.example>, Kim <kim@c.example>",) * 2 + (None,),
        ("lee@c.example, Kim <kim@c.example>",) * 2 + (None,),
    ],
)
def test_an_address_may_stand_behind_a_name(cell: str, email: str, name: str | None) -> None:
    said = details_of([cell], ["email"])
    assert (said.email, said.fields.get("name")) == (email, name)


def test_a_name_before_the_address_gives_way_to_the_rows_own() -> None:
    cells = ["kimmy <kim@c.example>", "Kim", "Larsen"]
    for mapping in (["email", "name", ""], ["email", "first_name", ""]):
        assert details_of(cells, mapping).fields["name"] == "Kim"
    assert details_of(["kimmy <kim@c.example>", ""], ["email", "name"]).fields["name"] == "kimmy"


def test_a_spreadsheet_reads_like_the_csv_file_it_would_be() -> None:
    content = spreadsheet(
        ("Email", "Id", "Since", "Ratio", "VIP"),
        (None, None),
        ("kim@c.example", 1042.0, date(2026, 11, 1), 0.5, True),
    )
    assert format_of(content) == "xlsx"
    assert list(file_lines(content, "xlsx")) == [
        (1, ["Email", "Id", "Since", "Ratio", "VIP"]),
        (3, ["kim@c.example", "1042", "2026-11-01", "0.5", "yes"]),
    ]


def test_csv_is_read_in_whatever_a_spreadsheet_made_of_it() -> None:
    content = "\ufeffemail;name\r\nkim@c.example;Zoë\r\n".encode()
    assert format_of(content) == "csv"
    assert list(file_lines(content, "csv"))[1] == (2, ["kim@c.example", "Zoë"])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"  ", "Choose a file"),
        (b"PK\x03\x04 no archive", "cannot be read"),
        (b"email\0", "no text file"),
    ],
)
def test_what_is_no_file_of_customers_is_said_at_once(content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        format_of(content)


def bomb(name: str, size: int) -> bytes:
    """A small file that becomes large."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open(name, "w", force_zip64=True) as entry:
            for _piece in range(size // (1 << 20)):
                entry.write(bytes(1 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    "name", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
def test_a_file_that_would_become_huge_is_not_unpacked(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("_MOST_UNPACKED", "_MOST_TEXTS", "_MOST_ELSE"):
        monkeypatch.setattr(spreadsheets, limit, 2 << 20)
    content = bomb(name, 3 << 20)
    assert len(content) < 20_000
    with pytest.raises(FileRefused, match="too large when it is unpacked"):
        format_of(content)


def test_a_sheet_that_says_it_is_endless_is_read_as_far_as_it_goes() -> None:
    content = spreadsheet(("Email",), ("kim@c.example",))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            text = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                text = text.replace(b'r="2"', b'r="1048576"').replace(b'"A2"', b'"XFD1048576"')
            new.writestr(info, text)
    lines = list(islice(file_lines(out.getvalue(), "xlsx"), 5))
    assert [number for number, _cells in lines] == [1]


def with_second_row_at(number: int, content: bytes) -> bytes:
    """A spreadsheet whose second row says that it stands elsewhere."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            text = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                text = text.replace(b'row r="2"', b'row r="%d"' % number)
                text = text.replace(b'"A2"', b'"A%d"' % number)
            new.writestr(info, text)
    return out.getvalue()


def test_rows_are_counted_also_where_they_hold_nothing() -> None:
    content = spreadsheet(("Email",), ("kim@c.example",))
    with pytest.raises(FileRefused, match="empty ones counted"):
        for _line in file_lines(with_second_row_at(10**15, content), "xlsx"):
            pass
    lines = list(file_lines(with_second_row_at(900, content), "xlsx"))
    assert lines == [(1, ["Email"]), (900, ["kim@c.example"])]


def test_what_is_read_before_the_first_row_is_short() -> None:
    with pytest.raises(FileRefused, match="too large when it is unpacked"):
        format_of(bomb("xl/styles.xml", 2 << 20))


def test_a_file_with_too_many_rows_is_refused_where_it_goes_on_too_long() -> None:
    content = b"email\n" + b"".join(b"c%d@c.example\n" % n for n in range(MOST_ROWS + 1))
    with pytest.raises(FileRefused, match="more than"):
        for _line in file_lines(content, "csv"):
            pass
