"""A customer rates in one browser, and whom they rated watches in another."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.widths import past_the_edge
from tests.builders import answer_survey, post

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]

# Notes when the first card is put in, so that the test's own slowness is not counted.
NOTE_ARRIVAL = """() => {
  window.isStillTheSamePage = true;
  new MutationObserver(() => { window.arrivedAt ??= Date.now(); })
    .observe(document.getElementById("cards"), { childList: true });
}"""
IDS = "() => [...document.querySelectorAll('#cards > li')].map((card) => card.id)"
OFFLINE = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION_REFUSED",
    "ERR_INCOMPLETE_CHUNKED",
    "Failed to fetch",
)

Watch = Callable[..., Page]


@pytest.fixture
def watch(product: Product, new_visitor: NewVisitor) -> Watch:
    """Opens the stream of a member, made for the test by this name and signed in."""

    def make(
        name: str, path: str = "/console/stream", role: str = "member", **options: object
    ) -> Page:
        acme = product.acme
        email = f"{name.lower()}@acme.example"
        member = acme.member(f"{name} Silva", email=email)
        client = acme.person(email, role, member=member)
        cookie = client.get_cookie("sayso")
        assert cookie
        page = new_visitor(**options)
        page.context.add_cookies(
            [{"name": "sayso", "value": cookie.value, "url": product.server.url}]
        )
        page.goto(f"{product.server.url}{path}")
        return page

    return make


def is_live(page: Page) -> None:
    expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=15_000)


def rate(product: Product, customer: Page, survey: str, member: str, score: int) -> None:
    customer.goto(f"{product.server.url}/w/{survey}?member={member.lower()}@acme.example")
    customer.get_by_role("radio", name=f"{score} star").first.click()
    expect(customer.get_by_role("button", name="Done")).to_be_visible()


def test_an_answer_appears_within_a_second_and_without_reloading(
    product: Product, watch: Watch, visitor: Page
) -> None:
    survey = product.acme.survey()
    page = watch("Nadia")
    is_live(page)
    waited = []
    for score in (5, 4, 3):
        page.evaluate("() => { window.arrivedAt = undefined; }")
        page.evaluate(NOTE_ARRIVAL)
        visitor.goto(f"{product.server.url}/w/{survey}?member=nadia@acme.example")
        visitor.evaluate(
            "() => addEventListener('click', () => { window.clickedAt ??= Date.now(); }, true)"
        )
        visitor.get_by_role("radio", name=f"{score} star").first.click()
        expect(page.get_by_role("heading", name=f"{score} of 5 stars")).to_be_visible()
        arrived = page.evaluate("window.arrivedAt")
        waited.append(arrived - visitor.evaluate("window.clickedAt"))
    assert page.evaluate("window.isStillTheSamePage")
    # Of a machine that tests share, the best of three says what the server can do.
    assert min(waited) < 1000, waited
    assert page.locator("#cards > li h3").first.inner_text().endswith("3 of 5 stars")
    expect(page.get_by_role("status")).to_contain_text("New: ")
    # And the numbers above follow.
    expect(page.locator("#numbers")).to_contain_text("3\nanswers", timeout=20_000)


def test_what_the_customer_adds_and_what_a_lead_hides_happens_to_the_card(
    product: Product, watch: Watch, visitor: Page
) -> None:
    survey = product.acme.survey()
    page = watch("Olu")
    is_live(page)
    rate(product, visitor, survey, "Olu", 2)
    expect(page.get_by_role("heading", name="2 of 5 stars")).to_be_visible()
    before = page.evaluate(IDS)
    visitor.get_by_label("Anything you would like to add?").fill("Too slow for me")
    visitor.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Too slow for me")).to_be_visible()
    assert page.evaluate(IDS) == before
    response = page.get_by_role("link", name="2 of 5 stars").get_attribute("href")
    assert response
    lead = product.acme.signed_in()
    assert post(lead, f"{response}/hide", page=response, reason="A test").status_code == 303
    # The server is another process: it hears of it when it next looks.
    expect(page.get_by_role("heading", name="2 of 5 stars")).to_be_hidden()
    expect(page.get_by_text("No answers yet")).to_be_visible()


def test_nothing_is_missed_or_doubled_while_the_network_is_away(
    product: Product, watch: Watch
) -> None:
    survey = product.acme.survey()
    page = watch("Pia", says=OFFLINE)
    is_live(page)
    answer_survey(product.acme, survey, 5, member="pia@acme.example", comment="Before")
    expect(page.get_by_text("Before")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("Reconnecting…")).to_be_visible(timeout=20_000)
    for number in range(3):
        answer_survey(
            product.acme, survey, 4, member="pia@acme.example", comment=f"Meanwhile {number}"
        )
    page.context.set_offline(False)
    is_live(page)
    for number in range(3):
        expect(page.get_by_text(f"Meanwhile {number}")).to_be_visible(timeout=15_000)
    answer_survey(product.acme, survey, 5, member="pia@acme.example", comment="After")
    expect(page.get_by_text("After", exact=True)).to_be_visible()
    ids = page.evaluate(IDS)
    assert len(ids) == len(set(ids)) == 5
    words = page.locator("#cards .quote").all_inner_texts()
    assert words == ["After", "Meanwhile 2", "Meanwhile 1", "Meanwhile 0", "Before"]


def test_nothing_is_missed_or_doubled_while_the_server_restarts(
    product: Product, watch: Watch
) -> None:
    survey = product.acme.survey()
    page = watch("Quin", says=OFFLINE)
    is_live(page)
    answer_survey(product.acme, survey, 5, member="quin@acme.example", comment="Before")
    expect(page.get_by_text("Before")).to_be_visible()
    product.server.stop()
    expect(page.get_by_text("Live", exact=True)).to_be_hidden(timeout=20_000)
    answer_survey(product.acme, survey, 4, member="quin@acme.example", comment="Meanwhile")
    product.server.start()
    expect(page.get_by_text("Meanwhile")).to_be_visible(timeout=40_000)
    is_live(page)
    assert page.locator("#cards .quote").all_inner_texts() == ["Meanwhile", "Before"]


def test_signing_out_elsewhere_ends_the_stream(product: Product, watch: Watch) -> None:
    page = watch("Rosa", says=("MIME type", "405", "302"))
    is_live(page)
    client = product.acme.world.client()
    [cookie] = [one for one in page.context.cookies() if one["name"] == "sayso"]
    client.set_cookie("sayso", cookie["value"])
    post(client, "/console/account/sign-out", page="/console/stream")
    expect(page.get_by_text("Not live.")).to_be_visible(timeout=20_000)


def test_without_javascript_reloading_shows_what_is_new(product: Product, watch: Watch) -> None:
    survey = product.acme.survey()
    page = watch("Sami", java_script_enabled=False)
    expect(page.get_by_text("No answers yet")).to_be_visible()
    answer_survey(product.acme, survey, 5, member="sami@acme.example", comment="Thanks")
    page.reload()
    expect(page.get_by_text("Thanks")).to_be_visible()
    page.get_by_label("Score").select_option("Negative")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("Nothing fits these filters")).to_be_visible()


def test_the_wall_shows_what_comes_and_keeps_still_for_whom_motion_disturbs(
    product: Product, watch: Watch
) -> None:
    survey = product.acme.survey()
    page = watch("Tove", "/console/stream/wall?names=first", role="owner", reduced_motion="reduce")
    is_live(page)
    # Others answered today: whoever would be seen on the wall answers now.
    now = datetime.now(UTC)
    answer_survey(
        product.acme, survey, 5, member="tove@acme.example", comment="On the wall", at=now
    )
    card = page.locator("#cards > li", has_text="On the wall")
    expect(card).to_be_visible()
    expect(card.get_by_role("heading")).to_contain_text("Tove")
    assert "Silva" not in card.inner_text()
    assert card.evaluate("(e) => getComputedStyle(e).animationName") == "none"
    for _ in range(14):
        answer_survey(product.acme, survey, 4, member="tove@acme.example", at=now)
    expect(page.locator("#cards > li")).to_have_count(12)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_stream_wall_and_thread(
    product: Product, watch: Watch, scheme: str
) -> None:
    name = f"Uma{scheme}"
    survey = product.acme.survey()
    page = watch(name, role="admin", color_scheme=scheme)
    id = answer_survey(
        product.acme, survey, 2, member=f"{name.lower()}@acme.example", comment="Words", ref="T-1"
    )
    long = f"wolf{scheme}@acme.example"
    product.acme.member("Wolfeschlegelsteinhausenbergerdorff-Montgomery", email=long)
    answer_survey(product.acme, survey, 5, member=long, at=datetime.now(UTC))
    response = f"/console/responses/{id}"
    lead = product.acme.signed_in()
    post(lead, f"{response}/kudos", page=response)
    post(lead, f"{response}/notes", page=response, note=f"@{name.lower()}@acme.example, look")
    for path in ("/console/stream", "/console/stream/wall", response):
        page.goto(f"{product.server.url}{path}")
        expect(page.get_by_role("heading").first).to_be_visible()
        assert axe(page) == [], path
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/console/stream", "/console/stream/wall", response):
        page.goto(f"{product.server.url}{path}")
        assert past_the_edge(page) == [], path


def test_a_lead_notes_mentions_and_hides_by_keyboard_and_names(
    product: Product, watch: Watch
) -> None:
    survey = product.acme.survey()
    page = watch("Vito", role="admin")
    said = {"member": "vito@acme.example", "comment": "Rude words", "at": datetime.now(UTC)}
    answer_survey(product.acme, survey, 1, **said)
    card = page.locator("#cards > li", has_text="Rude words")
    card.get_by_role("link", name="1 of 5 stars").click()
    page.get_by_label("Write a note").fill("I will call them.")
    page.get_by_role("button", name="Add the note").click()
    expect(page.get_by_text("I will call them.")).to_be_visible()
    page.get_by_role("button", name="Mark as kudos").click()
    expect(page.get_by_text("marked this as kudos")).to_be_visible()
    page.get_by_text("Hide only the comment").click()
    page.get_by_label("Reason").first.fill("Names somebody")
    page.get_by_role("button", name="Hide the comment").click()
    expect(page.get_by_text("The comment is hidden; its score counts.")).to_be_visible()
    page.get_by_role("button", name="Show the comment again").click()
    expect(page.get_by_text("Rude words").first).to_be_visible()
