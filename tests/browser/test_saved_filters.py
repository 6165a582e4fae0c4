"""Saving a filter and getting its numbers by mail, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_dashboard import answered, open_dashboard
from tests.browser.widths import past_the_edge

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_the_filter_on_show_is_saved_and_subscribed_to(
    product: Product, new_visitor: NewVisitor, scheme: str, width: int
) -> None:
    survey, name = answered(product), f"Recommended {width}"
    page = new_visitor(viewport={"width": width, "height": 800}, color_scheme=scheme)
    open_dashboard(product, page, f"survey={survey}")
    # The menu follows the filter without a new page.
    page.get_by_label("Days", exact=True).select_option("Last 7 days")
    expect(page.get_by_text("n = 5").first).to_be_visible()
    page.get_by_role("link", name="Save this filter").click()
    page.get_by_label("Name").fill(name)
    assert axe(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    assert "span=last_7" in page.url
    page.get_by_text("Saved filters", exact=True).click()
    expect(page.get_by_role("list", name="Yours").get_by_role("link", name=name)).to_be_visible()
    assert axe(page) == []
    assert past_the_edge(page) == []
    page.get_by_text("Saved filters", exact=True).click()
    page.get_by_role("link", name="Get it by mail").click()
    page.get_by_label("When").select_option("The last day of each month")
    assert axe(page) == []
    page.get_by_role("button", name="Subscribe").click()
    row = page.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("The last day of each month, 08:00")
    row.get_by_role("button", name="Send me one now").click()
    expect(row).to_contain_text("On its way")
    row.get_by_role("button", name="Unsubscribe").click()
    expect(row).to_contain_text("You unsubscribed.")
    assert axe(page) == []
    assert past_the_edge(page) == []


def test_it_works_without_javascript(product: Product, new_visitor: NewVisitor) -> None:
    survey = answered(product)
    page = new_visitor(java_script_enabled=False)
    open_dashboard(product, page, f"survey={survey}&channel=chat")
    page.get_by_role("link", name="Save this filter").click()
    page.get_by_label("Name").fill("By hand")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved filters", exact=True).click()
    page.get_by_role("link", name="All saved filters").click()
    page.get_by_role("link", name="Change By hand").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status")).to_contain_text("Deleted: “By hand”.")
