"""The page that a customer shares: made by them, followed by their answer, taken back by them."""

import re
from html import unescape

import pytest

from tests.builders import Workspace, post
from tests.web.landing.mailing import Reader
from tests.web.share.customers import answered, change_response, sharing_survey
from widget.extensions import db
from widget.storage.models import Share

WORDS = "Found the fault in two minutes."


def shares(acme: Workspace) -> int:
    with acme.world.app.app_context():
        return db.session.query(Share).count()


def meta(html: str) -> dict[str, str]:
    return {
        name: unescape(content)
        for name, content in re.findall(
            r'<meta (?:property|name)="([\w:]+)" content="([^"]*)">', html
        )
    }


def test_looking_makes_no_page_and_pressing_makes_one(acme: Workspace) -> None:
    survey = sharing_survey(acme)
    customer = answered(acme, survey)
    assert "Share your experience" in customer.thanks.text
    assert customer.client.get(f"/w/{survey}/share").status_code == 405
    assert shares(acme) == 0
    assert customer.share().status_code == 200
    first = customer.page
    customer.share()
    assert customer.page == first
    assert shares(acme) == 1


def test_the_page_says_what_other_sites_show_of_it(acme: Workspace) -> None:
    acme.member("Ana Maria Silva", email="ana@acme.example")
    survey = sharing_survey(acme)
    customer = answered(
        acme,
        survey,
        4,
        comment=WORDS,
        may_publish=True,
        query="?member=ana@acme.example&email=kim@c.example&name=Kim%20Korn",
    )
    customer.share()
    answer = acme.world.client().get(customer.page)
    said = meta(answer.text)
    address = f"http://localhost{customer.page}"
    assert said["og:title"] == said["twitter:title"] == "4 stars · Ana"
    assert said["og:description"] == said["twitter:description"] == WORDS
    assert said["og:url"] == address
    assert said["og:site_name"] == "Acme"
    assert said["og:image"] == said["twitter:image"]
    assert said["og:image"].startswith(f"{address}/")
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
    assert said["twitter:card"] == "summary_large_image"
    assert said["robots"] == "noindex"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Silva" not in answer.text
    for private in ("Kim", "Korn", "c.example"):
        assert private not in answer.text
        assert private not in customer.ways


def test_words_stand_there_only_with_their_customers_consent(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme), comment=WORDS)
    assert "none of your words" in customer.share().text
    assert WORDS not in customer.client.get(customer.page).text
    without = customer.client.get(customer.picture()).data
    change_response(acme, may_publish=True)
    assert WORDS in customer.client.get(customer.page).text
    with_words = customer.client.get(customer.picture()).data
    assert with_words != without
    change_response(acme, may_publish=False)
    assert WORDS not in customer.client.get(customer.page).text
    assert customer.client.get(customer.picture()).data == without


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"score": 3, "stars": 3}, id="the score is no good one any more"),
        pytest.param({"hidden": True}, id="somebody hid the response"),
    ],
)
def test_a_page_is_gone_with_what_it_shows(acme: Workspace, change: dict[str, object]) -> None:
    customer = answered(acme, sharing_survey(acme))
    customer.share()
    picture = customer.picture()
    if "hidden" in change:
        change = {"hidden_at": acme.world.clock()}
    change_response(acme, **change)
    gone = customer.client.get(customer.page)
    assert gone.status_code == 410
    assert "This page is gone" in gone.text
    assert "stars" not in gone.text
    assert customer.client.get(picture).status_code == 410
    assert customer.client.get(customer.mine).status_code == 410
    change_response(acme, score=5, stars=5, hidden_at=None)
    assert customer.client.get(customer.page).status_code == 200


def test_its_customer_takes_a_page_back_for_good(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme))
    customer.share()
    public, secret, picture = customer.page, customer.mine, customer.picture()
    assert "Take the page back" not in customer.client.get(public).text
    shown = customer.client.get(secret)
    assert "Take the page back" in shown.text
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert customer.client.get(public).status_code == 200
    done = acme.world.client().post(secret)
    assert "You have taken the page back" in done.text
    assert customer.client.get(public).status_code == 410
    assert customer.client.get(picture).status_code == 410
    # Whoever shares again makes another page.
    customer.share()
    assert customer.page != public
    assert customer.client.get(public).status_code == 410
    assert customer.client.get(customer.page).status_code == 200


def test_a_public_address_takes_nothing_back(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme))
    customer.share()
    name = customer.page.rpartition("/")[2]
    assert customer.client.post(customer.page).status_code == 405
    assert customer.client.post(f"/t/mine/{name}").status_code == 404
    assert customer.client.post(f"{customer.mine}x").status_code == 404
    assert customer.client.get(customer.page).status_code == 200


@pytest.mark.parametrize("path", ["/t/x", "/t/" + "b" * 24, "/t/mine/x", "/t/go/x", "/t/x/y.png"])
def test_what_was_never_made_is_not_there(acme: Workspace, path: str) -> None:
    assert acme.world.client().get(path).status_code == 404


def test_the_page_of_one_survey_is_not_found_below_another(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme))
    customer.share()
    other = acme.survey("nps")
    assert customer.client.get(f"/t/{other}{customer.page[-12:]}").status_code == 404


def test_a_low_score_is_offered_nothing_to_share_and_can_share_nothing(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme), 3)
    assert "Share your experience" not in customer.thanks.text
    refused = customer.share()
    assert refused.status_code == 409
    assert "This answer cannot be shared." in refused.text
    assert shares(acme) == 0


def test_who_guesses_an_unsigned_link_makes_and_takes_back_no_page_of_anothers_answer(
    acme: Workspace,
) -> None:
    survey = sharing_survey(acme)
    carla, stranger = Reader(acme.world, survey), Reader(acme.world, survey, address="91.64.0.9")
    early = stranger.open(f"/e/{survey}?score=5&ref=T-9")
    token = carla.open(f"/e/{survey}?score=5&ref=T-9")
    carla.press(token, score=5)
    carla.press(token, step="follow_up", main_score=5, comment=WORDS)
    change_response(acme, may_publish=True)
    acme.world.clock.pass_time(hours=1)
    late = stranger.open(f"/e/{survey}?score=5&ref=T-9")
    for guessed in (early, late):
        refused = stranger.post("share", guessed)
        assert (refused.status_code, "/t/" in refused.text) == (409, False)
    assert shares(acme) == 0
    assert carla.post("share", token).status_code == 200
    assert "/t/mine/" not in stranger.post("share", late).text
    assert shares(acme) == 1


def test_a_survey_that_does_not_offer_sharing_makes_no_page(acme: Workspace) -> None:
    customer = answered(acme, acme.survey())
    assert "Share" not in customer.thanks.text
    assert customer.share().status_code == 409
    assert shares(acme) == 0


def test_nobody_shares_with_another_surveys_token_or_from_another_site(acme: Workspace) -> None:
    survey = sharing_survey(acme)
    customer = answered(acme, survey)
    other = sharing_survey(acme)
    token = {"token": customer.visitor.token}
    assert customer.client.post(f"/w/{other}/share", data=token).status_code == 404
    assert customer.client.post(f"/w/{survey}/share", data={"token": "x"}).status_code == 404
    assert customer.share({"Origin": "https://evil.example"}).status_code == 403
    assert shares(acme) == 0


def test_a_page_open_too_long_is_asked_to_press_once_more(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme))
    acme.world.clock.pass_time(hours=25)
    again = customer.share()
    assert again.status_code == 409
    assert "please press the button once more" in again.text
    fresh = re.search(r'name="token" value="([^"]+)"', again.text)
    assert fresh
    customer.visitor.token = fresh[1]
    assert customer.share().status_code == 200


def test_without_scripts_the_ways_stand_below_the_thanks(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme))
    whole = customer.share(headers={})
    assert whole.status_code == 200
    assert whole.text.startswith("<!DOCTYPE html>")
    assert "Thank you!" in whole.text
    assert "Your page is ready" in whole.text
    assert "Share your experience" not in whole.text


def test_search_engines_may_list_pages_where_the_workspace_says_so(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme))
    customer.share()
    post(acme.signed_in(), "/console/sharing", offer_reviews="none", lists_pages="1")
    answer = customer.client.get(customer.page)
    assert answer.headers["X-Robots-Tag"] == "all"
    assert "robots" not in meta(answer.text)
    assert "noindex" in customer.client.get(customer.mine).text


def test_the_page_leads_where_its_survey_says(acme: Workspace) -> None:
    acme.member("Zoë O'Neil", email="zoe@acme.example")
    survey = sharing_survey(acme, share_url="https://acme.example/thanks?of={member}&by={company}")
    customer = answered(acme, survey, query="?member=zoe@acme.example")
    customer.share()
    page = customer.client.get(customer.page).text
    assert 'href="https://acme.example/thanks?of=Zo%C3%AB&amp;by=Acme"' in page


def test_words_with_markup_are_words(acme: Workspace) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)> {member} {{7*7}} ${x}'
    customer = answered(acme, sharing_survey(acme), comment=evil, may_publish=True)
    customer.share()
    page = customer.client.get(customer.page)
    assert "<script" not in page.text
    assert "<img src=x" not in page.text
    assert meta(page.text)["og:description"] == evil
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert customer.client.get(customer.picture()).status_code == 200


@pytest.mark.parametrize(
    ("kind", "score", "title"),
    [("csat", 5, "Very satisfied · Acme"), ("nps", 9, "9/10 · Acme"), ("ces", 6, "6/7 · Acme")],
)
def test_other_kinds_say_their_score_in_their_own_words(
    acme: Workspace, kind: str, score: int, title: str
) -> None:
    customer = answered(acme, sharing_survey(acme, kind), score)
    customer.share()
    page = customer.client.get(customer.page).text
    assert meta(page)["og:title"] == title
    assert "★" not in page


def test_a_page_is_asked_for_again_and_a_picture_is_not(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme))
    customer.share()
    page = customer.client.get(customer.page)
    assert page.headers["Cache-Control"] == "public, no-cache"
    known = {"If-None-Match": page.headers["ETag"]}
    assert customer.client.get(customer.page, headers=known).status_code == 304
    picture = customer.client.get(customer.picture())
    assert picture.headers["Cache-Control"] == "public, max-age=86400, immutable"


def test_pages_carry_no_cookie_and_stand_in_no_frame(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme))
    customer.share()
    for path in (customer.page, customer.mine, customer.picture()):
        answer = acme.world.client().get(path, headers={"Cookie": "sayso=x"})
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_who_looks_too_often_is_asked_to_wait(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme))
    customer.share()
    statuses = {customer.client.get(customer.page).status_code for _ in range(605)}
    assert statuses == {200, 429}


def test_the_texts_on_the_way_are_the_customers_language(acme: Workspace) -> None:
    customer = answered(acme, sharing_survey(acme), query="?lang=de")
    assert "Ihre Erfahrung teilen" in customer.thanks.text
    assert "Ihre Seite ist fertig" in customer.share().text
    page = customer.client.get(customer.page).text
    assert '<html lang="de" dir="ltr">' in page
    assert meta(page)["og:title"] == "5 Sterne · Acme"
