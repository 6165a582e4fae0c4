"""Putting areas in order: by pointer, by keyboard, and without script."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_console import sign_in
from widget.domain.surveys import Definition
from widget.extensions import db
from widget.storage.survey_editing import survey_in_editor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]

FIRST = ["Friendly", "Fast", "Knew the subject", "Solved my problem"]


def open_areas(page: Page, product: Product) -> str:
    survey = product.acme.survey("stars")
    sign_in(page, product)
    page.goto(f"{product.server.url}/console/surveys/{survey}?section=reasons")
    return survey


def handle(page: Page, area: str) -> Locator:
    return page.get_by_role("button", name=f"Reorder: {area}", exact=True)


def on_screen(page: Page) -> list[str]:
    """The first four areas of excellence as they stand on the page."""
    fields = page.locator(".sortable").first.locator(".field input").all()
    return [field.get_attribute("placeholder") or "" for field in fields][:4]


def stored(product: Product, survey: str) -> list[str]:
    with product.acme.world.app.app_context():
        draft: Definition = survey_in_editor(db.session(), product.acme.id, survey).draft
        db.session.remove()
        return [reason.builtin for reason in draft.positive_reasons][:4]


def test_the_keyboard_lifts_moves_drops_and_says_so(product: Product, visitor: Page) -> None:
    survey = open_areas(visitor, product)
    news = visitor.locator("#sorting-news")
    fast = handle(visitor, "Fast")
    expect(fast).to_have_accessible_description(
        "Drag an area by its handle to move it. By keyboard: Space lifts it, the arrow keys move "
        "it, Space drops it and Escape puts it back."
    )
    fast.focus()
    visitor.keyboard.press("ArrowDown")
    assert on_screen(visitor) == FIRST
    visitor.keyboard.press("Space")
    expect(fast).to_have_attribute("aria-pressed", "true")
    expect(news).to_have_text("Fast, lifted. Place 2 of 6.")
    visitor.keyboard.press("ArrowDown")
    expect(news).to_have_text("Fast, place 3 of 6.")
    expect(fast).to_be_focused()
    assert stored(product, survey) == FIRST
    visitor.keyboard.press("Space")
    expect(news).to_have_text("Fast, dropped. Place 3 of 6.")
    expect(fast).to_have_attribute("aria-pressed", "false")
    expect(visitor.get_by_text("Draft saved.")).to_be_visible()
    moved = ["Friendly", "Knew the subject", "Fast", "Solved my problem"]
    assert on_screen(visitor) == stored(product, survey) == moved


def test_escape_puts_back_and_stores_nothing(product: Product, visitor: Page) -> None:
    survey = open_areas(visitor, product)
    handle(visitor, "Fast").focus()
    visitor.keyboard.press("Enter")
    visitor.keyboard.press("End")
    assert "Fast" not in on_screen(visitor)
    visitor.keyboard.press("Escape")
    expect(visitor.locator("#sorting-news")).to_have_text("Fast is back at place 2 of 6.")
    expect(handle(visitor, "Fast")).to_be_focused()
    visitor.keyboard.press("ArrowDown")
    assert on_screen(visitor) == stored(product, survey) == FIRST


def test_a_pointer_drags_an_area_to_its_place(product: Product, visitor: Page) -> None:
    survey = open_areas(visitor, product)
    visitor.get_by_label("Area 2", exact=True).first.scroll_into_view_if_needed()
    grip, target = (handle(visitor, area).bounding_box() for area in ("Fast", "Solved my problem"))
    assert grip
    assert target
    visitor.mouse.move(grip["x"] + 10, grip["y"] + 10)
    visitor.mouse.down()
    visitor.mouse.move(target["x"] + 10, target["y"] + target["height"], steps=8)
    visitor.mouse.up()
    expect(visitor.get_by_text("Draft saved.")).to_be_visible()
    moved = ["Friendly", "Knew the subject", "Solved my problem", "Fast"]
    assert on_screen(visitor) == stored(product, survey) == moved
    # The rows' own buttons and numbers know of it.
    expect(visitor.get_by_label("Area 4", exact=True).first).to_have_attribute(
        "placeholder", "Fast"
    )
    visitor.get_by_role("button", name="Move up: Fast").click()
    moved = ["Friendly", "Knew the subject", "Fast", "Solved my problem"]
    expect(visitor.locator(".flash")).to_be_visible()
    assert on_screen(visitor) == stored(product, survey) == moved


def test_the_first_and_the_last_go_no_further(product: Product, visitor: Page) -> None:
    open_areas(visitor, product)
    handle(visitor, "Fast").focus()
    visitor.keyboard.press("Space")
    visitor.keyboard.press("Home")
    visitor.keyboard.press("ArrowUp")
    visitor.keyboard.press("Tab")
    assert on_screen(visitor)[:2] == ["Fast", "Friendly"]
    expect(visitor.get_by_role("button", name="Move up: Fast")).to_be_disabled()
    expect(visitor.get_by_role("button", name="Move up: Friendly")).to_be_enabled()
    expect(visitor.get_by_text("Draft saved.")).to_be_visible()


def test_without_script_the_buttons_move_and_there_is_no_handle(
    product: Product, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(java_script_enabled=False)
    survey = open_areas(visitor, product)
    expect(visitor.locator(".handle").first).to_be_hidden()
    visitor.get_by_role("button", name="Move down: Friendly").click()
    expect(visitor.get_by_text("Draft saved.")).to_be_visible()
    assert stored(product, survey)[:2] == ["Fast", "Friendly"]
