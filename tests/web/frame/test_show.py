"""Opening a survey's frame."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from tests.builders import Workspace
from tests.web.frame.visiting import open_survey, token_in
from widget.domain.context import Problem
from widget.domain.flow import steps
from widget.domain.surveys import new_definition, with_text
from widget.domain.tokens import Visit
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import EmbedProblem, Response, Site
from widget.storage.surveys import survey_of
from widget.web.face.pages import Typed, make_face
from widget.web.frame.visits import signer


def visit_in(acme: Workspace, html: str) -> Visit:
    with acme.world.app.test_request_context():
        return signer().read(token_in(html))


def stored(acme: Workspace) -> int:
    with acme.world.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Response)) or 0


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_that_opens_every_link_counts_nothing(acme: Workspace, method: str) -> None:
    survey = acme.survey()
    for score in range(1, 6):
        answer = acme.world.client().open(
            f"/w/{survey}?score={score}", method=method, headers={"Purpose": "prefetch"}
        )
        assert answer.status_code == 200
    assert stored(acme) == 0


def test_two_openings_are_two_visits(acme: Workspace) -> None:
    client, survey = acme.world.client(), acme.survey()
    first = visit_in(acme, client.get(f"/w/{survey}").text)
    second = visit_in(acme, client.get(f"/w/{survey}").text)
    assert first.response_id != second.response_id


def test_the_context_travels_in_the_token(acme: Workspace) -> None:
    member = acme.member("Ana", email="ana@acme.example")
    page = acme.world.client().get(
        f"/w/{acme.survey()}?member=Ana@Acme.example&ref=T-1&plan=pro&email={{{{x}}}}"
    )
    visit = visit_in(acme, page.text)
    assert (visit.member_id, visit.member_name) == (member, "Ana")
    assert visit.context.ref == "T-1"
    assert visit.context.attributes == {"plan": "pro"}
    assert visit.context.problems == (Problem("customer_email", "{{x}}"),)


def test_an_unknown_member_is_kept_as_given_and_not_shown(acme: Workspace) -> None:
    page = acme.world.client().get(f"/w/{acme.survey()}?member=Call+nowhere+now")
    assert "nowhere" not in page.text
    assert "How did our team do today?" in page.text
    visit = visit_in(acme, page.text)
    assert (visit.member_id, visit.context.member) == (None, "Call nowhere now")


def test_a_page_cannot_bring_markup_or_a_link_as_a_name(acme: Workspace) -> None:
    survey = acme.survey()
    worded = with_text(new_definition("stars"), "question.stars", "en", "Hello {customer}, well?")
    acme.change(survey, texts=worded.texts)
    client = acme.world.client()
    assert "Hello Kim &lt;b&gt;, well?" in client.get(f"/w/{survey}?name=Kim+<b>").text
    linked = client.get(f"/w/{survey}?name=Win+at+http://evil.example").text
    assert "Hello dear customer, well?" in linked


def test_wording_is_data_and_never_a_template(acme: Workspace) -> None:
    survey = acme.survey()
    text = "{{ 7*7 }} {% raw %} {config} <script>alert(1)</script>"
    acme.change(survey, texts={"thanks_title": {"en": "x"}, "question.stars": {"en": "ok"}})
    with acme.world.app.test_request_context():
        definition = with_text(new_definition("stars"), "question.stars", "en", text)

        face = make_face(definition, "en", "Acme", "abc")  # a random id may contain 49
        html = face.step_html(steps(definition)[0], Typed())
    assert "49" not in html
    assert "{{ 7*7 }}" in html
    assert "&lt;script&gt;" in html


def test_a_version_that_changes_reaches_new_visitors_only(acme: Workspace) -> None:
    survey = acme.survey()
    early = open_survey(acme.world.client(), survey)
    worded = with_text(new_definition("stars"), "positive_prompt", "en", "What shone?")
    acme.change(survey, texts=worded.texts)
    late = open_survey(acme.world.client(), survey)
    assert "What went well?" in early.send(score=5).text
    assert "What shone?" in late.send(score=5).text


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "de-AT,de;q=0.9,en;q=0.5", "de"),
        ("?lang=fr-CA", "de", "fr"),
        ("?lang=xx", "de", "de"),
        ("?lang=%00%ff", "sv, it;q=0.3", "it"),
        ("", "sv", "en"),
        ("", "", "en"),
    ],
)
def test_the_visitors_language_is_chosen(
    acme: Workspace, query: str, accepted: str, language: str
) -> None:
    page = acme.world.client().get(
        f"/w/{acme.survey()}{query}", headers={"Accept-Language": accepted}
    )
    assert f'<html lang="{language}"' in page.text


def test_an_unknown_survey_says_so_in_the_visitors_language(acme: Workspace) -> None:
    answer = acme.world.client().get("/w/nosuchsurvey", headers={"Accept-Language": "de"})
    assert answer.status_code == 404
    assert "This survey is not available" not in answer.text
    assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_an_unpublished_survey_is_not_available(acme: Workspace) -> None:

    survey = acme.survey()
    with acme.world.app.app_context(), writing(db.session):
        survey_of(db.session, acme.id, survey).published_version_id = None
    assert acme.world.client().get(f"/w/{survey}").status_code == 404


def test_a_closed_survey_opens_no_more_but_takes_what_was_begun(acme: Workspace) -> None:

    survey = acme.survey()
    visitor = open_survey(acme.world.client(), survey)
    with acme.world.app.app_context(), writing(db.session):
        survey_of(db.session, acme.id, survey).closed_at = acme.world.clock()
    assert acme.world.client().get(f"/w/{survey}").status_code == 404
    assert visitor.send(score=4).status_code == 200
    assert stored(acme) == 1


def test_a_refused_origin_is_remembered_for_the_site_owner(acme: Workspace) -> None:
    survey = acme.survey()
    tie(acme, survey, "https://shop.example")
    client = acme.world.client()
    answer = client.get(f"/w/{survey}?origin=https://evil.example&page=https://evil.example/a")
    assert answer.status_code == 403
    assert "frame-ancestors" not in answer.headers["Content-Security-Policy"]
    allowed = client.get(f"/w/{survey}?origin=https://shop.example")
    assert allowed.status_code == 200
    policy = allowed.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://shop.example" in policy
    with acme.world.app.app_context():
        problem = db.session.scalars(select(EmbedProblem)).one()
        assert (problem.kind, problem.subject) == ("origin", "https://evil.example")


def tie(acme: Workspace, survey: str, origin: str) -> None:

    with acme.world.app.app_context(), writing(db.session):
        site = Site(
            workspace_id=acme.id, name="Shop", origins=[origin], created_at=acme.world.clock()
        )
        row = survey_of(db.session, acme.id, survey)
        row.sites.append(site)


def test_a_survey_tied_to_no_site_may_stand_anywhere(acme: Workspace) -> None:
    page = acme.world.client().get(f"/w/{acme.survey()}?origin=https://anywhere.example")
    assert page.status_code == 200
    assert "frame-ancestors" not in page.headers["Content-Security-Policy"]


def test_the_inline_style_is_the_one_the_policy_allows(acme: Workspace) -> None:

    page = acme.world.client().get(f"/w/{acme.survey()}")
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    assert " style=" not in page.text
    assert not re.search(r"\son\w+=", page.text)
