"""Files of responses: what stands in them, and what no spreadsheet runs."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.domain.exports import FIELDS, defused, head, lines


def record(**said: Any) -> dict[str, Any]:
    return dict.fromkeys(FIELDS) | said


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


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_every_text_comes_out_of_the_file_as_it_went_in(text: str) -> None:
    file = head("csv") + lines("csv", [record(comment=text)])
    assert file.startswith("\ufeff")
    [found] = csv.DictReader(io.StringIO(file.removeprefix("\ufeff"), newline=""))
    assert found["comment"] == defused(text)
    [line] = lines("jsonl", [record(comment=text)]).split("\n")[:-1]
    assert json.loads(line)["comment"] == text


def test_lists_times_and_yes_and_no_are_written_for_people_and_for_programs() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    one = record(tags=["late", "shop"], created_at=at, test=False, attributes={"plan": "pro"})
    [found] = csv.DictReader(io.StringIO(head("csv")[1:] + lines("csv", [one]), newline=""))
    assert [found[name] for name in ("tags", "created_at", "test", "attributes", "nps")] == [
        "late, shop",
        "2026-11-23T09:00:00+00:00",
        "no",
        '{"plan": "pro"}',
        "",
    ]
    said = json.loads(lines("jsonl", [one]))
    assert (said["tags"], said["test"], said["attributes"]) == (
        ["late", "shop"],
        False,
        {"plan": "pro"},
    )
