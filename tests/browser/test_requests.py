"""A team asks many customers at once: file, preview, progress, done."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_console import choose, sign_in
from tests.builders import ask
from widget.actions.run_import import run_imports
from widget.extensions import db
from widget.web.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def work_once(product: Product) -> None:
    """One batch of the worker."""
    with product.acme.world.app.app_context():
        run_imports(db.engine, utc_now(), budget_s=0)
        db.session.remove()


def test_from_a_file_to_its_requests(
    product: Product, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    team = new_visitor()
    survey = product.acme.survey("stars", "By file")
    file = tmp_path / "customers.csv"
    rows = "".join(f"c{number}@c.example;Customer {number}\n" for number in range(299))
    file.write_text(f"E-Mail;Name\n{rows}nobody;=1+1\n")
    sign_in(team, product)
    choose(team, "Requests")
    team.get_by_role("link", name="Upload a list").click()
    team.get_by_label("Survey").select_option(survey)
    team.get_by_label("CSV file").set_input_files(file)
    team.get_by_role("button", name="Look at it first").click()
    expect(team.get_by_role("heading", name="300 rows for By file")).to_be_visible()
    outcomes = team.get_by_role("region", name="What the rows will do")
    expect(outcomes.get_by_role("row", name="299 Accepted")).to_be_visible()
    outcomes.get_by_role("row", name="1 Not sent").get_by_role("link", name="Show these").click()
    expect(team.get_by_role("cell", name="301", exact=True)).to_be_visible()
    expect(team.get_by_text("'=1+1")).to_be_visible()
    team.get_by_role("button", name="Send").click()
    expect(team.get_by_text("0 of 300 rows are done")).to_be_visible()
    work_once(product)
    expect(team.get_by_role("progressbar", name="Rows done")).to_have_attribute("value", "200")
    work_once(product)
    expect(team.get_by_text("300 of 300 rows are done; 299 accepted.")).to_be_visible()
    expect(team.get_by_role("status")).to_contain_text("Done.")
    team.get_by_role("link", name="See the requests").click()
    team.get_by_label("Customer’s email").fill("c42@c.example")
    team.get_by_label("Customer’s email").press("Enter")
    team.get_by_role("link", name="c42@c.example").click()
    expect(team.get_by_text("Made from a file.")).to_be_visible()


def test_the_whole_way_goes_without_script(
    product: Product, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    team = new_visitor(java_script_enabled=False)
    survey = product.acme.survey("nps", "Without script")
    file = tmp_path / "customers.csv"
    file.write_text("email\nplain@c.example\n")
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/requests/import")
    team.get_by_label("Survey").select_option(survey)
    team.get_by_label("CSV file").set_input_files(file)
    team.get_by_role("button", name="Look at it first").click()
    team.get_by_role("button", name="Send").click()
    work_once(product)
    team.get_by_role("link", name="Look again").click()
    expect(team.get_by_text("1 of 1 rows are done; 1 accepted.")).to_be_visible()


def test_a_request_is_made_copied_and_cancelled(product: Product, new_visitor: NewVisitor) -> None:
    team = new_visitor(permissions=["clipboard-read", "clipboard-write"], says=("422",))
    survey = product.acme.survey("stars", "By hand")
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/requests/new")
    team.get_by_label("Survey").select_option(survey)
    team.get_by_label("Customer’s email").fill("kim")
    team.get_by_label("Customer’s name").fill("Kim")
    team.get_by_role("button", name="Ask").click()
    expect(team.get_by_text("This is no email address.")).to_be_visible()
    expect(team.get_by_label("Customer’s name")).to_have_value("Kim")
    team.get_by_label("Customer’s email").fill("kim@c.example")
    team.get_by_role("button", name="Ask").click()
    expect(team.get_by_role("heading", name="Request to kim@c.example")).to_be_visible()
    team.get_by_role("button", name="Copy").click()
    expect(team.get_by_role("button", name="Copied")).to_be_visible()
    assert re.match(
        rf"{re.escape(product.server.url)}/s/\S{{60,}}$",
        team.evaluate("navigator.clipboard.readText()"),
    )
    team.get_by_role("button", name="Cancel").click()
    why = team.get_by_text("Somebody cancelled it before it was sent.")
    expect(why.first).to_be_visible()


def test_filters_swap_the_list_in_place(product: Product, new_visitor: NewVisitor) -> None:
    team = new_visitor()
    survey = product.acme.survey("stars", "Filtered")
    ask(product.acme, survey, "early@c.example")
    ask(product.acme, survey, "early@c.example")
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/requests?survey={survey}")
    expect(team.get_by_role("listitem").filter(has_text="early@c.example")).to_have_count(2)
    team.get_by_label("Status").select_option("Not sent")
    expect(team.get_by_role("listitem").filter(has_text="early@c.example")).to_have_count(1)
    team.get_by_role("link", name="The request that came before").click()
    expect(team.get_by_text("Scheduled").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_along_the_way(
    product: Product, new_visitor: NewVisitor, tmp_path: Path, scheme: str
) -> None:
    team = new_visitor(color_scheme=scheme, viewport={"width": 320, "height": 800})
    survey = product.acme.survey("stars", f"Checked {scheme}")
    requests = [ask(product.acme, survey, "axe@c.example", ref="T-1") for _ in range(2)]
    file = tmp_path / "customers.csv"
    file.write_text("email,name\naxe@c.example,Kim\nnew@c.example,New\nnobody,\n")
    sign_in(team, product)
    found: dict[str, list[str]] = {}

    def check(name: str) -> None:
        wrong = axe(team)
        if team.evaluate("document.documentElement.scrollWidth > 320"):
            wrong.append("wider than 320 pixels")
        if wrong:
            found[name] = wrong

    for name, path in (
        ("list", f"/requests?survey={survey}"),
        ("scheduled", f"/requests/{requests[0]}"),
        ("suppressed", f"/requests/{requests[1]}"),
    ):
        team.goto(f"{product.server.url}/console{path}")
        check(name)
    team.goto(f"{product.server.url}/console/requests/import")
    team.get_by_label("Survey").select_option(survey)
    team.get_by_label("CSV file").set_input_files(file)
    team.get_by_role("button", name="Look at it first").click()
    expect(team.get_by_role("heading", name="3 rows")).to_be_visible()
    check("preview")
    team.get_by_role("button", name="Send").click()
    expect(team.get_by_text("0 of 3 rows are done")).to_be_visible()
    check("progress")
    work_once(product)
    expect(team.get_by_text("3 of 3 rows are done")).to_be_visible()
    check("done")
    assert found == {}
