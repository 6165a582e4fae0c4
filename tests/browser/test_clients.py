"""Clients in a real browser: from the list to one of them, and to the form of its report."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.tabbing import tab_through
from tests.browser.test_accessibility import axe
from tests.browser.test_reports import sign_in
from tests.browser.widths import past_the_edge
from tests.builders import answer_survey

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]
ODD = "Größe & Söhne / 100 %?"


def answered(product: Product) -> str:
    """Answers of three clients in this quarter and in those before; returns the survey."""
    survey = product.acme.survey("nps", "Of clients")
    now = datetime.now(UTC)
    said = ((ODD, 10, 12), ("Globex", 2, 11), ("Initech", 9, 3))
    for days in (0, 100, 200):
        for client, score, number in said:
            for _answer in range(number):
                at = now - timedelta(days=days)
                attributes = {"client": client, "segment": "Large"}
                comment = f"Said by {client}"
                answer_survey(
                    product.acme, survey, score, at=at, attributes=attributes, comment=comment
                )
    return survey


def test_clients_are_searched_sorted_and_opened(product: Product, new_visitor: NewVisitor) -> None:
    survey = answered(product)
    today = datetime.now(UTC)
    quarter = f"{today.year}-Q{(today.month + 2) // 3}"
    page = new_visitor(viewport={"width": 1280, "height": 900})
    sign_in(product, page, f"/console/clients?survey={survey}&quarter={quarter}")
    names = page.locator("tbody th")
    expect(names).to_have_text([ODD, "Globex", "Initech"])
    page.get_by_label("Sorted by").select_option(label="NPS")
    page.get_by_label("Order").select_option("asc")
    # Three answers lead nothing, whichever way they are sorted.
    expect(names).to_have_text(["Globex", ODD, "Initech"])
    page.get_by_label("Search").fill("söhne")
    page.get_by_label("Search").press("Enter")
    expect(names).to_have_text([ODD])
    expect(page).to_have_url(re.compile(r"search=s%C3%B6hne"))
    page.get_by_role("link", name=ODD).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ODD)
    expect(page.locator("canvas")).to_have_count(1)
    expect(page.get_by_text(f"Said by {ODD}").first).to_be_visible()
    page.get_by_role("link", name="Make the quarterly report").click()
    expect(page.get_by_label("Client")).to_have_value(ODD)
    expect(page.get_by_label("Survey")).to_have_value(survey)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_clients_are_readable_on_a_phone(
    product: Product, new_visitor: NewVisitor, scheme: str
) -> None:
    survey = answered(product)
    page = new_visitor(color_scheme=scheme, viewport={"width": 320, "height": 800})
    sign_in(product, page, f"/console/clients?survey={survey}")
    for path in ("clients", "clients/one", "clients/one?by=segment"):
        more = "&" if "?" in path else "?"
        name = "Large" if "segment" in path else "Globex"
        page.goto(f"{product.server.url}/console/{path}{more}survey={survey}&name={name}")
        assert axe(page) == [], path
        assert past_the_edge(page) == [], path


def test_the_keyboard_is_seen_wherever_it_is_on_a_phone(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = answered(product)
    page = new_visitor(viewport={"width": 390, "height": 800})
    sign_in(product, page, f"/console/clients?survey={survey}")
    # Tables of both kinds: with links in their head, and without.
    for path, sorts in (("clients", True), ("clients?by=segment", True), ("surveys", False)):
        more = "&" if "?" in path else "?"
        page.goto(f"{product.server.url}/console/{path}{more}survey={survey}")
        expect(page.locator("table.stacked")).to_be_visible()
        heads, unseen = tab_through(page)
        assert unseen == [], path
        assert (heads > 0) == sorts, path
    page.goto(f"{product.server.url}/console/clients?survey={survey}")
    page.locator("thead").get_by_role("link", name="Response rate").focus()
    assert past_the_edge(page) == []
