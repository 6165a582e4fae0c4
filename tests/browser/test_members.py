"""A member edits their profile, a manager approves it, and customers see it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_accessibility import axe
from tests.browser.test_console import sign_in
from tests.builders import PASSWORD, answer_survey, picture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def sign_in_as(page: Page, product: Product, email: str) -> None:
    """Sign in as somebody whose first page may be no page for them."""
    page.goto(f"{product.server.url}/console/account/sign-in?next=/console/profile")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your profile")).to_be_visible()


def test_a_profile_goes_from_its_member_to_customers(
    product: Product, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    acme = product.acme
    team, ana = acme.team("Phone"), acme.member("Ana Silva", email="ana.s@acme.example")
    acme.put_in(team, ana)
    acme.person("ana.s@acme.example", "member", member=ana)
    acme.person("phone.lead@acme.example", "manager", leads=(team,))
    survey = acme.survey("stars", "With a face")
    landing = f"{product.server.url}/e/{survey}?score=4&member=ana.s@acme.example"
    photo = tmp_path / "ana.png"
    photo.write_bytes(picture())
    member, lead, customer = new_visitor(), new_visitor(), new_visitor()
    sign_in_as(member, product, "ana.s@acme.example")
    member.get_by_label("A picture").set_input_files(photo)
    member.get_by_label("Title").fill("Ten years on the phone")
    member.get_by_label("About them, in two lines").fill("Ask me anything.\nReally.")
    member.get_by_role("button", name="Send for approval").click()
    expect(member.get_by_text("Pending review")).to_be_visible()
    customer.goto(landing)
    expect(customer.get_by_text("Ana Silva").first).to_be_visible()
    expect(customer.get_by_text("Ten years on the phone")).to_have_count(0)
    sign_in_as(lead, product, "phone.lead@acme.example")
    lead.goto(f"{product.server.url}/console/members")
    lead.get_by_role("link", name="To review 1").click()
    changes = lead.get_by_role("region", name="Change 1: Ana Silva")
    expect(changes.get_by_role("row", name="Title changed")).to_contain_text("Ten years")
    expect(changes.get_by_role("img", name="The photo wanted")).to_be_visible()
    lead.get_by_role("button", name="Approve Ana Silva").click()
    expect(lead.get_by_text("Nothing waits for you")).to_be_visible()
    customer.reload()
    expect(customer.get_by_text("Ten years on the phone")).to_be_visible()
    expect(customer.locator("img.photo")).to_be_visible()
    member.reload()
    expect(member.get_by_text("Active", exact=True)).to_be_visible()


def test_a_declined_change_is_read_and_mended_by_keyboard(
    product: Product, new_visitor: NewVisitor
) -> None:
    acme = product.acme
    bo = acme.member("Bo Chen")
    acme.person("bo.c@acme.example", "member", member=bo)
    member, owner = new_visitor(), new_visitor()
    sign_in_as(member, product, "bo.c@acme.example")
    member.get_by_label("Title").fill("The boss")
    member.get_by_label("Title").press("Enter")
    expect(member.get_by_text("Pending review")).to_be_visible()
    sign_in(owner, product)
    owner.goto(f"{product.server.url}/console/members/review")
    card = owner.get_by_role("article", name="Bo Chen")
    card.locator("summary").focus()
    owner.keyboard.press("Enter")
    card.get_by_label("Why").fill("You are not.")
    card.get_by_role("button", name="Decline Bo Chen").press("Enter")
    expect(owner.get_by_role("status")).to_contain_text("Declined")
    member.reload()
    expect(member.get_by_text("You are not.")).to_be_visible()
    expect(member.get_by_label("Title")).to_have_value("The boss")


def test_profile_questions_are_ordered_by_keyboard(
    product: Product, new_visitor: NewVisitor
) -> None:
    owner = new_visitor()
    sign_in(owner, product)
    owner.goto(f"{product.server.url}/console/workspace/members")
    for text in ("Weekend?", "Hobby?"):
        owner.get_by_label("Another question").fill(text)
        owner.get_by_label("Another question").press("Enter")
        expect(owner.get_by_label("Another question")).to_have_value("")
    owner.get_by_role("button", name="Move up: Hobby?").press("Enter")
    # At the top it can only go down again: that is where the focus is.
    expect(owner.get_by_role("button", name="Move down: Hobby?")).to_be_focused()
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("button", name="Move up: Hobby?")).to_be_focused()
    expect(owner.get_by_label("Question 2")).to_have_value("Hobby?")
    for text in ("Weekend?", "Hobby?"):
        owner.get_by_role("button", name=f"Remove: {text}").click()
        expect(owner.get_by_role("button", name=f"Remove: {text}")).to_have_count(0)


def test_members_come_from_a_file_and_unknown_ones_from_ratings(
    product: Product, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    owner = new_visitor()
    survey = product.acme.survey("stars", "Named wrongly")
    answer_survey(product.acme, survey, 5, member="dora.p")
    file = tmp_path / "members.csv"
    file.write_text("email,name,team,tags\ndora@acme.example,Dora Pinto,Files,new\nnobody,X,,\n")
    sign_in(owner, product)
    owner.goto(f"{product.server.url}/console/members")
    owner.get_by_role("link", name="Import").click()
    owner.get_by_label("CSV file").set_input_files(file)
    owner.get_by_label("Make teams that are not there yet").check()
    owner.get_by_role("button", name="Look at it first").click()
    rows = owner.get_by_role("region", name="Rows")
    expect(rows.get_by_role("row", name="Dora Pinto")).to_contain_text("Added")
    expect(rows.get_by_role("row", name="nobody")).to_contain_text("This is no email address.")
    owner.get_by_role("button", name="Apply").click()
    expect(owner.get_by_role("status")).to_contain_text("Added 1, Not used 1")
    owner.get_by_label("Search").fill("dora")
    owner.get_by_label("Tag").select_option("new")
    expect(owner.locator("#rows").get_by_text("1 member")).to_be_visible()
    expect(owner.get_by_role("link", name="Dora Pinto")).to_be_visible()
    owner.get_by_role("link", name="Unknown members").click()
    owner.get_by_role("link", name="Assign dora.p").click()
    owner.get_by_label("Search members").fill("dora@")
    owner.get_by_role("button", name="Search").click()
    owner.get_by_role("button", name="Assign to Dora Pinto").click()
    expect(owner.get_by_role("status")).to_contain_text("Ratings that are theirs now: 1")
    assert product.responses(survey)[0].member_id is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_members_pages(
    product: Product, new_visitor: NewVisitor, scheme: str
) -> None:
    acme = product.acme
    top = acme.team(f"Top {scheme}")
    team = acme.team("A team with a long name, as they have them", top)
    eva = acme.member("Eva Nowak", email=f"eva.{scheme}@acme.example")
    acme.put_in(team, eva)
    acme.person(f"eva.{scheme}@acme.example", "member", member=eva)
    answer_survey(acme, acme.survey(), 5, member=f"nobody.{scheme}")
    phone = {"width": 320, "height": 800}
    member = new_visitor(color_scheme=scheme, viewport=phone)
    owner = new_visitor(color_scheme=scheme, viewport=phone)
    found: dict[str, list[str]] = {}

    def check(page: Page, name: str) -> None:
        wrong = axe(page)
        if page.evaluate("document.documentElement.scrollWidth > 320"):
            wrong.append("wider than 320 pixels")
        if wrong:
            found[name] = wrong

    sign_in_as(member, product, f"eva.{scheme}@acme.example")
    member.get_by_label("Title").fill("Mechanic")
    member.get_by_role("button", name="Send for approval").click()
    expect(member.get_by_text("Pending review")).to_be_visible()
    check(member, "profile")
    sign_in(owner, product)
    for path in (
        *("members", "members/new", f"members/{eva}", "members/review", "members/import"),
        *("teams", f"teams/{team}", f"teams/{top}", "unassigned", "workspace/members"),
        f"unassigned/assign?given=nobody.{scheme}",
    ):
        owner.goto(f"{product.server.url}/console/{path}")
        check(owner, path)
    owner.goto(f"{product.server.url}/console/members/import")
    content = b"email,name,title\nnobody,,\nnew@acme.example,New,Mechanic\n"
    file = {"name": "members.csv", "mimeType": "text/csv", "buffer": content}
    owner.get_by_label("CSV file").set_input_files([file])  # type: ignore[list-item]
    owner.get_by_role("button", name="Look at it first").click()
    expect(owner.get_by_role("heading", name="2 rows")).to_be_visible()
    check(owner, "preview")
    assert found == {}
