"""Importing customers in the console: each page of the way, and the rows that cannot be used."""

from flask.testing import FlaskClient

from tests.actions.test_import_customers import LIST, work
from tests.builders import Workspace, post, send_file

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
    assert "The part after the @ is no mail domain." in page
    assert "broken@nowhere" not in client.get(f"{where}?only=new").text
    assert post(client, f"{where}/start", page=where).status_code == 303
    work(acme)
    page = client.get(where).text
    assert "Done." in page
    assert "New customers: 4" in page
    assert "Initech" in client.get("/console/customers").text


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
        "\ufeffRow,Problem,email,name",
        "2,This is no email address.,bad,'=HYPERLINK(1)",
    ]


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
