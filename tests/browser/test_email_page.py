"""Choosing a help desk, copying its row, and looking at it as mail clients would."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_console import sign_in
from widget.domain.scales import STYLES, Kind

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def test_a_row_is_chosen_and_copied(product: Product, new_visitor: NewVisitor) -> None:
    team = new_visitor(permissions=["clipboard-read", "clipboard-write"])
    survey = product.acme.survey("stars")
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/surveys/{survey}")
    team.get_by_role("link", name="Rating row").click()
    team.get_by_label("Where you paste it").select_option("Freshdesk")
    team.get_by_label("Language").select_option("Deutsch")
    team.get_by_role("button", name="Show").click()
    expect(team.get_by_role("heading", name="Freshdesk")).to_be_visible()
    team.get_by_role("button", name="Copy: HTML to paste").click()
    expect(team.get_by_text("Copied")).to_be_visible()
    copied = team.evaluate("navigator.clipboard.readText()")
    assert copied.count("<a href=") == 5
    assert f"/e/{survey}?score=5&amp;ref={{{{ticket.id}}}}&amp;" in copied
    preview = team.frame_locator("iframe[title='Gmail, Light']")
    expect(preview.get_by_role("link", name="4 Sterne")).to_be_visible()


@pytest.mark.parametrize("kind", STYLES)
def test_no_preview_scrolls_sideways_on_a_phone(
    product: Product, new_visitor: NewVisitor, kind: Kind, tmp_path: Path
) -> None:
    page = new_visitor(viewport={"width": 390, "height": 844})
    survey = product.acme.survey(kind)
    sign_in(page, product)
    for language in ("en", "pl", "ar"):
        page.goto(f"{product.server.url}/console/surveys/{survey}/email?lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for frame in page.locator("iframe").all():
            frame.scroll_into_view_if_needed()
            inside = frame.content_frame.locator("table").first
            expect(inside).to_be_visible()
            room = frame.bounding_box()
            assert room
            for link in frame.content_frame.get_by_role("link").all():
                box = link.bounding_box()
                assert box
                assert room["x"] <= box["x"]
                assert box["x"] + box["width"] <= room["x"] + room["width"]
    shot = page.screenshot(full_page=True, path=tmp_path / "previews.png")
    assert len(shot) > 10_000


def cells(page: Page) -> list[dict[str, float]]:
    return [box for link in page.get_by_role("link").all() if (box := link.bounding_box())]


@pytest.mark.parametrize("width", [320, 1200])
def test_likely_points_stand_in_one_row_and_on_a_phone_in_two(
    product: Product, new_visitor: NewVisitor, width: int
) -> None:
    page = new_visitor(viewport={"width": width, "height": 600})
    survey = product.acme.survey("nps")
    sign_in(page, product)
    page.goto(f"{product.server.url}/console/surveys/{survey}/email/preview?client=gmail")
    tops = [box["y"] for box in cells(page)]
    assert [tops.count(top) for top in sorted(set(tops))] == ([6, 5] if width == 320 else [11])
    assert all(box["width"] >= 40 and box["height"] >= 44 for box in cells(page))
    if width == 320:
        first, second, below = cells(page)[0], cells(page)[1], cells(page)[6]
        across = second["x"] - first["x"] - first["width"]
        assert below["y"] - first["y"] - first["height"] == pytest.approx(across, abs=0.5)
