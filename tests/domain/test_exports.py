"""Files of responses: what stands in them, and what no spreadsheet runs."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from arro3.io import read_parquet
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from widget.domain.exports.columns import COLUMNS, FILE_NAMES, Batch, Column
from widget.domain.exports.formats import FORMATS, ExportFormat, write_file
from widget.domain.exports.spreadsheet import RowsLeftOver, write_spreadsheet
from widget.domain.formulas import defused, defused_in_csv

AT = datetime(2026, 11, 23, 9, 5, 7, 250_000, tzinfo=UTC)
AT_TEXT = AT.isoformat()
# Letters, signs and controls, but for what no database of ours keeps.
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def batch(*records: dict[str, Any]) -> Batch:
    """Responses that say this, and nothing in every other column."""
    return {
        column.name: [record.get(column.name, _nothing(column)) for record in records]
        for column in COLUMNS
    }


def _nothing(column: Column) -> Any:
    return [] if column.kind == "list" else None


def written(form: ExportFormat, *records: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    write_file(form, [batch(*records)] if records else [], out, len(records))
    return out.getvalue()


def csv_rows(file: bytes) -> list[dict[str, str]]:
    text = file.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sheets(file: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each sheet of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(file))
    return {sheet.title: list(sheet.values) for sheet in book.worksheets}


def cell(file: bytes, name: str) -> Any:
    """A cell of a workbook's first row."""
    book = openpyxl.load_workbook(io.BytesIO(file))
    return book.worksheets[0].cell(2, FILE_NAMES.index(name) + 1)


def table(file: bytes) -> Any:
    return read_parquet(file).read_all()


def parquet_rows(file: bytes) -> list[dict[str, Any]]:
    found = table(file)
    columns = [found[name].to_pylist() for name in FILE_NAMES]
    return [dict(zip(FILE_NAMES, row, strict=True)) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\n=1", "'\n=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("1=1", "1=1"),
        ("", ""),
        ("Great", "Great"),
    ],
)
def test_no_text_is_a_formula(text: str, safe: str) -> None:
    assert defused(text) == safe
    found = csv_rows(written("csv", {"comment": text, "ref": text, "tags": [text]}))
    assert [found[0][name] for name in ("comment", "ref", "tags")] == [defused_in_csv(text)] * 3
    in_sheet = cell(written("xlsx", {"comment": text or None}), "comment")
    assert in_sheet.data_type in ("s", "n")
    assert unescape(in_sheet.value or "") == safe


@given(TEXTS)
def test_every_text_comes_out_of_a_text_file_as_it_went_in(text: str) -> None:
    file = written("csv", {"comment": text})
    assert file.startswith(b"\xef\xbb\xbf")
    [found] = csv_rows(file)
    assert found["comment"] == defused_in_csv(text)
    [line] = written("jsonl", {"comment": text}).decode().split("\n")[:-1]
    assert json.loads(line)["comment"] == text


@settings(max_examples=25)
@given(TEXTS)
def test_every_text_comes_out_of_a_table_as_it_went_in(text: str) -> None:
    assert parquet_rows(written("parquet", {"comment": text, "tags": [text]}))[0] == {
        **dict.fromkeys(FILE_NAMES),
        "reasons": [],
        "areas": [],
        "tags": [text],
        "comment": text,
    }


def test_lists_times_and_yes_and_no_are_written_for_people_and_for_programs() -> None:
    one = {"tags": ["late", "shop"], "created_at": AT_TEXT, "test": False, "version": 3}
    one["attributes"] = '{"plan": "pro", "city": "K\\u00f6ln"}'
    [found] = csv_rows(written("csv", one))
    assert [found[name] for name in ("tags", "created_at", "test", "attributes", "nps")] == [
        "late, shop",
        "2026-11-23T09:05:07.250000+00:00",
        "no",
        '{"plan": "pro", "city": "Köln"}',
        "",
    ]
    said = json.loads(written("jsonl", one))
    assert list(said) == list(FILE_NAMES)
    assert [said[name] for name in ("tags", "created_at", "test", "attributes", "version")] == [
        ["late", "shop"],
        "2026-11-23T09:05:07.250000+00:00",
        False,
        {"plan": "pro", "city": "Köln"},
        3,
    ]


def test_half_of_a_pair_of_surrogates_breaks_no_file() -> None:
    one = {"attributes": '{"note": "\\ud83d"}'}
    assert csv_rows(written("csv", one))[0]["attributes"] == '{"note": "?"}'
    assert json.loads(written("jsonl", one))["attributes"] == {"note": "\ud83d"}
    assert cell(written("xlsx", one), "attributes").value == '{"note": "?"}'
    assert parquet_rows(written("parquet", one))[0]["attributes"] == one["attributes"]


def test_cells_of_a_spreadsheet_have_types() -> None:
    file = written("xlsx", {"created_at": AT_TEXT, "stars": 4, "test": True, "ref": "0042"})
    at = cell(file, "created_at")
    assert (str(at.value)[:19], at.is_date) == ("2026-11-23 09:05:07", True)
    assert (cell(file, "stars").value, cell(file, "stars").data_type) == (4, "n")
    assert (cell(file, "ref").value, cell(file, "ref").data_type) == ("0042", "s")
    assert cell(file, "test").value == "yes"
    assert cell(file, "nps").value is None


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    found = cell(written("xlsx", {"comment": "x" * 40_000}), "comment").value
    assert (len(found), found[-2:]) == (32_767, "x…")


def test_a_cell_is_as_long_as_spreadsheets_count() -> None:
    # Each of these letters counts twice: 16,383 of them and the dots fill the cell.
    found = cell(written("xlsx", {"comment": "😀" * 20_000}), "comment").value
    assert (len(found), found[-2:]) == (16_384, "😀…")
    fits = "😀" * 16_383
    assert cell(written("xlsx", {"comment": fits}), "comment").value == fits


def test_rows_that_came_in_since_they_were_counted_are_not_dropped() -> None:
    batches = [batch({"ref": "a"}, {"ref": "b"}, {"ref": "c"})]
    out = io.BytesIO()
    write_spreadsheet(batches, out, rows=2, rows_in_sheet=2)
    ref = FILE_NAMES.index("ref")
    found = [row[ref] for rows in sheets(out.getvalue()).values() for row in rows]
    assert found == ["ref", "a", "b", "ref", "c"]
    with pytest.raises(RowsLeftOver):
        write_spreadsheet(batches, io.BytesIO(), rows=1, rows_in_sheet=2)


def test_a_full_sheet_is_followed_by_another_with_the_same_names() -> None:
    out = io.BytesIO()
    batches = [batch({"ref": "a"}, {"ref": "b"}), batch({"ref": "c"}, {"ref": "d"}, {"ref": "e"})]
    write_spreadsheet(batches, out, rows=5, rows_in_sheet=2)
    ref = FILE_NAMES.index("ref")
    assert {name: [row[ref] for row in rows] for name, rows in sheets(out.getvalue()).items()} == {
        "Responses 1": ["ref", "a", "b"],
        "Responses 2": ["ref", "c", "d"],
        "Responses 3": ["ref", "e"],
    }


def test_columns_of_a_table_have_types() -> None:
    file = written("parquet", {"created_at": AT_TEXT, "stars": 4, "test": True, "tags": ["a", "b"]})
    types = {field.name: str(field.type) for field in table(file).schema}
    assert {name: types[name] for name in ("created_at", "stars", "test", "tags", "ref")} == {
        "created_at": 'arro3.core.DataType<Timestamp(µs, "UTC")>\n',
        "stars": "arro3.core.DataType<Int32>\n",
        "test": "arro3.core.DataType<Boolean>\n",
        "tags": types["reasons"],
        "ref": "arro3.core.DataType<Utf8>\n",
    }
    [found] = parquet_rows(file)
    assert (found["created_at"], found["stars"], found["test"]) == (AT, 4, True)
    assert (found["tags"], found["nps"]) == (["a", "b"], None)


def test_a_file_of_nothing_has_its_columns() -> None:
    names = ",".join(FILE_NAMES)
    assert written("csv").decode("utf-8-sig") == f"{names}\r\n"
    assert sheets(written("xlsx"))["Responses"][0] == FILE_NAMES
    assert written("jsonl") == b""
    found = table(written("parquet"))
    assert (tuple(found.column_names), found.num_rows) == (FILE_NAMES, 0)


@pytest.mark.parametrize("form", FORMATS)
def test_what_breaks_off_the_responses_comes_through(form: ExportFormat) -> None:
    class Enough(Exception):
        pass

    def batches() -> Any:
        yield batch({"ref": "a"})
        raise Enough

    with pytest.raises(Enough):
        write_file(form, batches(), io.BytesIO(), 2)


@settings(max_examples=25)
@given(TEXTS)
def test_every_text_comes_out_of_a_spreadsheet_as_it_went_in(text: str) -> None:
    found = unescape(cell(written("xlsx", {"comment": text}), "comment").value or "")
    # As XML has it, an end of a line is one sign.
    assert found == defused(text).replace("\r\n", "\n").replace("\r", "\n") or found == defused(
        text
    )


@pytest.mark.parametrize(
    "sign", ["\x0b", "\x7f", "\ufffe", "\uffff", "_x0041_", "<&>", "\U0001f600"]
)
def test_signs_that_xml_cannot_hold_break_no_spreadsheet(sign: str) -> None:
    assert unescape(cell(written("xlsx", {"comment": f"a{sign}b"}), "comment").value) == f"a{sign}b"
