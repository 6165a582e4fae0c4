"""The public pages that show a survey as a site would."""

import re

import pytest

from tests.builders import Workspace, World
from widget.actions.change_survey import set_closed
from widget.actions.create_survey import create_survey
from widget.extensions import db
from widget.operate.demo import Demo, make_demo
from widget.storage.accounts import demo_workspace
from widget.web.face.heights import HEIGHTS


@pytest.fixture
def demo(world: World) -> Demo:
    with world.app.app_context():
        return make_demo(world.settings)


def shown_on(html: str) -> list[str]:
    return re.findall(r'data-survey="([^"]+)"', html)


def demo_id(world: World) -> int:
    workspace = demo_workspace(db.session())
    assert workspace is not None
    return workspace.id


def test_the_demo_page_shows_its_own_four_surveys_only(world: World, demo: Demo) -> None:
    with world.app.app_context():
        create_survey(
            db.session, demo_id(world), name="Mine", kind="nps", user_id=None, at=world.clock()
        )
    html = world.client().get("/demo").text
    assert sorted(shown_on(html)) == sorted(demo.surveys.values())
    assert "Four surveys" in html


def test_the_demo_page_leaves_closed_surveys_out(world: World, demo: Demo) -> None:
    with world.app.app_context():
        set_closed(db.session, demo_id(world), demo.surveys["csat"], closed=True, at=world.clock())
    html = world.client().get("/demo").text
    assert sorted(shown_on(html)) == sorted(
        public_id for kind, public_id in demo.surveys.items() if kind != "csat"
    )
    assert "Four surveys" not in html


def test_the_demo_page_and_its_surveys_speak_of_one_company(world: World, demo: Demo) -> None:
    page = world.client().get("/demo").text
    [shop] = re.findall(r'class="shop">([^<]+)<', page)
    frame = world.client().get(f"/w/{demo.surveys['nps']}").text
    assert f"recommend {shop} to" in frame


def test_the_try_it_page_tells_the_question_and_no_internal_name(acme: Workspace) -> None:
    survey = acme.survey("nps", name="Churn risk Q3")
    html = acme.world.client().get(f"/try/{survey}").text
    assert "Churn" not in html
    assert "<title>How likely are you to recommend Acme to a friend or colleague?</title>" in html
    assert f'data-height="{HEIGHTS["nps"]}"' in html


@pytest.mark.parametrize(
    ("display", "attribute"),
    [("popover", 'data-open-after="10"'), ("slide-in", 'data-open-scroll="50"')],
)
def test_a_tried_pop_up_opens_as_its_snippet_says(
    acme: Workspace, display: str, attribute: str
) -> None:
    survey = acme.survey()
    html = acme.world.client().get(f"/try/{survey}?display={display}").text
    [script] = re.findall(r"<script async[^>]+>", html)
    assert attribute in script
    assert f'data-display="{display}"' in script
    assert "data-test" in script


def test_a_closed_survey_cannot_be_tried(acme: Workspace) -> None:
    survey, client = acme.survey(), acme.world.client()
    assert client.get(f"/try/{survey}").status_code == 200
    with acme.world.app.app_context():
        set_closed(db.session, acme.id, survey, closed=True, at=acme.world.clock())
    assert client.get(f"/try/{survey}").status_code == 404
    assert client.get("/try/nosuchsurvey").status_code == 404
