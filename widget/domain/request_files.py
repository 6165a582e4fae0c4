"""CSV files of requests: whatever a spreadsheet saved, read into asks, row by row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from widget.domain.asks import Ask
from widget.domain.csv_files import bare_header, read_lines
from widget.domain.errors import FileRefused, MomentRefused
from widget.domain.moments import counted

MOST_ROWS = 10_000
MOST_BYTES = 5 * 1024 * 1024
_LONGEST_FIELD = 20_000
_MOST_DIGITS = 20

# What a column may be called: lower case, without spaces and punctuation.
COLUMNS: dict[str, tuple[str, ...]] = {
    "email": ("email", "emailaddress", "mail", "customeremail", "contactemail", "requesteremail"),
    "name": ("name", "customername", "fullname", "customer", "contactname", "requestername"),
    "external_id": ("customerid", "customid", "customercustomid", "externalid", "contactid"),
    "time_zone": ("timezone", "customertimezone", "tz"),
    "language": ("language", "lang", "locale", "customerlanguage"),
    "country": ("country", "countrycode"),
    "member_email": ("employeeemail", "memberemail", "agentemail", "assigneeemail"),
    "member_id": (
        *("employee", "member", "agent", "assignee", "employeeid", "employeecustomid"),
        *("memberid", "agentid"),
    ),
    "channel": ("channel",),
    "ref": ("ref", "reference", "extinteractionid", "interactionid", "ticket", "ticketid", "case"),
    "external_url": ("externalurl", "url", "ticketurl", "link"),
    "brand": ("brand",),
    "tags": ("tags", "tag", "labels"),
    "do_not_send": ("donotsend", "linkonly"),
    "delay_s": ("delay", "delayseconds"),
    "interaction_at": ("interactionat", "interactiondate", "date", "closedat", "solvedat"),
}
# A file to begin with: what most teams know of a ticket.
TEMPLATE: tuple[tuple[str, ...], ...] = (
    ("email", "name", "language", "time_zone", "member_email", "channel", "ref", "tags"),
    (
        *("kim@customer.example", "Kim", "en", "Europe/Lisbon", "ana@company.example"),
        *("email", "4711", "billing, refund"),
    ),
)
_BY_ALIAS = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
_YES = {"1", "true", "yes", "y", "x"}
_NO = {"", "0", "false", "no", "n"}


@dataclass(frozen=True)
class AskRow:
    """One row. `number` is its line in a spreadsheet: the first below the headers is 2.

    `problems` are texts that could not be understood, by column.
    """

    number: int
    ask: Ask
    problems: dict[str, str]


@dataclass(frozen=True)
class RequestFile:
    """A file that was read. `columns` are (header, what it is taken for); "" is a property."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[AskRow, ...]


def decode(content: bytes, most_bytes: int = MOST_BYTES) -> str:
    """A file's text: UTF-8 with or without a mark, UTF-16 with one, else Latin-1.

    Raises FileRefused for a file that is too large or holds no text.
    """
    if len(content) > most_bytes:
        raise FileRefused(f"The file is larger than {most_bytes // 1024 // 1024} MB; split it.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    if "\0" in text or content.startswith(b"PK"):
        raise FileRefused("This is no text file. Save the spreadsheet as CSV and upload that.")
    return text


def read_file(text: str, time_zone: str) -> RequestFile:
    """The rows of a CSV text; empty lines are skipped. Times without a zone are in `time_zone`.

    Raises FileRefused when there is no column with email addresses, no row, or too many.
    """
    headers, lines = read_lines(text, MOST_ROWS)
    columns = _columns(headers)
    if "email" not in columns:
        raise FileRefused(
            "There is no column with email addresses. Name it “email” in the first line."
        )
    zone = ZoneInfo(time_zone)
    rows = tuple(_row(number, cells, headers, columns, zone) for number, cells in lines)
    return RequestFile(tuple(zip(headers, columns, strict=True)), rows)


def _columns(headers: Sequence[str]) -> list[str]:
    """What each header stands for; the first of a name wins, the others are properties."""
    found: list[str] = []
    for header in headers:
        name = _BY_ALIAS.get(bare_header(header), "")
        found.append("" if name in found else name)
    return found


def _row(
    number: int,
    cells: Sequence[str],
    headers: Sequence[str],
    columns: Sequence[str],
    zone: ZoneInfo,
) -> AskRow:
    values: dict[str, Any] = {}
    properties: dict[str, str] = {}
    problems: dict[str, str] = {}
    for header, name, raw in zip(headers, columns, cells, strict=False):
        cell = raw[:_LONGEST_FIELD]
        if not cell.strip():
            continue
        if not name:
            if header:
                properties[header] = cell
            continue
        try:
            values[name] = _READERS.get(name, _as_it_is)(cell, zone)
        except ValueError as error:
            problems[name] = str(error)
    if "@" in values.get("member_id", "") and "member_email" not in values:
        values["member_email"] = values.pop("member_id")
    return AskRow(number, replace(Ask(**values), properties=properties), problems)


def _as_it_is(cell: str, _zone: ZoneInfo) -> str:
    return cell


def _read_tags(cell: str, _zone: ZoneInfo) -> tuple[str, ...]:
    return tuple(tag.strip() for tag in re.split(r"[,;|]", cell) if tag.strip())


def _read_switch(cell: str, _zone: ZoneInfo) -> bool:
    word = cell.strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError("Write yes or no.")


def _read_delay(cell: str, _zone: ZoneInfo) -> int:
    digits = cell.strip()
    if not digits.isdecimal() or len(digits) > _MOST_DIGITS:
        raise ValueError("Write the delay as a number of seconds.")
    return int(digits)


def _read_moment(cell: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(cell.strip())
    except ValueError as error:
        raise ValueError("Write the time like 2026-11-23 14:05.") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        return counted(moment)
    except MomentRefused as error:
        raise ValueError(str(error)) from error


_READERS = {
    "tags": _read_tags,
    "do_not_send": _read_switch,
    "delay_s": _read_delay,
    "interaction_at": _read_moment,
}
