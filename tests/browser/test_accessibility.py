"""Whether everybody can use it: axe, and what axe does not see."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.builders import PASSWORD, answer_survey, ask_by_mail
from widget.domain.looks import contrast
from widget.domain.scales import STYLES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# A dark page has a light one's elements in other colours, and tests look at both.
RULES_IN_THE_DARK = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
EVERY_STYLE = [(kind, style) for kind, styles in STYLES.items() for style in styles]

# Targets as a finger meets them: label boxes for choices, boxes of buttons and fields.
TARGETS = """() => [...document.querySelectorAll(
    'label.point, label.reason, label.yes, button:not(.unseen), textarea, .reach input'
  )].filter(e => e.checkVisibility()).map(e => {
    const box = e.getBoundingClientRect();
    return [e.textContent.trim().slice(0, 30), box.width, box.height];
  })"""


def axe(page: Page) -> list[str]:
    """What axe finds wrong: all that it knows of, and in the dark what is about colours."""
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    found = Axe().run(page, options=RULES_IN_THE_DARK if is_dark else RULES)
    return [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


def open_survey(page: Page, product: Product, kind: str, style: str, query: str = "") -> str:
    survey = product.acme.survey(kind, style=style)  # type: ignore[arg-type]
    page.goto(f"{product.server.url}/w/{survey}{query}")
    return survey


@pytest.mark.parametrize(("kind", "style"), EVERY_STYLE)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_step(
    product: Product, new_visitor: NewVisitor, kind: str, style: str, scheme: str
) -> None:
    page = new_visitor(color_scheme=scheme)
    open_survey(page, product, kind, style)
    assert axe(page) == []
    page.get_by_role("radio").last.click()
    expect(page.get_by_role("heading", name="What went well?")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    assert axe(page) == []


@pytest.mark.parametrize(("kind", "style"), EVERY_STYLE)
def test_a_fingers_targets_are_large_enough(
    product: Product, new_visitor: NewVisitor, kind: str, style: str
) -> None:
    page = new_visitor(has_touch=True, is_mobile=True, viewport={"width": 320, "height": 640})
    open_survey(page, product, kind, style)
    for name, width, height in page.evaluate(TARGETS):
        # Seven numbers in 320 pixels cannot be 44 wide each; 24 is what WCAG asks for.
        least = 24 if kind == "ces" else 44
        assert width >= least, (name, width)
        assert height >= 44, (name, height)
    assert page.evaluate("document.documentElement.scrollWidth <= 320")
    page.get_by_role("radio").last.tap()
    expect(page.get_by_role("heading", name="What went well?")).to_be_visible()
    for name, _width, height in page.evaluate(TARGETS):
        assert height >= 44, (name, height)
    assert page.evaluate("document.documentElement.scrollWidth <= 320")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_drawn_can_be_seen(product: Product, new_visitor: NewVisitor, scheme: str) -> None:
    page = new_visitor(color_scheme=scheme)

    def colour(selector: str, name: str) -> str:
        text = page.locator(selector).first.evaluate("(e, name) => getComputedStyle(e)[name]", name)
        red, green, blue = (int(part) for part in text[text.index("(") + 1 : -1].split(",")[:3])
        return f"#{red:02x}{green:02x}{blue:02x}"

    open_survey(page, product, "stars", "stars")
    ground = colour("main", "backgroundColor")
    assert contrast(colour(".star", "stroke"), ground) >= 3
    assert contrast(colour("button.main", "backgroundColor"), ground) >= 3
    assert contrast(colour("button.main", "color"), colour("button.main", "backgroundColor")) >= 4.5
    open_survey(page, product, "nps", "numbers")
    assert contrast(colour(".point", "borderTopColor"), ground) >= 3
    open_survey(page, product, "csat", "faces5")
    assert contrast(colour(".face", "stroke"), ground) >= 3
    page.get_by_role("radio").last.click()
    expect(page.get_by_role("heading", name="What went well?")).to_be_visible()
    assert contrast(colour("textarea", "borderTopColor"), ground) >= 3
    assert contrast(colour(".reason span", "borderTopColor"), ground) >= 3


def test_keyboard_focus_is_drawn_around_the_choice(product: Product, visitor: Page) -> None:
    open_survey(visitor, product, "stars", "stars")
    visitor.keyboard.press("Tab")
    outline = "e => getComputedStyle(e.closest('label')).outlineStyle"
    assert visitor.get_by_role("radio").first.evaluate(outline) == "solid"


@pytest.mark.parametrize(
    ("kind", "group", "names"),
    [
        (
            "stars",
            "How did our team do today?",
            ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"],
        ),
        (
            "nps",
            "How likely are you to recommend Acme to a friend or colleague?",
            [*map(str, range(11))],
        ),
        ("ces", "Overall, Acme made it easy to handle my request.", [*map(str, range(1, 8))]),
    ],
)
def test_names_are_what_a_screen_reader_says(
    product: Product, visitor: Page, kind: str, group: str, names: list[str]
) -> None:
    open_survey(visitor, product, kind, STYLES[kind][0])  # type: ignore[index]
    choices = visitor.get_by_role("group", name=group).get_by_role("radio")
    assert choices.count() == len(names)
    for index, name in enumerate(names):
        expect(choices.nth(index)).to_have_accessible_name(name)
    if kind == "nps":
        expect(choices.first).to_have_accessible_description("Not at all likely")
        expect(choices.last).to_have_accessible_description("Extremely likely")


def test_forced_colours_still_show_what_is_chosen(
    product: Product, new_visitor: NewVisitor
) -> None:
    page = new_visitor(forced_colors="active")
    survey = product.acme.survey("nps")
    page.goto(f"{product.server.url}/w/{survey}")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    ground = "e => getComputedStyle(e.closest('label')).backgroundColor"
    chosen = page.locator("input:checked").evaluate(ground)
    assert chosen != page.get_by_role("radio").last.evaluate(ground)


def test_motion_is_reduced_for_whoever_asked(product: Product, new_visitor: NewVisitor) -> None:
    page = new_visitor(reduced_motion="reduce")
    open_survey(page, product, "stars", "stars")
    assert (
        page.locator(".star").first.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"
    )


CONSOLE_PAGES = (
    "/console/surveys",
    "/console/surveys/new",
    "/console/surveys/{survey}",
    "/console/surveys/{survey}?section=reasons",
    "/console/surveys/{survey}?section=steps",
    "/console/surveys/{survey}?section=languages",
    "/console/surveys/{survey}?section=looks",
    "/console/surveys/{survey}/versions",
    "/console/surveys/{survey}/embed",
    "/console/surveys/{survey}/email?desk=freshdesk",
    "/console/surveys/{survey}/mail",
    "/console/deliveries?address=kim@shop.example",
    "/console/responses",
    "/console/responses/exports",
    "/console/responses/set-aside",
    "/console/surveys/{survey}/asking",
    "/console/responses",
    "/console/requests",
    "/console/requests/new",
    "/console/requests/import",
    "/console/asking",
    "/console/follow-ups/guidance",
    "/console/follow-ups/guidance/templates/new",
    "/console/customers",
    "/console/customers/new",
    "/console/members",
    "/console/sites",
    "/console/sites/new",
    "/console/keys",
    "/console/people",
    "/console/workspace",
    "/console/workspace/numbers",
    "/console/account/password",
    "/console/filters/new?page=dashboard",
    "/console/filters",
    "/console/subscriptions",
    "/api/docs",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_console(
    product: Product, new_visitor: NewVisitor, scheme: str
) -> None:
    survey = product.acme.survey("stars")
    answer_survey(product.acme, survey, 4, comment="Good", reasons=("fast",), ref="T-1")
    mail = ask_by_mail(product.acme, survey)
    robot = new_visitor()
    robot.goto(product.server.url + mail.path(2))
    robot.get_by_role("button", name="Send").click()
    expect(robot.get_by_label("Anything you would like to add?")).to_be_visible()
    # axe writes to every frame; that of a mail's preview is sandboxed, and of no origin at all.
    axe_itself = "does not match the recipient window's origin ('null')"
    page = new_visitor(
        says=(axe_itself,), color_scheme=scheme, viewport={"width": 320, "height": 800}
    )
    page.goto(f"{product.server.url}/console/")
    assert axe(page) == []
    page.get_by_label("Email").fill(product.acme.owner)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    found: dict[str, list[str]] = {}
    for path in CONSOLE_PAGES:
        page.goto(product.server.url + path.format(survey=survey))
        wrong = axe(page)
        if page.evaluate("document.documentElement.scrollWidth > 320"):
            wrong.append("wider than 320 pixels")
        if wrong:
            found[path] = wrong
    assert found == {}
