"""A lead looks for responses, narrows them down, and gives many of them a tag."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_console import sign_in
from tests.browser.widths import past_the_edge
from tests.builders import MONDAY, answer_survey

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def fill(product: Product, name: str) -> str:
    """A survey with six answers, three of them about a delivery; its public id."""
    acme = product.acme
    survey = acme.survey("stars", name)
    for number in range(6):
        answer_survey(
            acme,
            survey,
            number % 3 + 3,
            ref=f"{name}-{number}",
            comment="A late delivery" if number % 2 else "Très bon café",
            customer_name="Kim Lee",
            channel="chat" if number < 4 else "mail",
            attributes={"client": "Orb"},
            at=MONDAY + timedelta(minutes=number),
        )
    return survey


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_lead_searches_filters_and_tags_what_is_found(
    product: Product, new_visitor: NewVisitor, has_scripts: bool
) -> None:
    name = f"Found {'with' if has_scripts else 'without'} scripts"
    fill(product, name)
    page = new_visitor(java_script_enabled=has_scripts)
    sign_in(page, product)
    page.goto(f"{product.server.url}/console/responses")
    form = page.get_by_role("search", name="Responses")
    form.get_by_label("Survey", exact=True).select_option(label=name)
    form.get_by_role("searchbox", name="Search").fill("deliv")
    form.get_by_role("button", name="Filter").click()
    rows = page.get_by_role("checkbox", name="Tick the response")
    expect(rows).to_have_count(3)
    form.get_by_text("More filters").click()
    form.get_by_label("Channel").fill("chat")
    form.get_by_role("button", name="Filter").click()
    expect(rows).to_have_count(2)
    # Leaving the field asks as well as the button does: the rows stand once both have come.
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("café")).to_have_count(0)
    assert "q=deliv" in page.url
    assert "channel=chat" in page.url
    rows.first.check()
    many = page.get_by_role("group", name="With those that are ticked")
    many.get_by_label("Tag").fill(f"Late {name}")
    many.get_by_role("button", name="Give the tag").click()
    expect(page.get_by_role("status")).to_contain_text("1 response was changed.")
    expect(rows).to_have_count(2)
    many.get_by_role("checkbox", name="With all that fit this filter").check()
    many.get_by_label("Tag").fill(f"Late {name}")
    many.get_by_role("button", name="Give the tag").click()
    expect(page.get_by_text("2 responses fit the filter.")).to_be_visible()
    page.get_by_role("button", name="Change 2 responses").click()
    expect(page.get_by_role("status").first).to_contain_text("1 response was changed.")
    page.get_by_role("link", name=f"late {name}".lower()).first.click()
    expect(page.get_by_role("checkbox", name="Tick the response")).to_have_count(2)


def test_a_page_is_ticked_at_once_and_its_filter_cleared(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = fill(product, "Ticked")
    for number in range(50):
        answer_survey(product.acme, survey, 4, at=MONDAY + timedelta(minutes=30 + number))
    page = new_visitor()
    sign_in(page, product)
    page.goto(f"{product.server.url}/console/responses?survey={survey}")
    # More than a page: how many fit comes once the page is there.
    expect(page.locator("#rows").get_by_text("56 responses fit.")).to_be_visible()
    everything = page.get_by_role("checkbox", name="Tick all on this page")
    ticked = page.get_by_role("checkbox", name="Tick the response", checked=True)
    everything.check()
    expect(ticked).to_have_count(50)
    ticked.first.uncheck()
    expect(ticked).to_have_count(49)
    expect(everything).to_have_js_property("indeterminate", True)
    form = page.get_by_role("search", name="Responses")
    form.get_by_label("Comment", exact=True).select_option(label="With a comment")
    expect(page.locator("#rows").get_by_text("6 responses fit.", exact=True)).to_be_visible()
    everything.check()
    expect(ticked).to_have_count(6)
    page.get_by_role("link", name="Clear filters").click()
    expect(form.get_by_label("Survey", exact=True)).to_have_value("")
    assert page.url.endswith("/console/responses")


def test_the_list_shows_the_columns_that_somebody_chose(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = fill(product, "Chosen")
    page = new_visitor()
    sign_in(page, product)
    page.goto(f"{product.server.url}/console/responses?survey={survey}")
    expect(page.get_by_role("columnheader", name="Client")).to_have_count(0)
    page.get_by_role("link", name="Choose columns").click()
    page.get_by_role("checkbox", name="Client").check()
    page.get_by_role("button", name="Show these columns").click()
    expect(page.get_by_role("columnheader", name="Client")).to_be_visible()
    page.goto(f"{product.server.url}/console/responses?survey={survey}")
    expect(page.get_by_role("cell", name="Orb").first).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    assert taken.value.suggested_filename.endswith(".csv")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_the_list_is_fit_for_everybody_at_any_width(
    product: Product, new_visitor: NewVisitor, width: int, scheme: str
) -> None:
    survey = fill(product, f"Wide {width} {scheme}")
    page = new_visitor(color_scheme=scheme, viewport={"width": width, "height": 900})
    sign_in(page, product)
    page.goto(
        f"{product.server.url}/console/responses?survey={survey}&survey=x&channel=chat&channel=mail"
    )
    expect(page.get_by_role("checkbox", name="Tick the response")).to_have_count(6)
    assert axe(page) == []
    assert past_the_edge(page) == []
    assert _small_targets(page) == []


def _small_targets(page: Page) -> list[str]:
    """Boxes to tick that a finger would miss."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("td.tick label, .check")]
            .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 24)
            .map((one) => one.outerHTML.slice(0, 100))"""
    )
    return found
