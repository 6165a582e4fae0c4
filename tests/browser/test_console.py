"""A product team words its question, publishes it, and reads the answer."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.builders import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def sign_in(page: Page, product: Product) -> None:
    page.goto(f"{product.server.url}/console/")
    page.get_by_label("Email").fill(product.acme.owner)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Surveys")).to_be_visible()


def test_from_a_new_survey_to_its_first_answer(product: Product, new_visitor: NewVisitor) -> None:
    team, customer = new_visitor(), new_visitor()
    sign_in(team, product)
    team.get_by_role("link", name="New survey").first.click()
    team.get_by_label("Name").fill("After chat")
    team.get_by_role("button", name="Make the survey").click()
    team.get_by_label("Question").fill("Did {member} help?")
    team.get_by_label("Label of the lowest score").focus()
    expect(team.get_by_role("status").last).to_have_text("Saved in the draft.")
    preview = team.frame_locator("#preview")
    expect(preview.get_by_role("heading", name="Did our team help?")).to_be_visible()
    preview.get_by_role("radio", name="5 stars").click()
    expect(preview.get_by_role("heading", name="What went well?")).to_be_visible()
    team.get_by_role("button", name="Publish").click()
    expect(team.get_by_text("Published as version 2.")).to_be_visible()
    team.get_by_role("link", name="Embed").click()
    snippet = team.locator("#code-script").inner_text().replace(product.server.url, "SAYSO")
    customer.goto(product.page(snippet))
    frame = customer.frame_locator("sayso-survey iframe")
    expect(frame.get_by_role("heading", name="Did our team help?")).to_be_visible()
    frame.get_by_role("radio", name="2 stars").click()
    frame.get_by_label("Anything you would like to add?").fill("Not really")
    frame.get_by_role("button", name="Done").click()
    expect(frame.get_by_role("heading", name="Thank you!")).to_be_visible()
    team.get_by_role("navigation", name="Main").get_by_role("link", name="Responses").click()
    team.get_by_label("Comment").select_option("With a comment")
    team.get_by_label("Survey").select_option("After chat")
    expect(team.get_by_text("Not really")).to_be_visible()
    team.get_by_role("link", name="2 of 5 stars").click()
    expect(team.get_by_text("Did our team help?")).to_be_visible()


def test_a_snippet_is_copied(product: Product, new_visitor: NewVisitor) -> None:
    team = new_visitor(permissions=["clipboard-read", "clipboard-write"])
    survey = product.acme.survey("stars")
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/surveys/{survey}/embed")
    team.get_by_role("button", name="Copy").first.click()
    expect(team.get_by_role("button", name="Copied")).to_be_visible()
    assert f'data-survey="{survey}"' in team.evaluate("navigator.clipboard.readText()")


def test_the_try_it_page_stands_on_another_origin_and_counts_nothing(
    product: Product, new_visitor: NewVisitor
) -> None:
    team = new_visitor()
    survey = product.acme.survey("stars")
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/surveys/{survey}/embed")
    with team.context.expect_page() as opened:
        team.get_by_role("link", name="Try it on a page").click()
    page = opened.value
    assert page.url.startswith("http://localhost:")
    frame = page.frame_locator("sayso-survey iframe")
    expect(frame.get_by_text("Test mode")).to_be_visible()
    frame.get_by_role("radio", name="4 stars").click()
    expect(page.get_by_text('sayso:answer {"kind":"stars","score":4}')).to_be_visible()
    assert [row.is_test for row in product.responses(survey)] == [True]


def test_the_editor_works_without_script(product: Product, new_visitor: NewVisitor) -> None:
    team = new_visitor(java_script_enabled=False)
    survey = product.acme.survey("stars")
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/surveys/{survey}?section=reasons")
    team.get_by_label("Another reason").first.fill("Good coffee")
    team.get_by_role("button", name="Add").first.click()
    expect(team.get_by_text("Saved in the draft.")).to_be_visible()
    expect(team.get_by_role("button", name="Remove: Good coffee")).to_be_visible()
