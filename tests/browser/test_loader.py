"""The loader in a real browser, on a site owner's pages, against a stand-in for the frame."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Locator, Page, Playwright, expect

from tests.browser.chromium import launch
from tests.browser.hosts import Servers, serving
from widget.web.loader import loader_integrity, loader_url_path

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("loader")]

SCRIPT = '<script async src="SAYSO/embed.js"'
NOW = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)

# What a page remembers for these tests: listeners, DOM events, messages, loads, animations.
WATCH = """
  window.listeners = 0; window.heard = []; window.raw = []; window.loads = 0; window.moves = 0;
  const {addEventListener: add, removeEventListener: remove} = EventTarget.prototype;
  for (const type of ['ready', 'resize', 'answer', 'done', 'error'])
    add.call(document, 'sayso:' + type, (e) =>
      heard.push([type, e.detail, e.target.dataset.survey]));
  add.call(window, 'message', (e) => raw.push(JSON.stringify(e.data)));
  add.call(document, 'load', (e) => { if (e.target.tagName === 'IFRAME') loads++; }, true);
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (...a) { moves++; return animate.apply(this, a); };
  EventTarget.prototype.addEventListener = function (...a) {
    if (this === window || this === document || this === undefined) listeners++;
    return add.apply(this || window, a);
  };
  EventTarget.prototype.removeEventListener = function (...a) {
    if (this === window || this === document || this === undefined) listeners--;
    return remove.apply(this || window, a);
  };
"""


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """The site and the stand-in for Sayso."""
    with serving() as both:
        yield both


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for this file."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """A customer's browser profile."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.fixture
def complaints(visitor: BrowserContext) -> Iterator[list[str]]:
    """What pages say on the console or throw. A working page says nothing at all."""
    said: list[str] = []
    visitor.on("console", lambda message: said.append(message.text))
    visitor.on("weberror", lambda error: said.append(str(error.error)))
    yield said
    assert said == []


@pytest.fixture
def page(visitor: BrowserContext, complaints: list[str]) -> Page:
    """A tab that fails its test when anything is said on its console."""
    return visitor.new_page()


def _tag(survey: str = "abc", **data: object) -> str:
    """A site owner's script tag; `open_after=5` becomes `data-open-after="5"`."""
    attributes = "".join(f' data-{k.replace("_", "-")}="{v}"' for k, v in data.items())
    return f'{SCRIPT} data-survey="{survey}"{attributes}></script>'


def _frame(page: Page, survey: str = "abc") -> Frame:
    """The frame of a survey, once it has loaded and its first height is set."""
    page.wait_for_function(
        "id => heard.some(([type, , at]) => type == 'ready' && at == id)", arg=survey
    )
    frame = page.frame(url=re.compile(f"/w/{survey}[?]"))
    assert frame is not None
    return frame


def _say(frame: Frame, **message: object) -> None:
    frame.evaluate("message => say(message)", message)


def _heard(page: Page, kind: str) -> list[Any]:
    """The details of the DOM events of one kind, once there is one."""
    page.wait_for_function("kind => heard.some(([type]) => type == kind)", arg=kind)
    return page.evaluate("kind => heard.filter(([type]) => type == kind).map((e) => e[1])", kind)


def _height(page: Page) -> str:
    return str(page.locator("sayso-survey iframe").first.evaluate("frame => frame.style.height"))


def _dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Feedback")


def _query(frame: Frame) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(frame.url).query, True).items()}


def _mounted(page: Page) -> None:
    page.wait_for_function("window.sayso && document.querySelector('sayso-survey')")


# --- inline ------------------------------------------------------------------------------------


def test_the_widget_appears_where_the_script_stands(page: Page, servers: Servers) -> None:
    page.goto(servers.page(f"<p id=before></p>{_tag()}<p id=after></p>"))
    _frame(page)
    order = page.evaluate("[...document.body.children].map((e) => e.id || e.localName)")
    assert order == ["before", "script", "sayso-survey", "after"]
    frame = page.locator("sayso-survey > iframe")
    assert frame.get_attribute("title") == "Feedback"
    assert frame.get_attribute("loading") == "lazy"
    assert frame.bounding_box()["width"] == page.evaluate("document.body.clientWidth")  # type: ignore[index]


def test_the_reserved_height_gives_way_to_the_first_message(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag("silent", height=333, title="Rate us")))
    page.wait_for_function("loads == 1")
    assert _height(page) == "333px"
    assert page.locator("iframe").get_attribute("title") == "Rate us"
    frame = page.frame(url=re.compile("/w/silent"))
    assert frame is not None
    _say(frame, type="ready", height=150)
    _heard(page, "ready")
    assert page.locator("iframe").bounding_box()["height"] == 150  # type: ignore[index]


def test_several_scripts_make_several_widgets(page: Page, servers: Servers) -> None:
    page.goto(servers.page("".join(_tag(f"s{n}") for n in range(5))))
    for n in range(5):
        _frame(page, f"s{n}")
    assert page.locator("sayso-survey > iframe").count() == 5


@pytest.mark.parametrize("attribute", ["survey", "data-survey"])
def test_the_element_works_like_the_script(page: Page, servers: Servers, attribute: str) -> None:
    page.goto(
        servers.page(
            f'<sayso-survey {attribute}="abc" data-ref="T-1"></sayso-survey>{SCRIPT}></script>'
        )
    )
    page.wait_for_function("heard.length")
    frame = page.frame(url=re.compile("/w/abc"))
    assert frame is not None
    assert _query(frame)["ref"] == "T-1"
    assert page.locator("iframe").count() == 1


def test_a_script_in_the_head_puts_its_widget_on_the_page(page: Page, servers: Servers) -> None:
    page.goto(servers.page(f"<head>{_tag()}</head><body><p>Hello</p></body>"))
    _frame(page)
    assert page.locator("iframe").is_visible()


def test_the_context_travels_in_the_frame_s_address(page: Page, servers: Servers) -> None:
    own = {"height": 99, "label": "L", "title": "T", "position": "start", "open_after": 9}
    tag = _tag(member="ana@x.test", customer_id="7", plan="pro & more", lang="de", test="", **own)
    url = servers.page(tag)
    page.goto(url + "?token=secret#private")
    assert _query(_frame(page)) == {
        "member": "ana@x.test",
        "customer-id": "7",
        "plan": "pro & more",
        "lang": "de",
        "test": "1",
        "theme": "light",
        "origin": servers.site,
        "page": url,
    }


@pytest.mark.parametrize(
    ("color", "theme"),
    [
        ("#222", "light"),
        ("#eee", "dark"),
        ("oklch(0.145 0 0)", "light"),
        ("oklch(0.985 0 0)", "dark"),
    ],
)
def test_the_frame_matches_a_light_or_dark_page(
    page: Page, servers: Servers, color: str, theme: str
) -> None:
    page.goto(servers.page(f"<style>body{{color:{color}}}</style>{_tag()}"))
    assert _query(_frame(page))["theme"] == theme
    assert page.locator("iframe").evaluate("f => getComputedStyle(f).colorScheme") == theme


def test_the_site_owner_s_theme_wins(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag(theme="dark")))
    assert _query(_frame(page))["theme"] == "dark"


@pytest.mark.parametrize(
    "name",
    ["ref", "member", "theme", "email", "name", "customer-id", "channel", "lang", "test", "plan"],
)
def test_a_changed_attribute_asks_about_the_new_one(
    page: Page, servers: Servers, name: str
) -> None:
    page.goto(servers.page(_tag(**{name: "light"})))
    _frame(page)
    page.evaluate(
        "name => { heard.length = 0;"
        " document.querySelector('sayso-survey').setAttribute('data-' + name, 'dark') }",
        name,
    )
    page.wait_for_function("heard.length")
    assert page.locator("iframe").count() == 1
    query = parse_qs(urlsplit(str(page.locator("iframe").get_attribute("src"))).query)
    assert query[name] == ["1" if name == "test" else "dark"]


@pytest.mark.parametrize("attribute", ["survey", "data-survey"])
def test_a_changed_survey_asks_the_new_one(page: Page, servers: Servers, attribute: str) -> None:
    page.goto(servers.page(f'<sayso-survey {attribute}="abc"></sayso-survey>{SCRIPT}></script>'))
    page.wait_for_function("heard.length")
    page.evaluate(
        "name => { heard.length = 0;"
        " document.querySelector('sayso-survey').setAttribute(name, 'other') }",
        attribute,
    )
    page.wait_for_function("heard.length")
    assert page.locator("iframe[src*='/w/other']").count() == 1
    assert page.locator("iframe").count() == 1


def test_a_new_ticket_s_many_attributes_are_one_change(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag(ref="T-1", email="a@x.test")))
    _frame(page)
    servers.asked.clear()
    page.evaluate(
        "heard.length = 0; Object.assign(document.querySelector('sayso-survey').dataset,"
        " {ref: 'T-2', email: 'b@x.test', name: 'B', channel: 'chat'})"
    )
    page.wait_for_function("heard.length")
    assert len(servers.asked) == 1


def test_what_says_nothing_to_us_loses_no_half_written_answer(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag(ref="T-1")))
    frame = _frame(page)
    frame.evaluate("window.written = 'half'")
    page.evaluate(
        "async () => { const el = document.querySelector('sayso-survey');"
        " el.className = 'x'; el.style.margin = '1px'; el.setAttribute('aria-busy', 'false');"
        " el.dataset.ref = 'T-1'; await new Promise(requestAnimationFrame) }"
    )
    assert frame.evaluate("window.written") == "half"


def test_what_changes_outside_the_page_is_mounted_as_it_is_then(
    page: Page, servers: Servers
) -> None:
    page.goto(servers.page(_tag(ref="T-1")))
    _frame(page)
    page.evaluate(
        "async () => { const el = document.querySelector('sayso-survey'); el.remove();"
        " el.dataset.ref = 'T-2'; await new Promise(requestAnimationFrame);"
        " heard.length = 0; window.outside = el.childNodes.length; document.body.append(el) }"
    )
    page.wait_for_function("heard.length")
    assert page.evaluate("outside") == 0
    assert "ref=T-2" in str(page.locator("iframe").get_attribute("src"))


# --- pages that come and go --------------------------------------------------------------------


@pytest.mark.parametrize("display", ["inline", "button", "slide-in"])
def test_fifty_mounts_leave_no_frame_and_no_listener(
    page: Page, servers: Servers, display: str
) -> None:
    page.goto(servers.page(SCRIPT + "></script>"))
    page.wait_for_function("window.sayso")
    before = page.evaluate("listeners")
    during = page.evaluate(
        """display => { let during = [];
          for (let n = 0; n < 50; n++) {
            const el = document.createElement('sayso-survey');
            Object.assign(el.dataset, {survey: 'abc', display, openAfter: 1, openScroll: 50});
            document.body.append(el);
            if (display != 'inline') sayso.open('abc');
            during.push(document.querySelectorAll('iframe').length, listeners);
            if (n % 2) document.body.prepend(el);
            el.remove();
          }
          return during; }""",
        display,
    )
    assert during == [1, before + 4] * 50
    assert page.evaluate("listeners") == before
    assert page.locator("iframe, sayso-survey").count() == 0
    assert len(page.frames) == 1


def test_one_set_of_listeners_serves_all_widgets(page: Page, servers: Servers) -> None:
    page.goto(servers.page(SCRIPT + "></script>"))
    page.wait_for_function("window.sayso")
    before = page.evaluate("listeners")
    many = "<sayso-survey data-survey=abc data-display=popover></sayso-survey>" * 9
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", many)
    assert page.evaluate("listeners") == before + 4
    page.evaluate("document.querySelectorAll('sayso-survey').forEach((el) => el.remove())")
    assert page.evaluate("listeners") == before


def test_a_page_restored_from_a_copy_asks_once(page: Page, servers: Servers) -> None:
    page.goto(servers.page(f"<main>{_tag()}</main>"))
    _frame(page)
    page.evaluate(
        """heard.length = 0;
        const copy = document.querySelector('main').cloneNode(true);
        const script = document.createElement('script');
        for (const {name, value} of copy.querySelector('script').attributes)
          script.setAttribute(name, value);
        script.onload = () => { window.again = true };
        copy.querySelector('script').replaceWith(script);
        document.querySelector('main').replaceWith(copy);"""
    )
    page.wait_for_function("window.again && heard.length")
    assert page.locator("iframe").count() == 1


def test_a_moved_widget_mounts_again(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag() + "<main></main>"))
    _frame(page)
    page.evaluate(
        "heard.length = 0;"
        "document.querySelector('main').append(document.querySelector('sayso-survey'))"
    )
    page.wait_for_function("heard.length")
    assert page.locator("main > sayso-survey > iframe").count() == 1


# --- messages ----------------------------------------------------------------------------------


def test_the_page_hears_four_events(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag()))
    frame = _frame(page)
    _say(frame, type="answer", kind="stars", score=4)
    _say(frame, type="resize", height=200)
    _say(frame, type="done")
    _heard(page, "done")
    assert page.evaluate("heard") == [
        ["ready", {"height": 120}, "abc"],
        ["answer", {"kind": "stars", "score": 4}, "abc"],
        ["resize", {"height": 200}, "abc"],
        ["done", {}, "abc"],
    ]
    assert _height(page) == "200px"


@pytest.mark.parametrize(("asked", "given"), [(5, 80), (-3, 80), (99999, 1200), (300.5, 300.5)])
def test_the_height_stays_between_80_and_1200(
    page: Page, servers: Servers, asked: float, given: float
) -> None:
    page.goto(servers.page(_tag()))
    _say(_frame(page), type="resize", height=asked)
    _heard(page, "resize")
    assert page.locator("iframe").bounding_box()["height"] == given  # type: ignore[index]


@pytest.mark.parametrize("height", ['"300"', "NaN", "Infinity", "null", "[300]", "{}"])
def test_a_height_that_is_no_number_is_ignored(page: Page, servers: Servers, height: str) -> None:
    page.goto(servers.page(_tag()))
    frame = _frame(page)
    frame.evaluate("say({type: 'resize', height: " + height + "})")
    _say(frame, type="done")
    _heard(page, "done")
    assert page.evaluate("heard.map(([type]) => type)") == ["ready", "done"]
    assert page.locator("iframe").bounding_box()["height"] == 120  # type: ignore[index]


def test_a_forged_resize_message_is_ignored(page: Page, servers: Servers) -> None:
    other = f'<iframe src="SAYSO/w/other?origin={servers.site}"></iframe>'
    page.goto(servers.page(_tag() + other))
    _frame(page)
    page.wait_for_function("raw.length == 2")
    forger = page.frame(url=re.compile("/w/other"))
    assert forger is not None
    _say(forger, type="resize", height=900)
    page.wait_for_function("raw.some((data) => data.includes('900'))")
    assert page.evaluate("heard.length") == 1
    assert page.locator("sayso-survey iframe").bounding_box()["height"] == 120  # type: ignore[index]


def test_the_page_itself_cannot_forge_a_message(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag()))
    _frame(page)
    page.evaluate("postMessage({sayso: {type: 'resize', height: 900}}, '*')")
    page.wait_for_function("raw.some((data) => data.includes('900'))")
    assert page.evaluate("heard.length") == 1


def test_our_frame_is_not_heard_once_it_shows_another_origin(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag()))
    frame = _frame(page)
    forged = "<script>parent.postMessage({sayso: {type: 'resize', height: 900}}, '*')</script>"
    frame.evaluate("url => { location.href = url }", servers.page(forged))
    page.wait_for_function("raw.some((data) => data.includes('900'))")
    assert page.evaluate("heard.length") == 1
    assert page.locator("iframe").bounding_box()["height"] == 120  # type: ignore[index]


def test_strange_messages_disturb_nothing(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag()))
    frame = _frame(page)
    for data in ("'text'", "null", "7", "{sayso: null}", "{sayso: 'x'}", "{other: 1}"):
        frame.evaluate(f"parent.postMessage({data}, '*')")
    _say(frame, type="done")
    _heard(page, "done")


def test_the_site_owner_reads_what_is_wrong(
    page: Page, servers: Servers, complaints: list[str]
) -> None:
    page.goto(servers.page(_tag()))
    _say(_frame(page), type="error", message="There is no survey abc.")
    assert _heard(page, "error") == [{"message": "There is no survey abc."}]
    assert complaints == ["Sayso: There is no survey abc."]
    complaints.clear()


# --- when the frame stays out ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("survey", "policy"),
    [("forbidden", ""), ("abc", "frame-src 'self'"), ("silent", "")],
    ids=["frame-ancestors", "frame-src", "silence"],
)
def test_a_blocked_frame_becomes_a_link(
    page: Page, servers: Servers, complaints: list[str], survey: str, policy: str
) -> None:
    page.clock.install()
    tag = _tag(survey, ref="T-1", label="Rate us")
    page.goto(servers.page(tag, {"Content-Security-Policy": policy} if policy else None))
    page.wait_for_function("loads == 1")
    page.clock.run_for(1500)
    assert page.locator("iframe").count() == 1
    page.clock.run_for(4000)
    link = page.locator("sayso-survey > a")
    assert page.locator("iframe").count() == 0
    assert link.inner_text() == "Rate us"
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener")
    address = str(link.get_attribute("href"))
    assert address.startswith(f"{servers.sayso}/w/{survey}?")
    assert "ref=T-1" in address
    assert all("Sayso:" not in text for text in complaints)  # the browser's own words
    complaints.clear()


def test_a_widget_that_left_in_silence_puts_no_link_into_the_next(
    page: Page, servers: Servers
) -> None:
    page.clock.install()
    page.goto(servers.page(_tag("silent")))
    page.wait_for_function("loads == 1")
    page.evaluate("document.querySelector('sayso-survey').dataset.survey = 'abc'")
    _frame(page)
    page.clock.run_for(5000)
    assert page.locator("sayso-survey > a").count() == 0
    assert page.locator("sayso-survey > iframe").count() == 1


def test_a_frame_that_spoke_is_never_replaced(page: Page, servers: Servers) -> None:
    page.clock.install()
    page.goto(servers.page(_tag()))
    _frame(page)
    page.wait_for_function("loads == 1")
    page.clock.run_for(60_000)
    assert page.locator("sayso-survey > iframe").count() == 1


# --- strict pages ------------------------------------------------------------------------------

STRICT = {
    "allow-list": "default-src 'none'; script-src SAYSO; style-src 'self'; frame-src SAYSO",
    "nonce": (
        "default-src 'none'; script-src 'nonce-n0nce'; style-src 'nonce-n0nce'; frame-src SAYSO; "
        "base-uri 'none'; require-trusted-types-for 'script'"
    ),
}


@pytest.mark.parametrize("policy", STRICT.values(), ids=STRICT)
@pytest.mark.parametrize("display", ["inline", "popover", "slide-in", "button"])
def test_the_strictest_policy_is_kept_in_silence(
    page: Page, servers: Servers, policy: str, display: str
) -> None:
    tag = _tag(display=display).replace("<script", '<script nonce="n0nce"')
    page.goto(servers.page(tag, {"Content-Security-Policy": policy}))
    page.locator("sayso-survey").wait_for(state="attached")
    if display != "inline":
        page.evaluate("sayso.open('abc')")
        page.get_by_role("button", name="Close").wait_for()
    expect(page.locator("iframe")).to_have_css("height", "120px")
    assert page.locator("style, [style*='undefined']").count() == 0


def test_a_page_that_is_cross_origin_isolated_shows_the_widget(
    page: Page, servers: Servers
) -> None:
    headers = {
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    page.goto(servers.page(_tag(), headers))
    _frame(page)
    assert page.evaluate("crossOriginIsolated") is True


def test_a_pinned_loader_passes_its_integrity_check(page: Page, servers: Servers) -> None:
    page.goto(
        servers.page(
            f'<script async src="SAYSO{loader_url_path()}" integrity="{loader_integrity()}" '
            'crossorigin="anonymous" data-survey="abc"></script>'
        )
    )
    _frame(page)


def test_the_page_s_own_styles_leave_the_pop_up_alone(page: Page, servers: Servers) -> None:
    style = (
        "<style>*{display:flex} button{height:9px;width:9px} iframe{height:3px;width:50px}</style>"
    )
    page.goto(servers.page(style + _tag(display="popover")))
    _mounted(page)
    expect(_dialog(page)).to_be_hidden()
    page.evaluate("sayso.open('abc')")
    _frame(page)
    assert page.locator("iframe").bounding_box()["width"] == 380  # type: ignore[index]
    close = page.get_by_role("button", name="Close").bounding_box()
    assert close is not None
    assert close["width"] >= 44
    assert close["height"] >= 44


# --- pop-ups -----------------------------------------------------------------------------------


@pytest.mark.parametrize("display", ["popover", "slide-in", "button"])
def test_a_pop_up_asks_for_nothing_before_it_is_opened(
    page: Page, servers: Servers, display: str
) -> None:
    page.goto(servers.page(_tag(display=display)))
    _mounted(page)
    assert page.locator("iframe").count() == 0
    expect(page.locator("[role=dialog]")).to_be_hidden()
    page.evaluate("sayso.open('abc')")
    assert _query(_frame(page))["display"] == display
    expect(_dialog(page)).to_be_visible()
    page.evaluate("sayso.close('abc')")
    expect(page.locator("[role=dialog]")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0  # the page closed it, not the customer


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("position", ["start", "end"])
@pytest.mark.parametrize("display", ["popover", "slide-in", "button"])
def test_a_pop_up_fits_in_its_corner(
    page: Page, servers: Servers, display: str, position: str, direction: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 480})
    html = f'<html dir="{direction}"><meta name="viewport" content="width=device-width">'
    page.goto(servers.page(html + _tag(display=display, position=position)))
    _mounted(page)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("sayso.open('abc')")
    _say(_frame(page), type="resize", height=1000)
    _heard(page, "resize")
    box = _dialog(page).bounding_box()
    assert box is not None
    on_the_right = (position == "end") == (direction == "ltr")
    left, right = box["x"], width - box["x"] - box["width"]
    assert (right if on_the_right else left) == 12
    assert min(left, right) >= 12
    assert box["width"] <= 382
    assert box["y"] >= 12
    assert box["y"] + box["height"] <= 468


def test_the_launcher_opens_and_closes_its_pop_up(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag(display="button", label="Rate us")))
    launcher = page.get_by_role("button", name="Rate us")
    assert launcher.get_attribute("aria-expanded") == "false"
    box = launcher.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    launcher.click()
    expect(_dialog(page)).to_be_visible()
    assert launcher.get_attribute("aria-expanded") == "true"
    launcher.click()
    expect(_dialog(page)).to_be_hidden()
    assert launcher.get_attribute("aria-expanded") == "false"


def test_any_element_of_the_page_may_open_it(page: Page, servers: Servers) -> None:
    link = '<a href="/elsewhere" data-sayso-open="abc">Rate <b>us</b></a>'
    url = servers.page(link + _tag(display="popover"))
    page.goto(url)
    _mounted(page)
    page.locator("b").click()
    expect(_dialog(page)).to_be_visible()
    assert page.url == url


def test_it_opens_after_some_seconds(page: Page, servers: Servers) -> None:
    page.clock.install()
    page.goto(servers.page("<input autofocus>" + _tag(display="popover", open_after=5)))
    _mounted(page)
    page.clock.run_for(2000)
    expect(_dialog(page)).to_be_hidden()
    page.clock.run_for(4000)
    expect(_dialog(page)).to_be_visible()
    assert page.evaluate("document.activeElement.localName") == "input"  # nobody asked for it


def test_it_opens_at_a_depth_of_the_page(page: Page, servers: Servers) -> None:
    page.goto(
        servers.page("<div style='height:3000px'></div>" + _tag(display="popover", open_scroll=50))
    )
    _mounted(page)
    page.evaluate(
        "new Promise((done) => {"
        "  addEventListener('scroll', done, {once: true}); scrollTo(0, 800) })"
    )
    expect(_dialog(page)).to_be_hidden()
    page.evaluate("scrollTo(0, 1500)")
    expect(_dialog(page)).to_be_visible()
    assert page.evaluate("document.activeElement.localName") == "body"


def test_the_page_s_theme_reaches_the_pop_up(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag(display="popover", theme="dark")))
    _mounted(page)
    page.evaluate("sayso.open('abc')")
    expect(_dialog(page)).to_have_css("color", "rgb(255, 255, 255)")


def test_only_the_slide_in_moves_and_not_for_those_who_mind(page: Page, servers: Servers) -> None:
    for display, motion, moves in [
        ("slide-in", "no-preference", 1),
        ("slide-in", "reduce", 0),
        ("popover", "no-preference", 0),
    ]:
        page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
        page.goto(servers.page(_tag(display=display)))
        _mounted(page)
        page.evaluate("sayso.open('abc')")
        assert page.evaluate("moves") == moves


@pytest.mark.parametrize("how", ["Escape", "Escape in the frame", "Close"])
def test_the_focus_goes_in_and_comes_back(page: Page, servers: Servers, how: str) -> None:
    page.goto(servers.page("<button data-sayso-open=abc>Rate</button>" + _tag(display="popover")))
    _mounted(page)
    page.get_by_role("button", name="Rate").focus()
    page.keyboard.press("Enter")
    expect(_dialog(page)).to_be_focused()
    frame = _frame(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    if how == "Close":
        page.keyboard.press("Enter")
    elif how == "Escape":
        page.keyboard.press("Escape")
    else:
        page.keyboard.press("Tab")
        expect(page.locator("iframe")).to_be_focused()
        _say(frame, type="close")  # the frame hears the key and says so
    expect(_dialog(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Rate")).to_be_focused()


def test_closing_takes_the_focus_from_nobody_else(page: Page, servers: Servers) -> None:
    page.goto(
        servers.page("<button data-sayso-open=abc>Rate</button><input>" + _tag(display="popover"))
    )
    _mounted(page)
    page.get_by_role("button", name="Rate").click()
    page.locator("input").focus()
    page.keyboard.press("Escape")
    expect(_dialog(page)).to_be_hidden()
    expect(page.locator("input")).to_be_focused()


def test_the_close_button_speaks_the_page_s_language(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag(display="popover", close_label="Schließen", title="Feedback")))
    _mounted(page)
    page.evaluate("sayso.open('abc')")
    page.get_by_role("button", name="Schließen").click()
    expect(_dialog(page)).to_be_hidden()


def test_a_blocked_pop_up_offers_the_link(
    page: Page, servers: Servers, complaints: list[str]
) -> None:
    page.clock.install()
    page.goto(servers.page(_tag("forbidden", display="popover")))
    _mounted(page)
    page.evaluate("sayso.open('forbidden')")
    page.wait_for_function("loads == 1")
    page.clock.run_for(4500)
    expect(_dialog(page).get_by_role("link", name="Feedback")).to_be_visible()
    complaints.clear()


def test_the_thanks_stay_until_the_customer_closes_them(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag(display="button")))
    page.get_by_role("button", name="Feedback").click()
    _say(_frame(page), type="done")
    _heard(page, "done")
    expect(_dialog(page)).to_be_visible()
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Feedback").click()
    page.wait_for_function("heard.filter(([type]) => type == 'ready').length == 2")  # asked anew


def test_a_half_written_answer_survives_closing(page: Page, servers: Servers) -> None:
    page.goto(servers.page(_tag(display="button")))
    page.get_by_role("button", name="Feedback").click()
    _frame(page).evaluate("window.written = 'half'")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Feedback").click()
    assert _frame(page).evaluate("window.written") == "half"


# --- not again so soon -------------------------------------------------------------------------


def _visit(visitor: BrowserContext, url: str, days: float) -> Page:
    """A visit that many days after the first one, on which six seconds pass."""
    page = visitor.new_page()
    page.clock.install(time=NOW + dt.timedelta(days=days))
    page.goto(url)
    _mounted(page)
    page.clock.run_for(6000)
    return page


@pytest.mark.parametrize("reason", ["closed", "answer", "done"])
def test_a_customer_is_left_alone_for_thirty_days(
    visitor: BrowserContext, servers: Servers, complaints: list[str], reason: str
) -> None:
    url = servers.page(
        "<button data-sayso-open=abc>Rate</button>" + _tag(display="popover", open_after=5)
    )
    page = _visit(visitor, url, 0)
    if reason == "closed":
        page.get_by_role("button", name="Close").click()
    else:
        _say(_frame(page), type=reason)
        _heard(page, reason)
    assert page.evaluate("Number(localStorage['sayso:abc'])") > 0
    page.close()

    page = _visit(visitor, url, 29.9)
    assert not _dialog(page).is_visible()
    page.get_by_role("button", name="Rate").click()  # a person may always open it
    expect(_dialog(page)).to_be_visible()
    page.close()

    assert _dialog(_visit(visitor, url, 30.1)).is_visible()


@pytest.mark.parametrize(
    "broken",
    [
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})",
        "Object.defineProperty(window, 'localStorage', {value: null})",
        "Object.defineProperty(window, 'localStorage', {value: new Proxy({}, "
        "{set() { throw new Error('full') }})})",
    ],
    ids=["forbidden", "missing", "full"],
)
def test_storage_that_fails_breaks_nothing(
    visitor: BrowserContext, servers: Servers, complaints: list[str], broken: str
) -> None:
    visitor.add_init_script(broken)
    page = _visit(visitor, servers.page(_tag(display="popover", open_after=5)), 0)
    expect(_dialog(page)).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(_dialog(page)).to_be_hidden()
