"""Scanners with a real browser, and the people after them; all against the served product."""

import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import NewVisitor, Product
from tests.builders import BROWSER, PHONE, AskedByMail, ask_by_mail
from tests.servers import wait_until
from widget.actions.settle_provisional import settle_due
from widget.extensions import db
from widget.storage.models import HeldAnswer, LinkVisit, Request

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]

SLACK = "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"


def ask(product: Product, **details: object) -> AskedByMail:
    """A request of which the mail went out a day ago by the real clock."""
    acme = product.acme
    now = datetime.now(UTC)
    times = {"sent_at": now - timedelta(days=1), "expires_at": now + timedelta(days=30)}
    return ask_by_mail(acme, acme.survey("stars"), **{**times, **details})


def link(product: Product, mail: AskedByMail, score: int) -> str:
    return product.server.url + mail.path(score)


def scores(product: Product, mail: AskedByMail) -> list[int | None]:
    return [response.stars for response in product.responses(mail.survey)]


def held(product: Product, mail: AskedByMail) -> list[HeldAnswer]:
    with product.acme.world.app.app_context():
        query = select(HeldAnswer).where(HeldAnswer.response_id == mail.id)
        rows = list(db.session.scalars(query))
        db.session.expunge_all()
        db.session.remove()
        return rows


def acts(product: Product, mail: AskedByMail) -> list[str]:
    with product.acme.world.app.app_context():
        query = select(LinkVisit.act).where(LinkVisit.response_id == mail.id)
        found = list(db.session.scalars(query.order_by(LinkVisit.at, LinkVisit.id)))
        db.session.remove()
        return found


def settle(product: Product, **later: float) -> None:
    """Let the quarantines that end until then end."""
    with product.acme.world.app.app_context():
        settle_due(db.engine, datetime.now(UTC) + timedelta(**later))


def fetch(url: str, method: str = "GET", user_agent: str = "python-requests/2.32.3") -> int:
    request = urllib.request.Request(url, method=method, headers={"User-Agent": user_agent})
    with urllib.request.urlopen(request, timeout=20) as answer:
        status: int = answer.status
        return status


def press_first_button(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.get_by_role("button").first.click()
    expect(page.get_by_label("Anything you would like to add?")).to_be_visible()


def test_every_sort_of_scanner_counts_nothing_and_then_the_person_counts_once(
    product: Product, new_visitor: NewVisitor
) -> None:
    mail = ask(product, sent_at=datetime.now(UTC))
    links = [link(product, mail, score) for score in range(1, 6)]
    for url in links:
        assert fetch(url, "HEAD") == fetch(url) == 200
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda n: fetch(links[n % 5], user_agent=BROWSER), range(20))) == {200}
    assert fetch(links[3], user_agent=SLACK) == 200
    headless = new_visitor()
    headless.goto(links[0])
    press_first_button(headless)
    disguised = new_visitor(user_agent=BROWSER.replace("141", "142"))
    for url in links:
        disguised.goto(url)
    press_first_button(disguised)
    settle(product, hours=1)
    assert scores(product, mail) == []
    assert {row.standing for row in held(product, mail)} == {"set_aside"}

    carla = new_visitor(user_agent=PHONE)
    carla.goto(links[3])
    expect(carla.get_by_role("radio", name="4 stars")).to_be_checked()
    carla.get_by_role("button", name="Send").click()
    expect(carla.get_by_role("heading", name="What went well?")).to_be_focused()
    settle(product, hours=1)
    assert scores(product, mail) == [4]


def test_loading_and_waiting_alone_sends_nothing(product: Product, new_visitor: NewVisitor) -> None:
    mail = ask(product)
    page = new_visitor(user_agent=BROWSER)
    page.goto(link(product, mail, 4))
    page.mouse.move(100, 100)
    page.mouse.wheel(0, 300)
    page.evaluate(
        """() => {
          for (const type of ["pointerdown", "keydown", "touchstart"])
            document.body.dispatchEvent(new Event(type, { bubbles: true }));
        }"""
    )
    page.wait_for_load_state("networkidle")
    assert acts(product, mail) == ["GET"]
    assert held(product, mail) == []


@pytest.mark.parametrize("gesture", ["pointer", "key", "touch"])
def test_who_touches_the_page_and_goes_counts_after_the_quarantine(
    product: Product, new_visitor: NewVisitor, gesture: str
) -> None:
    mail = ask(product)
    page = new_visitor(user_agent=PHONE, has_touch=True)
    page.goto(link(product, mail, 4))
    heading = page.get_by_role("heading")
    if gesture == "pointer":
        heading.click()
    elif gesture == "touch":
        heading.tap()
    else:
        page.keyboard.press("Tab")
    wait_until(lambda: len(held(product, mail)) == 1, "keeping a provisional answer")
    page.close()
    settle(product, minutes=9)
    assert scores(product, mail) == []
    settle(product, minutes=11)
    assert scores(product, mail) == [4]
    assert acts(product, mail) == ["GET", "gesture"]


def test_arrow_keys_take_the_provisional_answer_along(
    product: Product, new_visitor: NewVisitor
) -> None:
    mail = ask(product)
    page = new_visitor(user_agent=BROWSER)
    page.goto(link(product, mail, 4))
    page.get_by_role("radio", name="4 stars").focus()
    page.keyboard.press("ArrowRight")
    wait_until(
        lambda: [row.answer["scores"] for row in held(product, mail)] == [{"stars": 5}],
        "keeping the later choice",
    )
    settle(product, minutes=11)
    assert scores(product, mail) == [5]


def test_a_click_on_another_score_sends_that_one(product: Product, new_visitor: NewVisitor) -> None:
    mail = ask(product)
    page = new_visitor(user_agent=BROWSER)
    page.goto(link(product, mail, 4))
    page.get_by_role("radio", name="2 stars").click()
    expect(page.get_by_role("heading", name="What could have been better?")).to_be_visible()
    expect(page.get_by_text("One more click sends your answer.")).to_be_hidden()
    settle(product, hours=1)
    assert scores(product, mail) == [2]


def test_without_scripts_it_works_as_well(product: Product, new_visitor: NewVisitor) -> None:
    mail = ask(product)
    page = new_visitor(user_agent=BROWSER, java_script_enabled=False)
    page.goto(link(product, mail, 5))
    page.get_by_role("button", name="Send").click()
    page.get_by_label("Anything you would like to add?").fill("Lovely")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    [response] = product.responses(mail.survey)
    assert (response.stars, response.comment) == (5, "Lovely")
    with product.acme.world.app.app_context():
        request = db.session.scalars(select(Request).where(Request.id == mail.id)).one()
        assert request.status == "answered"
        db.session.remove()


def test_a_person_is_unaware_of_the_link_for_machines(
    product: Product, new_visitor: NewVisitor
) -> None:
    mail = ask(product)
    page = new_visitor(user_agent=BROWSER)
    page.goto(link(product, mail, 4))
    trap = page.locator("a[rel=nofollow]")
    box = trap.bounding_box()
    assert box is not None
    assert box["width"] <= 1
    assert trap.get_attribute("aria-hidden") == "true"
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
    assert "A" not in reached
    assert re.search(r"/s/[^/]+/more$", trap.get_attribute("href") or "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1200])
def test_the_page_is_accessible_and_fits(
    product: Product, new_visitor: NewVisitor, scheme: str, width: int
) -> None:
    acme = product.acme
    mail = ask(product, member_id=acme.member(f"Ana {scheme} {width}"))
    page = new_visitor(
        user_agent=BROWSER, color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    page.goto(link(product, mail, 4))
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
