"""Sharing in real browsers: from the thanks to a public page, and testimonials on a site."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date
from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Frame, FrameLocator, Locator, Page, expect
from sqlalchemy import select, update

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_console import choose, sign_in
from tests.browser.test_embedding import STRICT, snippet, widget
from tests.builders import answer_survey
from widget.actions.change_sharing import change_sharing
from widget.actions.decide_testimonial import approve_testimonial
from widget.domain.roles import EVERYTHING
from widget.domain.sharing import ReviewSite
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Response, User
from widget.storage.share_counts import uses_by_channel

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]

WORDS = "Found the fault in two minutes."
ELEMENT = '<script async src="SAYSO/testimonials.js"></script>'


def sharing_survey(product: Product) -> str:
    survey = product.acme.survey("stars", "Shared")
    product.acme.change(survey, share=True)
    return survey


def agree(product: Product, survey: str, *, agrees: bool = True) -> None:
    """The customer's tick, as its form would store it."""
    response = product.responses(survey)[-1]
    with product.acme.world.app.app_context():
        with writing(db.session) as session:
            session.execute(
                update(Response).where(Response.id == response.id).values(may_publish=agrees)
            )
        db.session.remove()


def used(product: Product, survey: str) -> dict[str, tuple[int, int]]:
    with product.acme.world.app.app_context():
        found = uses_by_channel(
            db.session(), product.acme.id, since=date(2020, 1, 1), survey=survey
        )
        db.session.remove()
        return {channel: (uses.offered, uses.used) for channel, uses in found.items()}


def reach_thanks(frame: FrameLocator | Page, words: str = "") -> None:
    """Five stars and perhaps a comment."""
    frame.get_by_role("radio", name="5 stars").click()
    if words:
        frame.get_by_label("Anything you would like to add?").fill(words)
    frame.get_by_role("button", name="Done").click()
    expect(frame.get_by_role("heading", name="Thank you!")).to_be_visible()


def meta(page: Page, name: str) -> str | None:
    return page.locator(f'meta[property="{name}"], meta[name="{name}"]').get_attribute("content")


def public_page(frame: FrameLocator | Page) -> str:
    address = frame.get_by_role("link", name="See the page").get_attribute("href")
    assert address
    return address


@contextmanager
def review_site(product: Product) -> Iterator[None]:
    """The workspace offers a review site to everybody, for a while."""
    site = ReviewSite("b" * 12, "Google", "https://reviews.example/acme")

    def change(offer: str, sites: tuple[ReviewSite, ...]) -> None:
        with product.acme.world.app.app_context():
            change_sharing(
                db.session(),
                product.acme.id,
                lambda rules: replace(rules, offer_reviews=offer, review_sites=sites),  # type: ignore[arg-type]
            )
            db.session.remove()

    change("every", (site,))
    try:
        yield
    finally:
        change("none", ())


def test_from_a_widget_to_a_public_page_and_back(product: Product, new_visitor: NewVisitor) -> None:
    product.acme.member("Ana Silva", email="ana-share@acme.example")
    survey = sharing_survey(product)
    customer = new_visitor()
    customer.goto(product.page(snippet(survey, member="ana-share@acme.example", name="Kim Korn")))
    frame = widget(customer)
    reach_thanks(frame, WORDS)
    agree(product, survey)
    frame.get_by_role("button", name="Share").click()
    expect(frame.get_by_role("heading", name="Your page is ready")).to_be_focused()
    expect(frame.get_by_text("It shows your rating and your comment.")).to_be_visible()

    other = new_visitor(says=("410",))
    address = public_page(frame)
    other.goto(address)
    expect(other.get_by_text(WORDS)).to_be_visible()
    assert meta(other, "og:title") == "5 stars · Ana"
    assert meta(other, "og:description") == WORDS
    assert meta(other, "twitter:card") == "summary_large_image"
    assert meta(other, "og:url") == address
    picture = other.request.get(meta(other, "og:image") or "")
    assert picture.headers["content-type"] == "image/png"
    assert Image.open(BytesIO(picture.body())).size == (1200, 630)

    with customer.context.expect_page() as opened:
        frame.get_by_role("link", name="Take the page back").click()
    mine = opened.value
    mine.get_by_role("button", name="Take the page back").click()
    expect(mine.get_by_role("heading", name="You have taken the page back")).to_be_visible()
    gone = other.goto(address)
    assert gone is not None
    assert gone.status == 410
    expect(other.get_by_role("heading", name="This page is gone")).to_be_visible()
    expect(other.get_by_text(WORDS)).to_have_count(0)


def test_a_pressed_link_leads_straight_on_and_is_counted(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = sharing_survey(product)
    customer = new_visitor(says=("reviews.example",))
    asked: list[tuple[str, str]] = []
    customer.context.on("request", lambda request: asked.append((request.method, request.url)))
    customer.context.route(
        re.compile(r"https://(x\.com|reviews\.example|mastodon\.example)/.*"),
        lambda route: route.fulfill(body="<title>Elsewhere</title>", content_type="text/html"),
    )
    with review_site(product):
        customer.goto(f"{product.server.url}/w/{survey}")
        customer.wait_for_timeout(1100)
        customer.reload()
        reach_thanks(customer)
        with customer.context.expect_page() as opened:
            customer.get_by_role("link", name="Google").click()
        expect(opened.value).to_have_title("Elsewhere")
        customer.get_by_role("button", name="Share").click()
        with customer.context.expect_page() as opened:
            customer.get_by_role("link", name="Share on X").click()
        expect(opened.value).to_have_title("Elsewhere")
        assert opened.value.url.startswith("https://x.com/intent/post?text=I%20was%20in%20touch")
        customer.get_by_label("Your Mastodon server").fill("mastodon.example")
        with customer.context.expect_page() as opened:
            customer.get_by_role("button", name="Share on Mastodon").click()
        expect(opened.value).to_have_title("Elsewhere")
        assert opened.value.url.startswith("https://mastodon.example/share?text=")
    # Straight on: our server hears of the press, and nobody waits for it.
    assert {method for method, url in asked if "/t/go/" in url} == {"POST"}
    counts = used(product, survey)
    assert counts["page"] == (1, 1)
    assert counts["x"] == counts["mastodon"] == counts["review.bbbbbbbbbbbb"] == (1, 1)
    assert counts["facebook"] == (1, 0)


def test_the_devices_own_menu_and_the_clipboard_are_used_where_they_are(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = sharing_survey(product)
    customer = new_visitor(permissions=["clipboard-read", "clipboard-write"])
    customer.add_init_script(
        "window.menu = []; navigator.share = async (what) => { menu.push(what); }"
    )
    customer.goto(f"{product.server.url}/w/{survey}")
    reach_thanks(customer)
    customer.get_by_role("button", name="Share").click()
    customer.get_by_role("button", name="More ways to share").click()
    address = public_page(customer)
    (shared,) = customer.evaluate("menu")
    assert shared["url"] == address
    customer.get_by_role("button", name="Copy the link").click()
    expect(customer.get_by_role("button", name="Copied")).to_be_visible()
    assert customer.evaluate("navigator.clipboard.readText()") == address
    customer.wait_for_load_state("networkidle")
    counts = used(product, survey)
    assert counts["native"] == counts["copy"] == (1, 1)


def test_where_there_is_no_menu_there_is_no_button_for_it(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = sharing_survey(product)
    customer = new_visitor()
    customer.goto(f"{product.server.url}/w/{survey}")
    reach_thanks(customer)
    customer.get_by_role("button", name="Share").click()
    expect(customer.get_by_role("heading", name="Your page is ready")).to_be_visible()
    expect(customer.get_by_role("button", name="More ways to share")).to_be_hidden()


def test_the_whole_way_goes_without_script(product: Product, new_visitor: NewVisitor) -> None:
    survey = sharing_survey(product)
    # Where we send people is out of reach here; that they are sent is seen.
    customer = new_visitor(java_script_enabled=False, says=("422", "ERR_NAME_NOT_RESOLVED"))
    customer.goto(f"{product.server.url}/w/{survey}")
    customer.get_by_role("radio", name="5 stars").check()
    customer.get_by_role("button", name="Send").click()
    customer.get_by_role("button", name="Done").click()
    customer.get_by_role("button", name="Share").click()
    expect(customer.get_by_role("heading", name="Your page is ready")).to_be_visible()
    with customer.context.expect_page(), asked_for(customer, "https://x.com/intent/post?"):
        customer.get_by_role("link", name="Share on X").click()
    customer.get_by_label("Your Mastodon server").fill("nowhere")
    with customer.context.expect_page() as opened:
        customer.get_by_role("button", name="Share on Mastodon").click()
    expect(opened.value.get_by_text("Please write your server’s name")).to_be_visible()
    opened.value.get_by_label("Your Mastodon server").fill("mastodon.example")
    with asked_for(customer, "https://mastodon.example/share?"):
        opened.value.get_by_role("button", name="Share on Mastodon").click()
    assert used(product, survey)["x"] == (1, 1)


def asked_for(page: Page, address: str) -> AbstractContextManager[object]:
    """Waits for the browser to ask for an address that begins like this, in whichever window."""
    return page.context.expect_event("request", lambda request: request.url.startswith(address))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_something_is_shared(
    product: Product, new_visitor: NewVisitor, scheme: str
) -> None:
    survey = sharing_survey(product)
    customer = new_visitor(color_scheme=scheme, viewport={"width": 320, "height": 800})
    found: dict[str, list[str]] = {}

    def check(name: str, page: Page = customer) -> None:
        wrong = axe(page)
        if page.evaluate("document.documentElement.scrollWidth > 320"):
            wrong.append("wider than 320 pixels")
        small = page.evaluate(
            "() => [...document.querySelectorAll('a.way, button:not(.unseen), .copy input')]"
            ".filter(e => e.offsetHeight && e.offsetHeight < 24).map(e => e.textContent)"
        )
        if wrong or small:
            found[name] = [*wrong, *small]

    with review_site(product):
        customer.wait_for_timeout(1100)
        customer.goto(f"{product.server.url}/w/{survey}")
        reach_thanks(customer, WORDS)
        check("thanks")
        agree(product, survey)
        customer.get_by_role("button", name="Share").click()
        expect(customer.get_by_role("heading", name="Your page is ready")).to_be_visible()
        check("ways")
        mine = customer.get_by_role("link", name="Take the page back").get_attribute("href")
        customer.goto(public_page(customer))
        check("page")
        customer.goto(f"{product.server.url}{mine}")
        check("mine")
    sign_in(customer, product)
    for path in ("sharing", "testimonials", f"surveys/{survey}?section=sharing"):
        customer.goto(f"{product.server.url}/console/{path}")
        check(path)
    assert found == {}


def approve(product: Product, survey: str, comment: str, **details: object) -> str:
    """A response whose comment the site shows; returns its id."""
    response = answer_survey(product.acme, survey, 5, comment=comment, may_publish=True, **details)
    with product.acme.world.app.app_context():
        user = db.session.scalars(select(User.id).where(User.email == product.acme.owner)).one()
        approve_testimonial(
            db.session(),
            product.acme.id,
            UUID(response),
            None,
            scope=EVERYTHING,
            user_id=user,
            at=product.acme.world.clock(),
        )
        db.session.remove()
    return response


def shown_frame(page: Page) -> Frame:
    expect(page.locator("sayso-testimonials iframe")).to_be_attached()
    page.wait_for_function(
        "() => document.querySelector('sayso-testimonials iframe').style.height !== '200px'"
    )
    frame = page.frame(url=re.compile("/t/testimonials/"))
    assert frame is not None
    return frame


def quotes(frame: Frame) -> Locator:
    return frame.locator("blockquote")


def test_a_site_with_the_strictest_policy_shows_testimonials(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = product.acme.survey("stars", "Quoted")
    for number in range(4):
        approve(product, survey, f"Comment {number}: {WORDS}")
    # axe writes to frames of other origins as well, and Chromium without windows minds.
    page = new_visitor(says=("does not match the recipient window's origin",))
    body = f'<sayso-testimonials data-survey="{survey}" data-limit="3"></sayso-testimonials>'
    host = f"<html lang=en><title>Shop</title><main><h1>Shop</h1>{body}</main>{ELEMENT}"
    page.goto(product.page(host, {"Content-Security-Policy": STRICT}))
    frame = shown_frame(page)
    expect(quotes(frame)).to_have_count(3)
    expect(quotes(frame).first).to_have_text(f"Comment 3: {WORDS}")
    expect(frame.get_by_role("figure").first).to_contain_text("5 stars")
    assert axe(page) == []
    height = page.locator("sayso-testimonials iframe").evaluate("frame => frame.offsetHeight")
    assert height == frame.evaluate(
        "Math.ceil(document.querySelector('main').getBoundingClientRect().height)"
    )
    assert page.context.cookies() == []


def test_testimonials_follow_their_customers_consent(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = product.acme.survey("stars", "Consented")
    answer_survey(product.acme, survey, 5, comment=WORDS, may_publish=True)
    lead = new_visitor(says=("422",))
    sign_in(lead, product)
    choose(lead, "Testimonials")
    waiting = lead.get_by_role("listitem").filter(has_text="Consented")
    waiting.get_by_label("What is shown").fill("Found the fault in an hour.")
    waiting.get_by_role("button", name="Approve").click()
    expect(waiting.get_by_role("alert")).to_contain_text("These are not the customer’s words")
    waiting.get_by_label("What is shown").fill("Found the fault")
    waiting.get_by_role("button", name="Approve").click()
    expect(lead.get_by_role("status")).to_contain_text("Approved.")
    site = new_visitor()
    body = f'<sayso-testimonials data-survey="{survey}"></sayso-testimonials>'
    address = product.page(body + ELEMENT)
    site.goto(address)
    expect(quotes(shown_frame(site))).to_have_text("Found the fault …")
    agree(product, survey, agrees=False)
    later = new_visitor()
    later.goto(address)
    expect(quotes(shown_frame(later))).to_have_count(0)
    lead.get_by_role("link", name="On your site").click()
    expect(lead.get_by_role("listitem").filter(has_text="Consented")).to_have_count(0)


def test_an_element_without_testimonials_takes_no_room(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = product.acme.survey("stars", "Silent")
    page = new_visitor()
    body = f'<sayso-testimonials data-survey="{survey}"></sayso-testimonials>'
    page.goto(product.page(body + ELEMENT))
    shown_frame(page)
    assert page.locator("sayso-testimonials").evaluate("element => element.offsetHeight") == 0


def test_an_element_that_changes_or_leaves_takes_its_listener_along(
    product: Product, new_visitor: NewVisitor
) -> None:
    one, two = product.acme.survey("stars", "One"), product.acme.survey("stars", "Two")
    approve(product, one, "About one.")
    approve(product, two, "About two.")
    page = new_visitor()
    page.add_init_script(
        """window.listeners = 0;
        const add = window.addEventListener, remove = window.removeEventListener;
        window.addEventListener = (...a) => {
          listeners += a[0] == 'message'; return add.apply(window, a);
        };
        window.removeEventListener = (...a) => {
          listeners -= a[0] == 'message'; return remove.apply(window, a);
        };"""
    )
    body = f'<sayso-testimonials data-survey="{one}"></sayso-testimonials>'
    page.goto(product.page(body + ELEMENT))
    expect(quotes(shown_frame(page))).to_have_text("About one.")
    page.evaluate(f"document.querySelector('sayso-testimonials').dataset.survey = '{two}'")
    page.wait_for_timeout(50)
    expect(quotes(shown_frame(page))).to_have_text("About two.")
    assert page.evaluate("listeners") == 1
    # Somebody else's messages are nobody's.
    before = page.locator("iframe").evaluate("frame => frame.style.height")
    page.evaluate("postMessage({ sayso: { type: 'resize', height: 5000 } }, '*')")
    page.wait_for_timeout(50)
    assert page.locator("iframe").evaluate("frame => frame.style.height") == before
    page.evaluate("document.querySelector('sayso-testimonials').remove()")
    assert page.evaluate("listeners") == 0
