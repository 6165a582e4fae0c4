"""The express lane must answer exactly as Flask does, and only when it may."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from tests.builders import (
    Workspace,
    ask_by_mail,
    close_world,
    make_settings,
    make_workspace,
    make_world,
    post,
)
from tests.web.frame.visiting import open_survey, token_in
from tests.web.landing.mailing import held, reader
from widget.extensions import db
from widget.storage.engine import writing
from widget.storage.models import Member
from widget.web.frame import express


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace on a server that remembers surveys for a minute, as a busy one in effect does."""
    world = make_world(make_settings(tmp_path))
    for lane in (world.app.wsgi_app,):
        assert isinstance(lane, express.Express)
        object.__setattr__(lane._memory, "age_s", 60.0)
    world.app.config["SAYSO_SURVEY_AGE_S"] = 60.0
    yield make_workspace(world)
    close_world(world)


def without_token(html: str) -> str:
    return re.sub(r'name="token" value="[^"]+"', "", html)


QUERIES = ["", "?lang=de", "?test=1", "?member=ana@acme.example&ref=T-1&theme=dark", "?name=Kim"]


@pytest.mark.parametrize("query", QUERIES)
def test_the_second_visitor_gets_what_the_first_got(quick: Workspace, query: str) -> None:
    ana = quick.member("Ana", email="ana@acme.example")
    profile = {"title": "Engineer", "bio": "Mends & bakes", "photo": "abc123"}
    with quick.world.app.app_context(), writing(db.session) as session:
        session.execute(update(Member).where(Member.id == ana).values(**profile))
    survey, client = quick.survey(), quick.world.client()
    slow = client.get(f"/w/{survey}{query}")
    flask = quick.world.app.wsgi_app._next  # type: ignore[attr-defined]
    quick.world.app.wsgi_app._next = None  # type: ignore[attr-defined]
    fast = client.get(f"/w/{survey}{query}")
    quick.world.app.wsgi_app._next = flask  # type: ignore[attr-defined]
    assert fast.status_code == 200
    assert without_token(fast.text) == without_token(slow.text)
    assert ("/images/abc123" in fast.text) == ("member=" in query)
    assert sorted(fast.headers) == sorted(
        (name, fast.headers["Content-Length"] if name == "Content-Length" else value)
        for name, value in slow.headers
    )
    assert open_survey(client, survey, query).send(score=4).status_code == 200


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", {"Host": "evil.example"}, 400),
        ("?origin=https://evil.example", {}, 403),
    ],
)
def test_what_flask_refuses_the_express_lane_does_not_serve(
    quick: Workspace, query: str, headers: dict[str, str], status: int
) -> None:
    survey, client = quick.survey(), quick.signed_in()
    post(client, "/console/sites/new", name="S", origins="https://shop.example", surveys=survey)
    visitor = quick.world.client()
    assert visitor.get(f"/w/{survey}").status_code == 200
    assert visitor.get(f"/w/{survey}{query}", headers=headers).status_code == status


def flask_of(workspace: Workspace) -> tuple[express.Express, Any]:
    lane = workspace.world.app.wsgi_app
    assert isinstance(lane, express.Express)
    return lane, lane._next


@pytest.mark.parametrize(
    ("query", "score"), [("", 4), ("", 2), ("?email=kim@c.example", 2), (QUERIES[3], 5)]
)
def test_the_second_answer_gets_what_the_first_got(
    quick: Workspace, query: str, score: int
) -> None:
    survey, client = quick.survey(), quick.world.client()
    quick.member("Ana", email="ana@acme.example")
    lane, flask = flask_of(quick)
    slow = open_survey(client, survey, query).send(score=score)
    second = open_survey(client, survey, query)
    lane._next = None  # type: ignore[assignment]
    fast = second.send(score=score)
    lane._next = flask
    assert fast.status_code == 200
    assert without_token(fast.text) == without_token(slow.text)
    assert sorted(fast.headers) == sorted(slow.headers)
    assert ('class="reach" hidden' in fast.text) == ("email=" in query)
    assert [row.score for row in quick.responses()] == [score, score]


def test_the_express_lane_goes_on_with_the_visit_it_was_given(quick: Workspace) -> None:
    survey, client = quick.survey(), quick.world.client()
    open_survey(client, survey).send(score=4)
    visitor = open_survey(client, survey, "?name=Kim&ref=T-7")
    assert token_in(visitor.send(score=2).text) == visitor.token
    assert visitor.send(step="follow_up", main_score=2, comment="Slow").status_code == 200
    found = {row.ref: (row.score, row.comment) for row in quick.responses()}
    assert found["T-7"] == (2, "Slow")


REFUSED: list[tuple[dict[str, Any], dict[str, str], int]] = [
    ({"score": 9}, {}, 422),
    ({"score": ""}, {}, 422),
    ({"token": "forged"}, {}, 400),
    ({"token": ""}, {}, 400),
    ({"score": 4}, {"Origin": "https://evil.example"}, 403),
    ({"score": 4}, {"Origin": "http://["}, 403),
    ({"score": 4}, {"Host": "evil.example"}, 400),
]


@pytest.mark.parametrize(("fields", "headers", "status"), REFUSED)
def test_an_answer_that_flask_refuses_the_express_lane_does_not_store(
    quick: Workspace, fields: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    survey, client = quick.survey(), quick.world.client()
    open_survey(client, survey).send(score=5)
    assert open_survey(client, survey).send(headers, **fields).status_code == status
    assert len(quick.responses()) == 1


def test_a_long_form_reaches_flask_whole(quick: Workspace) -> None:
    survey, client = quick.survey(), quick.world.client()
    open_survey(client, survey).send(score=5)
    visitor = open_survey(client, survey)
    assert visitor.send(score=3, padding="x" * 40_000).status_code == 200
    assert sorted(row.score for row in quick.responses()) == [3, 5]


def test_an_answer_changed_by_the_express_lane_is_one_response(quick: Workspace) -> None:
    survey, client = quick.survey(), quick.world.client()
    open_survey(client, survey).send(score=5)
    visitor = open_survey(client, survey)
    for score in (1, 2, 2):
        assert visitor.send(score=score).status_code == 200
    assert sorted(row.score for row in quick.responses()) == [2, 5]


def test_an_answer_from_a_mail_is_judged_however_fast_the_lane(quick: Workspace) -> None:
    survey = quick.survey()
    for _ in range(2):
        visitor = open_survey(quick.world.client(), survey)
        assert visitor.send(score=4).status_code == 200
    mail = ask_by_mail(quick, survey)
    robot = reader(quick, mail, user_agent="curl/8.5.0")
    for _ in range(2):
        assert robot.answer(mail, 4).status_code == 200
    assert [row.reasons for row in held(quick)] == [["known_robot"]]
    assert len(quick.responses()) == 2


def test_a_customer_known_to_one_page_is_asked_on_another(quick: Workspace) -> None:
    survey, client = quick.survey(), quick.world.client()
    for query in ("?email=kim@c.example", "", "?email=kim@c.example", ""):
        page = open_survey(client, survey, query).send(score=2).text
        assert ('class="reach" hidden' in page) == bool(query)


def test_each_page_shows_its_own_member(quick: Workspace) -> None:
    survey, client = quick.survey(), quick.world.client()
    names = {"ana@acme.example": "Ana Silva", "kim@acme.example": "Kim Lee"}
    for email, name in names.items():
        quick.member(name, email=email)
    for email in (*names, *names, ""):
        page = client.get(f"/w/{survey}?member={email}").text
        assert [name for name in names.values() if name in page] == [
            name for known, name in names.items() if known == email
        ]


@given(st.text(alphabet="ab=&+%20é;", max_size=30) | st.text(max_size=30))
def test_the_lane_reads_queries_as_everybody_does(query: str) -> None:
    expected = tuple(parse_qsl(query, keep_blank_values=True))
    assert express._parameters(query) == expected
