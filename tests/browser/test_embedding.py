"""The snippet on a site's pages: the real loader, the real frame, the real server."""

from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from sqlalchemy import select

from tests.browser.conftest import NewVisitor, Product
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Site, Survey
from widget.web.loader import loader_integrity, loader_url_path

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]

STRICT = "default-src 'none'; script-src SAYSO; frame-src SAYSO; style-src 'none'; base-uri 'none'"


def snippet(survey: str, **attributes: str) -> str:
    """The script tag a site owner pastes; `open_after="1"` becomes `data-open-after="1"`."""
    data = "".join(f' data-{k.replace("_", "-")}="{v}"' for k, v in attributes.items())
    return f'<script async src="SAYSO/embed.js" data-survey="{survey}"{data}></script>'


def widget(page: Page, index: int = 0) -> FrameLocator:
    return page.frame_locator("sayso-survey iframe").nth(index)


# The follow-up is taller than the first step by so much that this tells them apart.
_HAS_GROWN = """frame => new Promise(done => {
  let last = 0, looks = 0;
  const look = () => {
    const grown = frame.offsetHeight > 220 && frame.offsetHeight === last;
    last = frame.offsetHeight;
    grown || looks++ > 600 ? done() : requestAnimationFrame(look);
  };
  look();
})"""


def answer(frame: FrameLocator) -> None:
    """Choose four stars and see the next step, with room around it."""
    frame.get_by_role("radio", name="4 stars").click()
    expect(frame.get_by_role("heading", name="What went well?")).to_be_visible()
    frame.owner.evaluate(_HAS_GROWN)


def test_one_line_one_click_and_the_answer_is_there(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    product.acme.member("Ana Silva", email="ana@acme.example")
    url = product.page(
        "<h1>Help</h1>"
        + snippet(
            survey,
            member="ana@acme.example",
            ref="T-7",
            channel="help centre",
            email="kim@customer.example",
            name="Kim",
            customer_id="42",
            plan="pro",
        )
    )
    visitor.goto(url + "?secret=1#part")
    expect(widget(visitor).get_by_role("heading")).to_have_text("How did Ana Silva do today?")
    answer(widget(visitor))
    [response] = product.responses(survey)
    assert (response.stars, response.ref, response.channel) == (4, "T-7", "help centre")
    assert response.member_id is not None
    assert response.customer_email == "kim@customer.example"
    assert (response.customer_name, response.customer_id) == ("Kim", "42")
    assert response.attributes == {"plan": "pro"}
    assert response.page == url
    assert response.source == "widget"


def test_no_cookie_is_set_and_none_could_be(product: Product, new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    survey = product.acme.survey("stars")
    visitor.goto(product.page(snippet(survey)))
    answer(widget(visitor))
    assert visitor.context.cookies() == []
    # The frame is third-party, and this browser lets such frames keep nothing: try it.
    frame = next(frame for frame in visitor.frames if "/w/" in frame.url)
    assert frame.evaluate("document.cookie = 'a=1'; document.cookie") == ""


def test_the_host_page_hears_ready_answer_resize_and_done(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    listen = (
        "window.heard = []; for (const t of ['ready','answer','done','resize'])"
        " document.addEventListener('sayso:' + t, e => heard.push([t, e.detail]))"
    )
    visitor.add_init_script(listen)
    visitor.goto(product.page(snippet(survey)))
    frame = widget(visitor)
    answer(frame)
    frame.get_by_role("button", name="Done").click()
    expect(frame.get_by_role("heading", name="Thank you!")).to_be_visible()
    visitor.wait_for_function("heard.some(([t]) => t === 'done')")
    heard = visitor.evaluate("heard")
    types = [name for name, _ in heard]
    assert types[0] in ("ready", "resize")
    assert {"ready", "answer", "resize", "done"} == set(types)
    assert ["answer", {"kind": "stars", "score": 4}] in heard
    assert types.count("answer") == 1


def test_the_frame_is_as_tall_as_its_content(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    visitor.goto(product.page(snippet(survey)))
    answer(widget(visitor))
    iframe = visitor.locator("sayso-survey iframe")
    inside = widget(visitor).locator("main")
    visitor.wait_for_function(
        "document.querySelector('sayso-survey iframe').getBoundingClientRect().height > 250"
    )
    outer, inner = iframe.bounding_box(), inside.bounding_box()
    assert outer
    assert inner
    assert abs(outer["height"] - inner["height"]) <= 1


def test_it_works_under_the_strictest_policy_of_a_host(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    visitor.goto(product.page(snippet(survey), {"Content-Security-Policy": STRICT}))
    answer(widget(visitor))
    assert len(product.responses(survey)) == 1


def test_it_works_under_a_policy_of_nonces_pinned_by_integrity(
    product: Product, visitor: Page
) -> None:
    survey = product.acme.survey("stars")
    pinned = (
        f'<script async nonce="abc" src="SAYSO{loader_url_path()}" crossorigin="anonymous"'
        f' integrity="{loader_integrity()}" data-survey="{survey}"></script>'
    )
    policy = "default-src 'none'; script-src 'nonce-abc'; frame-src SAYSO"
    visitor.goto(product.page(pinned, {"Content-Security-Policy": policy}))
    answer(widget(visitor))
    assert len(product.responses(survey)) == 1


@pytest.mark.parametrize("policy", ["require-corp", "credentialless"])
def test_it_works_on_a_cross_origin_isolated_host(
    product: Product, visitor: Page, policy: str
) -> None:
    survey = product.acme.survey("stars")
    headers = {
        "Cross-Origin-Embedder-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    visitor.goto(product.page(snippet(survey), headers))
    assert visitor.evaluate("crossOriginIsolated")
    frame = widget(visitor)
    answer(frame)
    frame.get_by_role("button", name="Done").click()
    expect(frame.get_by_role("heading", name="Thank you!")).to_be_visible()


def test_five_widgets_on_one_page_keep_to_themselves(product: Product, visitor: Page) -> None:
    surveys = [product.acme.survey("stars") for _ in range(5)]
    visitor.goto(product.page("<main>" + "".join(snippet(survey) for survey in surveys)))
    visitor.wait_for_function(
        "[...document.querySelectorAll('iframe')]"
        ".filter(f => f.style.height != '200px').length == 5"
    )
    # From the bottom up: an answered widget grows, and would push the next one away.
    for index, score in ((4, 1), (3, 2), (2, 3), (1, 4), (0, 5)):
        name = f"{score} stars" if score > 1 else "1 star"
        frame = widget(visitor, index)
        frame.get_by_role("radio", name=name, exact=True).click()
        expect(frame.get_by_role("heading", name="What")).to_be_visible()
    stored = [product.responses(survey)[0].stars for survey in surveys]
    assert stored == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("display", ["popover", "slide-in", "button"])
def test_each_display_mode_takes_an_answer(product: Product, visitor: Page, display: str) -> None:
    survey = product.acme.survey("stars")
    visitor.goto(product.page(snippet(survey, display=display)))
    visitor.wait_for_function("window.sayso && document.querySelector('sayso-survey')")
    if display == "button":
        visitor.get_by_role("button", name="Feedback").click()
    else:
        visitor.evaluate("id => window.sayso.open(id)", survey)
    expect(visitor.get_by_role("dialog", name="Feedback")).to_be_visible()
    answer(widget(visitor))
    assert len(product.responses(survey)) == 1


def test_a_single_page_app_mounts_and_unmounts_fifty_times(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    visitor.goto(product.page('<script src="SAYSO/embed.js"></script><div id="app"></div>'))
    # Listeners on window are counted from before the first mount to after the last unmount.
    left = visitor.evaluate(
        """async id => {
          let listeners = 0;
          const {addEventListener: add, removeEventListener: remove} = EventTarget.prototype;
          window.addEventListener = (...a) => { listeners++; return add.apply(window, a); };
          window.removeEventListener = (...a) => { listeners--; return remove.apply(window, a); };
          const app = document.getElementById('app');
          for (let i = 0; i < 50; i++) {
            app.innerHTML = `<sayso-survey survey="${id}"></sayso-survey>`;
            await new Promise(requestAnimationFrame);
            app.textContent = '';
          }
          return {listeners, frames: document.querySelectorAll('iframe').length};
        }""",
        survey,
    )
    assert left == {"listeners": 0, "frames": 0}
    visitor.evaluate(
        'id => { app.innerHTML = `<sayso-survey survey="${id}"></sayso-survey>` }', survey
    )
    answer(widget(visitor))


def test_a_bare_iframe_works_without_script(product: Product, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(java_script_enabled=False)
    survey = product.acme.survey("stars")
    visitor.goto(
        product.page(f'<iframe src="SAYSO/w/{survey}" title="Rate us" height="400"></iframe>')
    )
    frame = visitor.frame_locator("iframe")
    frame.get_by_role("radio", name="4 stars").check()
    frame.get_by_role("button", name="Send").click()
    frame.get_by_label("Anything you would like to add?").fill("plain")
    frame.get_by_role("button", name="Done").click()
    expect(frame.get_by_role("heading", name="Thank you!")).to_be_visible()
    assert [response.comment for response in product.responses(survey)] == ["plain"]


def test_a_page_opened_from_a_file_can_show_a_survey(
    product: Product, visitor: Page, tmp_path: Path
) -> None:
    survey = product.acme.survey("stars")
    file = tmp_path / "page.html"
    file.write_text("<!doctype html>" + snippet(survey).replace("SAYSO", product.server.url))
    visitor.goto(file.as_uri())
    answer(widget(visitor))
    assert len(product.responses(survey)) == 1


def test_an_origin_that_is_not_allowed_gets_a_link_and_its_owner_an_explanation(
    product: Product, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(says=("403", "may not be shown on"))
    survey = product.acme.survey("stars")
    tie_to_site(product, survey, "https://shop.example")
    warnings: list[str] = []
    visitor.on("console", lambda message: warnings.append(message.text))
    visitor.goto(product.page(snippet(survey)))
    expect(widget(visitor).get_by_role("heading")).to_have_text("This survey is not available")
    expect(widget(visitor).get_by_role("link", name="Feedback")).to_be_visible()
    assert any(f"may not be shown on {product.site.site}" in text for text in warnings)


def test_an_allowed_origin_shows_the_survey(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    tie_to_site(product, survey, product.site.site)
    visitor.goto(product.page(snippet(survey)))
    answer(widget(visitor))


def test_a_page_that_lies_about_its_origin_is_kept_out_by_the_browser(
    product: Product, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(says=("frame-ancestors",))
    survey = product.acme.survey("stars")
    tie_to_site(product, survey, "https://shop.example")
    url = f"SAYSO/w/{survey}?origin=https://shop.example"
    visitor.goto(product.page(f'<iframe src="{url}"></iframe>'))
    expect(visitor.frame_locator("iframe").get_by_role("radio")).to_have_count(0)


def test_an_unknown_survey_is_sane_to_customers_and_plain_to_owners(
    product: Product, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(says=("404", "No published, open survey"))
    visitor.goto(product.page(snippet("nosuchsurvey")))
    expect(widget(visitor).get_by_role("heading")).to_have_text("This survey is not available")


def test_everything_comes_from_our_host(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    asked: list[str] = []
    visitor.on("request", lambda request: asked.append(request.url))
    visitor.goto(product.page(snippet(survey)))
    answer(widget(visitor))
    ours = (product.server.url + "/", product.site.site + "/")
    assert [url for url in asked if not url.startswith(ours)] == []


def tie_to_site(product: Product, survey: str, *origins: str) -> None:
    """Let a survey stand on a site with these origins only."""
    world = product.acme.world
    with world.app.app_context(), writing(db.session) as session:
        site = Site(
            workspace_id=product.acme.id,
            name="Shop",
            origins=list(origins),
            created_at=world.clock(),
        )
        row = session.scalar(select(Survey).where(Survey.public_id == survey))
        assert row is not None
        row.sites.append(site)
