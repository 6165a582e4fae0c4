"""A bad rating, its follow-up, and the second answer beside the first."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_console import choose, sign_in
from tests.builders import BROWSER, answer_survey, send_due_requests
from tests.following import HOME
from widget.actions.raise_alerts import RaiseAlerts
from widget.domain.links import LinkSigner, RequestLink
from widget.extensions import db
from widget.storage.models import Request
from widget.web.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def work_once(product: Product) -> None:
    """What the worker does with new events."""
    with product.acme.world.app.app_context():
        RaiseAlerts(HOME)(db.engine, utc_now())
        db.session.remove()


def second_link(product: Product, email: str) -> str:
    """The link in the mail that asks a customer again."""
    acme = product.acme
    send_due_requests(acme)
    with acme.world.app.app_context():
        request = db.session.query(Request).order_by(Request.id.desc()).first()
        assert request is not None
        assert request.recovers_response_id is not None
        signer = LinkSigner(acme.world.settings.secret_keys, "answer")
        link = f"{product.server.url}/s/{signer.sign(RequestLink(acme.id, request.id))}"
        db.session.remove()
    return link


def test_from_a_bad_rating_to_a_second_answer_beside_it(
    product: Product, new_visitor: NewVisitor
) -> None:
    team, customer = new_visitor(), new_visitor(user_agent=BROWSER)
    survey = product.acme.survey("stars", "After a long wait")
    snippet = (
        f'<script async src="SAYSO/embed.js" data-survey="{survey}" '
        'data-email="kim@c.example" data-name="Kim Kirk"></script>'
    )
    customer.goto(product.page(snippet))
    frame = customer.frame_locator("sayso-survey iframe")
    frame.get_by_role("radio", name="1 star", exact=True).click()
    frame.get_by_label("Anything you would like to add?").fill("I waited an hour")
    frame.get_by_role("button", name="Done").click()
    expect(frame.get_by_role("heading", name="Thank you!")).to_be_visible()
    work_once(product)

    sign_in(team, product)
    choose(team, "Follow-ups")
    team.get_by_label("Survey").select_option("After a long wait")
    waiting = team.get_by_role("listitem").filter(has_text="I waited an hour")
    waiting.get_by_role("link", name="1 of 5 stars").click()
    expect(team.get_by_role("heading", name="Follow-up with Kim Kirk")).to_be_visible()
    team.get_by_role("button", name="I am working on it").click()
    expect(team.get_by_text("In progress").first).to_be_visible()
    team.get_by_label("Note, for your team only").fill("Called Kim, sent a refund.")
    team.get_by_role("button", name="Add the note").click()
    expect(team.get_by_text("Called Kim, sent a refund.")).to_be_visible()
    team.get_by_label("What came of it").fill("Refunded")
    team.get_by_label("Ask again").check()
    team.get_by_role("button", name="Resolve", exact=True).click()
    expect(team.get_by_text("Resolved. The customer is asked again.")).to_be_visible()
    expect(team.get_by_text("No answer yet.")).to_be_visible()

    customer.goto(second_link(product, "kim@c.example") + "?score=5")
    customer.get_by_role("button", name="Send").click()
    customer.get_by_role("button", name="Done").click()
    expect(customer.get_by_role("heading", name="Thank you!")).to_be_visible()
    work_once(product)

    team.reload()
    pair = team.get_by_role("region", name="Before and after the follow-up")
    expect(pair.get_by_text("1 of 5 stars")).to_be_visible()
    expect(pair.get_by_text("5 of 5 stars")).to_be_visible()
    expect(team.get_by_text("The customer answered again: 5 of 5 stars.")).to_be_visible()
    team.get_by_role("link", name="The whole response").click()
    expect(team.get_by_role("region", name="Before and after the follow-up")).to_be_visible()
    team.goto(f"{product.server.url}/console/responses?survey={survey}&again=yes")
    team.get_by_role("link", name="5 of 5 stars").click()
    expect(team.get_by_role("region", name="Before and after the follow-up")).to_be_visible()
    assert [row.is_recovery for row in product.responses(survey)] == [False, True]


def test_a_follow_up_is_opened_by_hand_without_script(
    product: Product, new_visitor: NewVisitor
) -> None:
    team = new_visitor(java_script_enabled=False)
    survey = product.acme.survey("csat", "By hand")
    response = answer_survey(product.acme, survey, 5)
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/responses/{response}")
    team.get_by_role("button", name="Open a follow-up").click()
    expect(team.get_by_text("Opened by hand.")).to_be_visible()
    expect(team.get_by_text("The customer cannot be asked again.")).to_be_visible()
    team.get_by_role("button", name="Resolve", exact=True).click()
    expect(team.get_by_role("button", name="Open again")).to_be_visible()
    team.goto(f"{product.server.url}/console/responses/{response}")
    expect(team.get_by_role("link", name="Follow-up: Opened by hand")).to_be_visible()


def test_a_rule_and_a_chat_are_set(product: Product, new_visitor: NewVisitor) -> None:
    team = new_visitor(says=("422",))
    product.acme.survey("nps", "With a rule")
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/alerts")
    team.get_by_label("Name").fill("#support")
    team.get_by_label("Address of the webhook").fill("https://127.0.0.1/x")
    team.get_by_role("button", name="Add", exact=True).click()
    expect(team.get_by_text("This leads into a private network.")).to_be_visible()
    expect(team.get_by_label("Name")).to_have_value("#support")
    team.get_by_label("Address of the webhook").fill("https://hooks.slack.com/services/T0/secret")
    team.get_by_role("button", name="Add", exact=True).click()
    expect(team.get_by_text("https://hooks.slack.com/…cret")).to_be_visible()
    assert "services/T0" not in team.content()
    team.get_by_role("button", name="Send a test #support").click()
    chat = team.get_by_role("row").filter(has_text="#support")
    expect(chat.get_by_text("On its way")).to_be_visible()
    team.get_by_role("link", name="Make its own With a rule").click()
    expect(team.get_by_label("NPS")).to_have_value("default")
    team.get_by_label("NPS").select_option("3 or lower")
    team.get_by_label("A keyword in the comment").fill("refund\nlawyer")
    team.get_by_label("#support · Slack").check()
    team.get_by_role("button", name="Save").click()
    expect(team.get_by_role("link", name="Change With a rule")).to_be_visible()
    team.get_by_role("button", name="Remove #support").click()
    expect(team.get_by_text("https://hooks.slack.com/…cret")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    product: Product, new_visitor: NewVisitor, scheme: str, width: int
) -> None:
    team = new_visitor(color_scheme=scheme, viewport={"width": width, "height": 800})
    survey = product.acme.survey("stars", f"Looked at {scheme} {width}")
    answer_survey(product.acme, survey, 1, comment="Bad", customer_name="Kim")
    work_once(product)
    sign_in(team, product)
    for path in ("follow-ups", "alerts", "alerts/rule"):
        team.goto(f"{product.server.url}/console/{path}")
        looks_right(team)
    team.goto(f"{product.server.url}/console/follow-ups?survey={survey}")
    team.get_by_role("link", name="1 of 5 stars").click()
    expect(team.get_by_role("heading", name="Follow-up with Kim")).to_be_visible()
    looks_right(team)


def looks_right(page: Page) -> None:
    assert axe(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, page.url
