"""How the frame looks where it stands: words that fit, room that suffices, grounds that blend."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from tests.browser.test_embedding import snippet, widget
from widget.domain.looks import Looks
from widget.domain.scales import KINDS, STYLES
from widget.translations import LANGUAGES
from widget.web.face.heights import HEIGHTS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]

EVERY_STYLE = [(kind, style) for kind, styles in STYLES.items() for style in styles]

# Words of labels that are broken, cut off, out of the card, or that lie on one another.
MISFITS = """() => {
  const found = [], seen = [];
  const language = document.documentElement.lang;
  const words = new Intl.Segmenter(language, {granularity: 'word'});
  for (const label of document.querySelectorAll('.word, .number, .ends span, button')) {
    if (getComputedStyle(label).opacity == 0 || label.closest('.unseen')) continue;
    if (label.closest('.buttons')?.clientHeight <= 1) continue;
    const walker = document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
    for (let node; node = walker.nextNode();) {
      const boxes = [];
      for (const {segment, index, isWordLike} of words.segment(node.data)) {
        if (!isWordLike) continue;
        const range = document.createRange();
        range.setStart(node, index); range.setEnd(node, index + segment.length);
        const rects = range.getClientRects(), box = range.getBoundingClientRect();
        if (rects.length != 1) found.push('broken: ' + segment);
        if (box.left < 8 || box.right > innerWidth - 8) found.push('outside: ' + segment);
        boxes.push([segment, box]);
      }
      for (const [segment, a] of boxes) for (const [other, b] of seen)
        if (a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2)
          found.push('over each other: ' + segment + ', ' + other);
      seen.push(...boxes);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push('wider than the frame');
  return found;
}"""


@pytest.mark.parametrize(("kind", "style"), EVERY_STYLE)
def test_no_label_breaks_in_mid_word_in_any_language(
    product: Product, visitor: Page, kind: str, style: str
) -> None:
    survey = product.acme.survey(kind, style=style)  # type: ignore[arg-type]
    found: dict[tuple[str, int], list[str]] = {}
    for width in (320, 390, 561, 640):
        visitor.set_viewport_size({"width": width, "height": 600})
        for language in LANGUAGES:
            visitor.goto(f"{product.server.url}/w/{survey}?lang={language}")
            wrong = visitor.evaluate(MISFITS)
            for radio in visitor.get_by_role("radio").all() if style == "faces5" else ():
                radio.hover()
                wrong += visitor.evaluate(MISFITS)
            visitor.mouse.move(0, 0)
            if wrong:
                found[language, width] = wrong
    assert found == {}


def test_on_a_narrow_page_the_chosen_face_says_its_name(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("csat")
    visitor.set_viewport_size({"width": 320, "height": 600})
    visitor.goto(f"{product.server.url}/w/{survey}")
    shown = (
        "() => [...document.querySelectorAll('.word')]"
        ".filter(word => getComputedStyle(word).opacity == 1).map(word => word.textContent)"
    )
    assert visitor.evaluate(shown) == ["Very dissatisfied", "Very satisfied"]
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Space")
    visitor.keyboard.press("ArrowRight")
    assert visitor.evaluate(shown) == ["Dissatisfied"]
    visitor.get_by_role("radio", name="Neutral").hover()
    assert visitor.evaluate(shown) == ["Neutral"]
    names = ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"]
    for index, name in enumerate(names):
        expect(visitor.get_by_role("radio").nth(index)).to_have_accessible_name(name)


@pytest.mark.parametrize("test", ["", "&test=1"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_reserved_height_is_the_real_one(
    product: Product, visitor: Page, kind: str, test: str
) -> None:
    survey = product.acme.survey(kind)  # type: ignore[arg-type]
    visitor.set_viewport_size({"width": 640, "height": 600})
    visitor.goto(f"{product.server.url}/w/{survey}?theme=light{test}")
    height = visitor.locator("main").evaluate("e => Math.ceil(e.getBoundingClientRect().height)")
    assert abs(height - HEIGHTS[kind]) <= 1  # type: ignore[index]


def corner(page: Page, selector: str) -> tuple[int, ...]:
    """The colour that is drawn in a frame's upper corner."""
    image = Image.open(BytesIO(page.locator(selector).screenshot())).convert("RGB")
    colour = image.getpixel((1, 1))
    assert isinstance(colour, tuple)
    return colour


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("scheme", ["auto", "light", "dark"])
@pytest.mark.parametrize(
    ("ground", "ink"), [((16, 24, 38), "#eee"), ((244, 241, 234), "#222")], ids=["dark", "light"]
)
def test_the_page_s_ground_shows_through_the_frame(
    product: Product,
    new_visitor: NewVisitor,
    ground: tuple[int, int, int],
    ink: str,
    scheme: str,
    system: str,
) -> None:
    visitor = new_visitor(color_scheme=system)
    survey = product.acme.survey("stars")
    product.acme.change(survey, looks=Looks(scheme=scheme, radius=24))  # type: ignore[arg-type]
    style = f"<style>body{{margin:0;color:{ink};background:rgb{ground}}}</style>"
    visitor.goto(product.page(style + snippet(survey)))
    expect(widget(visitor).get_by_role("heading")).to_be_visible()
    # A survey with a scheme of its own is a card; around its round corners the page goes on.
    assert corner(visitor, "sayso-survey iframe") == ground


@pytest.mark.parametrize("ink", ["#eee", "#222"])
def test_a_pop_up_s_head_and_the_frame_below_it_are_one_ground(
    product: Product, new_visitor: NewVisitor, ink: str
) -> None:
    visitor = new_visitor(reduced_motion="reduce")
    survey = product.acme.survey("csat")
    style = f"<style>body{{color:{ink};background:{'#123' if ink == '#eee' else '#fff'}}}</style>"
    visitor.goto(product.page(style + snippet(survey, display="popover")))
    visitor.wait_for_function("window.sayso && document.querySelector('sayso-survey')")
    visitor.evaluate("id => sayso.open(id)", survey)
    expect(widget(visitor).get_by_role("heading")).to_be_visible()
    image = Image.open(BytesIO(visitor.get_by_role("dialog").screenshot())).convert("RGB")
    assert image.getpixel((150, 8)) == image.getpixel((150, 52)) == image.getpixel((5, 120))


def test_a_bare_frame_is_one_ground_on_a_dark_system(
    product: Product, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(color_scheme="dark")
    survey = product.acme.survey("stars")
    visitor.goto(product.page(f'<iframe src="SAYSO/w/{survey}" height="300"></iframe>'))
    expect(visitor.frame_locator("iframe").get_by_role("heading")).to_be_visible()
    image = Image.open(BytesIO(visitor.locator("iframe").screenshot())).convert("RGB")
    assert image.getpixel((6, 6)) == image.getpixel((6, 290))


def test_who_points_sees_no_button_and_who_comes_by_keyboard_does(
    product: Product, visitor: Page
) -> None:
    survey = product.acme.survey("stars")
    visitor.goto(f"{product.server.url}/w/{survey}")
    send = visitor.get_by_role("button", name="Send")
    height = "document.querySelector('main').clientHeight"
    before = visitor.evaluate(height)
    assert send.evaluate("e => e.parentNode.clientHeight") <= 1
    visitor.keyboard.press("Tab")
    assert send.evaluate("e => e.parentNode.clientHeight") >= 44
    visitor.keyboard.press("Space")
    expect(visitor.get_by_role("radio").first).to_be_checked()
    visitor.mouse.click(2, before + 200)
    assert send.evaluate("e => e.parentNode.clientHeight") >= 44
    send.click()
    expect(visitor.get_by_role("heading", name="What could have been better?")).to_be_visible()


def test_a_click_never_makes_the_button_flash(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    visitor.goto(f"{product.server.url}/w/{survey}")
    visitor.evaluate(
        """() => { window.tallest = 0; const main = document.querySelector('main');
          const look = () => { if (document.querySelector('[data-step=score]')) {
            tallest = Math.max(tallest, main.clientHeight); requestAnimationFrame(look) } };
          look() }"""
    )
    before = visitor.evaluate("tallest")
    visitor.get_by_role("radio", name="4 stars").click()
    expect(visitor.get_by_role("heading", name="What went well?")).to_be_visible()
    assert visitor.evaluate("tallest") == before


def test_a_press_counts_though_the_page_moved_under_the_pointer(
    product: Product, visitor: Page
) -> None:
    survey = product.acme.survey("ces")
    visitor.goto(product.page("<main><div id=above></div>" + snippet(survey)))
    seven = widget(visitor).get_by_role("radio", name="7")
    expect(seven).to_be_visible()
    box = seven.bounding_box()
    assert box
    visitor.mouse.move(box["x"] + 20, box["y"] + 20)
    visitor.mouse.down()
    visitor.evaluate("above.style.height = '60px'")
    # Until the browser looks for what is under the pointer where it has been drawn by now.
    visitor.evaluate(
        "async () => { for (let n = 0; n < 20; n++) await new Promise(requestAnimationFrame) }"
    )
    visitor.mouse.up()
    expect(widget(visitor).get_by_role("heading", name="What went well?")).to_be_visible()
    assert [response.ces for response in product.responses(survey)] == [7]


def test_a_press_that_was_dragged_away_is_taken_back(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("ces")
    visitor.goto(f"{product.server.url}/w/{survey}")
    box = visitor.get_by_role("radio", name="7").bounding_box()
    assert box
    visitor.mouse.move(box["x"] + 20, box["y"] + 20)
    visitor.mouse.down()
    visitor.mouse.move(box["x"] + 20, box["y"] + 120)
    visitor.mouse.up()
    expect(visitor.get_by_role("radio", name="7")).not_to_be_checked()
    assert product.responses(survey) == []
