"""The dashboard in a real browser: charts drawn from tables, filters that need no reloading."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.widths import past_the_edge
from tests.builders import PASSWORD, answer_survey

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def open_dashboard(product: Product, page: Page, query: str) -> None:
    page.goto(f"{product.server.url}/console/dashboard?{query}")
    page.get_by_label("Email").fill(product.acme.owner)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Dashboard", level=1)).to_be_visible()


def answered(product: Product) -> str:
    survey = product.acme.survey("nps", "Quarterly")
    for days, score in ((1, 10), (1, 9), (2, 6), (3, 8), (4, 10), (20, 3)):
        at = datetime.now(UTC) - timedelta(days=days)
        answer_survey(product.acme, survey, score, at=at, channel="chat")
    return survey


def painted(page: Page) -> int:
    """How many of the chart's pixels are not empty."""
    return int(
        page.evaluate(
            """() => {
              const canvas = document.querySelector(".chart canvas");
              if (!canvas) return 0;
              const { width, height } = canvas;
              const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
              return data.filter((value, index) => index % 4 === 3 && value > 0).length;
            }"""
        )
    )


def test_a_course_is_drawn_and_its_filter_needs_no_reloading(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = answered(product)
    page = new_visitor(viewport={"width": 1280, "height": 900})
    open_dashboard(product, page, f"survey={survey}")
    page.evaluate("window.isStillTheSamePage = true")
    tile = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="NPS"))
    expect(tile).to_contain_text("n = 6")
    expect(page.locator(".chart canvas").first).to_be_visible()
    assert painted(page) > 1000
    page.get_by_label("Days", exact=True).select_option("Last 7 days")
    expect(tile).to_contain_text("n = 5")
    assert "span=last_7" in page.url
    # What was left empty is not in the address, and one sentence is told of what changed.
    assert "=&" not in page.url
    expect(page.locator("#news")).to_contain_text("5 answers.")
    expect(page.locator(".u-legend")).to_contain_text("(n = 2)")
    expect(page.locator(".chart canvas").first).to_be_visible()
    assert painted(page) > 1000
    page.get_by_label("Break down by").select_option("Channel")
    expect(page.get_by_role("row", name="chat")).to_contain_text("5")
    assert page.evaluate("window.isStillTheSamePage")
    page.get_by_text("As a table").click()
    expect(page.get_by_role("region", name="NPS by day")).to_be_visible()
    page.get_by_label("Course by").select_option("Month")
    expect(page.get_by_role("region", name="NPS by month")).to_be_visible()
    assert "step=month" in page.url
    page.get_by_role("link", name="Show the answers").first.click()
    expect(page.get_by_role("heading", name="Responses", level=1)).to_be_visible()
    expect(page.locator("#rows")).to_contain_text("Quarterly")


def test_a_point_of_the_course_leads_to_its_answers(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = answered(product)
    page = new_visitor(viewport={"width": 1280, "height": 900})
    open_dashboard(product, page, f"survey={survey}&span=last_7&step=day")
    over = page.locator(".chart .u-over")
    over.scroll_into_view_if_needed()
    size = over.bounding_box()
    assert size
    # Nobody has answered today.
    last = {"x": size["width"] * 5 / 6, "y": size["height"] / 2}
    over.hover(position={"x": last["x"] / 2, "y": last["y"]})
    over.hover(position=last)
    over.click(position=last)
    expect(page.get_by_role("heading", name="Responses", level=1)).to_be_visible()
    assert "kind=nps" in page.url


def test_without_javascript_the_tables_say_it_all(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = answered(product)
    page = new_visitor(java_script_enabled=False)
    open_dashboard(product, page, f"survey={survey}&span=last_7")
    page.get_by_label("Break down by").select_option("Channel")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("row", name="chat")).to_contain_text("5")
    expect(page.get_by_role("region", name="NPS by day")).to_be_visible()
    expect(page.get_by_role("button", name="Copy as CSV")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(product: Product, new_visitor: NewVisitor, scheme: str) -> None:
    survey = answered(product)
    page = new_visitor(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    open_dashboard(product, page, f"survey={survey}")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for by in ("member", "hour"):
            page.goto(f"{product.server.url}/console/dashboard?survey={survey}&by={by}")
            expect(page.locator(".chart canvas").first).to_be_visible()
            for summary in page.locator("#numbers summary").all():
                summary.click()
            assert axe(page) == [], (width, by)
            assert past_the_edge(page) == [], (width, by)
