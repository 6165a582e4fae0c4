"""Mails and what they lead to, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_console import sign_in
from tests.browser.widths import past_the_edge
from tests.builders import KEY, add_request
from widget.domain.links import LinkSigner, RequestLink

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def test_a_team_words_its_mail_and_sees_it_in_the_preview(
    product: Product, new_visitor: NewVisitor
) -> None:
    team = new_visitor()
    survey = product.acme.survey("stars")
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/surveys/{survey}")
    team.get_by_role("link", name="Mail", exact=True).click()
    team.get_by_label("Above the question").fill("How did it go, {customer}?")
    team.get_by_role("button", name="Save").click()
    mail = team.frame_locator("iframe")
    expect(mail.get_by_text("How did it go, Kim Lee?")).to_be_visible()
    expect(mail.get_by_role("link", name="Unsubscribe")).to_be_visible()
    team.get_by_role("link", name="العربية").click()
    expect(team.frame_locator("iframe").locator("html")).to_have_attribute("dir", "rtl")


def test_a_customer_unsubscribes_and_thinks_better_of_it_without_script(
    product: Product, new_visitor: NewVisitor
) -> None:
    customer = new_visitor(java_script_enabled=False, viewport={"width": 320, "height": 640})
    asked, _ = add_request(product.acme, product.acme.survey("stars"))
    signer = LinkSigner([KEY], "unsubscribe")
    token = signer.sign(RequestLink(product.acme.id, asked))
    customer.goto(f"{product.server.url}/u/{token}")
    customer.get_by_role("button", name="Unsubscribe").click()
    expect(customer.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    customer.get_by_role("button", name="I want to receive them again").click()
    expect(customer.get_by_role("heading", name="You are subscribed again")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "lines"), [(320, [6, 5]), (390, [6, 5]), (600, [11]), (640, [11])]
)
def test_the_eleven_points_of_a_mail_stand_in_one_line_unless_on_a_phone(
    product: Product, new_visitor: NewVisitor, width: int, lines: list[int]
) -> None:
    team = new_visitor(viewport={"width": width, "height": 700})
    survey = product.acme.survey("nps")
    sign_in(team, product)
    for language in ("en", "ar"):
        team.goto(f"{product.server.url}/console/surveys/{survey}/mail/preview?lang={language}")
        found = [link.bounding_box() for link in team.locator("td[bgcolor] > a").all()]
        boxes = [box for box in found if box]
        tops = [box["y"] for box in boxes]
        assert [tops.count(top) for top in sorted(set(tops))] == lines, language
        assert all(box["width"] >= 39 and box["height"] >= 44 for box in boxes), language
        assert past_the_edge(team) == [], language
