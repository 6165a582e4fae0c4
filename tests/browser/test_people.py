"""People come in by mail, see what is theirs, and go from one workspace to another."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_console import sign_in
from tests.builders import PASSWORD, answer_survey, make_workspace
from widget.outbound.jobs import make_jobs
from widget.storage.engine import prepare_engine
from widget.storage.ids import new_id

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def address(name: str) -> str:
    """An address of this test's own: the product is shared."""
    return f"{name}-{new_id().hex[-8:]}@acme.example"


def mail_to(product: Product, email: str) -> Path:
    """The newest mail to somebody as a page, once the worker has done its job."""
    settings = product.acme.world.settings
    engine = prepare_engine(create_engine(settings.database_url))
    jobs = {job.name: job for job in make_jobs(settings, engine, lambda: False)}
    while jobs["send messages"].run(engine, datetime.now(UTC)):
        pass
    engine.dispose()
    mails = [
        file
        for file in (settings.data / "mail").glob("*.eml")
        if f"To: {email}" in file.read_text()
    ]
    return max(mails, key=lambda file: file.stat().st_mtime).with_suffix(".html")


def follow(page: Page, mail: Path, words: str) -> None:
    """Open a mail's page and go where its link leads."""
    page.goto(f"file://{mail}")
    link = page.get_by_role("link", name=words).get_attribute("href")
    assert link
    page.goto(link)


def test_a_manager_is_invited_by_mail_and_sees_only_their_team(
    product: Product, new_visitor: NewVisitor
) -> None:
    acme, email = product.acme, address("lea")
    support = acme.team(f"Support {email}")
    phone = acme.team("Phone", parent=support)
    ours, theirs = address("ana"), address("ben")
    acme.put_in(phone, acme.member("Ana Silva", email=ours))
    acme.member("Ben Brook", email=theirs)
    survey = acme.survey("stars")
    answer_survey(acme, survey, 5, member=ours, comment="Ana was great")
    answer_survey(acme, survey, 5, member=theirs, comment="Ben was great")
    owner, lea = new_visitor(), new_visitor()
    sign_in(owner, product)
    owner.goto(f"{product.server.url}/console/people")
    owner.get_by_label("Email address").fill(email)
    expect(owner.get_by_role("group", name="Teams to lead")).to_be_hidden()
    owner.get_by_label("Role").select_option("manager")
    owner.get_by_label("Their teams, and the teams below").check()
    owner.get_by_label(f"Support {email}", exact=True).check()
    assert axe(owner) == []
    owner.get_by_role("button", name="Invite").click()
    expect(owner.get_by_role("heading", name=f"{email} is invited")).to_be_visible()
    follow(lea, mail_to(product, email), "Join")
    expect(lea.get_by_role("heading", name="Join Acme")).to_be_visible()
    assert axe(lea) == []
    lea.get_by_label("Your name").fill("Lea Lund")
    lea.get_by_label("Password").fill(PASSWORD)
    lea.get_by_role("button", name="Join").click()
    expect(lea.get_by_role("heading", name="Stream")).to_be_visible()
    expect(lea.get_by_text("Ana was great")).to_be_visible()
    expect(lea.get_by_text("Ben was great")).to_have_count(0)
    expect(lea.get_by_role("link", name="Sites", include_hidden=True)).to_have_count(0)
    owner.reload()
    row = owner.get_by_role("row", name="Lea Lund")
    expect(row.get_by_text(f"Support {email}")).to_be_visible()


def test_somebody_of_two_workspaces_goes_from_one_to_the_other(
    product: Product, new_visitor: NewVisitor
) -> None:
    acme, email = product.acme, address("charlie")
    rival = make_workspace(acme.world, f"Rival {email}", email)
    id = answer_survey(rival, rival.survey(), 5, comment="For the other one")
    owner, charlie = new_visitor(), new_visitor(says=("404",))
    sign_in(owner, product)
    owner.goto(f"{product.server.url}/console/people")
    owner.get_by_label("Email address").fill(email)
    owner.get_by_label("Role").select_option("viewer")
    owner.get_by_role("button", name="Invite").click()
    expect(owner.get_by_role("heading", name=f"{email} is invited")).to_be_visible()
    follow(charlie, mail_to(product, email), "Join")
    charlie.get_by_role("link", name="Sign in to join").click()
    charlie.get_by_label("Email").fill(email)
    charlie.get_by_label("Password").fill(PASSWORD)
    charlie.get_by_role("button", name="Sign in").click()
    charlie.get_by_role("button", name="Join").click()
    expect(charlie.get_by_text("Welcome to Acme.")).to_be_visible()
    # A link into the other workspace says where it is, and leads there.
    charlie.goto(f"{product.server.url}/console/responses/{id}")
    expect(charlie.get_by_text("You are in Acme.")).to_be_visible()
    charlie.get_by_role("button", name=f"Look in Rival {email}").click()
    expect(charlie.get_by_text("For the other one")).to_be_visible()
    charlie.locator("summary").filter(has_text="Rival").click()
    charlie.get_by_role("button", name="Switch to Acme").click()
    expect(charlie.locator("summary").filter(has_text="Acme")).to_be_visible()


def test_a_long_list_of_teams_is_searched(product: Product, new_visitor: NewVisitor) -> None:
    email = address("sam")
    product.acme.person(email, "viewer")
    for number in range(12):
        product.acme.team(f"Branch {number} of {email}")
    owner = new_visitor()
    sign_in(owner, product)
    owner.goto(f"{product.server.url}/console/people")
    owner.get_by_role("link", name=f"Change role {email}").click()
    owner.get_by_label("Role").select_option("manager")
    owner.get_by_label("Their teams, and the teams below").check()
    owner.get_by_label("Find a team").fill(f"branch 3 of {email}")
    choices = owner.get_by_role("group", name="Teams to lead").get_by_role("checkbox")
    expect(choices.filter(visible=True)).to_have_count(1)
    owner.get_by_label("Find a team").press("Enter")
    owner.get_by_label(f"Branch 3 of {email}").check()
    owner.get_by_role("button", name="Save").click()
    row = owner.get_by_role("row", name=re.compile(email))
    expect(row.get_by_text(f"Branch 3 of {email}")).to_be_visible()


def test_a_forgotten_password_is_replaced_without_script(
    product: Product, new_visitor: NewVisitor
) -> None:
    email = address("bo")
    product.acme.person(email, "viewer")
    bo = new_visitor(java_script_enabled=False, viewport={"width": 320, "height": 640})
    bo.goto(f"{product.server.url}/console/")
    bo.get_by_role("link", name="Forgot your password?").click()
    bo.get_by_label("Email address").fill(email)
    bo.get_by_role("button", name="Send me a link").click()
    expect(bo.get_by_text("If somebody signs in with this address")).to_be_visible()
    follow(bo, mail_to(product, email), "Choose a new password")
    assert bo.evaluate("document.documentElement.scrollWidth <= 320")
    bo.get_by_label("New password").fill("a whole new password")
    bo.get_by_role("button", name="Set the password").click()
    bo.get_by_label("Email").fill(email)
    bo.get_by_label("Password").fill("a whole new password")
    bo.get_by_role("button", name="Sign in").click()
    expect(bo.get_by_role("heading", name="Stream")).to_be_visible()
