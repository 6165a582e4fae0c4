"""The express lane must answer exactly as Flask does, and only when it may."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Workspace, close_world, make_settings, make_workspace, make_world, post
from tests.web.frame.visiting import open_survey
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
    quick.member("Ana", email="ana@acme.example")
    survey, client = quick.survey(), quick.world.client()
    slow = client.get(f"/w/{survey}{query}")
    flask = quick.world.app.wsgi_app._next  # type: ignore[attr-defined]
    quick.world.app.wsgi_app._next = None  # type: ignore[attr-defined]
    fast = client.get(f"/w/{survey}{query}")
    quick.world.app.wsgi_app._next = flask  # type: ignore[attr-defined]
    assert fast.status_code == 200
    assert without_token(fast.text) == without_token(slow.text)
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
