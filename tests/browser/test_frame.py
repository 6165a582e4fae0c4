"""The frame by itself, as its customer uses it: pointer, keyboard, touch, no script."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Product
from widget.domain.scales import KINDS, STYLES
from widget.domain.surveys import Question, new_definition, with_text

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


def open_frame(page: Page, product: Product, public_id: str, query: str = "") -> None:
    page.goto(f"{product.server.url}/w/{public_id}{query}")


def test_a_click_on_a_star_is_an_answer_at_once(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    open_frame(visitor, product, survey, "?ref=T-1")
    visitor.get_by_role("radio", name="4 stars").click()
    expect(visitor.get_by_role("heading", name="What went well?")).to_be_focused()
    [response] = product.responses(survey)
    assert (response.stars, response.ref, response.finished_at) == (4, "T-1", None)


def test_a_whole_visit_ends_in_one_finished_response(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    product.acme.change(survey, extras=(Question("nps", "numbers"), Question("csat", "thumbs")))
    open_frame(visitor, product, survey)
    visitor.get_by_role("radio", name="2 stars").click()
    visitor.get_by_role("checkbox", name="Took too long").check()
    visitor.get_by_label("Anything you would like to add?").fill("Slow today")
    visitor.get_by_role("button", name="Next").click()
    visitor.get_by_role("radio", name="9", exact=True).click()
    visitor.get_by_role("radio", name="Yes", exact=True).click()
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_focused()
    [response] = product.responses(survey)
    assert (response.stars, response.nps, response.csat) == (2, 9, 5)
    assert (response.reasons, response.comment) == (["slow"], "Slow today")
    assert response.finished_at is not None


def test_an_extra_question_may_be_skipped(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("csat")
    product.acme.change(survey, extras=(Question("nps", "numbers"),), ask_comment=False)
    open_frame(visitor, product, survey)
    visitor.get_by_role("radio", name="Very satisfied").click()
    visitor.get_by_role("button", name="Next").click()
    visitor.get_by_role("button", name="Skip").click()
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_visible()
    [response] = product.responses(survey)
    assert (response.csat, response.nps) == (5, None)
    assert response.finished_at is not None


def test_changing_ones_mind_changes_the_same_response(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    open_frame(visitor, product, survey)
    visitor.get_by_role("radio", name="5 stars").click()
    visitor.get_by_role("button", name="Change my answer").click()
    expect(visitor.get_by_role("radio", name="5 stars")).to_be_checked()
    visitor.get_by_role("radio", name="1 star", exact=True).click()
    expect(visitor.get_by_role("heading", name="What could have been better?")).to_be_visible()
    [response] = product.responses(survey)
    assert response.stars == 1


def test_a_double_click_makes_one_response(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("nps")
    open_frame(visitor, product, survey)
    visitor.get_by_role("radio", name="10").dblclick()
    expect(visitor.get_by_role("heading", name="What went well?")).to_be_visible()
    assert [response.nps for response in product.responses(survey)] == [10]


def test_arrow_keys_only_move_and_enter_sends(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    open_frame(visitor, product, survey)
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Space")
    for _ in range(3):
        visitor.keyboard.press("ArrowRight")
    expect(visitor.get_by_role("radio", name="4 stars")).to_be_checked()
    expect(visitor.get_by_role("radio", name="4 stars")).to_be_focused()
    assert product.responses(survey) == []
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", name="What went well?")).to_be_focused()
    assert [response.stars for response in product.responses(survey)] == [4]


def test_the_keyboard_alone_gets_through_every_step(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("nps")
    open_frame(visitor, product, survey)
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("ArrowRight")
    visitor.keyboard.press("Tab")
    expect(visitor.get_by_role("button", name="Send")).to_be_focused()
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", name="What could have been better?")).to_be_focused()
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Space")
    expect(visitor.get_by_role("checkbox").first).to_be_checked()
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_focused()
    [response] = product.responses(survey)
    assert response.nps == 1
    assert response.reasons == ["slow"]


@pytest.mark.parametrize("key", ["Enter on the button", "Enter on a star"])
def test_sending_without_a_choice_says_so_and_asks_nothing(
    product: Product, visitor: Page, key: str
) -> None:
    survey = product.acme.survey("stars")
    open_frame(visitor, product, survey)
    asked: list[str] = []
    visitor.on("request", lambda request: asked.append(request.url))
    visitor.keyboard.press("Tab")
    if key == "Enter on the button":
        visitor.keyboard.press("Tab")
        expect(visitor.get_by_role("button", name="Send")).to_be_focused()
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("alert")).to_have_text("Please choose an answer.")
    assert visitor.evaluate("document.activeElement !== document.body")
    assert asked == []
    assert product.responses(survey) == []
    visitor.get_by_role("radio", name="4 stars").click()
    expect(visitor.get_by_role("heading", name="What went well?")).to_be_visible()


def test_an_extra_question_without_a_choice_may_be_skipped_but_not_sent(
    product: Product, visitor: Page
) -> None:
    survey = product.acme.survey("stars")
    product.acme.change(survey, extras=(Question("nps", "numbers"),), ask_comment=False)
    product.acme.change(survey, ask_reasons=False)
    open_frame(visitor, product, survey)
    visitor.get_by_role("radio", name="4 stars").click()
    visitor.get_by_role("button", name="Done").click()
    expect(visitor.get_by_role("alert")).to_have_text("Please choose an answer.")
    visitor.get_by_role("button", name="Skip").click()
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_visible()


def test_sending_without_a_choice_and_without_script_says_so_too(
    product: Product, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(says=("422",), java_script_enabled=False)
    survey = product.acme.survey("stars")
    open_frame(visitor, product, survey)
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("alert")).to_have_text("Please choose an answer.")
    assert product.responses(survey) == []


@pytest.mark.parametrize("kind", KINDS)
def test_everything_works_without_script(
    product: Product, new_visitor: NewVisitor, kind: str
) -> None:
    visitor = new_visitor(java_script_enabled=False)
    survey = product.acme.survey(kind)  # type: ignore[arg-type]
    open_frame(visitor, product, survey)
    visitor.get_by_role("radio").last.check()
    visitor.get_by_role("button", name="Send").click()
    visitor.get_by_role("checkbox", name="Fast").check()
    visitor.get_by_label("Anything you would like to add?").fill("No script here")
    visitor.get_by_role("button", name="Done").click()
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_visible()
    [response] = product.responses(survey)
    assert response.score == new_definition(kind).question.scale.scores[-1]  # type: ignore[arg-type]
    assert response.comment == "No script here"
    assert response.finished_at is not None


@pytest.mark.parametrize("style", [style for styles in STYLES.values() for style in styles])
def test_every_style_is_answered_by_its_words(product: Product, visitor: Page, style: str) -> None:
    kind = next(kind for kind, styles in STYLES.items() if style in styles)
    survey = product.acme.survey(kind, style=style)  # type: ignore[arg-type]
    open_frame(visitor, product, survey)
    point = new_definition(kind, style).question.scale.points[0]  # type: ignore[arg-type]
    visitor.get_by_role("radio", name=point.name, exact=True).click()
    expect(visitor.get_by_role("heading", name="What could have been better?")).to_be_visible()
    assert [response.score for response in product.responses(survey)] == [point.score]


def test_a_comment_that_is_too_long_is_kept_in_the_box(
    product: Product, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(says=("422",))
    survey = product.acme.survey("stars")
    open_frame(visitor, product, survey)
    visitor.get_by_role("radio", name="4 stars").click()
    box = visitor.get_by_label("Anything you would like to add?")
    box.fill("long " * 1200)
    expect(box).to_have_value("long " * 1000)  # the box takes no more than may be sent
    # As a browser does that knows no such limit.
    box.evaluate("(box, text) => { box.value = text }", "long " * 1200)
    visitor.get_by_role("checkbox", name="Fast").check()
    visitor.get_by_role("button", name="Done").click()
    expect(visitor.get_by_role("alert")).to_contain_text("5000 characters")
    expect(box).to_have_value("long " * 1200)
    expect(visitor.get_by_role("checkbox", name="Fast")).to_be_checked()
    box.fill("short")
    visitor.get_by_role("button", name="Done").click()
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_visible()
    assert [response.comment for response in product.responses(survey)] == ["short"]


def test_two_visitors_at_once_are_two_responses(product: Product, new_visitor: NewVisitor) -> None:
    survey = product.acme.survey("stars")
    one, other = new_visitor(), new_visitor()
    open_frame(one, product, survey, "?ref=one")
    open_frame(other, product, survey, "?ref=other")
    one.get_by_role("radio", name="5 stars").click()
    other.get_by_role("radio", name="2 stars").click()
    other.get_by_label("Anything you would like to add?").fill("other's words")
    one.get_by_label("Anything you would like to add?").fill("one's words")
    for page in (one, other):
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    said = {(row.ref, row.stars, row.comment) for row in product.responses(survey)}
    assert said == {("one", 5, "one's words"), ("other", 2, "other's words")}


def test_the_answer_continues_after_the_server_was_killed(
    product: Product, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(says=("ERR_CONNECTION", "ERR_EMPTY", "Failed to fetch"))
    survey = product.acme.survey("stars")
    open_frame(visitor, product, survey)
    visitor.get_by_role("radio", name="3 stars").click()
    visitor.get_by_label("Anything you would like to add?").fill("Still here")
    product.server.kill()
    visitor.get_by_role("button", name="Done").click()
    expect(visitor.get_by_role("alert")).to_contain_text("Nothing is lost")
    expect(visitor.get_by_label("Anything you would like to add?")).to_have_value("Still here")
    product.server.start()
    visitor.get_by_role("button", name="Done").click()
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_visible()
    [response] = product.responses(survey)
    assert (response.stars, response.comment) == (3, "Still here")


def test_screen_readers_hear_that_the_answer_is_saved(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    open_frame(visitor, product, survey)
    expect(visitor.get_by_role("status")).to_be_empty()
    visitor.get_by_role("radio", name="4 stars").click()
    expect(visitor.get_by_role("status")).to_have_text("Your answer is saved.")


def test_the_visitors_language_is_spoken_right_to_left(
    product: Product, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(locale="ar-EG")
    survey = product.acme.survey("nps")
    open_frame(visitor, product, survey)
    assert visitor.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        "ar",
        "rtl",
    ]
    first, last = visitor.get_by_role("radio").first, visitor.get_by_role("radio").last
    first_box, last_box = first.bounding_box(), last.bounding_box()
    assert first_box
    assert last_box
    assert first_box["x"] > last_box["x"]
    expect(visitor.get_by_role("button", name="Send")).to_have_count(0)


def test_the_teams_words_fall_back_and_say_in_which_language_they_are(
    product: Product, new_visitor: NewVisitor
) -> None:
    survey = product.acme.survey("stars")
    worded = with_text(new_definition("stars"), "question.stars", "en", "How was {member}?")
    worded = with_text(worded, "question.stars", "fr", "Comment était {member} ?")
    product.acme.change(survey, texts=worded.texts, languages=("en", "fr"))
    canadian = new_visitor(locale="fr-CA")
    open_frame(canadian, product, survey)
    expect(canadian.get_by_role("heading")).to_contain_text("Comment était")
    german = new_visitor(locale="de-DE")
    open_frame(german, product, survey)
    heading = german.get_by_role("heading")
    expect(heading).to_contain_text("How was")
    expect(heading.locator("[lang=en]")).to_have_count(1)
    expect(german.get_by_role("button", name="Senden")).to_be_visible()


def test_test_mode_says_so_and_does_not_count(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("stars")
    open_frame(visitor, product, survey, "?test=1")
    expect(visitor.get_by_text("Test mode: answers do not count.")).to_be_visible()
    visitor.get_by_role("radio", name="4 stars").click()
    expect(visitor.get_by_role("heading", name="What went well?")).to_be_visible()
    assert [response.is_test for response in product.responses(survey)] == [True]


def test_a_survey_without_follow_up_thanks_at_once(product: Product, visitor: Page) -> None:
    survey = product.acme.survey("ces")
    product.acme.change(survey, ask_comment=False, ask_reasons=False)
    open_frame(visitor, product, survey)
    visitor.get_by_role("radio", name="6").click()
    expect(visitor.get_by_role("heading", name="Thank you!")).to_be_focused()
    [response] = product.responses(survey)
    assert response.finished_at is not None


def test_what_is_chosen_looks_chosen(product: Product, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(reduced_motion="reduce")
    survey = product.acme.survey("stars")
    open_frame(visitor, product, survey)
    fills = "stars => stars.map(star => getComputedStyle(star).fill)"
    visitor.get_by_role("radio", name="3 stars").click()
    visitor.get_by_role("checkbox", name="Took too long").check()
    visitor.mouse.move(0, 0)
    ground = "e => getComputedStyle(e.nextElementSibling).backgroundColor"
    ticked = visitor.get_by_role("checkbox", name="Took too long").evaluate(ground)
    assert ticked != visitor.get_by_role("checkbox", name="Not friendly").evaluate(ground)
    visitor.get_by_role("button", name="Change my answer").click()
    expect(visitor.get_by_role("radio", name="3 stars")).to_be_checked()
    visitor.mouse.move(0, 0)
    filled = visitor.locator(".star").evaluate_all(fills)
    assert filled[0] == filled[1] == filled[2] != filled[3]
    assert filled[3] == filled[4]
