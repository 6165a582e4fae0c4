"""However much a workspace holds, a page asks the database as often as before."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.builders import Workspace, answer_survey, ask
from tests.web.console.test_permissions import OPEN, console_rules
from tests.web.test_route_classes import address
from widget.extensions import db


def queries_of(acme: Workspace, client: FlaskClient, path: str) -> list[str]:
    """The statements that one page makes."""
    made: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        made.append(statement)

    with acme.world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", keep)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", keep)
    return made


def fill(acme: Workspace, survey: str, number: int, tag: str) -> None:
    """More teams, members, responses and requests, some of them below one another."""
    parent = None
    for index in range(number):
        parent = acme.team(f"Team {tag} {index}", parent=parent if index % 5 else None)
        member = acme.member(f"Member {tag} {index}", email=f"{tag}{index}@a.example")
        acme.put_in(parent, member)
        for score in (5, 2):
            answer_survey(
                acme, survey, score, member=f"{tag}{index}@a.example", comment="So so", ref=tag
            )
        ask(acme, survey, f"{tag}{index}@c.example", member_email=f"{tag}{index}@a.example")


def pages(acme: Workspace, survey: str) -> list[str]:
    """Every page of the console that lists something: those without an id of one thing."""
    return [
        address(rule, survey)
        for rule in console_rules(acme)
        if rule.endpoint not in OPEN and "GET" in (rule.methods or ()) and not rule.arguments
    ]


@pytest.mark.parametrize("who", ["owner", "manager of a team"])
def test_pages_ask_as_often_for_much_as_for_little(acme: Workspace, who: str) -> None:
    survey = acme.survey()
    fill(acme, survey, 3, "a")
    client = acme.signed_in()
    if who != "owner":
        top = acme.team("Top")
        client = acme.person("lead@acme.example", "manager", leads=(top,))
    paths = pages(acme, survey)
    count: Callable[[str], int] = lambda path: len(queries_of(acme, client, path))  # noqa: E731
    for path in paths:
        # What is remembered between requests is remembered now.
        client.get(path)
    before = {path: count(path) for path in paths}
    fill(acme, survey, 12, "b")
    after = {path: count(path) for path in paths}
    assert after == before
