"""The step that asks a customer for a reward: when it comes, what it offers, what it stores."""

import re
from pathlib import Path

import pytest

from tests.builders import (
    Workspace,
    ask_by_mail,
    close_world,
    csrf_token,
    make_settings,
    make_workspace,
    make_world,
    post,
)
from tests.web.frame.visiting import Visitor, open_survey
from tests.web.landing.mailing import held, reader
from widget.actions.change_rewards import retire_reward
from widget.extensions import db
from widget.storage.grants import progress_of
from widget.web import published

QUESTION = "Would you like to suggest a thank-you for Ana Silva?"


@pytest.fixture
def survey(acme: Workspace) -> str:
    """One that asks for a reward."""
    survey = acme.survey()
    acme.change(survey, ask_reward=True)
    return survey


@pytest.fixture
def ana(acme: Workspace) -> int:
    return acme.member("Ana Silva", email="ana@acme.example")


def visit(acme: Workspace, survey: str, query: str = "?member=ana@acme.example") -> Visitor:
    return open_survey(acme.world.client(), survey, query)


def offered(html: str) -> list[str]:
    """The ids of the rewards to choose from."""
    return re.findall(r'type="radio" name="reward" value="([^"]+)"', html)


def chosen(html: str) -> list[str]:
    return re.findall(r'type="radio" name="reward" value="([^"]+)" checked', html)


def test_after_a_good_score_and_a_comment_comes_the_reward_and_then_the_thanks(
    acme: Workspace, survey: str, ana: int
) -> None:
    coffee, lunch = acme.reward("Coffee"), acme.reward("Lunch", icon="lunch")
    visitor = visit(acme, survey)
    follow_up = visitor.send(score=5).text
    assert ">Next</button>" in follow_up
    asked = visitor.send(step="follow_up", main_score=5, comment="Kind").text
    assert QUESTION in asked
    assert (offered(asked), chosen(asked)) == ([coffee, lunch], [])
    assert ">Done</button>" in asked
    [row] = acme.responses()
    assert (row.reward_id, row.finished_at) == (None, None)
    thanks = visitor.send(step="reward", main_score=5, reward=lunch)
    assert "Thank you!" in thanks.text
    [row] = acme.responses()
    assert (row.reward_id, row.comment) == (lunch, "Kind")
    assert row.finished_at is not None


def test_after_a_bad_score_the_comment_finishes(acme: Workspace, survey: str, ana: int) -> None:
    acme.reward("Coffee")
    visitor = visit(acme, survey)
    assert ">Done</button>" in visitor.send(score=2).text
    assert "Thank you!" in visitor.send(step="follow_up", main_score=2, comment="Slow").text
    [row] = acme.responses()
    assert row.finished_at is not None


@pytest.mark.parametrize("query", ["", "?member=nobody@acme.example"])
def test_who_rates_nobody_known_is_not_asked(
    acme: Workspace, survey: str, ana: int, query: str
) -> None:
    acme.reward("Coffee")
    visitor = visit(acme, survey, query)
    assert ">Done</button>" in visitor.send(score=5).text
    assert "Thank you!" in visitor.send(step="follow_up", main_score=5).text


def test_without_a_catalogue_nobody_is_asked(acme: Workspace, survey: str, ana: int) -> None:
    assert ">Done</button>" in visit(acme, survey).send(score=5).text


def test_the_score_alone_may_lead_to_the_reward(acme: Workspace, survey: str, ana: int) -> None:
    coffee = acme.reward("Coffee")
    acme.change(survey, ask_reasons=False, ask_comment=False)
    assert "Thank you!" in visit(acme, survey).send(score=2).text
    for _ in range(2):  # the second by the express lane
        visitor = visit(acme, survey)
        assert offered(visitor.send(score=5).text) == [coffee]
    assert [row.finished_at is not None for row in acme.responses()] == [True, False, False]


def test_a_survey_may_offer_some_only(acme: Workspace, survey: str, ana: int) -> None:
    acme.reward("Coffee")
    lunch = acme.reward("Lunch")
    acme.change(survey, rewards=(lunch,))
    visitor = visit(acme, survey)
    visitor.send(score=5)
    assert offered(visitor.send(step="follow_up", main_score=5).text) == [lunch]


def test_a_change_of_mind_comes_back_to_what_was_suggested(
    acme: Workspace, survey: str, ana: int
) -> None:
    coffee = acme.reward("Coffee")
    visitor = visit(acme, survey)
    visitor.send(score=5)
    visitor.send(step="follow_up", main_score=5, comment="Kind")
    back = visitor.send(step="reward", main_score=5, reward=coffee, go="back")
    assert 'name="score" value="5" required checked' in back.text
    assert acme.responses()[0].reward_id == coffee
    # Down to two stars, and the vote is gone; up again, and it is back with its radio checked.
    visitor.send(score=2)
    assert votes(acme, ana) == 0
    visitor.send(score=4)
    again = visitor.send(step="follow_up", main_score=4, comment="Kind").text
    assert (chosen(again), votes(acme, ana)) == ([coffee], 1)
    visitor.send(step="reward", main_score=4, reward=coffee, go="skip")
    assert (acme.responses()[0].reward_id, votes(acme, ana)) == ("", 0)


def votes(acme: Workspace, member: int) -> int:
    with acme.world.app.app_context():
        [found] = progress_of(db.session(), acme.id, member)
        db.session.remove()
        return found.votes


def test_one_that_was_retired_meanwhile_is_refused_and_the_others_offered(
    acme: Workspace, survey: str, ana: int
) -> None:
    coffee, lunch = acme.reward("Coffee"), acme.reward("Lunch")
    visitor = visit(acme, survey)
    visitor.send(score=5)
    visitor.send(step="follow_up", main_score=5)
    with acme.world.app.app_context():
        retire_reward(db.session(), acme.id, coffee, at=acme.world.clock())
    refused = visitor.send(step="reward", main_score=5, reward=coffee)
    assert refused.status_code == 422
    assert "This one is no longer offered." in refused.text
    assert offered(refused.text) == [lunch]
    assert acme.responses()[0].reward_id is None


def test_a_retired_reward_is_gone_within_a_second_from_a_server_that_remembers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(make_settings(tmp_path))
    world.app.config["SAYSO_SURVEY_AGE_S"] = 1.0
    object.__setattr__(world.app.wsgi_app._memory, "age_s", 1.0)  # type: ignore[attr-defined]
    seconds = [1000.0]
    monkeypatch.setattr(published.time, "monotonic", lambda: seconds[0])
    acme = make_workspace(world)
    survey = acme.survey()
    acme.change(survey, ask_reward=True, ask_reasons=False, ask_comment=False)
    acme.member("Ana Silva", email="ana@acme.example")
    coffee, lunch = acme.reward("Coffee"), acme.reward("Lunch")

    def on_offer() -> list[str]:
        return offered(visit(acme, survey).send(score=5).text)

    seconds[0] += 2
    assert on_offer() == on_offer() == [coffee, lunch]
    with world.app.app_context():
        retire_reward(db.session(), acme.id, coffee, at=world.clock())
    seconds[0] += 1.1
    assert on_offer() == [lunch]
    close_world(world)


def test_a_name_is_spoken_in_the_visitors_language(acme: Workspace, survey: str, ana: int) -> None:
    post(acme.signed_in(), "/console/rewards/ready-made", page="/console/rewards")
    visitor = visit(acme, survey, "?member=ana@acme.example&lang=de")
    visitor.send(score=5)
    asked = visitor.send(step="follow_up", main_score=5).text
    assert "Möchten Sie ein Dankeschön für Ana Silva vorschlagen?" in asked
    for word in ("Kaffee", "Kinoabend", "Geschenkgutschein"):
        assert word in asked


def test_nothing_about_the_step_needs_a_script(acme: Workspace, survey: str, ana: int) -> None:
    coffee = acme.reward("Coffee")
    visitor = visit(acme, survey)
    page = visitor.client.post(
        f"/w/{survey}/responses",
        data={"token": visitor.token, "step": "follow_up", "main_score": "5"},
    ).text
    assert page.startswith("<!DOCTYPE html>")
    assert offered(page) == [coffee]
    assert "Your answer is saved." in page


def test_an_answer_from_a_mail_that_is_set_aside_keeps_its_suggestion(
    acme: Workspace, survey: str, ana: int
) -> None:
    coffee = acme.reward("Coffee", votes=1)
    mail = ask_by_mail(acme, survey, member_id=ana)
    robot = reader(acme, mail, user_agent="curl/8")
    token = robot.open(mail.path(5))
    robot.press(token, score=5)
    robot.press(token, step="follow_up", main_score=5)
    robot.press(token, step="reward", main_score=5, reward=coffee)
    [waiting] = held(acme)
    assert waiting.answer["reward"] == coffee
    assert votes(acme, ana) == 0
    client = acme.signed_in()
    page = client.get("/console/responses/set-aside").text
    assert "Coffee" in page
    client.post(
        f"/console/responses/set-aside/{waiting.id}/count", data={"csrf_token": csrf_token(page)}
    )
    [row] = acme.responses()
    assert row.reward_id == coffee
    with acme.world.app.app_context():
        [found] = progress_of(db.session(), acme.id, ana)
        assert found.earned == 1
