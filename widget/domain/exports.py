"""Responses as files: CSV for spreadsheets, and JSON, a line for each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from widget.domain.csv_files import write_lines

ExportFormat = Literal["csv", "jsonl"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
CONTENT_TYPES: dict[ExportFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
}
# A file's columns, and the names in each line of JSON.
FIELDS = (
    *("id", "survey", "survey_name", "version", "kind", "score", "stars", "csat", "nps", "ces"),
    *("reasons", "comment", "comment_hidden", "wants_contact", "contact", "may_publish"),
    *("reward", "member", "member_name", "member_email", "member_given", "ref", "channel"),
    *("source", "language", "customer_email", "customer_name", "customer_id", "page", "tags"),
    *("attributes", "test", "recovery", "hidden", "created_at", "updated_at", "finished_at"),
)
Record = Mapping[str, Any]
"""A response by these names; a list of texts where there may be several."""

# What makes a spreadsheet take a text for a formula, and what it may skip before it does.
_FORMULAS = frozenset("=+-@\t\r\n\0＝＋－＠")
# Tells spreadsheets that the file is in UTF-8.
_MARK = "\ufeff"


def head(form: ExportFormat) -> str:
    """What stands above all records."""
    return _MARK + write_lines([FIELDS]) if form == "csv" else ""


def lines(form: ExportFormat, records: Iterable[Record]) -> str:
    """Some records as the lines of a file."""
    if form == "csv":
        return write_lines([_cell(record[name]) for name in FIELDS] for record in records)
    return "".join(f"{json.dumps(_plain(record), ensure_ascii=False)}\n" for record in records)


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula: with a quote before it where it could."""
    return f"'{text}" if text and (text[0] in _FORMULAS or text.lstrip()[:1] in _FORMULAS) else text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return defused(json.dumps(value, ensure_ascii=False) if value else "")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return defused(", ".join(value))
    return defused(str(value))


def _plain(record: Record) -> dict[str, Any]:
    said = {name: record[name] for name in FIELDS}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in said.items()
    }
