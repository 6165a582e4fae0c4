"""A customer's way with a member's face: whom they see, and what they are asked."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import TARGETS, axe
from tests.browser.test_embedding import snippet, widget
from widget.actions.change_member import change_member, set_photo
from widget.domain.profiles import Entry, Profile
from widget.extensions import db
from widget.storage.ids import new_public_id
from widget.web.face.heights import HEIGHTS, MEMBER_HEIGHT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]

LONG = "Wolfeschlegelsteinhausenbergerdorff-Montgomery de la Cruz y Santamaría"
TWO_LINES = "Mends bicycles. " * 18
HEIGHT = "document.querySelector('main').getBoundingClientRect().height"


def member(product: Product, name: str = "Ana Silva", bio: str = "", photo: bool = False) -> str:
    """A member with a profile; returns their employee id."""
    acme, known_by = product.acme, new_public_id()
    id = acme.member(name, employee_id=known_by)
    out = BytesIO()
    Image.new("RGB", (64, 64), "#336699").save(out, "PNG")
    with acme.world.app.app_context():
        title = "Support engineer" if bio else ""
        profile = Profile(name, title=title, bio=bio.strip()[:280])
        change_member(db.session(), acme.id, id, profile, Entry(employee_id=known_by))
        if photo:
            set_photo(db.session(), acme.id, id, out.getvalue(), at=acme.world.clock())
        db.session.remove()
    return known_by


def open_frame(page: Page, product: Product, survey: str, query: str) -> None:
    page.goto(f"{product.server.url}/w/{survey}?{query}")


@pytest.mark.parametrize("script", [True, False])
def test_an_unhappy_customer_s_way(product: Product, new_visitor: NewVisitor, script: bool) -> None:
    visitor = new_visitor(java_script_enabled=script, says=("422",))
    survey, ana = product.acme.survey("stars"), member(product, bio=TWO_LINES, photo=True)
    open_frame(visitor, product, survey, f"member={ana}")
    photo = visitor.locator("img.photo")
    assert photo.bounding_box()["width"] == 56  # type: ignore[index]
    if script:
        assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") == 256
    expect(visitor.get_by_text("Support engineer")).to_be_visible()
    visitor.get_by_role("radio", name="2 stars").click()
    if not script:
        visitor.get_by_role("button", name="Send").click()
    visitor.get_by_role("checkbox", name="Took too long").check()
    visitor.get_by_label("Anything you would like to add?").fill("Two hours")
    # Who is meant is known by now.
    expect(visitor.get_by_text("Ana Silva", exact=True)).to_be_visible()
    expect(visitor.get_by_text("Support engineer")).to_be_hidden()
    assert photo.bounding_box()["width"] == 28  # type: ignore[index]
    address = visitor.get_by_label("Your email address or telephone number")
    expect(address).to_be_hidden()
    visitor.get_by_role("checkbox", name="Would you like us to contact you?").check()
    address.fill("call me")
    visitor.get_by_role("button", name="Done").click()
    expect(visitor.get_by_role("alert")).to_have_text(
        "Please write an email address or a telephone number."
    )
    expect(address).to_have_value("call me")
    address.fill("030 123456")
    visitor.get_by_role("button", name="Done").click()
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_visible()
    expect(visitor.get_by_text("Ana Silva", exact=True)).to_be_visible()
    [response] = product.responses(survey)
    assert (response.stars, response.reasons, response.comment) == (2, ["slow"], "Two hours")
    assert (response.wants_contact, response.contact) == (True, "030 123456")
    assert response.customer_email == ""


@pytest.mark.parametrize("script", [True, False])
def test_a_happy_customer_s_way_and_back(
    product: Product, new_visitor: NewVisitor, script: bool
) -> None:
    visitor = new_visitor(java_script_enabled=script)
    survey, ana = product.acme.survey("stars"), member(product)
    product.acme.change(survey, ask_publish=True)
    open_frame(visitor, product, survey, f"member={ana}&email=kim@c.example")

    def rate() -> None:
        visitor.get_by_role("radio", name="5 stars").click()
        if not script:
            visitor.get_by_role("button", name="Send").click()

    rate()
    publish = visitor.get_by_role("checkbox", name="May we publish your comment?")
    visitor.get_by_role("checkbox", name="Friendly").check()
    visitor.get_by_label("Anything you would like to add?").fill("Wonderful")
    publish.check()
    visitor.get_by_role("button", name="Done").click()
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_visible()
    [response] = product.responses(survey)
    assert (response.may_publish, response.comment) == (True, "Wonderful")
    visitor.get_by_role("button", name="Change my answer").click()
    rate()
    expect(publish).to_be_checked()
    publish.uncheck()
    visitor.get_by_role("button", name="Done").click()
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_visible()
    [response] = product.responses(survey)
    assert (response.may_publish, response.comment) == (False, "Wonderful")


def test_whom_the_page_knows_is_not_asked_where_to_reach_them(
    product: Product, visitor: Page
) -> None:
    survey = product.acme.survey("stars")
    open_frame(visitor, product, survey, "email=kim@c.example")
    visitor.get_by_role("radio", name="1 star", exact=True).click()
    visitor.get_by_role("checkbox", name="Would you like us to contact you?").check()
    expect(visitor.get_by_label("Your email address or telephone number")).to_be_hidden()
    visitor.get_by_role("button", name="Done").click()
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_visible()
    [response] = product.responses(survey)
    assert (response.wants_contact, response.contact) == (True, None)


@pytest.mark.parametrize("bio", ["", "Mends bicycles.", TWO_LINES])
@pytest.mark.parametrize("kind", ["stars", "nps"])
def test_every_profile_takes_the_same_room(
    product: Product, visitor: Page, kind: str, bio: str
) -> None:
    survey = product.acme.survey(kind)  # type: ignore[arg-type]
    visitor.set_viewport_size({"width": 640, "height": 600})
    open_frame(visitor, product, survey, f"member={member(product, bio=bio)}")
    reserved = HEIGHTS[kind] + MEMBER_HEIGHT  # type: ignore[index]
    assert abs(visitor.evaluate(HEIGHT) - reserved) <= 1


def test_a_page_that_reserved_the_room_does_not_jump(product: Product, visitor: Page) -> None:
    survey, ana = product.acme.survey("stars"), member(product, bio=TWO_LINES, photo=True)
    height = str(HEIGHTS["stars"] + MEMBER_HEIGHT)
    heard = (
        "window.heard = []; for (const name of ['ready', 'resize'])"
        " document.addEventListener('sayso:' + name, e => heard.push(e.detail.height))"
    )
    visitor.add_init_script(heard)
    visitor.set_viewport_size({"width": 640, "height": 600})
    body = "<style>body{margin:0}</style>" + snippet(survey, member=ana, height=height)
    visitor.goto(product.page(body))
    expect(widget(visitor).locator("img.photo")).to_be_visible()
    visitor.wait_for_function("heard.length")
    assert {abs(told - int(height)) <= 1 for told in visitor.evaluate("heard")} == {True}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it_on_280_pixels(
    product: Product, new_visitor: NewVisitor, scheme: str
) -> None:
    phone = {"width": 280, "height": 640}
    page = new_visitor(has_touch=True, is_mobile=True, viewport=phone, color_scheme=scheme)
    survey = product.acme.survey("stars")
    product.acme.change(survey, ask_publish=True)
    for name, language in ((LONG, "en"), ("ليلى حداد", "ar")):
        who = member(product, name, TWO_LINES, photo=name == LONG)
        open_frame(page, product, survey, f"member={who}&lang={language}")
        wide = "document.documentElement.scrollWidth"
        assert page.evaluate(wide) == 280
        assert axe(page) == []
        beside = page.locator(".person > div").bounding_box()
        photo = page.locator(".photo").bounding_box()
        assert beside
        assert photo
        assert (photo["x"] < beside["x"]) == (language == "en")
        for choice, box in ((1, "wants_contact"), (4, "may_publish")):
            open_frame(page, product, survey, f"member={who}&lang={language}")
            page.get_by_role("radio").nth(choice).tap()
            page.locator(f"input[name={box}]").check()
            assert page.evaluate(wide) == 280
            assert axe(page) == []
            for target, _width, height in page.evaluate(TARGETS):
                assert height >= 44, target


def test_forced_colours_show_where_the_initials_end(
    product: Product, new_visitor: NewVisitor
) -> None:
    page = new_visitor(forced_colors="active")
    open_frame(page, product, product.acme.survey("stars"), f"member={member(product)}")
    assert page.locator(".photo").evaluate("e => getComputedStyle(e).borderTopWidth") == "1px"


def test_the_boxes_show_the_keyboard_s_focus(product: Product, visitor: Page) -> None:
    open_frame(visitor, product, product.acme.survey("stars"), "")
    visitor.get_by_role("radio", name="2 stars").click()
    visitor.get_by_label("Anything you would like to add?").focus()
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Space")
    assert visitor.evaluate(outline) == "solid"
    visitor.keyboard.press("Tab")
    expect(visitor.get_by_label("Your email address or telephone number")).to_be_focused()
    assert visitor.evaluate(outline) == "solid"
