"""Posting a step: every wrong input has a defined answer, a plain sentence, and loses nothing."""

import json
import re
from base64 import urlsafe_b64encode
from time import process_time

import pytest
from sqlalchemy import select

from tests.builders import (
    KEY,
    MONDAY,
    Workspace,
    World,
    close_world,
    make_settings,
    make_world,
    post,
)
from tests.web.frame.visiting import Visitor, chosen_in, open_survey, token_in
from widget.domain.flow import COMMENT_LIMIT
from widget.domain.surveys import Question
from widget.extensions import db
from widget.storage.models import EmbedProblem, Revision


@pytest.fixture
def visitor(acme: Workspace) -> Visitor:
    return open_survey(acme.world.client(), acme.survey(), "?ref=T-1")


def test_the_first_click_is_stored_and_answered_by_the_next_step(
    acme: Workspace, visitor: Visitor
) -> None:
    answer = visitor.send(score=4)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<form")
    assert "What went well?" in answer.text
    [response] = acme.responses()
    assert (response.stars, response.ref) == (4, "T-1")


def test_without_htmx_a_whole_page_comes_back(acme: Workspace, visitor: Visitor) -> None:
    answer = visitor.client.post(
        f"/w/{visitor.survey}/responses", data={"token": visitor.token, "score": "4"}
    )
    assert answer.text.startswith("<!DOCTYPE html>")
    assert "HX-Request" in answer.headers["Vary"]
    assert len(acme.responses()) == 1


def test_a_double_click_or_a_retry_makes_one_response(acme: Workspace, visitor: Visitor) -> None:
    for _ in range(3):
        assert visitor.send(score=4).status_code == 200
    assert len(acme.responses()) == 1


def test_a_change_of_mind_is_a_revision(acme: Workspace, visitor: Visitor) -> None:
    visitor.send(score=4)
    visitor.send(score=1)
    [response] = acme.responses()
    assert response.score == 1
    with acme.world.app.app_context():
        assert len(db.session.scalars(select(Revision)).all()) == 2


def test_going_back_keeps_what_was_written(acme: Workspace, visitor: Visitor) -> None:
    visitor.send(score=4)
    back = visitor.send(step="follow_up", main_score=4, comment="So far", go="back")
    assert chosen_in(back.text) == ["4"]
    [response] = acme.responses()
    assert (response.comment, response.finished_at) == ("So far", None)
    again = visitor.send(score=5)
    assert "So far</textarea>" in again.text


def test_changing_an_answer_after_the_thanks_loses_nothing_said(
    acme: Workspace, visitor: Visitor
) -> None:
    acme.change(visitor.survey, extras=(Question("nps", "numbers"),))
    visitor = open_survey(visitor.client, visitor.survey)
    visitor.send(score=4)
    visitor.send(step="follow_up", main_score=4, reasons=["fast"], comment="Lovely")
    visitor.send(step="extra.nps", main_score=4, score=9)
    back = visitor.send(step="thanks", main_score=4, go="back")
    assert (back.status_code, chosen_in(back.text)) == (200, ["4"])
    follow_up = visitor.send(score=5)
    assert "Lovely</textarea>" in follow_up.text
    assert re.search(r'value="fast" checked', follow_up.text)
    extra = visitor.send(step="follow_up", main_score=5, reasons=["fast"], comment="Lovely")
    assert chosen_in(extra.text) == ["9"]
    [response] = acme.responses()
    assert (response.stars, response.comment, response.nps) == (5, "Lovely", 9)


def test_reasons_for_praise_do_not_outlive_a_change_to_blame(
    acme: Workspace, visitor: Visitor
) -> None:
    visitor.send(score=5)
    visitor.send(step="follow_up", main_score=5, reasons=["fast"], comment="Lovely")
    visitor.send(score=1)
    [response] = acme.responses()
    assert (response.score, response.reasons, response.comment) == (1, [], "Lovely")


def test_a_page_left_open_over_a_surveys_end_answers_for_a_day_and_no_longer(
    acme: Workspace, visitor: Visitor
) -> None:
    late = open_survey(visitor.client, visitor.survey)
    visitor.send(score=4)
    post(
        acme.signed_in(),
        f"/console/surveys/{visitor.survey}/close",
        f"/console/surveys/{visitor.survey}",
    )
    acme.world.clock.pass_time(hours=25)
    again = visitor.send(step="follow_up", main_score=4, comment="Still here")
    assert again.status_code == 409
    visitor.token = token_in(again.text)
    assert visitor.send(step="follow_up", main_score=4, comment="Still here").status_code == 200
    assert late.send(score=1).status_code == 404
    assert [(row.score, row.comment) for row in acme.responses()] == [(4, "Still here")]


def test_when_no_key_knows_the_token_the_context_is_kept(acme: Workspace) -> None:
    survey = acme.survey()
    query = "?ref=T-1&member=ana@acme.example&email=kim@x.example&test=1&plan=pro&lang=de"
    visitor = open_survey(acme.world.client(), survey, query)
    dropped = make_world(make_settings(acme.world.settings.data, secret_keys=("d" * 40,)))
    visitor.client = dropped.client()
    again = visitor.send(score=5)
    assert again.status_code == 400
    assert "Bitte" in again.text
    visitor.token = token_in(again.text)
    assert visitor.send(score=5).status_code == 200
    [response] = acme.responses()
    assert (response.ref, response.member_given, response.customer_email, response.is_test) == (
        "T-1",
        "ana@acme.example",
        "kim@x.example",
        True,
    )
    assert (response.attributes, response.language) == ({"plan": "pro"}, "de")
    close_world(dropped)


@pytest.mark.parametrize("token", ["", "x", "e30.x", "W10.x", "WzFd.x", "é.x", "." * 50])
def test_a_token_of_nonsense_is_a_plain_400(visitor: Visitor, token: str) -> None:
    assert visitor.send(token=token, score=4).status_code == 400


_SAID = ["x", 1, "0" * 32, "en", 1, 0, None, "", "link"]


@pytest.mark.parametrize(
    "said",
    [
        "[" * 50_000,
        json.dumps([*_SAID[:4], 1e300, *_SAID[5:], {}]),
        json.dumps([*_SAID[:4], 10**400, *_SAID[5:], {}]),
        json.dumps([*_SAID, {"ref": 5, "attributes": 7}]),
        json.dumps([*_SAID, {"attributes": {"test": [1], "lang": {}, "a": None}}]),
        json.dumps(
            [*_SAID, {"member": "\ud800", "ref": "\ud800\0", "attributes": {"a": "\ud800"}}]
        ),
    ],
)
def test_a_token_that_somebody_made_up_to_do_harm_is_a_plain_400(
    acme: Workspace, visitor: Visitor, said: str
) -> None:
    again = visitor.send(token=urlsafe_b64encode(said.encode()).decode() + ".x", score=4)
    assert again.status_code == 400
    visitor.token = token_in(again.text)
    assert visitor.send(score=4).status_code == 200
    assert len(acme.responses()) == 1


def test_a_long_context_of_a_made_up_token_is_read_at_once(visitor: Visitor) -> None:
    said = json.dumps([*_SAID, {"ref": "{{" * 100_000, "member": "{{" * 100_000}])
    before = process_time()
    answer = visitor.send(token=urlsafe_b64encode(said.encode()).decode() + ".x", score=4)
    assert (answer.status_code, process_time() - before < 2) == (400, True)


def test_posts_with_bad_tokens_are_limited_too(world: World, acme: Workspace) -> None:
    limited = make_world(make_settings(world.settings.data, rate_limit="3/minute"))
    visitor = open_survey(limited.client(), acme.survey())
    answers = [visitor.send(token="forged", score=4, comment="x" * 9000) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert "xxx" not in answers[3].text
    assert answers[3].headers["Retry-After"] == "60"
    close_world(limited)


@pytest.mark.parametrize(
    "fields", [{"score": 9}, {"token": "forged"}, {"comment": "x" * 3_000_000}]
)
def test_every_answer_to_a_form_may_be_embedded_by_a_strict_host(
    visitor: Visitor, fields: dict[str, object]
) -> None:
    for headers in ({}, {"Origin": "https://evil.example"}):
        answer = visitor.send(headers, **{"score": 4, **fields})
        assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    "path", ["/w/%00", "/w/{}?member=%00a&ref=%00&origin=%00", "/images/%00", "/try/%00"]
)
def test_a_nul_in_an_address_is_no_server_error(any_acme: Workspace, path: str) -> None:
    answer = any_acme.world.client().get(path.format(any_acme.survey()))
    assert answer.status_code in (200, 404)


def test_the_address_that_a_form_without_scripts_leaves_leads_back_to_the_survey(
    visitor: Visitor,
) -> None:
    answer = visitor.client.get(f"/w/{visitor.survey}/responses")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/w/{visitor.survey}")


def test_the_last_step_finishes(acme: Workspace, visitor: Visitor) -> None:
    visitor.send(score=2)
    thanks = visitor.send(step="follow_up", main_score=2, reasons=["slow", "bogus"], comment="Hm")
    assert "Thank you!" in thanks.text
    [response] = acme.responses()
    assert (response.reasons, response.comment) == (["slow"], "Hm")
    assert response.finished_at == MONDAY


@pytest.mark.parametrize("score", ["0", "6", "-1", "4.5", "four", "", "9" * 500, "１", "4 "])
def test_a_score_off_the_scale_is_asked_again(
    acme: Workspace, visitor: Visitor, score: str
) -> None:
    answer = visitor.send(score=score)
    assert answer.status_code == 422
    assert "Please choose an answer." in answer.text
    assert acme.responses() == []


def test_an_extra_score_off_its_scale_loses_nothing(acme: Workspace) -> None:
    survey = acme.survey()
    acme.change(survey, extras=(Question("nps", "numbers"),))
    visitor = open_survey(acme.world.client(), survey)
    visitor.send(score=4)
    answer = visitor.send(step="extra.nps", main_score=4, score=11)
    assert answer.status_code == 422
    assert 'name="main_score" value="4"' in answer.text
    assert [response.stars for response in acme.responses()] == [4]


@pytest.mark.parametrize("token", ["", None])
def test_a_later_step_without_its_score_goes_back_to_the_question(
    acme: Workspace, visitor: Visitor, token: str | None
) -> None:
    fields = {} if token is None else {"token": token}
    answer = visitor.send(step="follow_up", comment="Hm", **fields)
    assert answer.status_code in (400, 422)
    assert "How did our team do today?" in answer.text
    assert acme.responses() == []


@pytest.mark.parametrize(
    "token", ["", "rubbish", "a.b.c"], ids=["missing", "rubbish", "other signature"]
)
def test_a_form_without_a_good_token_is_given_one_and_keeps_the_choice(
    acme: Workspace, visitor: Visitor, token: str
) -> None:
    answer = visitor.send(token=token, score=4)
    assert answer.status_code == 400
    assert "Please press the button once more." in answer.text
    assert chosen_in(answer.text) == ["4"]
    assert acme.responses() == []
    visitor.token = token_in(answer.text)
    assert visitor.send(score=4).status_code == 200
    assert len(acme.responses()) == 1


def test_a_token_of_another_survey_is_not_taken(acme: Workspace, visitor: Visitor) -> None:
    other = open_survey(visitor.client, acme.survey(name="Other"))
    assert visitor.send(token=other.token, score=4).status_code == 400
    assert acme.responses() == []


def test_an_expired_page_asks_once_more_and_stays_the_same_visit(
    acme: Workspace, visitor: Visitor
) -> None:
    visitor.send(score=4)
    acme.world.clock.pass_time(hours=25)
    answer = visitor.send(step="follow_up", main_score=4, reasons=["fast"], comment="Kept words")
    assert answer.status_code == 409
    assert "Kept words" in answer.text
    assert 'value="fast" checked' in answer.text
    visitor.token = token_in(answer.text)
    visitor.send(step="follow_up", main_score=4, reasons=["fast"], comment="Kept words")
    [response] = acme.responses()
    assert (response.comment, response.reasons) == ("Kept words", ["fast"])


def test_a_megabyte_of_comment_is_shown_again_and_the_rating_stays(
    acme: Workspace, visitor: Visitor
) -> None:
    visitor.send(score=4)
    comment = "word " * 200_000
    answer = visitor.send(step="follow_up", main_score=4, comment=comment)
    assert answer.status_code == 422
    assert f"shorten it to {COMMENT_LIMIT} characters" in answer.text
    assert comment in answer.text
    assert [response.score for response in acme.responses()] == [4]


def test_a_body_past_every_limit_leaves_the_form_alone(acme: Workspace, visitor: Visitor) -> None:
    visitor.send(score=4)
    answer = visitor.send(step="follow_up", main_score=4, comment="x" * 3_000_000)
    assert answer.status_code == 413
    assert answer.headers["HX-Retarget"] == "#problem"
    assert f"{COMMENT_LIMIT} characters" in answer.text
    assert [response.score for response in acme.responses()] == [4]


def test_another_sites_form_is_refused(acme: Workspace, visitor: Visitor) -> None:
    answer = visitor.send({"Origin": "https://evil.example"}, score=4)
    assert answer.status_code == 403
    assert "another site" in answer.text
    assert acme.responses() == []


@pytest.mark.parametrize("origin", ["http://localhost", "null"])
def test_our_own_and_sandboxed_frames_may_post(
    acme: Workspace, visitor: Visitor, origin: str
) -> None:
    assert visitor.send({"Origin": origin}, score=4).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_wrong_method_is_told_which_one_is_right(
    acme: Workspace, visitor: Visitor, method: str
) -> None:
    answer = visitor.client.open(f"/w/{visitor.survey}/responses", method=method)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert acme.responses() == []


def test_an_answer_to_an_unknown_survey_is_a_plain_404(visitor: Visitor) -> None:
    visitor.survey = "nosuchsurvey"
    answer = visitor.send(score=4)
    assert answer.status_code == 404
    assert "not available" in answer.text


def test_a_broken_placeholder_costs_no_rating_and_reaches_the_owner(acme: Workspace) -> None:
    survey = acme.survey()
    visitor = open_survey(acme.world.client(), survey, "?ref={{ticket.id}}&page=https://x.example/")
    visitor.send(score=4)
    [response] = acme.responses()
    assert (response.score, response.ref) == (4, "")
    assert response.problems == [{"field": "ref", "text": "{{ticket.id}}"}]
    with acme.world.app.app_context():
        problem = db.session.scalars(select(EmbedProblem)).one()
        assert (problem.kind, problem.subject) == ("unexpanded", "ref")
        assert problem.example == "{{ticket.id}}"
        assert problem.page == "https://x.example/"


def test_rotating_the_keys_breaks_no_open_page(acme: Workspace, visitor: Visitor) -> None:
    new = "n" * 40
    rotated = make_world(make_settings(acme.world.settings.data, secret_keys=(new, KEY)))
    visitor.client = rotated.client()
    assert visitor.send(score=4).status_code == 200
    close_world(rotated)
    dropped = make_world(make_settings(acme.world.settings.data, secret_keys=(new,)))
    visitor.client = dropped.client()
    assert visitor.send(score=5).status_code == 400
    assert [response.score for response in acme.responses()] == [4]
    close_world(dropped)


def test_too_many_answers_from_one_place_get_a_polite_page(world: World, acme: Workspace) -> None:
    limited = make_world(make_settings(world.settings.data, rate_limit="3/minute"))
    survey = acme.survey()
    visitors = [open_survey(limited.client(), survey) for _ in range(4)]
    statuses = [visitor.send(score=4).status_code for visitor in visitors]
    assert statuses == [200, 200, 200, 429]
    answer = visitors[3].send(score=4)
    assert answer.headers["Retry-After"] == "60"
    assert "Nothing is lost" in answer.text
    assert chosen_in(answer.text) == ["4"]
    other = open_survey(limited.client(), acme.survey(name="Other"))
    assert other.send(score=4).status_code == 200
    elsewhere = open_survey(limited.client(), survey)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert elsewhere.send(score=4).status_code == 200
    close_world(limited)


def test_one_visit_cannot_flood_even_a_generous_limit(world: World, acme: Workspace) -> None:
    limited = make_world(make_settings(world.settings.data, rate_limit="100000/minute"))
    visitor = open_survey(limited.client(), acme.survey())
    statuses = {visitor.send(score=4).status_code for _ in range(62)}
    assert statuses == {200, 429}
    close_world(limited)
