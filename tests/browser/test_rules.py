"""A rule made in a browser: its conditions, its dry run, and a webhook whose secret is shown."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_console import sign_in
from tests.builders import answer_survey

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def choose(page: Page, name: str, words: str) -> None:
    """Choose in a list of a condition, and wait for what follows from it."""
    field = page.locator(f'select[name="{name}"]')
    field.select_option(label=words)
    expect(field.locator("option[selected]")).to_have_text(words)


def test_a_rule_is_made_with_a_dry_run_and_a_webhook(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = product.acme.survey("stars", "Survey of rules")
    for score in (1, 2, 5):
        answer_survey(product.acme, survey, score, comment="A quetzal" if score < 3 else "Fine")
    page = new_visitor(base_url=product.server.url)
    sign_in(page, product)

    page.goto("/console/webhooks")
    assert axe(page) == []
    page.get_by_label("Name", exact=True).fill("Browser CRM")
    page.get_by_label("Address", exact=True).fill("https://crm.example.com/hook")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#secret")).to_contain_text("whsec_")
    assert axe(page) == []

    page.goto("/console/rules/new")
    page.get_by_label("Name", exact=True).fill("Browser rule")
    choose(page, "field.0", "Survey")
    choose(page, "value.0", "Survey of rules")
    matches = page.locator("#matches")
    expect(matches).to_contain_text("acted on 3 responses")
    page.get_by_role("button", name="Add a condition").first.click()
    choose(page, "field.1", "Comment")
    page.get_by_label("Words, separated by commas").fill("quetzal, toucan")
    expect(matches).to_contain_text("acted on 2 responses")
    expect(matches.get_by_role("link")).to_have_count(2)
    # What was typed elsewhere is not lost by that.
    expect(page.get_by_label("Name", exact=True)).to_have_value("Browser rule")
    page.get_by_label("Tags to give").fill("bird")
    page.get_by_label("Browser CRM").check()
    assert axe(page) == []
    page.get_by_role("button", name="Save").last.click()
    row = page.get_by_role("row", name="Browser rule")
    expect(row).to_contain_text("sends the webhook Browser CRM")
    assert axe(page) == []
    row.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("row", name="Browser rule")).to_have_count(0)
