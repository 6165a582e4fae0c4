"""A reply to a customer, in a browser: written, shown, and fit for everybody."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_console import sign_in
from tests.browser.widths import past_the_edge
from tests.builders import answer_survey
from tests.following import HOME, follow_ups
from widget.actions.receive_reply import receive_reply
from widget.domain.inbound.mails import Attachment, InboundMail
from widget.domain.mail_addresses import ThreadName
from widget.extensions import db
from widget.web.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def write_back(product: Product, response: str) -> None:
    """What happens when the customer of a response answers by mail."""
    [row] = [one for one in follow_ups(product.acme) if one.response_id == UUID(response)]
    mail = InboundMail(
        *((), "kim@reply.example", "Re: Hello", "<1@reply.example>"),
        text="That helped.\n\n> We are sorry.",
        attachments=(Attachment("bill.pdf", 3000),),
    )
    with product.acme.world.app.app_context():
        thread = ThreadName(product.acme.id, row.id)
        receive_reply(db.session(), thread, mail, home=HOME, at=utc_now())
        db.session.remove()


def test_a_reply_is_written_and_answered(product: Product, new_visitor: NewVisitor) -> None:
    team, acme = new_visitor(), product.acme
    survey = acme.survey("stars", "A reply by hand")
    response = answer_survey(acme, survey, 2, customer_email="kim@reply.example", at=utc_now())
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/responses/{response}")
    team.get_by_label("By mail to kim@reply.example").fill("We are sorry.")
    team.get_by_role("button", name="Send the reply").click()
    thread = team.locator("#thread")
    expect(thread.get_by_text("We are sorry.")).to_be_visible()
    expect(thread.get_by_text("Waiting", exact=True)).to_be_visible()
    write_back(product, response)
    team.reload()
    expect(thread.get_by_text("That helped.", exact=True)).to_be_visible()
    thread.get_by_text("The whole mail").click()
    expect(thread.get_by_text("> We are sorry.")).to_be_visible()
    assert axe(team) == []
    team.set_viewport_size({"width": 320, "height": 700})
    assert past_the_edge(team) == []


def test_a_template_begins_a_reply_and_leaves_what_was_typed(
    product: Product, new_visitor: NewVisitor
) -> None:
    team, acme = new_visitor(), product.acme
    survey = acme.survey("nps", "A reply from a template")
    response = answer_survey(acme, survey, 3, customer_email="kim@reply.example", at=utc_now())
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/responses/{response}")
    field = team.get_by_label("By mail to kim@reply.example")
    team.get_by_role("button", name="Say sorry and ask what would help").click()
    expect(field).to_have_value(re.compile("^Hello dear customer,\n\nThank you for telling us"))
    expect(field).to_be_in_viewport()
    field.fill("I have looked into it.")
    team.get_by_label("Begin with a template").select_option("Say what was done")
    team.get_by_role("button", name="Use it").click()
    expect(field).to_have_value(re.compile("^I have looked into it.\n\nHello dear customer,"))
    assert axe(team) == []
    team.set_viewport_size({"width": 320, "height": 700})
    assert past_the_edge(team) == []


def test_a_template_begins_a_reply_without_scripts(
    product: Product, new_visitor: NewVisitor
) -> None:
    team, acme = new_visitor(java_script_enabled=False), product.acme
    survey = acme.survey("nps", "A reply without scripts")
    response = answer_survey(acme, survey, 8, customer_email="kim@reply.example", at=utc_now())
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/responses/{response}")
    field = team.get_by_label("By mail to kim@reply.example")
    field.fill("Good to hear from you.")
    team.get_by_role("button", name="Ask the one thing").click()
    expect(field).to_have_value(re.compile("^Good to hear from you.\n\nHello dear customer,"))
    expect(field).to_be_in_viewport()
