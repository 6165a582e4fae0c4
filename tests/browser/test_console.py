"""A product team words its question, publishes it, and reads the answer."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.builders import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def sign_in(page: Page, product: Product) -> None:
    """Sign in as the owner; by the session of an earlier test where that still holds, as a server
    lets nobody try too often."""
    page.context.add_cookies(product.session)
    page.goto(f"{product.server.url}/console/")
    if not page.get_by_label("Password").is_visible():
        expect(page.get_by_role("heading", name="Surveys")).to_be_visible()
        return
    page.context.clear_cookies()
    page.goto(f"{product.server.url}/console/")
    page.get_by_label("Email").fill(product.acme.owner)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Surveys")).to_be_visible()
    product.session = page.context.cookies()


def choose(page: Page, name: str) -> None:
    """Follow a link of the header, which may be folded away."""
    header = page.get_by_role("navigation", name="Main")
    link = header.get_by_role("link", name=name)
    if not link.is_visible():
        header.locator("summary").click()
    link.click()


@pytest.mark.parametrize("width", [1280, 900, 390, 320])
def test_the_header_holds_all_pages_at_any_width_and_by_keyboard(
    product: Product, new_visitor: NewVisitor, width: int
) -> None:
    team = new_visitor(java_script_enabled=False)
    team.set_viewport_size({"width": width, "height": 800})
    sign_in(team, product)
    header = team.get_by_role("navigation", name="Main")
    folded = header.get_by_role("link", name="API keys")
    expect(folded).to_be_hidden()
    header.locator("summary").focus()
    team.keyboard.press("Enter")
    expect(folded).to_be_in_viewport(ratio=1)
    for _ in header.locator("details a").all():
        team.keyboard.press("Tab")
    expect(folded).to_be_focused()
    team.keyboard.press("Enter")
    expect(team.get_by_role("heading", name="API keys")).to_be_visible()
    expect(header.locator("summary")).to_have_text("More: API keys")
    bounds = team.locator("header.top").bounding_box()
    assert bounds is not None
    assert bounds["height"] <= (110 if width >= 900 else 210)
    assert team.locator("body").evaluate("(body) => body.scrollWidth") <= width


def test_from_a_new_survey_to_its_first_answer(product: Product, new_visitor: NewVisitor) -> None:
    team, customer = new_visitor(), new_visitor()
    sign_in(team, product)
    team.get_by_role("link", name="New survey").first.click()
    team.get_by_label("Name").fill("After chat")
    team.get_by_role("button", name="Make the survey").click()
    team.get_by_label("Question").fill("Did {member} help?")
    team.get_by_label("Label of the lowest score").focus()
    expect(team.locator("#saved")).to_have_text("Draft saved.")
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
    choose(team, "Responses")
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
    team.get_by_label("Another area").first.fill("Good coffee")
    team.get_by_role("button", name="Add").first.click()
    expect(team.get_by_text("Draft saved.")).to_be_visible()
    expect(team.get_by_role("button", name="Remove: Good coffee")).to_be_visible()


def editor_of(team: Page, product: Product, section: str = "wording") -> str:
    """Open the editor of a new survey; returns its public id."""
    survey = product.acme.survey("stars")
    sign_in(team, product)
    team.goto(f"{product.server.url}/console/surveys/{survey}?section={section}")
    return survey


@pytest.mark.parametrize("script", [True, False])
def test_publish_at_once_publishes_what_was_just_typed(
    product: Product, new_visitor: NewVisitor, script: bool
) -> None:
    team, customer = new_visitor(java_script_enabled=script), new_visitor()
    survey = editor_of(team, product)
    expect(team.get_by_text("Published, version 1", exact=True)).to_be_visible()
    team.get_by_label("Question").fill("Was it fast?")
    team.get_by_role("button", name="Publish").click()
    expect(team.get_by_text("Published as version 2.")).to_be_visible()
    expect(team.get_by_text("Published, version 2", exact=True)).to_be_visible()
    customer.goto(f"{product.server.url}/w/{survey}")
    expect(customer.get_by_role("heading", name="Was it fast?")).to_be_visible()


def test_the_preview_and_the_state_follow_while_somebody_types(
    product: Product, new_visitor: NewVisitor
) -> None:
    team = new_visitor()
    editor_of(team, product)
    team.get_by_label("Question").press_sequentially("Quick?")
    # The field still has the focus: nothing but typing has happened.
    preview = team.frame_locator("#preview")
    expect(preview.get_by_role("heading", name="Quick?")).to_be_visible()
    expect(team.get_by_text("Published, version 1, with unpublished changes")).to_be_visible()
    expect(team.locator("#saved")).to_have_text("Draft saved.")
    assert team.locator("#saved").get_attribute("role") == "status"
    expect(team.get_by_label("Question")).to_be_focused()


@pytest.mark.parametrize("way", ["tab", "elsewhere", "back", "another form"])
def test_an_edit_is_kept_when_its_author_goes_elsewhere_at_once(
    product: Product, new_visitor: NewVisitor, way: str
) -> None:
    team = new_visitor()
    survey = editor_of(team, product)
    team.get_by_label("Question").fill("Kept?")
    if way == "tab":
        team.get_by_role("link", name="Looks").click()
        expect(team.get_by_label("Accent colour", exact=True)).to_be_visible()
    elif way == "elsewhere":
        choose(team, "Members")
        expect(team.get_by_role("heading", name="Members", exact=True)).to_be_visible()
    elif way == "back":
        team.go_back()
        expect(team.get_by_role("heading", name="Surveys")).to_be_visible()
    else:
        team.get_by_role("button", name="Rename").click()
        expect(team.get_by_text("Renamed.")).to_be_visible()

    def is_kept() -> bool:
        page = team.request.get(f"{product.server.url}/console/surveys/{survey}").text()
        return 'value="Kept?"' in page

    if way == "back":
        # Sent as the page closes; nobody waits for the answer.
        assert any(is_kept() for _attempt in range(200))
    assert is_kept()


def test_a_half_typed_reason_is_kept_too(product: Product, new_visitor: NewVisitor) -> None:
    team = new_visitor()
    survey = editor_of(team, product, "reasons")
    team.get_by_label("Another area").first.fill("Good coffee")
    team.get_by_role("link", name="Wording").click()
    expect(team.get_by_label("Question")).to_be_visible()
    team.goto(f"{product.server.url}/console/surveys/{survey}?section=reasons")
    expect(team.get_by_role("button", name="Remove: Good coffee")).to_have_count(1)


def test_what_cannot_be_saved_is_not_left_without_a_warning(
    product: Product, new_visitor: NewVisitor
) -> None:
    team = new_visitor(says=("422",))
    editor_of(team, product)
    warnings: list[str] = []

    def leave(dialog: Dialog) -> None:
        warnings.append(dialog.type)
        dialog.accept()

    team.on("dialog", leave)
    team.get_by_label("Question").fill("How did {agent} do?")
    team.get_by_role("link", name="Looks").click()
    expect(team.get_by_text("{agent} is no placeholder")).to_be_visible()
    assert warnings == []
    team.get_by_role("link", name="Looks").click()
    expect(team.get_by_label("Accent colour", exact=True)).to_be_visible()
    assert warnings == ["beforeunload"]


def test_a_logo_is_kept_and_shown_as_soon_as_it_is_chosen(
    product: Product, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    team = new_visitor()
    editor_of(team, product, "looks")
    Image.new("RGB", (80, 20), "#123456").save(tmp_path / "logo.png")
    team.get_by_label("Logo").set_input_files(tmp_path / "logo.png")
    expect(team.get_by_role("img", name="The logo")).to_be_visible()
    assert team.get_by_label("Logo", exact=True).input_value() == ""
    expect(team.frame_locator("#preview").locator("img")).to_be_visible()


def test_the_pages_of_the_console_stand_in_one_line(
    product: Product, new_visitor: NewVisitor
) -> None:
    page = new_visitor(viewport={"width": 1280, "height": 900})
    sign_in(page, product)
    links = page.get_by_role("navigation", name="Main").get_by_role("link").all()
    tops = {box["y"] for link in links if (box := link.bounding_box())}
    assert len(links) >= 5
    assert len(tops) == 1


def test_the_fields_of_a_form_stand_in_lines(product: Product, new_visitor: NewVisitor) -> None:
    page = new_visitor(viewport={"width": 1280, "height": 900})
    product.acme.survey()
    sign_in(page, product)
    page.goto(f"{product.server.url}/console/requests/new")
    boxes = [
        page.get_by_label(name, exact=True).bounding_box()
        for name in ("Member who helped", "Channel", "Reference")
    ]
    assert len({box["y"] for box in boxes if box}) == 1
