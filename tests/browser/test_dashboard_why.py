"""What is behind scores, in a real browser: it appears by itself, and every term leads on."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_dashboard import open_dashboard
from tests.browser.widths import past_the_edge
from tests.builders import answer_survey
from widget.actions.find_themes import FindThemes
from widget.extensions import db

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def answered(product: Product) -> str:
    survey = product.acme.survey("nps", "Why so")
    for days in (1, 31):
        at = datetime.now(UTC) - timedelta(days=days)
        for score, text in ((10, "Friendly people"), (2, "Waiting for my refund")) * 12:
            ticked = ("slow",) if score == 2 and days == 1 else ()
            answer_survey(product.acme, survey, score, comment=text, at=at, reasons=ticked)
    return survey


def find(product: Product) -> None:
    """Do the worker's job, which these tests' server leaves to them."""
    with product.acme.world.app.app_context():
        job = FindThemes(lambda: False)
        while job(db.engine, datetime.now(UTC)):
            pass


def open_why(product: Product, page: Page, survey: str) -> None:
    open_dashboard(product, page, f"survey={survey}")
    page.get_by_role("link", name="Why: what comments and areas say").click()
    expect(page.get_by_role("heading", name="Being found")).to_be_visible()


def test_what_is_found_appears_by_itself_and_leads_to_the_comments(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = answered(product)
    page = new_visitor(viewport={"width": 1280, "height": 900})
    open_why(product, page, survey)
    find(product)
    blamed = page.get_by_role("region", name="What detractors mention")
    expect(blamed).to_contain_text("12 of 12")
    page.evaluate("window.isStillTheSamePage = true")
    page.get_by_label("Days", exact=True).select_option("Last 7 days")
    expect(page.get_by_role("heading", name="Being found")).to_be_visible()
    find(product)
    expect(blamed).to_contain_text("12 of 12")
    assert page.evaluate("window.isStillTheSamePage")
    assert "span=last_7" in page.url
    blamed.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Responses", level=1)).to_be_visible()
    expect(page.locator("#rows")).to_contain_text("Waiting for my refund")
    expect(page.locator("#rows")).not_to_contain_text("Friendly people")


def test_without_javascript_a_link_looks_again(product: Product, new_visitor: NewVisitor) -> None:
    page = new_visitor(java_script_enabled=False)
    open_why(product, page, answered(product))
    find(product)
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("region", name="What promoters mention")).to_contain_text("12 of 12")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(product: Product, new_visitor: NewVisitor, scheme: str) -> None:
    page = new_visitor(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    open_why(product, page, answered(product))
    assert axe(page) == []
    find(product)
    expect(page.get_by_role("region", name="Areas for improvement")).to_be_visible()
    # Those around others first: what is folded cannot be pressed.
    for folded in page.locator("#why details").all():
        folded.evaluate("part => part.open = true")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == [], width
        assert past_the_edge(page) == [], width
