"""A campaign from the file of its customers to the report, through every process and every mail."""

import json
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor
from tests.builders import BROWSER
from tests.servers import Server, wait_until

pytestmark = [pytest.mark.browser]
CUSTOMERS = ("kim", "lee", "mia", "noa", "ole", "pia")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with its worker, and a place where customers answer replies to."""
    inbound = "replies@acme.example"
    made = Server(tmp_path / "data", SAYSO_RATE_LIMIT="off", SAYSO_INBOUND_ADDRESS=inbound)
    yield made
    made.stop()


def mails(server: Server) -> list[Any]:
    """What left the server, oldest first."""
    files = sorted((server.data / "mail").glob("[!.]*.eml"), key=lambda file: file.stat().st_mtime)
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def mails_to(server: Server, part: str) -> list[Any]:
    return [mail for mail in mails(server) if part in mail["To"]]


def text_of(mail: Any, kind: str) -> str:
    text: str = mail.get_body((kind,)).get_content()
    return text


def imported(page: Page, file: Path) -> None:
    page.goto("/console/customers/import")
    page.get_by_label("Spreadsheet (XLSX) or CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Done.")).to_be_visible(timeout=30_000)


def audience_of(page: Page, segment: str) -> None:
    page.goto("/console/audiences/new")
    page.get_by_label("Name", exact=True).fill("Gold customers")
    for name, words in (("field.0", "Segment"), ("operator.0", "contains")):
        field = page.locator(f"select[name='{name}']")
        # The rules are drawn anew, and what is typed before that would go with the old ones.
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            field.select_option(words)
        expect(field.locator("option[selected]")).to_have_text(words)
        expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.get_by_label("Text").press_sequentially(segment, delay=200)
    expect(page.locator("#matches")).to_contain_text("6 customers")
    page.get_by_role("button", name="Save").last.click()


def planned(page: Page, survey: str) -> None:
    page.goto("/console/campaigns/new")
    page.get_by_label("Name", exact=True).fill("First quarter")
    page.get_by_label("Survey").select_option(survey)
    page.get_by_label("Audience").select_option("Gold customers")
    page.get_by_label("A representative sample").check()
    page.get_by_label("Of so many customers").check()
    page.get_by_label("Customers to ask").fill("2")
    page.get_by_label("Not before the hour").fill("0")
    page.get_by_label("Not after the hour").fill("24")
    expect(page.locator("#sample")).to_contain_text("2 would be asked")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", name="Sample against population")).to_be_visible()


def answered(visitor: Page, mail: Any) -> None:
    """A customer clicks on a score in the mail, says why, and is done."""
    [click] = set(re.findall(r'href="([^"]*/s/[^"?]+\?score=3)"', text_of(mail, "html")))
    visitor.goto(click)
    visitor.get_by_role("button", name="Send").click()
    visitor.get_by_role("textbox").fill("The chain fell off twice.")
    visitor.get_by_role("button", name=re.compile("Send|Finish|Done")).click()


def written_back(server: Server, mail: Any, words: str) -> str:
    """The customer answers a reply as their mail program does."""
    answer = EmailMessage()
    answer["From"], answer["To"] = mail["To"], mail["Reply-To"]
    answer["Subject"] = f"Re: {mail['Subject']}"
    answer["Message-ID"], answer["In-Reply-To"] = make_msgid(), mail["Message-ID"]
    quoted = "\n".join(f"> {line}" for line in text_of(mail, "plain").splitlines())
    answer.set_content(f"{words}\n\nOn Thu, 26 Nov 2026 at 10:00, Ana wrote:\n\n{quoted}\n")
    return server.command("reply", typed=answer.as_string())


def test_from_customers_in_a_file_to_the_report_of_what_they_said(
    server: Server, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    made = json.loads(server.command("demo", "--json"))
    survey, owner = made["surveys"]["nps"], made["owner"]
    server.start()
    page = new_visitor(base_url=server.url)
    page.goto("/console/account/sign-in")
    page.get_by_label("Email").fill(owner["email"])
    page.get_by_label("Password").first.fill(owner["password"])
    page.get_by_role("button", name="Sign in").click()

    file = tmp_path / "crm.csv"
    rows = [f"{name}@gold.example;{name.title()};Globex;Gold" for name in CUSTOMERS]
    file.write_text("\n".join(["E-Mail;Name;Client;Segment", *rows, ""]))
    imported(page, file)
    audience_of(page, "Gold")
    planned(page, survey)

    page.get_by_role("button", name="Send it to me").click()
    wait_until(lambda: bool(mails_to(server, owner["email"])), "the rehearsal")
    assert mails_to(server, "gold.example") == []
    page.get_by_role("button", name="Launch").click()
    wait_until(lambda: len(mails_to(server, "gold.example")) == 2, "the campaign's mails")
    asked = mails_to(server, "gold.example")[0]
    customer = asked["To"].addresses[0].addr_spec
    answered(new_visitor(user_agent=BROWSER), asked)
    expect(page.locator("#progress")).to_contain_text("1 answered", timeout=30_000)

    page.goto("/console/responses")
    page.get_by_role("link", name="3 of 10").click()
    page.get_by_label(f"By mail to {customer}").fill("We are sorry. Shall we fetch it tomorrow?")
    page.get_by_role("button", name="Send the reply").click()
    wait_until(lambda: len(mails_to(server, customer)) == 2, "the reply")
    reply = mails_to(server, customer)[1]
    assert reply["In-Reply-To"] == asked["Message-ID"]
    assert "The chain fell off twice." in text_of(reply, "plain")
    assert "in its thread" in written_back(server, reply, "Yes, at nine please.")

    page.reload()
    expect(page.get_by_text("Yes, at nine please.", exact=True)).to_be_visible()
    page.get_by_label("What came of it").fill("Fetched and mended.")
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.get_by_text("Fetched and mended.").first).to_be_visible()

    page.goto("/console/clients?by=client")
    page.get_by_role("link", name="Globex").first.click()
    page.get_by_role("link", name="Make the quarterly report").click()
    page.get_by_role("button", name="Make a draft").click()
    expect(page.get_by_role("heading", name="Globex").first).to_be_visible()
    expect(page.get_by_text("Follow-ups").first).to_be_visible()
