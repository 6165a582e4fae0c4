"""The responses of a few members are the same, whichever way they are looked up."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.builders import MONDAY, Workspace, answer_survey
from widget.actions.tag_response import set_tag
from widget.domain.response_filters import ResponseFilter
from widget.domain.roles import Scope
from widget.extensions import db
from widget.storage.responses import responses_page


def pages(acme: Workspace, wanted: ResponseFilter) -> list[list[str]]:
    """The refs of every page forwards, and then of the one before the last."""
    with acme.world.app.app_context():
        db.session.rollback()
        found, place = [], None
        while True:
            page = responses_page(db.session(), acme.id, wanted, limit=4, older_than=place)
            found.append([one.response.ref for one in page.items])
            if not page.has_older:
                break
            place = page.items[-1].place
        if page.items:
            place = page.items[0].place
            back = responses_page(db.session(), acme.id, wanted, limit=4, newer_than=place)
            found.append([one.response.ref for one in back.items])
        return found


def test_a_small_teams_pages_are_those_of_the_long_way(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey, top = any_acme.survey(), any_acme.team("Top")
    below = any_acme.team("Below", parent=top)
    ids = [any_acme.member(name, email=f"{name}@a.example") for name in ("ana", "bo", "cy", "di")]
    any_acme.put_in(top, ids[0], ids[1])
    any_acme.put_in(below, ids[2])
    for number in range(40):
        name = ("ana", "bo", "cy", "di", "unknown")[number % 5]
        answer_survey(
            any_acme,
            survey,
            number % 5 + 1,
            ref=f"{number}",
            member=f"{name}@a.example",
            channel="chat" if number % 3 else "mail",
            at=MONDAY + timedelta(minutes=number // 6),
        )
    teams = frozenset((top, below))
    cases: list[dict[str, Any]] = [
        {"scope": Scope(teams=teams)},
        {"scope": Scope(teams=frozenset([below]), member_id=ids[3])},
        {"scope": Scope(teams=teams), "members": ids[2:]},
        {"scope": Scope(teams=teams), "teams": frozenset([below]), "channels": ["chat"]},
        {"scope": Scope()},
        {"teams": teams},
        {"teams": frozenset()},
        {"members": ids[:2], "scores": [1, 2], "has_comment": False},
        {"members": [ids[0], None]},
        {"members": ids, "channels": ["mail"], "since": MONDAY + timedelta(minutes=3)},
    ]
    for case in cases:
        wanted = ResponseFilter(**case)
        short = pages(any_acme, wanted)
        with monkeypatch.context() as patched:
            patched.setattr("widget.storage.responses.few_members", lambda *_: None)
            assert pages(any_acme, wanted) == short, case
    everything = pages(any_acme, ResponseFilter(scope=Scope(teams=teams)))
    assert sum(map(len, everything[:-1])) == 24


def test_a_few_tags_pages_are_those_of_the_long_way(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = any_acme.survey()
    for number in range(40):
        at = MONDAY + timedelta(minutes=number // 6)
        id = UUID(answer_survey(any_acme, survey, number % 5 + 1, ref=f"{number}", at=at))
        with any_acme.world.app.app_context():
            for every, tag in ((3, "late"), (4, "kind"), (6, "price")):
                if number % every == 0:
                    set_tag(db.session(), any_acme.id, id, tag, given=True, at=at)
    cases: list[dict[str, Any]] = [
        {"tags": ["late", "kind"]},
        {"tags": ["kind", "price", "kind"], "scores": [1, 2, 5]},
        {"tags": ["kind", "nosuchtag"]},
    ]
    for case in cases:
        wanted = ResponseFilter(**case)
        short = pages(any_acme, wanted)
        with monkeypatch.context() as patched:
            patched.setattr("widget.storage.responses.FEW_TAGS", 0)
            assert pages(any_acme, wanted) == short, case
    assert sum(map(len, pages(any_acme, ResponseFilter(tags=["late", "kind"]))[:-1])) == 20
