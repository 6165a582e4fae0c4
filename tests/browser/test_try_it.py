"""The try-it page, as somebody who looks at a survey for the first time meets it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Product

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def test_the_newest_event_is_in_sight(product: Product, visitor: Page) -> None:
    visitor.goto(f"{product.server.url}/try/{product.acme.survey()}")
    expect(visitor.get_by_text("sayso:ready")).to_be_visible()
    visitor.evaluate(
        "for (let n = 0; n < 40; n++)"
        " document.dispatchEvent(new CustomEvent('sayso:answer', {detail: {score: n}}))"
    )
    newest = visitor.get_by_text('sayso:answer {"score":39}').bounding_box()
    box = visitor.locator("#log").bounding_box()
    assert newest
    assert box
    assert box["y"] <= newest["y"] <= box["y"] + box["height"] - newest["height"] + 1


def test_a_tried_pop_over_opens_after_ten_seconds(product: Product, visitor: Page) -> None:
    visitor.clock.install()
    visitor.goto(f"{product.server.url}/try/{product.acme.survey()}?display=popover")
    visitor.wait_for_function("window.sayso && document.querySelector('sayso-survey')")
    visitor.clock.run_for(8000)
    expect(visitor.get_by_role("dialog")).to_be_hidden()
    visitor.clock.run_for(3000)
    expect(visitor.get_by_role("dialog")).to_be_visible()


def test_a_tried_slide_in_comes_at_half_of_the_page(product: Product, visitor: Page) -> None:
    visitor.goto(f"{product.server.url}/try/{product.acme.survey()}?display=slide-in")
    visitor.wait_for_function("window.sayso && document.querySelector('sayso-survey')")
    expect(visitor.get_by_role("dialog")).to_be_hidden()
    visitor.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(visitor.get_by_role("dialog")).to_be_visible()
