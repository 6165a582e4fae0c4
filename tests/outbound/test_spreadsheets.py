"""Spreadsheets are read in a process of their own, which ends whatever a file does to it."""

import io
import zipfile

import pytest

from tests.actions.test_import_customers import stand, upload, work
from tests.builders import Workspace
from tests.domain.test_customer_files import spreadsheet, with_second_row_at
from widget.domain.errors import FileRefused, ReadingStopped
from widget.domain.spreadsheets import spreadsheet_lines
from widget.outbound.spreadsheets import SpreadsheetReader


def slow_spreadsheet() -> bytes:
    """One whose styles take seconds to read, and which is small."""
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs>'
        + "<xf/>" * 200_000
        + "</cellXfs></styleSheet>"
    )
    out = io.BytesIO()
    plain = io.BytesIO(spreadsheet(("Email",), ("kim@c.example",)))
    packing = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", packing) as new:
        for info in old.infolist():
            is_styles = info.filename == "xl/styles.xml"
            new.writestr(info.filename, styles if is_styles else old.read(info))
    return out.getvalue()


def test_the_rows_are_those_that_this_process_would_read() -> None:
    content = spreadsheet(("Email", "Name"), ("kim@c.example", "Kim\nLårsen"), (None, 7))
    assert list(SpreadsheetReader()(content)) == list(spreadsheet_lines(content))


def test_what_is_wrong_with_a_file_is_said() -> None:
    content = with_second_row_at(10**15, spreadsheet(("Email",), ("kim@c.example",)))
    with pytest.raises(FileRefused, match="empty ones counted"):
        list(SpreadsheetReader()(content))


def test_a_file_that_takes_too_long_is_refused() -> None:
    content = slow_spreadsheet()
    assert len(content) < 20_000
    with pytest.raises(FileRefused, match="takes too long"):
        list(SpreadsheetReader(most_seconds=1)(content))


def test_a_worker_that_stops_leaves_the_file_to_the_next_one(acme: Workspace) -> None:
    id = upload(acme, slow_spreadsheet())
    with pytest.raises(ReadingStopped):
        list(SpreadsheetReader(should_stop=lambda: True)(slow_spreadsheet()))
    work(acme, sheet_lines=SpreadsheetReader(should_stop=lambda: True), budget_s=0.01)
    assert stand(acme, id).status == "reading"
    work(acme, sheet_lines=lambda _content: iter([(1, ["Email"]), (2, ["kim@c.example"])]))
    assert (stand(acme, id).status, stand(acme, id).rows) == ("mapping", 1)
