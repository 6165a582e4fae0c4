"""Importing customers in the console: each page of the way, and the rows that cannot be used."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.actions.test_import_customers import LIST, work
from tests.builders import Workspace, add_customer, post, send_file
from widget.storage.customer_imports import CheckedRow, rows_of_import
from widget.web.console import customer_imports
from widget.web.console.customer_imports import first_cells

PATH = "/console/customers/import"
HTMX = {"HX-Request": "true"}


def upload(client: FlaskClient, content: bytes) -> str:
    answer = send_file(client, PATH, PATH, "file", content, "crm.csv")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_file_goes_from_upload_to_the_directory(acme: Workspace) -> None:
    client = acme.signed_in()
    where = upload(client, LIST.encode())
    assert "The file is being read" in client.get(where).text
    work(acme)
    polled = client.get(where, headers=HTMX)
    assert polled.headers["HX-Redirect"] == where
    page = client.get(where).text
    assert "crm.csv" in page
    assert '<option value="client" selected>' in page
    assert "kim@c.example · lee@c.example" in page
    said = {"column-0": "email", "column-1": "name", "column-2": "client", "column-3": "attribute"}
    assert post(client, f"{where}/columns", page=where, **said).status_code == 303
    assert "0 %" in client.get(where).text
    work(acme)
    page = client.get(where).text
    assert "New customers" in page
    assert "Plan: S" in page
    assert "The same person as row 2" in page
    assert "The part after the @ is no mail domain." in page
    assert "broken@nowhere" not in client.get(f"{where}?only=new").text
    assert post(client, f"{where}/start", page=where).status_code == 303
    work(acme)
    page = client.get(where).text
    assert "Done." in page
    assert "New customers: 4" in page
    assert "Initech" in client.get("/console/customers").text


def test_the_preview_says_what_changes(acme: Workspace) -> None:
    add_customer(acme, "kim@c.example", client="Initech")
    client = acme.signed_in()
    where = upload(client, b"email,Company,Plan\nkim@c.example,Hooli,=Gold\n")
    work(acme)
    said = {"column-0": "email", "column-1": "client", "column-2": "attribute"}
    post(client, f"{where}/columns", page=where, **said)
    work(acme)
    changes = re.findall(
        r"<small>(\w+): <bdi>(.+?)</bdi> → <bdi>(.+?)</bdi>", client.get(where).text
    )
    assert changes == [("Client", "Initech", "Hooli"), ("Plan", "–", "&#39;=Gold")]


def test_a_column_that_begins_with_nothing_is_shown_by_its_first_cells() -> None:
    rows = iter([["kim", "", "1"], ["lee"], ["zoe", "A", "2"], ["ann", "B", "3"], ["bo", "C", ""]])
    assert first_cells(rows, 4) == [["kim", "lee", "zoe"], ["A", "B", "C"], ["1", "2", "3"], []]
    rows = iter([["1"], ["2"], ["3"], ["4"]])
    first_cells(rows, 1)
    assert list(rows) == [["4"]]


def test_the_form_shows_the_first_cells_of_a_column_that_begins_with_nothing(
    acme: Workspace,
) -> None:
    client = acme.signed_in()
    where = upload(client, b"email,Plan\n" + b"kim@c.example,\n" * 1_200 + b"lee@c.example,Gold\n")
    work(acme)
    page = client.get(where).text
    assert re.findall(r'data-label="Such as"[^>]*>([^<]*)<', page) == [
        "kim@c.example · kim@c.example · kim@c.example",
        "Gold",
    ]


def test_the_rows_that_cannot_be_used_are_downloaded_without_formulas(acme: Workspace) -> None:
    client = acme.signed_in()
    where = upload(client, b"email,name\nbad,=HYPERLINK(1)\nkim@c.example,Kim\n")
    work(acme)
    said = {"column-0": "email", "column-1": "name"}
    post(client, f"{where}/columns", page=where, **said)
    work(acme)
    answer = client.get(f"{where}/errors.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.text.splitlines() == [
        "\ufeffRow,Result,Problem,email,name",
        "2,Cannot be used,This is no email address.,bad,'=HYPERLINK(1)",
    ]


def test_rows_of_which_something_is_left_out_are_told_beforehand_and_downloaded(
    acme: Workspace,
) -> None:
    client = acme.signed_in()
    where = upload(client, b"email,country\nkim@c.example,Germany\nlee@c.example,DK\n")
    work(acme)
    post(client, f"{where}/columns", page=where, **{"column-0": "email", "column-1": "country"})
    work(acme)
    note = "The country “Germany” is left out. Write the country with two letters, like PT."
    page = client.get(where).text
    assert "Used, with a field left out" in page
    assert note in page
    only = client.get(f"{where}?only=noted").text
    assert ("kim@c.example" in only, "lee@c.example" in only) == (True, False)
    lines = [
        "\ufeffRow,Result,Problem,email,country",
        f'2,New,"{note}",kim@c.example,Germany',
    ]
    assert client.get(f"{where}/errors.csv").text.splitlines() == lines
    post(client, f"{where}/start", page=where)
    work(acme)
    assert "Download the rows that were not used, or not all of them" in client.get(where).text
    assert client.get(f"{where}/errors.csv").text.splitlines() == lines


def test_a_mapping_that_cannot_be_is_said_and_what_was_chosen_stays(acme: Workspace) -> None:
    client = acme.signed_in()
    where = upload(client, LIST.encode())
    work(acme)
    answer = post(client, f"{where}/columns", page=where, **{"column-1": "client"})
    assert answer.status_code == 422
    assert "Say which column holds the email addresses" in answer.text
    assert answer.text.count('<option value="client" selected>') == 1


def test_a_file_is_thrown_away(acme: Workspace) -> None:
    client = acme.signed_in()
    where = upload(client, LIST.encode())
    work(acme)
    assert "waits for its columns to be named" in client.get("/console/customers").text
    assert post(client, f"{where}/discard", page=where).status_code == 303
    assert "thrown away" in client.get(where).text


def test_what_is_no_file_is_said_beside_it(acme: Workspace) -> None:
    answer = send_file(acme.signed_in(), PATH, PATH, "file", b"PK\x03\x04x", "x.xlsx")
    assert answer.status_code == 422
    assert "This spreadsheet cannot be read." in answer.text


def test_there_is_a_file_to_begin_with(acme: Workspace) -> None:
    answer = acme.signed_in().get(f"{PATH}/template.csv")
    assert answer.text.startswith("email,name,external id,client")


def test_pages_of_a_long_file_show_each_row_once_and_read_on_where_the_last_one_ended(
    acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, read = acme.signed_in(), []
    where = upload(client, b"email\n" + b"".join(b"c%d@c.example\n" % n for n in range(1_150)))
    work(acme)
    post(client, f"{where}/columns", page=where, **{"column-0": "email"})
    work(acme)

    def reads(*given: Any, since: int = 0) -> Iterator[CheckedRow]:
        read.append(since)
        return rows_of_import(*given, since=since)

    monkeypatch.setattr(customer_imports, "rows_of_import", reads)
    address: str | None = where
    seen: list[int] = []
    while address:
        page = client.get(address).text
        seen += map(int, re.findall(r'<td class="number" data-label="Row">(\d+)', page))
        later = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(later.group(1)) if later else None
    assert seen == list(range(2, 1_152))
    assert read == [0] * 10 + [0, 1]
    assert client.get(f"{where}?part={10**30}").status_code == 200
