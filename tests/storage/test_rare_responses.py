"""The responses of rare channels and clients are the same, whichever way they are looked up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from tests.builders import MONDAY, Workspace, answer_survey
from tests.storage.test_few_members import pages
from widget.actions.copy_columns import copy_workspace
from widget.actions.hide_response import set_hidden
from widget.domain.response_filters import ResponseFilter
from widget.domain.roles import Scope
from widget.extensions import db
from widget.storage import responses
from widget.storage.columnar import reading
from widget.storage.engine import writing
from widget.storage.models import Response

FIRST = MONDAY - timedelta(days=200)


@contextmanager
def the_long_way(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(responses, "may_be_rare", lambda wanted: False)
        yield


def answered(acme: Workspace, survey: str, number: int) -> UUID:
    return UUID(
        answer_survey(
            acme,
            survey,
            number % 5 + 1,
            ref=f"{number}",
            member=("ana@a.example", "bo@a.example", "")[number % 3],
            channel="fax" if number % 7 == 0 else "mail",
            attributes={"client": "Rare" if number % 11 == 0 else "Often"},
            # Several in one quarter of an hour, some at its very beginning, and months between.
            at=FIRST + timedelta(days=number // 9 * 8, minutes=number % 9 * 5),
        )
    )


def filled(acme: Workspace) -> list[UUID]:
    """Two hundred answers, of which some came after the copy, were hidden or were second ones."""
    survey, team = acme.survey(), acme.team("Top")
    ana = acme.member("Ana", email="ana@a.example")
    acme.member("Bo", email="bo@a.example")
    acme.put_in(team, ana)
    ids = [answered(acme, survey, number) for number in range(150)]
    with acme.world.app.app_context(), writing(db.session):
        again = update(Response).where(Response.id.in_(ids[::14]))
        db.session.execute(again.values(is_recovery=True))
    with acme.world.app.app_context():
        assert copy_workspace(db.engine, acme.id, 1, MONDAY)
        set_hidden(db.session(), acme.id, ids[77], hidden=True, at=MONDAY)
    return ids + [answered(acme, survey, number) for number in (*range(150, 190), 63, 77)]


CASES: list[dict[str, Any]] = [
    {"channels": ["fax"]},
    {"channels": [""]},
    {"clients": ["Rare"]},
    {"clients": ["Rare", "Never"], "channels": ["fax"]},
    {"clients": ["Rare"], "is_recovery": True},
    {"clients": ["Rare"], "is_recovery": False},
    {"clients": ["Rare"], "members": [1, None]},
    {"clients": ["Rare"], "scope": Scope(teams=frozenset([1]))},
    {"clients": ["Rare"], "scope": Scope()},
    {"channels": ["fax"], "teams": frozenset([1])},
    {"channels": ["fax"], "teams": frozenset()},
    {"channels": ["fax"], "surveys": ["nosuchsurvey"]},
    {"channels": ["fax"], "scores": [5]},
    {"channels": ["fax"], "scores": [5], "has_comment": True},
    {"channels": ["fax"], "moods": ["negative"]},
    {"languages": ["en"], "until": MONDAY - timedelta(days=60, minutes=7)},
    {"sources": ["widget"], "since": MONDAY - timedelta(days=90)},
    {"channels": ["fax"], "since": FIRST + timedelta(minutes=3), "until": MONDAY},
    {"channels": ["fax"], "since": MONDAY, "until": FIRST},
]


def test_rare_ones_pages_are_those_of_the_long_way(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(any_acme)
    for case in CASES:
        wanted = ResponseFilter(**case)
        found = pages(any_acme, wanted)
        with the_long_way(monkeypatch):
            assert found == pages(any_acme, wanted), case
    assert sum(map(len, pages(any_acme, ResponseFilter(**CASES[2])))) > 15


def test_what_is_rare_is_not_looked_for_in_everything(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(any_acme)

    def fail(*_: object) -> None:
        raise AssertionError("all responses are walked through")

    monkeypatch.setattr(responses, "page_query", fail)
    assert pages(any_acme, ResponseFilter(clients=["Rare"]))[0]


def test_without_files_that_can_be_read_the_database_is_asked(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(any_acme)
    wanted = ResponseFilter(clients=["Rare"])
    found = pages(any_acme, wanted)
    monkeypatch.setattr(reading, "_ask", lambda statement, given: None)
    assert pages(any_acme, wanted) == found
