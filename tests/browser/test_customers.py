"""A team brings its customers in from a file, looks one up, and erases them."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_console import sign_in
from widget.actions.run_customer_imports import run_customer_imports
from widget.extensions import db
from widget.web.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def work(product: Product) -> None:
    """What the worker does with files that wait."""
    with product.acme.world.app.app_context():
        run_customer_imports(db.engine, utc_now())
        db.session.remove()


def test_from_a_file_to_somebody_who_is_erased(
    product: Product, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    team = new_visitor()
    file = tmp_path / "crm.csv"
    file.write_text("E-Mail;Vorname;Nachname;Vertrag\nkim@import.example;Kim;Larsen;Gold\nbad;;;\n")
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/customers")
    team.get_by_role("link", name="Import", exact=True).click()
    team.get_by_label("Spreadsheet (XLSX) or CSV file").set_input_files(file)
    team.get_by_role("button", name="Upload").click()
    expect(team.get_by_text("The file is being read")).to_be_visible()
    work(product)
    # The page goes on by itself.
    expect(team.get_by_label("What Vorname is")).to_have_value("first_name")
    assert axe(team) == []
    team.get_by_role("button", name="Check the rows").click()
    expect(team.get_by_role("progressbar", name="Rows done")).to_be_visible()
    work(product)
    outcomes = team.get_by_role("region", name="What the rows will do")
    expect(outcomes.get_by_role("row", name="1 New customers")).to_be_visible()
    expect(team.get_by_text("This is no email address.")).to_be_visible()
    assert axe(team) == []
    team.get_by_role("button", name="Import").click()
    work(product)
    expect(team.get_by_text("Done.")).to_be_visible()
    team.get_by_role("link", name="See the customers").click()
    team.get_by_role("searchbox", name="Search").fill("larsen")
    team.get_by_role("searchbox", name="Search").press("Enter")
    team.get_by_role("link", name="Kim Larsen").click()
    expect(team.get_by_text("Gold")).to_be_visible()
    assert axe(team) == []
    with team.expect_download() as download:
        team.get_by_role("button", name="Download their data").click()
    assert json.loads(download.value.path().read_text())["customer"]["name"] == "Kim Larsen"
    team.get_by_role("link", name="Erase").click()
    assert axe(team) == []
    team.get_by_label("Type kim@import.example to confirm").fill("kim@import.example")
    team.get_by_role("button", name="Erase for good").click()
    expect(team.get_by_role("status").filter(has_text="Erased.")).to_be_visible()
