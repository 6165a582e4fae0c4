"""A report in a real browser: from ticking comments to the file, and readable on any screen."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.widths import past_the_edge
from tests.builders import PASSWORD, answer_survey

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def sign_in(product: Product, page: Page, path: str) -> None:
    page.goto(f"{product.server.url}{path}")
    page.get_by_label("Email").fill(product.acme.owner)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def answered(product: Product) -> str:
    survey = product.acme.survey("nps", "Reported")
    for days, score in ((1, 10), (2, 9), (3, 6), (20, 8), (25, 10), (40, 3)):
        at = datetime.now(UTC) - timedelta(days=days)
        answer_survey(product.acme, survey, score, at=at, comment=f"A comment, {days} days old")
    return survey


def test_comments_are_ticked_and_the_report_is_read_at_every_width(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = answered(product)
    page = new_visitor(viewport={"width": 1280, "height": 900})
    first = (datetime.now(UTC) - timedelta(days=28)).date().isoformat()
    last = datetime.now(UTC).date().isoformat()
    sign_in(product, page, f"/console/reports/new?survey={survey}&from={first}&to={last}")
    page.get_by_label("Title").fill("A month with us")
    assert axe(page) == []
    page.get_by_role("button", name="Make a draft").click()
    expect(page.get_by_role("heading", name="A month with us").first).to_be_visible()
    page.get_by_role("link", name="Choose comments").click()
    page.get_by_role("checkbox", name="A comment, 3 days old").check()
    assert axe(page) == []
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_text("A comment, 3 days old")).to_be_visible()
    expect(page.get_by_text("A comment, 1 days old")).to_have_count(0)
    page.get_by_role("button", name="Finish the report").click()
    expect(page.get_by_role("link", name="Look again")).to_be_visible()
    assert axe(page) == []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert past_the_edge(page) == [], width
    page.get_by_role("link", name="Print", exact=True).click()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    assert axe(page) == []
    assert past_the_edge(page) == []
    # On paper it is the report, and nothing of the page around it.
    paper = PdfReader(BytesIO(page.pdf(format="A4")))
    text = "\n".join(one.extract_text() for one in paper.pages)
    assert "A month with us" in text
    assert "Back to the report" not in text
