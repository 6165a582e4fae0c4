"""Testimonials: from a customer's consent to the company's site, and off it again."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from tests.builders import Workspace, answer_survey, csrf_token, make_workspace, post
from tests.web.frame.visiting import open_survey
from tests.web.share.customers import answered, change_response
from widget.actions.give_answer import give_answer
from widget.actions.hide_response import set_hidden
from widget.domain.context import Context
from widget.domain.flow import Answer
from widget.domain.responses import ResponseHead
from widget.extensions import db
from widget.web.security import FRAME

WORDS = "It took a while. Then Ana found it at once. Thanks!"


def said(acme: Workspace, survey: str | None = None, score: int = 5, **details: Any) -> str:
    """A response whose comment may be published; returns its id."""
    details = {"comment": WORDS, "may_publish": True, **details}
    return answer_survey(acme, survey or acme.survey(), score, **details)


def decide(client: Any, response: str, verb: str, status: int = 303, **fields: Any) -> str:
    # The sign-out form stands on every page.
    token = csrf_token(client.get("/console/testimonials").text)
    answer = client.post(
        f"/console/testimonials/{response}/{verb}", data={"csrf_token": token, **fields}
    )
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def waiting(client: Any, standing: str = "waiting") -> str:
    return unescape(client.get(f"/console/testimonials?standing={standing}").text)


def on_site(acme: Workspace, survey: str, query: str = "") -> list[str]:
    """The words that the site's frame shows."""
    answer = acme.world.client().get(f"/t/testimonials/{survey}{query}")
    assert answer.status_code == 200
    found = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", answer.text, re.DOTALL)
    return [unescape(words) for words in found]


def test_a_comment_is_shown_once_its_customer_agreed_and_somebody_approved(
    acme: Workspace,
) -> None:
    survey = acme.survey()
    response = said(acme, survey)
    lead = acme.signed_in()
    assert WORDS in waiting(lead)
    assert on_site(acme, survey) == []
    decide(lead, response, "approve", words=WORDS)
    assert on_site(acme, survey) == [WORDS]
    assert WORDS not in waiting(lead)
    assert WORDS in waiting(lead, "approved")


@pytest.mark.parametrize(
    "details",
    [
        pytest.param({"may_publish": False}, id="no consent"),
        pytest.param({"may_publish": None}, id="never asked"),
        pytest.param({"score": 3}, id="no good score"),
        pytest.param({"comment": ""}, id="no words"),
        pytest.param({"is_test": True}, id="a test"),
    ],
)
def test_nothing_else_waits_or_can_be_approved(acme: Workspace, details: dict[str, Any]) -> None:
    response = said(acme, **details)
    lead = acme.signed_in()
    assert "Nothing waits for you" in waiting(lead)
    decide(lead, response, "approve", 404, words=WORDS)


@pytest.mark.parametrize(
    "change",
    ["consent", "comment", "score", "hidden"],
)
def test_it_is_off_the_site_with_what_was_approved_until_that_is_done_again(
    any_acme: Workspace, change: str
) -> None:
    acme = any_acme
    survey = acme.survey()
    acme.change(survey, ask_publish=True)
    customer = open_survey(acme.world.client(), survey)
    agreed = {"step": "follow_up", "main_score": 5, "may_publish": "yes"}
    customer.send(step="score", score=5)
    customer.send(**agreed, comment=WORDS)
    response = acme.responses()[0]
    lead = acme.signed_in()
    decide(lead, str(response.id), "approve", words=WORDS)
    assert on_site(acme, survey) == [WORDS]
    if change == "consent":
        change_response(acme, may_publish=False)
    elif change == "comment":
        customer.send(**agreed, comment="Now something else.")
    elif change == "score":
        customer.send(step="score", score=2)
    else:
        with acme.world.app.app_context():
            set_hidden(db.session(), acme.id, response.id, hidden=True, at=acme.world.clock())
    assert on_site(acme, survey) == []
    if change == "comment":
        customer.send(**agreed, comment=WORDS)
    elif change == "score":
        customer.send(step="score", score=5)
        customer.send(**agreed, comment=WORDS)
    elif change == "hidden":
        with acme.world.app.app_context():
            set_hidden(db.session(), acme.id, response.id, hidden=False, at=acme.world.clock())
    if change != "consent":
        assert on_site(acme, survey) == []
        assert WORDS in waiting(lead)


def test_a_customer_who_unticks_the_box_undoes_the_approval(acme: Workspace) -> None:
    survey = acme.survey()
    response = said(acme, survey)
    lead = acme.signed_in()
    decide(lead, response, "approve", words=WORDS)
    row = acme.responses()[0]
    head = ResponseHead(
        workspace_id=acme.id,
        id=row.id,
        survey_id=row.survey_id,
        version_id=row.version_id,
        kind="stars",
        language="en",
        source="widget",
        is_test=False,
        context=Context(),
        member_id=None,
        answered_at=acme.world.clock(),
    )
    answer = Answer(scores={"stars": 5}, may_publish=False)
    with acme.world.app.app_context():
        give_answer(db.engine, head, answer, time_zone="UTC", opens=False)
        assert on_site(acme, survey) == []
        give_answer(
            db.engine, head, replace(answer, may_publish=True), time_zone="UTC", opens=False
        )
    assert on_site(acme, survey) == []
    assert WORDS in waiting(lead)


def test_a_comment_is_cut_at_its_ends_and_never_reworded(acme: Workspace) -> None:
    survey = acme.survey()
    response = said(acme, survey)
    lead = acme.signed_in()
    page = decide(lead, response, "approve", 422, words="Ana found everything at once.")
    assert "These are not the customer’s words" in page
    assert "Ana found everything at once." in page
    assert on_site(acme, survey) == []
    decide(lead, response, "approve", words="Then Ana found it at once.")
    assert on_site(acme, survey) == ["… Then Ana found it at once. …"]
    decide(lead, response, "approve", words=WORDS)
    assert on_site(acme, survey) == [WORDS]


def test_what_is_declined_or_withdrawn_is_not_shown_and_can_be_approved_after_all(
    acme: Workspace,
) -> None:
    survey = acme.survey()
    response = said(acme, survey)
    lead = acme.signed_in()
    decide(lead, response, "decline")
    assert WORDS in waiting(lead, "declined")
    assert on_site(acme, survey) == []
    decide(lead, response, "approve")
    assert on_site(acme, survey) == [WORDS]
    decide(lead, response, "withdraw")
    assert WORDS in waiting(lead, "withdrawn")
    assert on_site(acme, survey) == []


def test_the_order_is_the_teams(acme: Workspace) -> None:
    survey = acme.survey()
    lead = acme.signed_in()
    ids = {}
    for words in ("One.", "Two.", "Three."):
        ids[words] = said(acme, survey, comment=words)
        decide(lead, ids[words], "approve")
    assert on_site(acme, survey) == ["Three.", "Two.", "One."]
    decide(lead, ids["Three."], "move/down")
    assert on_site(acme, survey) == ["Two.", "Three.", "One."]
    decide(lead, ids["One."], "move/first")
    assert on_site(acme, survey) == ["One.", "Two.", "Three."]
    decide(lead, ids["One."], "move/up")
    decide(lead, ids["Three."], "move/down")
    assert on_site(acme, survey) == ["One.", "Two.", "Three."]
    decide(lead, ids["Two."], "withdraw")
    decide(lead, ids["Two."], "move/first", 404)
    assert on_site(acme, survey, "?limit=1") == ["One."]
    assert on_site(acme, survey, "?limit=9999") == ["One.", "Three."]


def test_leads_decide_about_their_own_teams_only(acme: Workspace) -> None:
    ana, bo = acme.member("Ana", email="ana@a.example"), acme.member("Bo", email="bo@a.example")
    north, south = acme.team("North"), acme.team("South")
    acme.put_in(north, ana)
    acme.put_in(south, bo)
    survey = acme.survey()
    own = said(acme, survey, comment="About Ana.", member="ana@a.example")
    other = said(acme, survey, comment="About Bo.", member="bo@a.example")
    lead = acme.person("lead@a.example", "manager", leads=(north,))
    assert "About Ana." in waiting(lead)
    assert "About Bo." not in waiting(lead)
    decide(lead, other, "approve", 404)
    decide(lead, own, "approve")
    assert on_site(acme, survey) == ["About Ana."]


def test_another_workspace_sees_and_decides_nothing(acme: Workspace) -> None:
    response = said(acme)
    other = make_workspace(acme.world, "Other", "olga@other.example").signed_in()
    assert WORDS not in waiting(other)
    decide(other, response, "approve", 404)


def test_the_frame_says_what_a_reader_needs_and_nothing_private(acme: Workspace) -> None:
    acme.member("Ana Silva", email="ana@a.example")
    survey = acme.survey()
    response = said(
        acme,
        survey,
        4,
        member="ana@a.example",
        customer_email="kim@c.example",
        customer_name="Kim Korn",
        ref="T-1",
    )
    decide(acme.signed_in(), response, "approve")
    answer = acme.world.client().get(f"/t/testimonials/{survey}")
    page = unescape(answer.text)
    for part in (
        "<figure>",
        "<figcaption>",
        "4 stars",
        "Ana</span>",
        '<time datetime="2026-11-23">',
    ):
        assert part in page, part
    for private in ("Silva", "Kim", "Korn", "c.example", "T-1"):
        assert private not in page
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    for name in ("Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy"):
        assert answer.headers[name] == FRAME.headers[name]
    german = acme.world.client().get(f"/t/testimonials/{survey}?lang=de").text
    assert "23. November 2026" in german
    assert "4 Sterne" in german
    arabic = acme.world.client().get(f"/t/testimonials/{survey}?lang=ar&theme=dark").text
    assert '<html lang="ar" dir="rtl" data-theme="dark">' in arabic


def test_members_are_named_only_where_the_workspace_wants_it(acme: Workspace) -> None:
    acme.member("Ana Silva", email="ana@a.example")
    survey = acme.survey()
    owner = acme.signed_in()
    decide(owner, said(acme, survey, comment="Good.", member="ana@a.example"), "approve")
    assert "Ana" in acme.world.client().get(f"/t/testimonials/{survey}").text
    post(owner, "/console/sharing", offer_reviews="none")
    assert "Ana" not in acme.world.client().get(f"/t/testimonials/{survey}").text


def test_the_frame_stands_where_the_survey_may_stand(acme: Workspace) -> None:
    survey = acme.survey()
    free = acme.world.client().get(f"/t/testimonials/{survey}")
    assert "frame-ancestors" not in free.headers["Content-Security-Policy"]
    post(
        acme.signed_in(),
        "/console/sites/new",
        name="Shop",
        origins="https://shop.example",
        surveys=survey,
    )
    bound = acme.world.client().get(f"/t/testimonials/{survey}?origin=https://shop.example")
    policy = bound.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://shop.example http://localhost" in policy
    strange = acme.world.client().get(f"/t/testimonials/{survey}?origin=https://evil.example")
    assert strange.status_code == 403


def test_words_with_markup_are_words_everywhere(acme: Workspace) -> None:
    evil = "<script>alert(1)</script> <img src=x onerror=alert(2)> {{7*7}}"
    survey = acme.survey()
    response = said(acme, survey, comment=evil)
    lead = acme.signed_in()
    decide(lead, response, "approve")
    for html in (
        lead.get("/console/testimonials?standing=approved").text,
        acme.world.client().get(f"/t/testimonials/{survey}").text,
    ):
        assert "<script>alert" not in html
        assert "<img src=x" not in html
    assert on_site(acme, survey) == [evil]


def test_sharing_and_testimonials_are_two_consents(acme: Workspace) -> None:
    survey = acme.survey()
    acme.change(survey, share=True)
    customer = answered(acme, survey, comment=WORDS)
    customer.share()
    assert "Nothing waits for you" in waiting(acme.signed_in())
