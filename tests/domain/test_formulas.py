"""No text is a formula, however a spreadsheet parts the file that holds it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.csv_files import write_lines
from widget.domain.formulas import defused, defused_in_csv

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("sign", [*SIGNS, "\t", "\r", "\n", "\0"])
def test_what_begins_like_a_formula_begins_with_a_quote(sign: str) -> None:
    assert defused(f"{sign}1") == f"'{sign}1"
    assert defused_in_csv(f"{sign}1").startswith(f"'{sign}")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("hi;=cmd|'/C calc'!A0;y", "hi;'=cmd|'/C calc'!A0;y"),
        ("hi; =1;\u00a0+2", "hi; '=1;\u00a0'+2"),
        ("hi\t@sum", "hi\t'@sum"),
        ("fast\n- and kind\r\n=1", "fast\n'- and kind\r\n'=1"),
        ("hi;＝1", "hi;'＝1"),
        ('hi; "=1"', 'hi; "\'=1"'),
        ("1 = 1; 2 - 1", "1 = 1; 2 - 1"),
        ("", ""),
        ("  ", "  "),
    ],
)
def test_a_sign_where_a_cell_may_begin_has_a_quote_before_it(text: str, safe: str) -> None:
    assert defused_in_csv(text) == safe


@given(
    st.lists(st.text(st.sampled_from("a=+-@;,\t\r\n \"'＝")), min_size=1),
    st.sampled_from(",;\t"),
)
def test_no_cell_of_a_file_is_a_formula_by_whatever_sign_it_is_parted(
    texts: list[str], delimiter: str
) -> None:
    file = write_lines([["n", *map(defused_in_csv, texts)]])
    # The plainest reading: quotation marks mean something at the beginning of a cell alone.
    for line in csv.reader(io.StringIO(file, newline=""), delimiter=delimiter):
        for cell in line:
            assert cell.lstrip(" ")[:1] not in {*SIGNS}


def test_a_long_run_of_spaces_costs_no_more_than_its_length() -> None:
    text = ";" + " " * 200_000 + "a" + "\n" * 200_000
    assert defused_in_csv(text) == text
