"""Planning a campaign with htmx: rules with a live count, a live sample, live progress."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.builders import PASSWORD
from tests.campaigning import add_customers, run

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def choose(page: Page, name: str, words: str) -> None:
    """Change a part of a rule, and wait until the rules are drawn anew."""
    field = page.locator(f"select[name='{name}']")
    field.select_option(words)
    expect(field.locator("option[selected]")).to_have_text(words)


def sign_in(page: Page, product: Product) -> None:
    page.goto("/console/account/sign-in")
    page.get_by_label("Email").fill(product.acme.owner)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_what_is_typed_and_chosen_while_an_answer_is_on_its_way_stays(
    product: Product, new_visitor: NewVisitor
) -> None:
    add_customers(product.acme, 3, "unhurried", segment="Unhurried")
    page = new_visitor(base_url=product.server.url)
    sign_in(page, product)
    page.goto("/console/audiences/new")
    page.get_by_label("Name", exact=True).fill("Unhurried customers")
    page.get_by_role("button", name="Add a rule").click()
    texts = page.get_by_label("Text", exact=True)
    expect(texts).to_have_count(2)

    waiting: list[Route] = []

    def answered(asked: int) -> None:
        """Let the oldest requests through, once so many have been made."""
        while len(waiting) < asked:
            page.evaluate("new Promise(requestAnimationFrame)")
        while waiting:
            waiting.pop(0).continue_()

    page.route("**/console/audiences/new", lambda route: waiting.append(route))
    rules = page.locator("#rules")

    # A choice under way: somebody types in the other rule, and chooses once more.
    page.locator("select[name='field.0']").select_option("Segment")
    texts.nth(1).press_sequentially("Unhurri")
    page.locator("select[name='operator.0']").select_option("contains")
    answered(2)
    expect(page.locator("select[name='operator.0'] option[selected]")).to_have_text("contains")
    expect(page.locator("select[name='field.0']")).to_have_value("segment")
    expect(texts.nth(1)).to_have_value("Unhurri")
    expect(texts.nth(1)).to_be_focused()
    page.keyboard.type("ed")
    expect(texts.nth(1)).to_have_value("Unhurried")

    # A rule is taken away under way: what is typed in the next moves with it, and so does a choice.
    rules.get_by_role("button", name="Remove").first.click()
    page.locator("select[name='field.1']").select_option("Segment")
    texts.nth(1).fill("Unhurrie")
    answered(1)
    expect(texts).to_have_count(1)
    expect(texts).to_have_value("Unhurrie")
    answered(1)
    expect(page.locator("select[name='field.0'] option[selected]")).to_have_text("Segment")

    # Presses under way are kept in mind, and each is done.
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_role("button", name="Add a group").click()
    texts.first.fill("Unhurried")
    answered(1)
    expect(texts).to_have_count(2)
    answered(1)
    expect(texts).to_have_count(3)
    expect(texts.first).to_have_value("Unhurried")
    page.unroute("**/console/audiences/new")
    rules.get_by_role("button", name="Remove").last.click()
    expect(texts).to_have_count(2)
    rules.get_by_role("button", name="Remove").last.click()
    expect(rules).to_contain_text("Fill in every rule")


def test_an_audience_is_made_and_a_campaign_planned_launched_and_watched(
    product: Product, new_visitor: NewVisitor
) -> None:
    acme = product.acme
    survey = acme.survey("nps", name="Campaign survey")
    add_customers(acme, 30, "browser-gold", segment="Browser gold", country="PT")
    add_customers(acme, 10, "browser-tin", segment="Browser tin", country="PT")
    page = new_visitor(base_url=product.server.url)
    sign_in(page, product)
    page.goto("/console/audiences/new")
    page.get_by_label("Name", exact=True).fill("Browser customers")
    choose(page, "field.0", "Segment")
    choose(page, "operator.0", "contains")
    page.get_by_label("Text").press_sequentially("Browser", delay=100)
    expect(page.locator("#matches")).to_contain_text("40 customers")
    page.get_by_role("button", name="Add a group").first.click()
    choose(page, "field.1.0", "Last asked")
    choose(page, "operator.1.0", "never")
    expect(page.locator("#matches")).to_contain_text("40 customers")
    assert axe(page) == []
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("link", name="Browser customers")).to_be_visible()

    page.goto("/console/campaigns/new")
    page.get_by_label("Name", exact=True).fill("Browser campaign")
    page.get_by_label("Survey").select_option(survey)
    page.get_by_label("Audience").select_option("Browser customers")
    expect(page.locator("#sample")).to_contain_text("40 would be asked")
    page.get_by_label("A representative sample").check()
    page.get_by_label("Of so many customers").check()
    page.get_by_label("Customers to ask").fill("8")
    page.get_by_label("Segment").check()
    expect(page.locator("#sample").get_by_role("row", name="Browser gold")).to_contain_text("6")
    expect(page.locator("#sample").get_by_role("row", name="Browser tin")).to_contain_text("2")
    assert axe(page) == []
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("button", name="Launch").click()
    expect(page.locator("#progress")).to_contain_text("Scheduled")
    run(acme, datetime.now(UTC))
    # Nobody reloads the page.
    expect(page.locator("#progress")).to_contain_text("Under way")
    expect(page.locator("#progress li").first).to_contain_text("8")
    assert axe(page) == []
    page.locator("summary", has_text="Stop for good").click()
    page.get_by_role("button", name="Stop it for good").click()
    expect(page.locator("#progress")).to_contain_text("Stopped")
    run(acme, datetime.now(UTC))
    expect(page.locator("#progress")).to_contain_text("not sent")
