"""Responses as they are told of outside: in the order of their list, with all around them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.builders import MONDAY, Workspace, answer_survey
from widget.actions.tag_response import set_tag
from widget.domain.exports.columns import COLUMNS, length
from widget.domain.response_filters import ResponseFilter
from widget.domain.roles import Scope
from widget.extensions import db
from widget.storage import response_records
from widget.storage.response_records import batches, records_page
from widget.storage.responses import count_that_fit, responses_page


def told(acme: Workspace, wanted: ResponseFilter, **how: Any) -> list[dict[str, Any]]:
    """Every response of a file, each by the names of its columns."""
    found: list[dict[str, Any]] = []
    with acme.world.app.app_context():
        db.session.rollback()
        for batch in batches(
            db.session(), acme.id, wanted, **{"shows_hidden_comments": True, **how}
        ):
            assert list(batch) == [column.name for column in COLUMNS]
            found += [
                {name: values[index] for name, values in batch.items()}
                for index in range(length(batch))
            ]
    return found


def tag(acme: Workspace, id: str, *names: str) -> None:
    with acme.world.app.app_context():
        for name in names:
            at = acme.world.clock()
            set_tag(db.session(), acme.id, UUID(id), name, given=True, at=at, by=None)


def test_a_response_has_its_tags_its_reward_and_its_member(any_acme: Workspace) -> None:
    survey, reward = any_acme.survey("stars", "Support"), any_acme.reward("Coffee")
    any_acme.member("Ana Silva", email="ana@a.example")
    at = MONDAY + timedelta(microseconds=250)
    said = {"member": "ana@a.example", "reasons": ["fast"], "attributes": {"plan": "pro"}}
    id = answer_survey(any_acme, survey, 5, reward=reward, comment="Fine", at=at, **said)
    low = answer_survey(any_acme, survey, 1, reward=reward, at=MONDAY)
    tag(any_acme, id, "zebra", "late delivery")
    first, second = told(any_acme, ResponseFilter())
    assert {
        name: first[name]
        for name in ("id", "survey", "survey_name", "version", "stars", "nps", "reasons", "comment")
    } == {
        "id": id,
        "survey": survey,
        "survey_name": "Support",
        "version": 1,
        "stars": 5,
        "nps": None,
        "reasons": ["fast"],
        "comment": "Fine",
    }
    assert (first["tags"], first["reward"]) == (["late delivery", "zebra"], "Coffee")
    assert (first["member_name"], first["attributes"]) == ("Ana Silva", '{"plan": "pro"}')
    assert first["created_at"] == "2026-11-23T09:00:00.000250+00:00"
    assert (first["test"], first["wants_contact"], first["finished_at"]) == (
        False,
        False,
        "2026-11-23T09:00:00.000250+00:00",
    )
    # Too low a score takes its suggestion back.
    assert (second["id"], second["reward"], list(second["tags"])) == (low, None, [])
    assert (second["member"], second["created_at"]) == (None, "2026-11-23T09:00:00+00:00")


def test_a_response_has_its_areas_in_words_and_its_client_and_segment(
    any_acme: Workspace,
) -> None:
    survey = any_acme.survey()
    properties = {"client": 'Bücher " & Co', "segment": "", "plan": "client"}
    answer_survey(any_acme, survey, 5, reasons=["fast"], attributes=properties, at=MONDAY)
    # One that is gone from the version keeps its id.
    at = MONDAY - timedelta(minutes=1)
    answer_survey(any_acme, survey, 1, reasons=["slow", "unheard_of"], at=at)
    answer_survey(
        any_acme, survey, 3, attributes={"plan": "client"}, at=MONDAY - timedelta(minutes=2)
    )
    found = told(any_acme, ResponseFilter())
    assert [list(one["areas"]) for one in found] == [["Fast"], ["Took too long", "unheard_of"], []]
    assert [(one["client"], one["segment"]) for one in found] == [
        ('Bücher " & Co', None),
        (None, None),
        (None, None),
    ]
    assert [list(one["reasons"]) for one in found] == [["fast"], ["slow", "unheard_of"], []]


@pytest.mark.parametrize(
    "wanted",
    [
        ResponseFilter(),
        ResponseFilter(tags=["late"]),
        ResponseFilter(search="slow"),
        ResponseFilter(scope=Scope(teams=frozenset({1}))),
    ],
)
def test_batches_are_the_list_from_its_beginning_to_its_end(
    any_acme: Workspace, monkeypatch: pytest.MonkeyPatch, wanted: ResponseFilter
) -> None:
    monkeypatch.setattr(response_records, "BATCH", 2)
    survey, team = any_acme.survey(), any_acme.team("Phone")
    any_acme.put_in(team, any_acme.member("Ana", email="ana@a.example"))
    for number in range(7):
        # Two at a time come at the same moment.
        at = MONDAY + timedelta(minutes=number // 2)
        said = {"comment": "Slow"} if number % 3 else {}
        who = {"member": "ana@a.example"} if number != 4 else {}
        id = answer_survey(any_acme, survey, 4, at=at, **said, **who)
        if number > 1:
            tag(any_acme, id, "late")
    with any_acme.world.app.app_context():
        page = responses_page(db.session(), any_acme.id, wanted, limit=50)
        listed = [str(one.response.id) for one in page.items]
        assert count_that_fit(db.session(), any_acme.id, wanted) == len(listed)
        assert count_that_fit(db.session(), any_acme.id, wanted, at_most=3) == 3
    assert len(listed) > 3
    assert [record["id"] for record in told(any_acme, wanted)] == listed


def test_a_page_of_records_has_moments_and_objects_as_such(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    for number in range(3):
        at = MONDAY + timedelta(minutes=number)
        answer_survey(any_acme, survey, 4, at=at, attributes={"plan": "pro"})
    with any_acme.world.app.app_context():
        how = {"limit": 2, "shows_hidden_comments": False}
        first = records_page(db.session(), any_acme.id, ResponseFilter(), older_than=None, **how)
        rest = records_page(
            db.session(), any_acme.id, ResponseFilter(), older_than=first.last, **how
        )
    assert [record["created_at"] for record in (*first.records, *rest.records)] == [
        MONDAY + timedelta(minutes=minutes) for minutes in (2, 1, 0)
    ]
    assert first.records[0]["attributes"] == {"plan": "pro"}
    assert rest.last is None
