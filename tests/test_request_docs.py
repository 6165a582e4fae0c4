"""docs/requests.md says what the code does."""

import re
from pathlib import Path

from widget.domain.asks import PROPERTIES_LIMIT, TAGS_LIMIT, VALUE_LIMIT
from widget.domain.request_files import COLUMNS, MOST_BYTES, MOST_ROWS
from widget.domain.requests import STATUS_SENTENCES, WHY_SENTENCES
from widget.web.api.request_schemas import NewRequest

PAGE = (Path(__file__).parent.parent / "docs/requests.md").read_text(encoding="utf-8")


def table(heading: str) -> dict[str, str]:
    """The table below a heading: first cell to second."""
    part = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \|(.*)\|$", part, re.MULTILINE)
    return {first.strip("`"): rest.strip() for first, rest in rows[1:] if first != "---"}


def test_every_status_and_reason_is_explained_as_in_the_code() -> None:
    assert table("Every status") == STATUS_SENTENCES
    assert table("Every reason") == WHY_SENTENCES


def test_every_column_stands_there_with_its_other_names() -> None:
    listed = {
        name: (words.split(";")[0].split(", ") if words else [])
        for name, words in table("From a file").items()
    }
    plain = {
        name: [alias for alias in aliases if alias not in (name, name.replace("_", ""))]
        for name, aliases in COLUMNS.items()
    }
    assert listed.keys() == plain.keys()
    for name, aliases in plain.items():
        assert set(aliases) <= set(listed[name]), name
        assert set(listed[name]) <= {*COLUMNS[name]}, name


def test_every_field_of_the_api_is_named() -> None:
    for name in NewRequest().fields:
        assert f"`{name}`" in PAGE, name


def test_limits_are_those_of_the_code() -> None:
    for limit in (f"{MOST_ROWS:,} rows", f"{MOST_BYTES // 1024 // 1024} MB"):
        assert limit in PAGE
    assert f"at most {TAGS_LIMIT}; each is cut at {VALUE_LIMIT:,} characters" in PAGE
    assert f"at most {PROPERTIES_LIMIT} flat texts" in PAGE
