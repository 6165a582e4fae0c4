"""From a customer's thank-you to a coffee in a hand: the customer, the manager and the member."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import TARGETS, axe
from tests.browser.test_console import choose
from tests.browser.test_embedding import snippet
from tests.builders import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]

NEEDED = 3
QUESTION = "Would you like to suggest a thank-you for Rita Reis?"


def sign_in_as(page: Page, product: Product, email: str) -> None:
    page.goto(f"{product.server.url}/console/account/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Password")).to_be_hidden()


@pytest.fixture(scope="module")
def asking(product: Product) -> dict[str, str]:
    """A survey that offers a coffee and a lunch for Rita, whom Mona leads."""
    acme = product.acme
    rita = acme.member("Rita Reis", email="rita@acme.example")
    team = acme.team("Rita's team")
    acme.put_in(team, rita)
    acme.person("mona@acme.example", "manager", leads=(team,))
    acme.person("rita@acme.example", "member", member=rita)
    coffee = acme.reward("Coffee", icon="coffee", votes=NEEDED, budget=5)
    lunch = acme.reward("Lunch out", icon="lunch", size="medium", votes=20)
    survey = acme.survey("stars")
    acme.change(survey, ask_reward=True, rewards=(coffee, lunch))
    return {"survey": survey, "coffee": coffee}


def test_a_reward_is_earned_on_the_last_vote_approved_handed_over_and_seen(
    product: Product, asking: dict[str, str], new_visitor: NewVisitor
) -> None:
    manager, member = new_visitor(), new_visitor()
    sign_in_as(manager, product, "mona@acme.example")
    sign_in_as(member, product, "rita@acme.example")
    mine = f"{product.server.url}/console/rewards/mine"
    for number in range(NEEDED):
        customer = new_visitor()
        customer.goto(product.page(snippet(asking["survey"], member="rita@acme.example")))
        frame = customer.frame_locator("sayso-survey iframe")
        frame.get_by_role("radio", name="5 stars").click()
        frame.get_by_label("Anything you would like to add?").fill("Lovely")
        frame.get_by_role("button", name="Next").click()
        expect(frame.get_by_role("heading", name=QUESTION)).to_be_focused()
        # Choosing sends nothing: there is a button for that.
        frame.get_by_role("radio", name="Coffee").click()
        expect(frame.get_by_role("radio", name="Coffee")).to_be_checked()
        expect(frame.get_by_role("heading", name=QUESTION)).to_be_visible()
        member.goto(mine)
        expect(member.get_by_text(f"{number} of {NEEDED} votes")).to_be_visible()
        frame.get_by_role("button", name="Done").click()
        expect(frame.get_by_role("heading", name="Thank you!")).to_be_visible()
    member.reload()
    expect(member.get_by_text("Waits for approval")).to_be_visible()
    expect(member.get_by_text(f"0 of {NEEDED} votes")).to_be_visible()

    choose(manager, "Rewards")
    manager.get_by_role("link", name="What was earned").click()
    manager.get_by_role("button", name="Approve Coffee, Rita Reis").click()
    expect(manager.get_by_text("Approved.")).to_be_visible()
    manager.get_by_role("link", name="To hand over").click()
    manager.get_by_text("Hand over Coffee, Rita Reis").click()
    manager.get_by_label("Note, which the member reads").fill("With a biscuit")
    manager.get_by_role("button", name="It is handed over").click()
    expect(manager.get_by_text("Handed over.")).to_be_visible()
    member.reload()
    expect(member.get_by_text("Handed over", exact=True)).to_be_visible()
    expect(member.get_by_text("With a biscuit")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_change_of_mind_goes_back_and_forth_by_keyboard_and_without_script(
    product: Product, asking: dict[str, str], new_visitor: NewVisitor, script: bool
) -> None:
    page = new_visitor(java_script_enabled=script)
    page.goto(f"{product.server.url}/w/{asking['survey']}?member=rita@acme.example&ref={script}")
    page.get_by_role("radio", name="4 stars").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Next").press("Enter")
    page.get_by_role("radio", name="Coffee").focus()
    # Arrow keys pass through every choice and send none.
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Lunch out")).to_be_checked()
    page.get_by_role("button", name="Change my answer").press("Enter")
    expect(page.get_by_role("radio", name="4 stars")).to_be_checked()
    page.get_by_role("radio", name="5 stars").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Next").press("Enter")
    expect(page.get_by_role("radio", name="Lunch out")).to_be_checked()
    page.get_by_role("button", name="Skip").press("Enter")
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    [row] = [row for row in product.responses(asking["survey"]) if row.ref == str(script)]
    assert (row.score, row.reward_id) == (5, "")
    assert row.finished_at is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_customers_step_can_be_used_by_everybody(
    product: Product, asking: dict[str, str], new_visitor: NewVisitor, scheme: str
) -> None:
    page = new_visitor(color_scheme=scheme, viewport={"width": 320, "height": 640}, has_touch=True)
    page.goto(f"{product.server.url}/w/{asking['survey']}?member=rita@acme.example")
    page.get_by_role("radio", name="5 stars").tap()
    page.get_by_role("button", name="Next").tap()
    expect(page.get_by_role("group", name=QUESTION)).to_be_visible()
    page.get_by_role("radio", name="Coffee").tap()
    assert axe(page) == []
    for name, width, height in page.evaluate(TARGETS):
        assert min(width, height) >= (44 if name not in ("Change my answer",) else 32), name
    assert page.evaluate("document.documentElement.scrollWidth <= 320")


def test_icons_are_seen_in_forced_colours(
    product: Product, asking: dict[str, str], new_visitor: NewVisitor
) -> None:
    page = new_visitor(forced_colors="active")
    page.goto(f"{product.server.url}/w/{asking['survey']}?member=rita@acme.example")
    page.get_by_role("radio", name="5 stars").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("radio", name="Coffee").click()
    drawn = page.evaluate(
        """() => [...document.querySelectorAll('.icon')].map(icon => [
             getComputedStyle(icon).stroke,
             getComputedStyle(icon.parentElement).backgroundColor])"""
    )
    assert len(drawn) == 2
    assert all(stroke != ground for stroke, ground in drawn)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_consoles_pages_can_be_used_by_everybody(
    product: Product, asking: dict[str, str], new_visitor: NewVisitor, scheme: str, width: int
) -> None:
    page = new_visitor(color_scheme=scheme, viewport={"width": width, "height": 800})
    page.context.add_cookies(product.session)
    page.goto(f"{product.server.url}/console/rewards")
    if page.get_by_label("Password").is_visible():
        sign_in_as(page, product, product.acme.owner)
        product.session = page.context.cookies()
    for path in ("", f"/{asking['coffee']}", "/new", "/grants?show=done", "/grants", "/mine"):
        page.goto(f"{product.server.url}/console/rewards{path}")
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
