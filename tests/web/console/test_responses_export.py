"""The responses on the screen as a file."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.builders import MONDAY, Workspace, answer_survey, make_workspace
from tests.following import user_id
from widget.actions.export_responses import export_responses
from widget.actions.mark_response import set_mark
from widget.domain.response_filters import ResponseFilter
from widget.extensions import db
from widget.storage import response_records
from widget.storage.models import Event

EXPORT = "/console/responses/export"


def rows(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    """The lines of a CSV file."""
    text = client.get(f"{EXPORT}?format=csv{query}").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def exported(acme: Workspace) -> list[dict[str, Any]]:
    """What the events tell of files that were taken."""
    with acme.world.app.app_context():
        db.session.rollback()
        found = select(Event).where(Event.name == "responses.exported").order_by(Event.id)
        return [row.data for row in db.session.scalars(found)]


def test_the_file_has_what_the_screen_has(any_acme: Workspace, monkeypatch: Any) -> None:
    monkeypatch.setattr(response_records, "BATCH", 2)
    survey = any_acme.survey()
    any_acme.member("Ana Silva", email="ana@a.example")
    for number in range(7):
        answer_survey(
            any_acme,
            survey,
            4,
            ref=f"T-{number}",
            comment="=1+1" if number == 3 else "Slow, very “slow”",
            channel="chat" if number % 2 else "mail",
            member="ana@a.example",
            at=MONDAY + timedelta(minutes=number // 2),
        )
    client = any_acme.signed_in()
    found = rows(client)
    assert [row["ref"] for row in found] == [f"T-{number}" for number in (6, 5, 4, 3, 2, 1, 0)]
    assert found[3]["comment"] == "'=1+1"
    assert (found[0]["comment"], found[0]["member_name"]) == ("Slow, very “slow”", "Ana Silva")
    assert [row["ref"] for row in rows(client, "&channel=chat&q=slow")] == ["T-5", "T-1"]
    assert rows(client, "&channel=nothing") == []
    said = client.get(f"{EXPORT}?format=jsonl&q=slow&channel=chat")
    assert said.content_type == "application/jsonl; charset=utf-8"
    assert [json.loads(line)["stars"] for line in said.text.splitlines()] == [4, 4]


def test_the_file_is_a_download_with_the_day_in_its_name(acme: Workspace) -> None:
    answer = acme.signed_in().get(EXPORT)
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=responses-2026-11-23.csv"
    )
    assert answer.data.startswith(b"\xef\xbb\xbfid,survey,")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_files_of_several_filters_have_names_of_their_own(acme: Workspace) -> None:
    survey = acme.survey()
    answer = acme.signed_in().get(f"{EXPORT}?survey={survey}&from=2026-11-01")
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=responses-{survey}-from-2026-11-01-2026-11-23.csv"
    )


def test_who_took_what_is_noted(any_acme: Workspace) -> None:
    survey = any_acme.survey()
    for _ in range(3):
        answer_survey(any_acme, survey, 5, channel="chat")
    rows(any_acme.signed_in(), "&channel=chat&channel=mail")
    assert exported(any_acme) == [
        {
            "by": user_id(any_acme, any_acme.owner),
            "format": "csv",
            "filter": {"channel": ["chat", "mail"]},
            "rows": 3,
            "whole": True,
        }
    ]


def test_a_file_that_breaks_off_is_noted_too(any_acme: Workspace, monkeypatch: Any) -> None:
    for _ in range(5):
        answer_survey(any_acme, any_acme.survey(), 5)
    monkeypatch.setattr(response_records, "BATCH", 2)

    class Enough(Exception):
        pass

    def watch(done: int, total: int) -> None:
        assert total == 5
        if done == 2:
            raise Enough

    with any_acme.world.app.app_context(), pytest.raises(Enough):
        export_responses(
            db.engine,
            any_acme.id,
            ResponseFilter(),
            "jsonl",
            io.BytesIO(),
            by=None,
            asked={},
            shows_hidden_comments=True,
            at=any_acme.world.clock(),
            watch=watch,
        )
    [told] = exported(any_acme)
    assert (told["rows"], told["whole"]) == (2, False)


def test_hidden_words_and_other_teams_stay_out(any_acme: Workspace) -> None:
    survey, team = any_acme.survey(), any_acme.team("Phone")
    any_acme.put_in(team, any_acme.member("Ana", email="ana@a.example"))
    id = answer_survey(any_acme, survey, 1, comment="Rude", member="ana@a.example")
    answer_survey(any_acme, survey, 2, comment="Fine")
    with any_acme.world.app.app_context():
        at = any_acme.world.clock()
        set_mark(db.session(), any_acme.id, UUID(id), "comment_hidden_at", is_set=True, at=at)
    viewer = any_acme.person("vi@acme.example", "viewer")
    lead = any_acme.person("lead@acme.example", "manager", leads=(team,))
    rival = make_workspace(any_acme.world, "Rival", "charlie@rival.example").signed_in()
    assert sorted(row["comment"] for row in rows(viewer)) == ["", "Fine"]
    assert [(row["comment"], row["comment_hidden"]) for row in rows(lead)] == [("Rude", "yes")]
    assert rows(rival) == []


@pytest.mark.parametrize("query", ["format=pdf", "from=yesterday", "score=x"])
def test_what_cannot_be_meant_is_explained(acme: Workspace, query: str) -> None:
    assert acme.signed_in().get(f"{EXPORT}?{query}").status_code == 422
    assert exported(acme) == []
